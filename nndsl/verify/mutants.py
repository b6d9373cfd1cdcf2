"""Small faults planted in the generated backward code, to see that the witnesses catch them."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from nndsl.ir.equation import adjoint_name
from nndsl.verify.algebra import Algebra, Value
from nndsl.verify.calculus import Calculus, symbols
from nndsl.verify.cells import GIVEN_ROLES, Definitions, Unstored
from nndsl.verify.ledger import AGREE, Ledger, close
from nndsl.verify.plain import DOUBLE, Scalars, functions, read_functions
from nndsl.verify.points import At
from nndsl.verify.proof import prove
from nndsl.verify.report import Mutant
from nndsl.verify.settle import Decisions
from nndsl.verify.subject import Subject, code_definitions, code_numbers, symbols_drawn

POINTS = (At(2, 1), At(3, 2, whole=True), At(1, 3), At(2, 4, spread=4.0))
"""Where gradients are compared, until one differs."""

PROOFS = (At(2, 1), At(3, 2))
"""Where a fault that changes no number is looked at symbol by symbol."""


@dataclass(frozen=True)
class Fault:
    """A change of the text of a module.

    Args:
        kind: a sign, a factor, ...
        line: its number.
        start, stop: the columns replaced, in bytes.
        text: what stands there instead.
    """

    kind: str
    line: int
    start: int
    stop: int
    text: str


def planted(subject: Subject, count: int, seed: int) -> Iterator[Mutant]:
    """Plant faults one at a time, and tell what became of each.

    Args:
        subject: whose code.
        count: how many; fewer where the code has no more places.
        seed: which.
    """
    code = subject.stages.code
    every = list(faults(code))
    chosen = random.Random(seed).sample(every, min(count, len(every)))
    wanted = [(subject.point(at), Scalars(at.batch)) for at in POINTS]
    plain = read_functions(code)
    original, decisions = _Original(subject, plain), Decisions()
    expected = [_gradients(subject, plain, *p) for p in wanted]
    lines = code.split("\n")
    for fault in chosen:
        changed = _changed(lines[fault.line - 1], fault)
        text = "\n".join([*lines[: fault.line - 1], changed, *lines[fault.line:]])
        outcome, by = _judged(original, read_functions(text), wanted, expected, decisions)
        yield Mutant(fault.kind, fault.line, lines[fault.line - 1].strip(), changed.strip(), outcome, by)


def _changed(line: str, fault: Fault) -> str:
    raw = line.encode()
    return (raw[: fault.start] + fault.text.encode() + raw[fault.stop:]).decode()


# ---------------------------------------------------------------------------------------------------- witnesses


def _judged(original: _Original, module: ModuleType, points: list[Any], expected: list[dict[str, list[Any]]],
            decisions: Decisions) -> Any:
    subject = original.subject
    for point, wanted in zip(points, expected, strict=True):
        try:
            found = _gradients(subject, module, *point)
        except (Unstored, ArithmeticError, TypeError, ValueError, IndexError, NameError) as error:
            return "caught", f"it fails: {type(error).__name__}"
        name = next((n for n in wanted if not _same(found[n], wanted[n])), None)
        if name is not None:
            return "caught", f"the gradient of {name} differs"
    if original.is_computed_by(module):
        return "equivalent", "it changes nothing: every gradient is proved to be computed by equal forms"
    for at in PROOFS:
        try:
            verdicts = prove(subject, module, at, decisions)
        except (Unstored, ArithmeticError, TypeError, ValueError, IndexError, NameError) as error:
            return "caught", f"it fails: {type(error).__name__}"
        failed = next((n for n, v in verdicts.items() if v.verdict == "failed"), None)
        if failed is not None:
            return "caught", f"{failed} is not what its formula says"
        wanted_names = [adjoint_name(n) for n in subject.wanted]
        if any(verdicts[n].verdict != "proved" for n in wanted_names if n in verdicts):
            return "survived", "no witness caught it"
    return "equivalent", "it changes nothing: every entry is proved to be what its formula says"


@dataclass(frozen=True)
class _Original:
    """The forms of all that the unchanged code stores, at some points; equal forms are those that algebra shows to be.

    Args:
        subject: whose code.
        module: the unchanged one.
    """

    subject: Subject
    module: ModuleType
    _known: dict[At, tuple[Algebra, Definitions]] = field(default_factory=dict)

    def is_computed_by(self, other: ModuleType) -> bool:
        """Whether other code computes every gradient by the same forms, and so the same whatever the numbers."""
        return all(self._same_at(at, other) for at in PROOFS)

    def _same_at(self, at: At, other: ModuleType) -> bool:
        if at not in self._known:
            algebra = Algebra()
            self._known[at] = algebra, self._forms(self.module, at, algebra)
        algebra, before = self._known[at]
        after = self._forms(other, at, algebra)
        ledger = Ledger(algebra, Calculus(algebra))
        ledger.know(before.forms)
        names = {adjoint_name(n) for n in self.subject.wanted}
        todo = [atom for key, atom in before.keys.items() if key[0] in names]
        seen: set[int] = set(todo)
        while todo:
            atom = todo.pop()
            form = before.forms.get(atom)
            if form is None:
                continue
            if atom not in after.forms or not self._equal(ledger, after.forms[atom], form):
                return False
            new = set(symbols(form)) - seen
            seen |= new
            todo += new
        return True

    @staticmethod
    def _equal(ledger: Ledger, found: Value, wanted: Value) -> bool:
        if found.terms == wanted.terms:
            return True
        return close(found.number, wanted.number) and ledger.settled(found, wanted) == "proved"

    def _forms(self, module: ModuleType, at: At, algebra: Algebra) -> Definitions:
        given = frozenset(n for n, t in self.subject.last.tensors.items() if t.role in GIVEN_ROLES)
        return code_definitions(self.subject, functions(module, symbols_drawn(algebra)), "learn", self.subject.point(at),
                                Scalars(at.batch), algebra, given)


def _gradients(subject: Subject, module: ModuleType, point: Any, scalars: Scalars) -> dict[str, list[Any]]:
    memory = code_numbers(subject, functions(module, DOUBLE), "learn", point, scalars)
    return {n: memory[adjoint_name(n)].tensor(adjoint_name(n)) for n in subject.wanted}


def _same(found: list[Any], wanted: list[Any]) -> bool:
    largest = max((abs(x) for x in wanted if x is not None), default=0.0)
    margin = AGREE * max(largest, 1e-9)
    return all((x is None) == (y is None) and (x is None or abs(x - y) <= margin or (x != x and y != y))
               for x, y in zip(found, wanted, strict=True))


# ---------------------------------------------------------------------------------------------------- faults


def faults(code: str) -> Iterator[Fault]:
    """Every fault that can be planted in the backward pass of a module: in its kernels, and in the rows that call them."""
    tree, lines = ast.parse(code), code.split("\n")
    kernels, rows = _backward(code, tree, lines)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name in kernels:
            yield from _of_kernel(node, code)
    for row in rows:
        yield from _of_row(row, code)


def _backward(code: str, tree: ast.Module, lines: list[str]) -> tuple[set[str], list[ast.Tuple]]:
    """The names of kernels that compute gradients, and the rows of `learn` that do."""
    learn = next((n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "learn_rows"), None)
    found = [n for n in ast.walk(learn) if isinstance(n, ast.Tuple)] if learn else []
    sign = adjoint_name("")
    backward = [row for row in found if _comment_above(lines, row.lineno).lstrip("# ").startswith(sign)]
    names = {row.elts[0].id.lower() for row in backward if isinstance(row.elts[0], ast.Name)}
    known = {n.name.lower(): n.name for n in tree.body if isinstance(n, ast.FunctionDef)}
    return {known[n] for n in names if n in known}, backward


def _comment_above(lines: list[str], line: int) -> str:
    """The first line of the comment above a line."""
    at = line - 2
    while at > 0 and lines[at - 1].lstrip().startswith("#"):
        at -= 1
    return lines[at]


def _place(node: Any, kind: str, text: str) -> Iterator[Fault]:
    if node.lineno == node.end_lineno:
        yield Fault(kind, node.lineno, node.col_offset, node.end_col_offset, text)


def _of_kernel(kernel: ast.FunctionDef, code: str) -> Iterator[Fault]:
    views = list(dict.fromkeys(n.value.id for n in ast.walk(kernel) if isinstance(n, ast.Subscript)
                               and isinstance(n.value, ast.Name)))
    inside = {id(n) for s in ast.walk(kernel) if isinstance(s, ast.Subscript) for n in ast.walk(s.slice)}
    loops = [n.target.id for n in ast.walk(kernel) if isinstance(n, ast.For) and isinstance(n.target, ast.Name)]
    for node in ast.walk(kernel):
        if isinstance(node, (ast.Assign, ast.AugAssign)):
            yield from _of_statement(node)
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and isinstance(node.value, ast.Name):
            for other in views:
                if other != node.value.id:
                    yield from _place(node.value, "a wrong operand", other)
        elif isinstance(node, ast.BinOp) and id(node) not in inside:
            yield from _of_operation(node, code)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and id(node) not in inside:
            yield from _place(node, "a sign", ast.unparse(node.operand))
        elif isinstance(node, ast.Name) and id(node) in inside and node.id in loops:
            for text in ("0", *(x for x in loops if x != node.id)):
                yield from _place(node, "an index", text)


def _of_statement(node: ast.Assign | ast.AugAssign) -> Iterator[Fault]:
    value = ast.unparse(node.value)
    target = ast.unparse(node.target if isinstance(node, ast.AugAssign) else node.targets[0])
    if isinstance(node, ast.AugAssign):
        yield from _place(node, "a dropped term", "pass")
        yield from _place(node, "a sign", f"{target} -= {value}")
        yield from _place(node, "a factor", f"{target} += 2 * ({value})")
    elif "[" in target:
        yield from _place(node, "a factor", f"{target} = ({value}) * 2 + 1")
        yield from _place(node, "a sign", f"{target} = 1 - ({value})")


def _of_operation(node: ast.BinOp, code: str) -> Iterator[Fault]:
    left, right = ast.unparse(node.left), ast.unparse(node.right)
    if isinstance(node.op, (ast.Add, ast.Sub)):
        other = "-" if isinstance(node.op, ast.Add) else "+"
        yield from _place(node, "a sign", f"({left} {other} {right})")
        yield from _place(node, "a dropped term", f"({left})")
        yield from _place(node, "a dropped term", f"({right})")
    elif isinstance(node.op, (ast.Mult, ast.Div)):
        yield from _place(node, "a factor", f"({left})")
        yield from _place(node, "a factor", f"(2 * ({ast.unparse(node)}))")


def _of_row(row: ast.Tuple, code: str) -> Iterator[Fault]:
    """Another tensor in place of one, another start, another extent; of a matrix product also what is transposed or added."""
    tensors = [e for e in row.elts if ast.unparse(e).startswith("at.")]
    for one in tensors:
        for other in tensors:
            if ast.unparse(one) != ast.unparse(other):
                yield from _place(one, "a wrong operand", ast.unparse(other))
        yield from _place(one, "an index", f"{ast.unparse(one)} + 1")
    for cell in row.elts[1:]:
        if isinstance(cell, ast.Constant) and isinstance(cell.value, int):
            yield from _place(cell, "an index", str(cell.value + 1 if cell.value != 1 else 0))
