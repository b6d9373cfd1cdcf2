"""Opening a file: it and all it imports become scopes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from nndsl.checking.contents import with_contents
from nndsl.checking.hyperparameters import with_settings
from nndsl.checking.library import standard
from nndsl.checking.scope import Found, Key, Scope, Underneath
from nndsl.checking.words import did_you_mean
from nndsl.diagnostics import Label, NNError, Report, Source, problem
from nndsl.syntax import parse, read_source
from nndsl.syntax.tree import Import

DEEPEST = 50
"""How many files may import each other in a row."""



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
    return with_settings(opener.open(source, (path,)), settings, report)


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
        return with_contents(scope, file, self.report)

    def _import(self, item: Import, source: Source, chain: tuple[Path, ...]) -> Scope | None:
        """The scope of the file that an `import` of `source` names, or None after a diagnostic."""
        shown = os.path.normpath(os.path.join(os.path.dirname(source.name), item.path))
        path = _resolved(shown)
        if path is not None and not path.is_relative_to(self.root):
            outside = ("a file may import those beside it and below it",)
            self.report.add(problem("NN0110", item.span, helps=outside, path=item.path))
        elif len(chain) > DEEPEST:
            self.report.add(problem("NN0112", item.span, deepest=DEEPEST))
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
