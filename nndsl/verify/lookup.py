"""Where things of a compiled model come from, and what depends on them."""

from __future__ import annotations

from nndsl.ir.equation import Equation, adjoint_name
from nndsl.ir.expression import Read, walk
from nndsl.verify.subject import Subject


def size_text(subject: Subject, tensor: str) -> str:
    """A tensor with its extents."""
    name = tensor.removesuffix(" next")
    shape = subject.last.tensors[name].shape if name in subject.last.tensors else ()
    return f"{tensor}[{', '.join(map(str, shape))}]" if shape else tensor


def equation_of(subject: Subject, tensor: str) -> Equation | None:
    """The last equation that computes a tensor."""
    found = None
    name = tensor.removesuffix(" next")
    for program in (subject.last, *subject.equations.values(), subject.stages.passes.update):
        for equation in program.equations():
            if equation.out == name and equation.origin.note != "cleared":
                found = equation
        if found is not None:
            return found
    return None


def behind(subject: Subject, tensor: str) -> set[str]:
    """The tensors that depend on one, whether in the user's equations or in those that were differentiated."""
    users: dict[str, set[str]] = {}
    for program in (subject.user, subject.derived):
        for equation in program.equations():
            for node in walk(equation.expr):
                if isinstance(node, Read) and not node.stop:
                    users.setdefault(node.tensor, set()).add(equation.out)
    found: set[str] = set()
    todo = [tensor]
    while todo:
        for user in users.get(todo.pop(), ()):
            if user not in found:
                found.add(user)
                todo.append(user)
    return {t for t in found if leads_to_loss(subject, t)}


def leads_to_loss(subject: Subject, tensor: str) -> bool:
    """Whether a tensor has a gradient, or is what is differentiated."""
    return tensor in subject.seeds or adjoint_name(tensor) in subject.stages.adjoints.learn.tensors
