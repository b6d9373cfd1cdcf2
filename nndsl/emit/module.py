"""The generated module: its kernels, and for each program the rows that a jitted loop walks through."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from nndsl import kernels as library
from nndsl.emit.access import offset_text
from nndsl.emit.kernel import Kernel
from nndsl.emit.names import ATTRIBUTE, Names, identifier
from nndsl.emit.nest import write_nest
from nndsl.ir.affine import Affine
from nndsl.ir.equation import Equation, Tensor
from nndsl.ir.expression import Index
from nndsl.ir.printer import equation_text
from nndsl.passes.apart import Orthonormal
from nndsl.passes.contract import Operand, Product
from nndsl.passes.contraction import Contraction
from nndsl.passes.fuse import Repeated, Task
from nndsl.passes.nest import Nest

WIDTH = 120
GLUE = "\N{NO-BREAK SPACE}"
"""A blank that lines are not broken at; what is generated holds none of its own."""

ARENAS = ("real", "whole", "total")
"""The three flat arrays everything stands in: the model's precision, 64-bit integers, and float64 sums over an epoch."""


@dataclass(frozen=True)
class Section:
    """A program as matrix products, loop nests, scans of them, and whole matrices, in order."""

    name: str
    tasks: tuple[Task | Repeated | Orthonormal, ...]


@dataclass(frozen=True)
class Part:
    """Programs that run together, over the same arrays and by one jitted loop; ready to be written.

    Args:
        name: as in `learn`.
        tensors: by name.
        sections: the programs.
        double: whether it computes in float64 throughout, in the arena of totals.
        rare: whether it runs so seldom that the time to compile it counts more.
    """

    name: str
    tensors: Mapping[str, Tensor]
    sections: tuple[Section, ...]
    double: bool = False
    rare: bool = False

    def arena(self, tensor: str) -> Literal["real", "whole", "total"]:
        """Which of the ARENAS a tensor stands in."""
        found = self.tensors[tensor]
        if found.dtype == "int":
            return "whole"
        return "total" if self.double or found.role in ("total", "result") else "real"


@dataclass(frozen=True)
class _Around:
    """Where rows stand.

    Args:
        running: what the indices of scans around are called.
        indent: how far the rows are indented.
    """

    running: Mapping[str, str] = field(default_factory=dict)
    indent: int = 8

    @property
    def pad(self) -> str:
        """The indentation."""
        return " " * self.indent

    def comments(self, equations: Iterable[Equation]) -> list[str]:
        """The formulas that rows compute."""
        return [self.pad[4:] + line for line in _comments(equations)]


@dataclass
class _Function:
    """A kernel under the name it got, with the arenas its views are cut from."""

    name: str
    kernel: Kernel
    arenas: tuple[str, ...]
    comments: tuple[str, ...]
    decorator: str


@dataclass
class Module:
    """Collects what goes into the module.

    Args:
        literal: `f4` or `f8`.
    """

    literal: str
    _functions: dict[tuple[str, ...], _Function] = field(default_factory=dict)
    _names: Names = field(default_factory=Names)
    _at: dict[str, str] = field(default_factory=dict)
    _at_names: Names = field(default_factory=lambda: Names(ATTRIBUTE))
    _pieces: list[str] = field(default_factory=list)
    _training: list[str] = field(default_factory=list)
    _shared: dict[str, None] = field(default_factory=dict)

    def add(self, part: Part) -> None:
        """Write a part's kernels, and the rows of its sections."""
        used: dict[str, None] = {}
        texts = []
        for section in part.sections:
            lines = [line for task in section.tasks for line in self._rows(task, part, used, _Around())]
            texts.append(_rows_function(section.name, lines))
        self._pieces += [self._entry(part, used), *texts]
        if part.name == "learn":
            self._training = self._dispatch(part, [*used, "meet"], 12)
            self._shared = {name: None for name in used if name not in CALLS}

    def _rows(self, task: Task | Repeated | Orthonormal, part: Part, used: dict[str, None], around: _Around) -> list[str]:
        """The rows of a task, each under its formula; `used` collects what they call."""
        if isinstance(task, Repeated):
            return self._repeated(task, part, used, around)
        if isinstance(task, Product):
            used["gemm"] = None
            return [*around.comments([task.equation]), self._product(task, around)]
        if isinstance(task, Contraction):
            used["contract"] = None
            return [*around.comments([task.equation]), self._contraction(task, around)]
        if isinstance(task, Orthonormal):
            used["orthonormalize"] = None
            return [*around.comments([task.equation]), self._orthonormal(task, around)]
        function = self._function(task, part)
        used[function.name] = None
        return [*around.comments(task.given()), self._call(function, around)]

    def _repeated(self, task: Repeated, part: Part, used: dict[str, None], around: _Around) -> list[str]:
        """The rows of a scan: those of its tasks, for each value of its index."""
        name = Names().new(task.index)
        inside = _Around({**around.running, task.index: name}, around.indent + 4)
        values = f"reversed(range({task.extent}))" if task.reverse else f"range({task.extent})"
        rows = [line for inner in task.tasks for line in self._rows(inner, part, used, inside)]
        return [around.pad + f"*(row for {name} in {values} for row in [", *rows, around.pad + "]),"]

    def place(self, tensor: str) -> str:
        """What a tensor is called in the rows."""
        if tensor not in self._at:
            self._at[tensor] = self._at_names.new(tensor)
        return self._at[tensor]

    def text(self, title: str, inputs: Iterable[tuple[str, str]] = ()) -> str:
        """The module's source.

        Args:
            title: one line that says what was compiled.
            inputs: what `learn` is fed with: pairs of a tensor and its dtype; without, there is no training loop.
        """
        fed = list(inputs)
        loop = [_training_loop(fed, self._training)] if fed else []
        body = "\n\n\n".join([*(self._kernel_text(f) for f in self._functions.values()), *self._pieces, *loop])
        whole = [name for name in ("CONTRACT", "ORTHONORMALIZE", "MEET") if re.search(rf"\b{name}\b", body)]
        names = ["GEMM", *(f.name.upper() for f in self._functions.values()), *whole]
        numbers = "\n".join(f"{name} = {number}" for number, name in enumerate(names))
        shared = f"{self._sharing()}\n\n\n" if fed else ""
        return f'"""{title}"""\n\n{_imports(body)}\n\n{numbers}\n\n{shared or chr(10)}{body}\n'

    def _sharing(self) -> str:
        """How the rows of training are shared between threads."""
        lines = []
        for name in self._shared:
            kernel = next(f.kernel for f in self._functions.values() if f.name == name)
            if kernel.share is not None:
                cells = {parameter: cell for cell, parameter in enumerate(kernel.parameters, 1)}
                extents = tuple(cells[e] for e in kernel.share.extents)
                steps = tuple((cells[view], tuple(cells[f] for f in factors)) for view, factors in kernel.share.steps)
                lines.append(_wrapped(f"{name.upper()}: (", [str(extents[0]), str(extents), str(steps)], "),", 4))
        return "\n".join(["# Whose outermost loops threads may share: the cell of their extent, the cells of all extents, and",
                          "# for each array the cell of its start and those whose product is its step.",
                          "SHARED = {", *lines, "}"])

    # ------------------------------------------------------------------------------------------ kernels

    def _function(self, nest: Nest, part: Part) -> _Function:
        kernel = write_nest(nest, part.tensors, "f8" if part.double else self.literal)
        arenas = tuple(part.arena(v.tensor) for v in kernel.views)
        decorator = "@rare" if part.rare else "@kernel"
        key = (*_canonical(kernel), *arenas, *kernel.scalars, decorator)
        if key not in self._functions:
            outs = list(dict.fromkeys(e.out for e in nest.equations()))
            name = "_".join(["compute", *(identifier(_last(o)) for o in outs[:3])])
            comments = tuple(_comments(nest.given()))
            self._functions[key] = _Function(self._names.new(name), kernel, arenas, comments, decorator)
        found = self._functions[key]
        return _Function(found.name, kernel, arenas, found.comments, decorator)

    def _kernel_text(self, function: _Function) -> str:
        head = _wrapped(f"def {function.name}(", function.kernel.parameters, "):", 0)
        return "\n".join([function.decorator, head, *function.comments, *function.kernel.lines])

    def _dispatch(self, part: Part, used: Iterable[str], indent: int) -> list[str]:
        """The branch for each operation, over a `row`."""
        functions = {f.name: f for f in self._functions.values()}
        lines = ["operation = row[0]"]
        for at, name in enumerate(used):
            lines.append(f"{'el' if at else ''}if operation == {name.upper()}:")
            lines += CALLS[name](part) if name in CALLS else _kernel_call(functions[name], indent + 4)
        return [" " * indent + line for line in lines]

    def _entry(self, part: Part, used: Iterable[str]) -> str:
        return "\n".join([
            "@entry", f"def {part.name}(real, whole, total, rows, batch, step, seed, rate):",
            f'    """Do the operations in the rows of {" or ".join(s.name for s in part.sections)}."""',
            "    word = flush_denormals()", "    for position in range(rows.shape[0]):", "        row = rows[position]",
            *self._dispatch(part, used, 8), "    restore_denormals(word)"])

    # ------------------------------------------------------------------------------------------ rows

    def _place(self, tensor: str, offset: Affine, around: _Around) -> str:
        text = offset_text(offset, around.running)
        return f"at.{self.place(tensor)}" + (f" + {text}".replace("+ -", "- ") if text else "")

    def _call(self, function: _Function, around: _Around) -> str:
        numbers = (value for _, value in function.kernel.numbers)
        cells = [function.name.upper(), *(self._place(v.tensor, v.offset, around) for v in function.kernel.views),
                 *(around.running[value.name] if isinstance(value, Index) else str(value) for value in numbers)]
        return _wrapped("(", cells, "),", around.indent)

    def _product(self, task: Product, around: _Around) -> str:
        def operand(x: Operand) -> list[str]:
            return [self._place(x.tensor, x.offset, around), str(x.stride)]

        cells = ["GEMM", str(int(task.a.transposed)), str(int(task.b.transposed)), str(task.rows), str(task.columns),
                 str(task.inner), *operand(task.a), *operand(task.b), str(int(task.equation.accumulate)), *operand(task.c)]
        return _wrapped("(", cells, "),", around.indent)

    def _contraction(self, task: Contraction, around: _Around) -> str:
        """Where the arrays start and how many dimensions of each kind there are, then a line for each."""
        columns, dimensions = task.columns, (*task.turns, *task.rows, *task.inner)
        cells = ["CONTRACT", *(self._place(x.tensor, x.offset, around) for x in (task.a, task.b, task.c)),
                 str(int(task.equation.accumulate)), str(columns.size), str(columns.b),
                 *(str(len(kind)) for kind in (task.turns, task.rows, task.inner))]
        lines = [_wrapped("(", cells, ",", around.indent)]
        for d in dimensions:
            names = ", ".join(name.split("°")[0] for name in d.names)
            end = ")" if d is dimensions[-1] else ""
            lines.append(f"{around.pad} {d.size}, {d.a}, {d.b}, {d.c}{end},  # {names}")
        return "\n".join(lines)

    def _orthonormal(self, task: Orthonormal, around: _Around) -> str:
        cells = ["ORTHONORMALIZE", self._place(task.equation.out, Affine(), around), str(task.rows), str(task.columns)]
        return _wrapped("(", cells, "),", around.indent)


def _last(name: str) -> str:
    sign = "∂" if name.startswith("∂") else ""
    return sign + name.lstrip("∂").rsplit(".", 1)[-1]


def _canonical(kernel: Kernel) -> tuple[str, ...]:
    """The kernel's lines with its names replaced by their order of appearance: equal for kernels that do the same."""
    new = {name: f"#{k}" for k, name in enumerate(kernel.names)}
    if not new:
        return kernel.lines
    pattern = re.compile(r"\b(" + "|".join(map(re.escape, sorted(new, key=len, reverse=True))) + r")\b")
    return tuple(pattern.sub(lambda m: new[m.group()], line) for line in kernel.lines)


def _comments(equations: Iterable[Equation]) -> list[str]:
    lines = []
    for equation in equations:
        text = equation_text(equation)
        origin = " ".join(filter(None, (equation.origin.place, equation.origin.note)))
        lines += textwrap.wrap(f"{text}    {origin}".rstrip(), WIDTH - 10, initial_indent="    # ",
                               subsequent_indent="    #     ")
    return [_printable(line) for line in lines]


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)


def _wrapped(head: str, cells: Iterable[str], tail: str, indent: int) -> str:
    """`head` cell, cell, ... `tail` on as few lines as fit, broken between cells only."""
    pad = " " * indent
    text = head.replace(" ", GLUE) + ", ".join(cell.replace(" ", GLUE) for cell in cells) + tail
    inside = " " * (indent + len(head) if len(head) < 40 else indent + 8)
    lines = textwrap.wrap(text, WIDTH, initial_indent=pad, subsequent_indent=inside, break_long_words=False,
                          break_on_hyphens=False)
    return "\n".join(lines).replace(GLUE, " ")


def _gemm_call(part: Part) -> list[str]:
    arena = "total" if part.double else "real"
    return [f"    gemm(row[1], row[2], row[3], row[4], row[5], view({arena}, row[6]), row[7], view({arena}, row[8]), row[9],",
            f"         row[10], view({arena}, row[11]), row[12])"]


def _contraction_call(part: Part) -> list[str]:
    arena = "total" if part.double else "real"
    return [f"    contract(row, 4, view({arena}, row[1]), view({arena}, row[2]), view({arena}, row[3]))"]


def _orthonormal_call(part: Part) -> list[str]:
    return [f"    orthonormalize(view({'total' if part.double else 'real'}, row[1]), row[2], row[3])"]


def _meet_call(part: Part) -> list[str]:
    return ["    meet(meeting, threads)"]


CALLS = {"gemm": _gemm_call, "contract": _contraction_call, "orthonormalize": _orthonormal_call, "meet": _meet_call}
"""What the rows call that is not generated: how, by its name."""


def _kernel_call(function: _Function, indent: int) -> list[str]:
    views = [f"view({arena}, row[{k + 1}])" for k, arena in enumerate(function.arenas)]
    numbers = [f"row[{len(views) + k + 1}]" for k in range(len(function.kernel.numbers))]
    text = _wrapped(f"{function.name}(", [*views, *numbers, *function.kernel.scalars], ")", indent)
    return [line[indent - 4 :] for line in text.split("\n")]


def _rows_function(name: str, lines: list[str]) -> str:
    """The function that gives the rows of a section."""
    return "\n".join([f"def {name}_rows(at, batch):", f'    """The operations of `{name}`, in order."""',
                      "    return [", *lines, "    ]"])


def _training_loop(inputs: list[tuple[str, str]], dispatch: list[str]) -> str:
    names = Names()
    fed = [(names.new(f"all_{name}"), dtype) for name, dtype in inputs]
    given = "real whole total rows short_rows split short_split places order start stop size step seed rate"
    arguments = [*given.split(), "meeting", "thread", "threads", *(name for name, _ in fed)]
    gather = [line for k, (name, dtype) in enumerate(fed) for line in (
        f"        gather_rows({name}, order, done + first, last - first,",
        f"                    view({'whole' if dtype == 'int' else 'real'}, places[{k + 1}] + first * {name}.shape[1]))")]
    return "\n".join([
        "@entry", _wrapped("def train(", arguments, "):", 0),
        '    """Train on the samples order[start:stop], `size` at a time; gives how far it came and the updates so far.',
        "", "    Rows before the split find the loss and its gradients, the others update; a loss that is not finite ends it.",
        "    Each of the `threads` has rows of its own; where they must wait for each other, they meet.",
        '    """', "    word = flush_denormals()", "    done = start", "    finite = True", "    while finite and done < stop:",
        "        batch = min(size, stop - done)",
        "        first, last = batch * thread // threads, batch * (thread + 1) // threads",
        "        todo, until = (rows, split) if batch == size else (short_rows, short_split)", *gather,
        "        for position in range(todo.shape[0]):", "            if position == until and not isfinite(real[places[0]]):",
        "                finite = False", "                break", "            row = todo[position]", *dispatch,
        "        if finite:", "            if thread == 0:", "                total[0] += real[places[0]] * batch",
        "                total[1] += batch", "            step += 1", "            done += batch",
        "    restore_denormals(word)", "    return done, step"])


def _imports(body: str) -> str:
    code = "\n".join(line.split("#")[0] for line in body.split("\n"))
    code = re.sub(r'""".*?"""', "", code, flags=re.DOTALL)
    words = {*re.findall(r"[A-Za-z_]\w*(?=\()", code), *re.findall(r"@(\w+)", code), *re.findall(r"\binf\b", code)}
    used = "".join(f"    {name},\n" for name in sorted(words & set(library.__all__)))
    return f"from nndsl.kernels import (\n{used})"
