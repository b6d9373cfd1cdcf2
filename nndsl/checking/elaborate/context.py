"""What all parts of a model share while it is elaborated."""

from __future__ import annotations

from dataclasses import dataclass, field

from nndsl.checking.checked import Instance, Port, Variable
from nndsl.checking.elaborate.builder import Builder, Indices
from nndsl.checking.elaborate.evaluate import look_up
from nndsl.checking.elaborate.frame import Deferred, Entry, Frame
from nndsl.checking.elaborate.mistakes import Mistake, mistake
from nndsl.checking.elaborate.recurrence import Written
from nndsl.checking.elaborate.references import let_value
from nndsl.checking.elaborate.targets import Targets
from nndsl.checking.elaborate.values import Array, Closure, Value
from nndsl.checking.scope import Scope
from nndsl.diagnostics import Label, Report, Span
from nndsl.ir.equation import Equation, Tensor
from nndsl.ir.expression import Extent, Index, Read
from nndsl.syntax.tree import Expression, Let, Member


@dataclass(eq=False)
class Filling:
    """How a variable gets its first value.

    Args:
        entry: the initializer or formula.
        frame: where it was said.
        span: where.
    """

    entry: Entry
    frame: Frame
    span: Span


@dataclass
class Pass:
    """One way through the model: for training or for inference.

    Args:
        builder: the program.
        training: which of the two.
        penalties: per sample, to be averaged over the batch and added to the objective.
        weights: penalties on weights, added as they are.
        updates: the next values of states, to be written last.
        regularized: the weights whose regularizers are among them.
    """

    builder: Builder
    training: bool
    penalties: list[Array] = field(default_factory=list)
    weights: list[Array] = field(default_factory=list)
    updates: list[Equation] = field(default_factory=list)
    regularized: set[str] = field(default_factory=set)


@dataclass(eq=False)
class Context:
    """What all parts of a model share.

    Args:
        report: gets the mistakes.
        scope: that of the file.
        indices: the indices of all formulas.
        variables: parameters and states in the order they were met.
        fillings: how each gets its first value.
        instances: the layers, in the order they were first applied.
        first_uses: where each instance is first applied.
        targets: what the loss and metrics are to be compared with.
        loose: whether outputs may be the same for all samples, without a batch axis.
        bare: whether inputs are bare arrays, all of whose axes count, instead of samples of a batch.
        ports: the model's inputs.
        files: what `let`s of files mean.
        current: the pass at hand.
    """

    report: Report
    scope: Scope
    indices: Indices = field(default_factory=Indices)
    variables: dict[str, Variable] = field(default_factory=dict)
    fillings: dict[str, Filling] = field(default_factory=dict)
    instances: dict[str, Instance] = field(default_factory=dict)
    first_uses: dict[str, Span] = field(default_factory=dict)
    targets: Targets = field(default_factory=Targets)
    bare: bool = False
    loose: bool = False
    ports: dict[str, Port] = field(default_factory=dict)
    files: dict[tuple[int, str], Deferred] = field(default_factory=dict)
    current: Pass = field(default_factory=lambda: Pass(Builder(), False))

    # ------------------------------------------------------------------------------------------------------- names

    def function(self, node: Expression, scope: Scope, kinds: tuple[str, ...]) -> Closure | None:
        """The definition that a name means where one of these kinds may stand, without settings yet."""
        found = scope.refer(node, kinds)
        return None if found is None else Closure(found, (), node.span)

    def constant(self, scope: Scope, name: str) -> Value:
        """What a `let` of a file means."""
        key = (id(scope), name)
        if key not in self.files:
            frame = Frame("file", scope, "", self, self.current.builder)
            self.files[key] = Deferred(scope.lets[name], frame)
        return look_up(self.files[key])

    def bound(self, statement: Let, frame: Frame) -> Value:
        """What a `let` means."""
        return let_value(statement, frame)

    def target(self, node: Member, frame: Frame) -> Value:
        """`target.box` in a loss or metric."""
        return self.targets.named(node.name, frame, node.span)

    def recurrent(self, deferred: Deferred, name: str, written: Written, shape: tuple[Extent, ...]) -> Array:
        """A tensor that refers to its own entries, declared before its equation is known: over all indices outside.

        Args:
            deferred: what defines it.
            name: what it is to be called.
            written: where, and what the user calls it.
            shape: that of its left side.
        """
        frame, builder = deferred.frame, deferred.frame.builder
        outside = builder.indices.sorted(frame.outside())
        if not deferred.tensor:
            deferred.tensor = builder.free_name(name)
            extents = (builder.indices.extents[i] for i in outside)
            builder.declare(Tensor(deferred.tensor, (*extents, *shape)), written.span)
            builder.awaited.add(deferred.tensor)
            builder.recurrent[deferred.tensor] = written
        axes = builder.indices.open(shape)
        return Array(axes, Read(deferred.tensor, (*(Index(i) for i in outside), *(Index(i) for i, _ in axes))))

    # --------------------------------------------------------------------------------------------------- instances

    def claim(self, frame: Frame, path: str, shared: bool, span: Span) -> None:
        """Take a name for an instance made in a frame.

        Raises:
            Mistake: another one has it.
        """
        first = frame.claimed.get(path)
        if path == "target":  # `target.p` means something else
            raise mistake("NN0238", span, name=path)
        if first is not None and not (shared and first[1]):
            raise mistake("NN0238", span, also=(Label(first[0], "has the name already"),), name=path)
        frame.claimed.setdefault(path, (span, shared))
        self.first_uses.setdefault(path, span)

    def record(self, instance: Instance) -> None:
        """Note an instance for the table of layers, if it is new."""
        self.instances.setdefault(instance.name, instance)

    # --------------------------------------------------------------------------------------------------- variables

    def variable(self, variable: Variable, filling: Filling, builder: Builder) -> Array:
        """A parameter or state: made at its first use, the same again at later ones.

        Raises:
            Mistake: it was made with another shape.
        """
        known = self.variables.get(variable.name)
        if known is None:
            self.variables[variable.name] = variable
            self.fillings[variable.name] = filling
        elif known.shape != variable.shape:
            raise self.other_shape(known, variable, filling)
        if variable.name not in builder.tensors:
            role = "parameter" if variable.kind == "parameter" else "state"
            builder.declare(Tensor(variable.name, variable.shape, role=role), filling.span)  # type: ignore[arg-type]
        return builder.whole(variable.name, variable.shape, False)

    def other_shape(self, known: Variable, wanted: Variable, filling: Filling) -> Mistake:
        """Why a shared instance does not fit what it is applied to."""
        axis = next((n for n, (a, b) in enumerate(zip(known.shape, wanted.shape, strict=False)) if a != b), 0)
        frame = filling.frame
        first = self.first_uses.get(frame.path)
        own = known.name.rpartition(".")[2]
        also = (Label(first, f"its `{own}` has the shape {list(known.shape)} from here"),) if first else ()
        return mistake("NN0203", frame.applied, f"expects {known.shape[axis]}", also=(*frame.produced, *also), name=frame.label,
                       expected=known.shape[axis], found=wanted.shape[axis])

    def penalize(self, value: Array) -> None:
        """Add to the objective what a formula gives for each sample."""
        self.current.penalties.append(value)
