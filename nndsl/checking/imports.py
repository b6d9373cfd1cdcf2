"""Opening a file: it and all it imports become scopes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from nndsl.checking.library import standard
from nndsl.checking.primitives import called
from nndsl.checking.scope import Found, Key, Scope, Underneath
from nndsl.checking.words import did_you_mean, word
from nndsl.diagnostics import Label, NNError, Report, Source, Span, problem
from nndsl.syntax import parse, read_source
from nndsl.syntax.tree import Also, Data, Definition, File, Import, Let, Model, Train


def open_scope(source: Source, settings: Mapping[str, str], report: Report) -> Scope:
    """The scope of a file, its imports opened too; what is wrong goes to `report`.

    Args:
        source: the file; imports are looked for beside it, so its name is its path.
        settings: new values for the file's top-level `let`s, as text.
        report: gets the diagnostics of the file and of those it imports.

    Raises:
        NNError: the file itself cannot be parsed.
    """
    path = Path(source.name).resolve()
    opener = _Opener(path.parent, report, standard(), {})
    return _with_settings(opener.open(source, (path,)), settings, report)


@dataclass
class _Opener:
    """Opens files below one folder, each once."""

    root: Path
    report: Report
    underneath: Underneath
    opened: dict[Path, Scope | None]

    def open(self, source: Source, chain: tuple[Path, ...]) -> Scope:
        """The scope of `source`, whose path is the last of the `chain` of files that import each other."""
        file = parse(source)
        scopes = [(item, self._import(item, source, chain)) for item in file.items if isinstance(item, Import)]
        scope = Scope(source, file=file, underneath=self.underneath, complete=all(s is not None for _, s in scopes))
        found = [(item, s) for item, s in scopes if s is not None]
        scope = replace(
            scope,
            imports=tuple(s for _, s in found),
            imported=self._brought_in([(item, s) for item, s in found if item.name is None]),
            modules={item.name: s for item, s in found if item.name is not None},
        )
        return self._with_own(scope, file)

    def _import(self, item: Import, source: Source, chain: tuple[Path, ...]) -> Scope | None:
        """The scope of the file that an `import` of `source` names, or None after a diagnostic."""
        shown = os.path.normpath(os.path.join(os.path.dirname(source.name), item.path))
        path = _resolved(shown)
        if path is not None and not path.is_relative_to(self.root):
            outside = ("a file may import those beside it and below it",)
            self.report.add(problem("NN0110", item.span, helps=outside, path=item.path))
        elif path in chain:
            self.report.add(problem("NN0111", item.span, "closes the circle", path=item.path))
        elif path is None or not os.path.isfile(path):
            helps = did_you_mean(os.path.basename(shown), _beside(shown))
            self.report.add(problem("NN0109", item.span, helps=helps, path=item.path))
        else:
            if path not in self.opened:
                self.opened[path] = self._open(path, shown, item, chain)
            return self.opened[path]
        return None

    def _open(self, path: Path, shown: str, item: Import, chain: tuple[Path, ...]) -> Scope | None:
        try:
            return self.open(read_source(shown), (*chain, path))
        except NNError as error:
            for diagnostic in error.diagnostics:
                here = Label(item.span, "imported here")
                self.report.add(replace(diagnostic, labels=(*diagnostic.labels, here)))
            return None

    def _brought_in(self, imports: list[tuple[Import, Scope]]) -> dict[Key, Found]:
        """The definitions of plain imports; two files that bring the same name are a mistake."""
        names: dict[Key, Found] = {}
        for item, scope in imports:
            for key in scope.definitions:
                found = scope.find_written(*key)
                assert found is not None
                if key in names and names[key].definition is not found.definition:
                    both = tuple(Label(f.definition.name_span, "one of them") for f in (names[key], found))
                    self.report.add(problem("NN0103", item.span, "brings a second one", also=both, kind=key[0], name=key[1]))
                names.setdefault(key, found)
        return names

    def _with_own(self, scope: Scope, file: File) -> Scope:
        """`scope` with what is written in the file."""
        data = [item for item in file.items if isinstance(item, Data)]
        trains = [item for item in file.items if isinstance(item, Train)]
        for keyword, blocks in (("data", data), ("train", trains)):
            for block in blocks[1:]:
                first = Label(head(blocks[0].span, keyword), "the first one")
                self.report.add(problem("NN0122", head(block.span, keyword), also=(first,), word=keyword))
        models = tuple(item for item in file.items if isinstance(item, Model))
        train = trains[0] if trains else None
        return replace(
            scope,
            definitions=self._definitions(scope, file),
            lets=self._lets(file),
            models=models,
            data=data[0] if data else None,
            train=train,
            trained=self._trained(models, train),
        )

    def _definitions(self, scope: Scope, file: File) -> dict[Key, Definition | Model]:
        names: dict[Key, Definition | Model] = {}
        for item in file.items:
            if isinstance(item, (Definition, Model)):
                for key, span in _keys(item):
                    self._check_new(scope, item, key, span, names)
                    names.setdefault(key, item)
        return names

    def _check_new(self, scope: Scope, item: Definition | Model, key: Key, span: Span,
                   names: Mapping[Key, Definition | Model]) -> None:
        """Reports a name that is already taken, or an `override` of nothing."""
        kind, name = key
        if key in names:
            first = Label(names[key].name_span, "defined here first")
            self.report.add(problem("NN0103", span, "defined again", also=(first,), kind=kind, name=name))
            return
        below = scope.find(kind, name)
        if below and not _overrides(item):
            code = "NN0104" if key not in scope.imported else "NN0103"
            also = (Label(below.definition.name_span, "defined here first"),) if code == "NN0103" else ()
            advice = (f"write `override {kind} {name}` to replace it",)
            self.report.add(problem(code, span, also=also, helps=advice, kind=kind, name=name))
        elif _overrides(item) and not below and name == item.name and called(name) is None:
            helps = did_you_mean(name, scope.names(kind)) or ("leave out `override`",)
            self.report.add(problem("NN0105", span, helps=helps, kind=kind, name=name))

    def _lets(self, file: File) -> dict[str, Let]:
        lets: dict[str, Let] = {}
        for item in file.items:
            if isinstance(item, Let):
                if item.name in lets:
                    spans = [word(let.span, item.name, len("let")) for let in (item, lets[item.name])]
                    first = Label(spans[1], "defined here first")
                    self.report.add(problem("NN0103", spans[0], "defined again", also=(first,), kind="let", name=item.name))
                lets.setdefault(item.name, item)
        return lets

    def _trained(self, models: tuple[Model, ...], train: Train | None) -> Model | None:
        """The model that `train` names, else the last."""
        if train is None or train.model is None:
            return models[-1] if models else None
        named = [model for model in models if model.name == train.model]
        if not named:
            helps = did_you_mean(train.model, [model.name for model in models], "the models are")
            where = word(train.span, train.model, len("train"))
            self.report.add(problem("NN0121", where, helps=helps, name=train.model))
        return named[-1] if named else None


def _resolved(shown: str) -> Path | None:
    """The real place of a path, or None where there can be none."""
    try:
        return Path(shown).resolve()
    except (OSError, RuntimeError):  # too long a name, or links in a circle
        return None


def _beside(shown: str) -> list[str]:
    """The files that may have been meant by a path that leads nowhere."""
    try:
        return [name for name in os.listdir(os.path.dirname(shown) or ".") if name.endswith(".nn")]
    except OSError:
        return []


def _keys(item: Definition | Model) -> Iterator[tuple[Key, Span]]:
    """The names of a definition, second names included, and where each stands."""
    if isinstance(item, Model):
        yield ("model", item.name), item.name_span
        return
    yield (item.kind, item.name), item.name_span
    for line in (*item.attributes, *item.body):
        if isinstance(line, Also):
            yield from (((item.kind, name), word(line.span, name, len("also"))) for name in line.names)


def _overrides(item: Definition | Model) -> bool:
    return isinstance(item, Definition) and item.override


def head(span: Span, word: str) -> Span:
    """The word that opens a block, at the start of its span."""
    return Span(span.source, span.start, span.start + len(word))


NO_LETS = ("write `let name = value` at the top of the file",)


def _with_settings(scope: Scope, settings: Mapping[str, str], report: Report) -> Scope:
    """`scope` with the values of `--set` in place of those written in its top-level `let`s."""
    lets = dict(scope.lets)
    for name, text in settings.items():
        if name in lets:
            value = _value(name, text, report)
            lets[name] = value or lets[name]
        else:
            helps = did_you_mean(name, lets, "its hyperparameters are") or NO_LETS[: not lets]
            report.add(problem("NN0124", None, helps=helps, name=name, file=scope.source.name))
    return replace(scope, lets=lets)


def _value(name: str, text: str, report: Report) -> Let | None:
    """`let name = text`, if that is all it says."""
    try:
        items = parse(Source("--set", f"let {name} = {text}")).items
    except NNError:
        items = ()
    if len(items) == 1 and isinstance(items[0], Let):
        return items[0]
    report.add(problem("NN0125", None, name=name, text=text))
    return None
