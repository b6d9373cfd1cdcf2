"""Where a formula stands: the definition being elaborated, the names it knows, and the indices in scope."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from nndsl.checking.elaborate.builder import SAMPLE, Builder, Sums
from nndsl.checking.elaborate.mistakes import Mistake
from nndsl.checking.elaborate.values import Array, Value
from nndsl.checking.scope import Scope
from nndsl.diagnostics import Diagnostic, Label, Report, Span
from nndsl.ir.expression import Extent, Ranges
from nndsl.syntax.tree import Exact, Expression, If, Node, Parameter, Statement

if TYPE_CHECKING:
    from nndsl.checking.elaborate.context import Context
    from nndsl.checking.elaborate.symbols import Analysis


@dataclass(frozen=True, eq=False)
class Broken:
    """A name whose definition holds a mistake that was told."""


BROKEN = Broken()


class Thunk:
    """An argument that has not been looked at yet: what it means depends on how it is used.

    Args:
        node: the argument.
        place: where it stands.
    """

    def __init__(self, node: Expression, place: Place) -> None:
        self.node, self.place = node, place
        self.value: Value = None
        self.known = False


class Deferred:
    """A statement that defines a name and is elaborated when the name is first needed.

    Args:
        statement: the statement.
        frame: whose name it is.
    """

    def __init__(self, statement: Statement, frame: Frame) -> None:
        self.statement, self.frame = statement, frame
        self.meant: Statement | None = None  # the statement, once each of its names stands for one axis
        self.state = "new"
        self.value: Value | Broken = BROKEN
        self.shaping = False
        self.asking = False
        self.analysis: Analysis | None = None
        self.tensor = ""  # what it defines, where that was declared before its formula was known


class Branching:
    """An `if` whose branch is chosen when one of its names is first needed, or when its turn comes.

    Args:
        statement: the `if`.
        decide: chooses; afterwards the frame has the names of the branch taken.
    """

    def __init__(self, statement: If, decide: Callable[[Branching], None]) -> None:
        self.statement, self._decide = statement, decide
        self.state = "new"
        self.taken: tuple[Statement, ...] = ()

    def decide(self) -> None:
        """Choose, unless that was done or is being done."""
        if self.state == "new":
            self.state = "busy"
            self._decide(self)
            self.state = "done"


Entry = Value | Thunk | Deferred | Branching | Broken


@dataclass
class Result:
    """What a block gave besides names.

    Args:
        outputs: by name ("" where it has none).
        count: what a loss divides by instead of the number of its entries.
        exact: the form to be used where the argument comes straight from softmax or sigmoid.
        broken: whether an output is missing because of a mistake that was told.
    """

    outputs: list[tuple[str, Value]] = field(default_factory=list)
    count: Array | None = None
    exact: Exact | None = None
    broken: bool = False


@dataclass(eq=False)
class Frame:
    """A definition being elaborated.

    Args:
        kind: the kind of definition; `file` for what stands in none.
        scope: where its names are looked up.
        path: how the things it makes are called: their names follow this and a dot.
        context: what all frames of a model share.
        builder: the program being written.
        names: what its names mean.
        label: how messages call it.
        training: whether code for training is written; None where that makes no difference.
        ambient: indices of the formula outside that stand for one of many here, besides the batch.
        dots: the axes that `...` stands for in its inputs.
        batched: whether axis numbers count the batch as axis 0.
        shape: what an initializer fills: the shape that its output is to have.
        hint: how a tensor that it gives out is to be called, rather than by its path.
        trainable: whether parameters made here may be changed by an optimizer.
        depth: how many frames stand outside this one.
        applied: where in the user's own text it is applied.
        left: the indices of the left sides of the formulas outside, in order.
        result: what the block gives besides names.
        statements: those of its block, branches that are not taken left out.
        branchings: the `if`s of its block, by the identity of the statement.
        counters: how many instances of each definition were numbered.
        inputs: the values given to a layer that no `input` has taken yet.
        options: what was given by names that stand in no signature: initializers, regularizers, optional inputs.
        produced: where in the text the last input was made.
        whole_batch: whether its signature names the batch, so that it is an axis like the others.
        claimed: the names of its instances, where each was first used, and whether a `let` shares it.
        sums: the totals of the metric around it.
        parameters: the signature, where its names hide others.
        handlers: what statements do here that elsewhere do something else, or nothing.
    """

    kind: str
    scope: Scope
    path: str
    context: Context
    builder: Builder
    names: dict[str, Entry] = field(default_factory=dict)
    label: str = ""
    training: bool | None = None
    ambient: tuple[str, ...] = ()
    dots: tuple[Extent, ...] | None = None
    batched: bool = True
    shape: tuple[int, ...] | None = None
    hint: str = ""
    trainable: bool = True
    depth: int = 0
    applied: Span | None = None
    left: tuple[str, ...] = ()
    result: Result = field(default_factory=Result)
    statements: list[Statement] = field(default_factory=list)
    branchings: dict[int, Branching] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)
    inputs: list[Value] = field(default_factory=list)
    options: dict[str, Thunk] = field(default_factory=dict)
    produced: tuple[Label, ...] = ()
    whole_batch: bool = False
    claimed: dict[str, tuple[Span, bool]] = field(default_factory=dict)
    sums: Sums | None = None
    parameters: tuple[Parameter, ...] = ()
    handlers: Mapping[type[Node], Callable[[Any, Frame], None]] = field(default_factory=dict)

    @property
    def report(self) -> Report:
        """Where mistakes are told."""
        return self.context.report

    @property
    def inlines(self) -> bool:
        """Whether its equations are formulas to be put into those that use them, not tensors of their own."""
        return self.kind not in ("layer", "model")

    def knows(self, name: str) -> bool:
        """Whether a name has a meaning here; where an `if` gives it one, the `if` is decided."""
        entry = self.names.get(name)
        while isinstance(entry, Branching):
            entry.decide()
            if self.names.get(name) is entry:  # the branch taken has no such name
                del self.names[name]
            entry = self.names.get(name)
        return name in self.names

    def called(self, name: str) -> str:
        """The full name of something made here."""
        return f"{self.path}.{name}" if self.path else name

    def number(self, name: str) -> str:
        """`dense_1`, `dense_2`, ...: the next instance of a definition."""
        self.counters[name] = self.counters.get(name, 0) + 1
        return f"{name}_{self.counters[name]}"

    def guarded(self, action: Callable[[], None]) -> None:
        """Do something; a mistake in it is told, and what comes after goes on."""
        try:
            action()
        except Mistake as error:
            self.tell(error)

    def tell(self, error: Mistake) -> None:
        """Report a mistake, unless it was told."""
        found = self.located(error).diagnostic
        if found is not None:
            self.report.add(found)

    def located(self, error: Mistake) -> Mistake:
        """A mistake in a text that is not the user's, told at the place of its use."""
        found = error.diagnostic
        if found is None or self.scope.file is not None or self.applied is None:
            return error
        if found.labels and found.labels[0].span.source is self.applied.source:
            return error
        return Mistake(Diagnostic(found.code, found.message, (Label(self.applied), *found.labels), found.helps))

    def place(self) -> Place:
        """Where a formula without indices stands."""
        return Place(self)

    def outside(self) -> frozenset[str]:
        """The indices that every tensor made here may depend on without naming them."""
        return frozenset((SAMPLE, *self.ambient))


@dataclass(frozen=True)
class Place:
    """Where an expression stands.

    Args:
        frame: the definition around it.
        analysis: what was found about the indices of the whole formula; None where it was not looked at yet.
        indices: the indices in scope, by the user's names.
        dots: the indices that `...` stands for here; None where it leaves its axes open.
        inline_draws: whether a random draw may stand in the formula itself, since its indices are just those in scope.
        hint: how the tensor is to be called that the expression as a whole makes.
        own: how the instance is to be called that the expression as a whole applies.
        left: the indices of the left side, in order.
    """

    frame: Frame
    analysis: Analysis | None = None
    indices: Mapping[str, str] = field(default_factory=dict)
    dots: Ranges | None = None
    inline_draws: bool = False
    hint: str = ""
    own: str = ""
    left: tuple[str, ...] = ()

    @property
    def builder(self) -> Builder:
        """The program being written."""
        return self.frame.builder

    def inner(self) -> Place:
        """A part of the expression here: no name is suggested for it, and draws in it get tensors of their own."""
        return replace(self, inline_draws=False, hint="", own="") if self.inline_draws or self.hint or self.own else self

    def part(self) -> Place:
        """An operand of the expression here."""
        return replace(self, hint="", own="") if self.hint or self.own else self

    def within(self, more: Mapping[str, str], dots: Ranges | None) -> Place:
        """Inside a reduction over more indices."""
        return replace(self, indices={**self.indices, **more}, dots=dots, inline_draws=False, hint="", own="")
