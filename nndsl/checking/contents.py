"""What is written in one file: its definitions, `let`s, models and blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from nndsl.checking.primitives import called
from nndsl.checking.scope import Key, Scope
from nndsl.checking.words import did_you_mean, word
from nndsl.diagnostics import Label, Report, Span, problem
from nndsl.syntax.tree import Also, Data, Definition, File, Let, Model, Train


def with_contents(scope: Scope, file: File, report: Report) -> Scope:
    """A scope with what is written in its file; names that are taken go to `report`.

    Args:
        scope: that of the file, with its imports.
        file: its tree.
        report: gets the diagnostics.
    """
    data = [item for item in file.items if isinstance(item, Data)]
    trains = [item for item in file.items if isinstance(item, Train)]
    models = tuple(item for item in file.items if isinstance(item, Model))
    for keyword, blocks in (("data", data), ("train", trains)):
        for block in blocks[1:]:
            first = Label(head(blocks[0].span, keyword), "the first one")
            report.add(problem("NN0122", head(block.span, keyword), also=(first,), word=keyword))
    train = trains[0] if trains else None
    return replace(
        scope,
        definitions=_Names(scope, report).all(file),
        lets=_lets(file, report),
        models=models,
        data=data[0] if data else None,
        train=train,
        trained=_trained(models, train, report),
    )


def head(span: Span, keyword: str) -> Span:
    """The word that opens a block, at the start of its span."""
    return Span(span.source, span.start, span.start + len(keyword))


@dataclass
class _Names:
    """The names of a file's definitions and models, each given once.

    Args:
        scope: the file's, with its imports.
        report: gets the diagnostics.
    """

    scope: Scope
    report: Report

    def all(self, file: File) -> dict[Key, Definition | Model]:
        """Every definition and model by kind and name."""
        names: dict[Key, Definition | Model] = {}
        for item in file.items:
            if isinstance(item, (Definition, Model)):
                for key, span in _keys(item):
                    self._check(item, key, span, names)
                    names.setdefault(key, item)
        return names

    def _check(self, item: Definition | Model, key: Key, span: Span, names: Mapping[Key, Definition | Model]) -> None:
        """Complains about a name that is already taken, or an `override` of nothing."""
        kind, name = key
        override = isinstance(item, Definition) and item.override
        if key in names:
            self._taken(key, span, names[key], ())
            return
        below = self.scope.find(kind, name)
        advice = (f"write `override {kind} {name}` to replace it",)
        if below and not override and key in self.scope.imported:
            self._taken(key, span, below.definition, advice)
        elif below and not override:
            self.report.add(problem("NN0104", span, helps=advice, kind=kind, name=name))
        elif override and not below and name == item.name and called(name) is None:
            helps = did_you_mean(name, self.scope.names(kind)) or ("leave out `override`",)
            self.report.add(problem("NN0105", span, helps=helps, kind=kind, name=name))

    def _taken(self, key: Key, span: Span, first: Definition | Model, helps: tuple[str, ...]) -> None:
        also = (Label(first.name_span, "defined here first"),)
        self.report.add(problem("NN0103", span, "defined again", also=also, helps=helps, kind=key[0], name=key[1]))


def _keys(item: Definition | Model) -> Iterator[tuple[Key, Span]]:
    """The names of a definition, second names included, and where each stands."""
    if isinstance(item, Model):
        yield ("model", item.name), item.name_span
        return
    yield (item.kind, item.name), item.name_span
    for line in (*item.attributes, *item.body):
        if isinstance(line, Also):
            yield from (((item.kind, name), word(line.span, name, len("also"))) for name in line.names)


def _lets(file: File, report: Report) -> dict[str, Let]:
    """The top-level `let`s by name."""
    lets: dict[str, Let] = {}
    for item in file.items:
        if isinstance(item, Let):
            if item.name in lets:
                spans = [word(let.span, item.name, len("let")) for let in (item, lets[item.name])]
                first = Label(spans[1], "defined here first")
                report.add(problem("NN0103", spans[0], "defined again", also=(first,), kind="let", name=item.name))
            lets.setdefault(item.name, item)
    return lets


def _trained(models: tuple[Model, ...], train: Train | None, report: Report) -> Model | None:
    """The model that `train` names, else the last."""
    if train is None or train.model is None:
        return models[-1] if models else None
    named = [model for model in models if model.name == train.model]
    if not named:
        helps = did_you_mean(train.model, [model.name for model in models], "the models are")
        report.add(problem("NN0121", word(train.span, train.model, len("train")), helps=helps, name=train.model))
    return named[-1] if named else None
