"""The house rules that a machine can check: imports go down, nothing evaluates text, nothing knows a library entry by name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "nndsl"
MODULES = sorted(PACKAGE.rglob("*.py"))

FLOORS = ("__main__", "cli", "__init__", "api", "verify", "lint", "inspect", "runtime", "build", "compiler", "emit", "passes",
          "derive", "checking", "syntax", "ir", "cache", "artifact", "signature", "settings", "diagnostics")
"""From the top floor to the ground: a module may import from its own floor and from lower ones. Apart stands kernels, which
all may import and which imports nothing of nndsl, since generated code calls it."""

BANNED_CALLS = {"sympify", "parse_expr", "lambdify", "eval", "exec", "compile", "__import__"}
BANNED_MODULES = {"pickle", "cloudpickle", "marshal", "shelve", "subprocess", "socket", "urllib", "http", "requests"}


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def floor(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


NAMES = {dotted(path) for path in MODULES}


def targets(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    """The modules of nndsl that an import names; `from package import module` names the module."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "nndsl")
    elif node.module and node.module.split(".")[0] == "nndsl":
        for alias in node.names:
            inner = f"{node.module}.{alias.name}"
            yield inner if inner in NAMES else node.module


def imports(tree: ast.Module) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    """Every import, and whether it is done as the module is imported (not inside a function, nor for types only)."""

    def visit(node: ast.AST, outer: bool) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.Import, ast.ImportFrom)):
                yield child, outer
            typing_only = isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING")
            inside = isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
            yield from visit(child, outer and not typing_only and not inside)

    return visit(tree, True)


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_imports_go_down(path: Path) -> None:
    here = floor(dotted(path))
    assert here in (*FLOORS, "kernels"), f"{here} is on no floor"
    wrong = []
    for node, _ in imports(parse(path)):
        assert not (isinstance(node, ast.ImportFrom) and node.level), f"{relative(path)}:{node.lineno}: relative import"
        for target in targets(node):
            there = floor(target)
            allowed = there == "kernels" or (here != "kernels" and FLOORS.index(there) >= FLOORS.index(here))
            if not allowed:
                wrong.append(f"{relative(path)}:{node.lineno}: {here} imports {target}")
    assert not wrong, "\n".join(wrong)


def test_no_import_cycle() -> None:
    graph = {dotted(path): sorted({t for node, outer in imports(parse(path)) if outer for t in targets(node)} - {dotted(path)})
             for path in MODULES}
    done: set[str] = set()
    trail: list[str] = []

    def visit(module: str) -> list[str]:
        if module in trail:
            return [*trail[trail.index(module):], module]
        if module in done:
            return []
        trail.append(module)
        for target in graph.get(module, []):
            if cycle := visit(target):
                return cycle
        trail.pop()
        done.add(module)
        return []

    for module in graph:
        cycle = visit(module)
        assert not cycle, " -> ".join(cycle)


def test_a_cycle_or_an_upward_import_would_be_seen() -> None:
    text = "import nndsl.ir.equation\nfrom nndsl.ir import expression\ndef f():\n    from nndsl.settings import Split\n"
    tree = ast.parse(text)
    found = [(t, outer) for node, outer in imports(tree) for t in targets(node)]
    assert found == [("nndsl.ir.equation", True), ("nndsl.ir.expression", True), ("nndsl.settings", False)]
    assert FLOORS.index("ir") < FLOORS.index("settings")


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_imports_inside_functions_give_their_reason(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    wrong = []
    for function in ast.walk(parse(path)):
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            inner = [node for node in ast.walk(function) if isinstance(node, (ast.Import, ast.ImportFrom))]
            text = lines[function.lineno - 1:max((node.end_lineno or 0 for node in inner), default=0)]
            if inner and not any("#" in line for line in text):
                wrong.append(f"{relative(path)}:{inner[0].lineno}: {lines[inner[0].lineno - 1].strip()}")
    assert not wrong, "imports inside functions need a comment that says why:\n" + "\n".join(wrong)


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_modules_are_documented_and_of_one_thing(path: Path) -> None:
    tree = parse(path)
    lines = sum(1 for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    assert ast.get_docstring(tree), f"{relative(path)} has no docstring"
    assert lines <= 400, f"{relative(path)} has {lines} lines that are not blank"
    long = [f"{node.name} ({size} lines)" for node in ast.walk(tree)
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
            and (size := (node.end_lineno or node.lineno) - node.lineno + 1) > 60]
    assert not long, f"{relative(path)}: {', '.join(long)}"


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_public_things_are_documented(path: Path) -> None:
    bare = [node.name for node in parse(path).body
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and not node.name.startswith("_")
            and not ast.get_docstring(node)]
    assert not bare, f"{relative(path)}: no docstring: {', '.join(bare)}"


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_nothing_evaluates_text_or_runs_programs(path: Path) -> None:
    wrong = []
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Call):
            member = isinstance(node.func, ast.Attribute)
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in BANNED_CALLS and not (member and name == "compile"):  # re.compile builds a pattern, not code
                wrong.append(f"{relative(path)}:{node.lineno}: {name}(...)")
        elif isinstance(node, ast.Import):
            wrong += [f"{relative(path)}:{node.lineno}: {a.name}" for a in node.names if a.name.split(".")[0] in BANNED_MODULES]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in BANNED_MODULES:
            wrong.append(f"{relative(path)}:{node.lineno}: {node.module}")
    assert not wrong, "\n".join(wrong)


HOMONYMS = {"precision": "a setting of `train`", "identity": "what a checkpoint belongs to"}
"""Words that name an entry of the library and, in Python code, something else."""


def library_names() -> set[str]:
    """Every name that the standard library gives to files, second names included."""
    from nndsl.checking.library import standard  # the package under test, not the file under test
    from nndsl.checking.scope import KINDS

    return {name for kind in KINDS for name in standard().names(kind)}


def primitives() -> set[str]:
    """Names the language itself gives a meaning, which code must know: what formulas can do, the kinds of definitions, and
    `default`, what stands for what a file does not say."""
    from nndsl.checking.scope import KINDS  # the package under test, not the file under test
    from nndsl.ir.operations import DRAWS, NESTED_REDUCTIONS, OPERATIONS

    language = {"reshape", "permute", "join", "contains", "rank", "extent", "stop", "repeat", "orthonormal", "bernoulli"}
    return {*OPERATIONS, *DRAWS, *NESTED_REDUCTIONS, *KINDS, *language, "default"}


def compared_strings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Strings that code is steered by: compared with, looked for, matched, or keys of a table."""

    def strings(node: ast.AST) -> Iterator[tuple[int, str]]:
        for inner in ast.walk(node):
            if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                yield inner.lineno, inner.value

    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            for side in (node.left, *node.comparators):
                yield from strings(side)
        elif isinstance(node, ast.MatchValue):
            yield from strings(node.value)
        elif isinstance(node, ast.Dict):
            for key in node.keys:
                if isinstance(key, ast.Constant):
                    yield from strings(key)


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_no_code_knows_a_library_entry_by_name(path: Path) -> None:
    known = library_names() - primitives() - set(HOMONYMS)
    assert {"dense", "relu", "adam"} <= known
    wrong = [f"{relative(path)}:{line}: {name!r}" for line, name in compared_strings(parse(path)) if name in known]
    assert not wrong, "\n".join(wrong)


def test_compared_strings_are_found() -> None:
    tree = ast.parse("a == 'dense'\nb in ('relu', x)\nmatch c:\n    case 'adam':\n        pass\nd = {'selu': 1}\n")
    assert sorted(name for _, name in compared_strings(tree)) == ["adam", "dense", "relu", "selu"]
