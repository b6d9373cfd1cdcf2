"""What the names of one file mean: its own definitions, those it imports, and the standard library underneath."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from nndsl.diagnostics import Source
from nndsl.syntax.tree import Data, Definition, Expression, File, Let, Member, Model, Name, Train

KINDS = ("activation", "function", "layer", "loss", "metric", "optimizer", "schedule", "initializer", "regularizer")
"""The kinds of definitions; each has names of its own. A model can be found too, under the kind `model`."""

PIPELINE = ("layer", "model", "activation", "function")
"""What `value -> f` may apply, those first that come first where a name is taken by several."""

FORMULA = ("function", "activation")
"""What a call in a formula may apply besides the primitives and, last, definitions of the formula's own kind."""

METRICS = ("metric", "loss")
"""What stands where a metric is expected: a loss's name means its weighted mean."""

Key = tuple[str, str]
"""A kind and a name."""


@dataclass(frozen=True, eq=False)
class Found:
    """A definition and the scope in which its own names are looked up.

    Args:
        definition: what was found; a Model where the kind is `model`.
        scope: that of the file it was written in.
    """

    definition: Definition | Model
    scope: Scope

    @property
    def kind(self) -> str:
        """One of `KINDS`, or `model`."""
        return self.definition.kind if isinstance(self.definition, Definition) else "model"


class Underneath(Protocol):
    """Definitions that a file sees without importing them."""

    def find(self, kind: str, name: str) -> Found | None:
        """The definition of that kind and name, or None."""
        ...

    def names(self, kind: str) -> Iterator[str]:
        """Every name of that kind, second names included."""
        ...


class Bare:
    """Nothing underneath: the language with its primitives only."""

    def find(self, kind: str, name: str) -> Found | None:
        """None: there is nothing to find."""
        return None

    def names(self, kind: str) -> Iterator[str]:
        """No names."""
        return iter(())


@dataclass(frozen=True, eq=False)
class Scope:
    """What the names of one file mean.

    Args:
        source: its text.
        definitions: what is written in this file, by kind and name; a second name (`also`) is a key like the first. Models are
            here too, under the kind `model`.
        imported: what `import "file"` brings in, each with the scope of its own file.
        modules: the files behind `import "file" as name`.
        imports: every file this one imports, in order.
        lets: the top-level `let`s, with the values of `--set` in place of those written.
        file: its syntax tree; None for a file of the standard library, which is parsed piece by piece.
        models: the models of this file, in order.
        data, train: its blocks, or None.
        trained: the model to train: the one that `train` names, else the last; None without a model.
        underneath: the standard library.
        complete: False where an import failed, so that an unknown name may be what it would have brought.
    """

    source: Source
    definitions: Mapping[Key, Definition | Model] = field(default_factory=dict)
    imported: Mapping[Key, Found] = field(default_factory=dict)
    modules: Mapping[str, Scope] = field(default_factory=dict)
    imports: tuple[Scope, ...] = ()
    lets: Mapping[str, Let] = field(default_factory=dict)
    file: File | None = None
    models: tuple[Model, ...] = ()
    data: Data | None = None
    train: Train | None = None
    trained: Model | None = None
    underneath: Underneath = field(default_factory=Bare)
    complete: bool = True

    def find(self, kind: str, name: str) -> Found | None:
        """What `name` means where a `kind` is expected: this file's own, else an imported, else a standard definition."""
        return self.find_written(kind, name) or self.imported.get((kind, name)) or self.underneath.find(kind, name)

    def find_written(self, kind: str, name: str) -> Found | None:
        """As `find`, but only what is written in this file."""
        definition = self.definitions.get((kind, name))
        return Found(definition, self) if definition else None

    def candidates(self, kinds: Iterable[str], name: str) -> Iterator[Found]:
        """Every definition called `name` of one of these kinds, in the order of the kinds."""
        return (found for kind in kinds if (found := self.find(kind, name)))

    def names(self, kind: str) -> tuple[str, ...]:
        """Every name of a kind that can be used here, in alphabetical order."""
        own = {name for k, name in (*self.definitions, *self.imported) if k == kind}
        return tuple(sorted(own.union(self.underneath.names(kind))))

    def refer(self, expression: Expression, kinds: Iterable[str]) -> Found | None:
        """The definition that `hinge`, `loss.hinge`, `blocks.encoder` or `blocks.loss.hinge` means where `kinds` may stand.

        A kind before the dot overrules `kinds`; the name of an imported file confines the search to what is written there.
        """
        if isinstance(expression, Name):
            return next(self.candidates(kinds, expression.name), None)
        if not isinstance(expression, Member):
            return None
        kind, module = self._qualifier(expression.value)
        wanted = (kind,) if kind else tuple(kinds)
        if module is not None:
            return next((f for k in wanted if (f := module.find_written(k, expression.name))), None)
        return self.find(kind, expression.name) if kind else None

    def _qualifier(self, expression: Expression) -> tuple[str | None, Scope | None]:
        """The kind and the imported file that stand before a dot; None for what does not stand there."""
        match expression:
            case Name(name=name) if name in self.modules:
                return None, self.modules[name]
            case Name(name=name) if name in KINDS:
                return name, None
            case Member(value=Name(name=name), name=kind) if name in self.modules and kind in KINDS:
                return kind, self.modules[name]
            case _:
                return None, None
