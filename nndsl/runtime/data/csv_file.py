"""Tables in text files: comma, semicolon, tab or bar between the fields, quotes as in RFC 4180."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from nndsl.diagnostics import Label, NNError, Source, Span, problem
from nndsl.runtime.contract import Array
from nndsl.runtime.data.files import Reading
from nndsl.runtime.data.table import Member, Outline, Table

MISSING = frozenset({"", "na", "n/a", "#n/a", "nan", "-nan", "null", "none", "?"})
"""Fields that mean that there is no value, whatever the case of their letters."""
TRUTH = {"false": 0.0, "true": 1.0}
DELIMITERS = ",;\t|"
NUMBERS = " numbers"
"""The array that all columns of numbers are part of; its blank keeps it apart from what a user can write."""


@dataclass(frozen=True)
class Sheet:
    """A table's text.

    Args:
        name: how messages call the file.
        text: all of it.
        delimiter: what stands between fields.
        header: the columns' names.
        named: whether the first line gives the names; else they are `column_1` and so on.
    """

    name: str
    text: str = field(repr=False)
    delimiter: str
    header: tuple[str, ...]
    named: bool

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Line number, from 1, and fields of each line that is not blank, the header left out."""
        reader = csv.reader(io.StringIO(self.text, newline=""), delimiter=self.delimiter, skipinitialspace=True, strict=True)
        seen, line = not self.named, 1
        for fields in reader:
            if not _blank(fields):
                if seen:
                    yield line, fields
                seen = True
            line = reader.line_num + 1

    def span(self, line: int, column: int | None = None) -> Span:
        """A line of the file, or one field of it where no quotes hide the fields' bounds."""
        text, source = self.text.split("\n")[line - 1].rstrip("\r"), Source(self.name, self.text)
        start = sum(len(before) + 1 for before in self.text.split("\n")[:line - 1])
        fields = text.split(self.delimiter)
        if column is None or '"' in text or column >= len(fields):
            return Span(source, start, start + len(text))
        first = start + sum(len(f) + 1 for f in fields[:column])
        return Span(source, first, first + max(1, len(fields[column])))

    def locate(self, row: int, column: str) -> tuple[str, tuple[Label, ...]]:
        """The line of a sample, for messages."""
        line = next(line for k, (line, _) in enumerate(self.rows()) if k == row)
        position = self.header.index(column) if column in self.header else None
        return f"line {line} of {self.name}", (Label(self.span(line, position), ""),)


def _blank(fields: list[str]) -> bool:
    return not fields or (len(fields) == 1 and not fields[0].strip())


def _guess_delimiter(line: str) -> str:
    bare = "".join(part for k, part in enumerate(line.split('"')) if k % 2 == 0)
    return max(DELIMITERS, key=bare.count)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text  # Python reads 1_000 as a number; in a table it is a word


def _open(reading: Reading, whole: bool) -> Sheet:
    name = reading.one_name("one path")
    path = reading.path(name)
    try:
        with open(path, encoding="utf-8-sig") as file:  # every kind of line end becomes "\n"
            text = file.read() if whole else "".join(line for line, _ in zip(file, range(20), strict=False))
        first = next((line for line in text.split("\n") if line.strip()), "")
        delimiter = _guess_delimiter(first)
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
        fields = next((f for f in lines if not _blank(f)), [])
    except (UnicodeDecodeError, csv.Error, OSError) as error:
        raise reading.unreadable(name, error) from error
    if not fields:
        raise NNError(reading.problem("NN0515", name, title=f"`{name}`"))
    named = not all(_is_number(f) for f in fields)
    header = tuple((f.strip() if named else "") or f"column_{k}" for k, f in enumerate(fields, 1))
    sheet = Sheet(name, text, delimiter, header, named)
    twice = next((h for h in header if header.count(h) > 1), None)
    if twice is not None:
        raise NNError(problem("NN0514", sheet.span(1, header.index(twice)), name=twice))
    return sheet


def _outline(sheet: Sheet) -> Outline:
    return Outline(f"`{sheet.name}`", dict.fromkeys(sheet.header, ()), rest=True)


def peek(reading: Reading) -> Outline:
    """The columns' names; only the first lines are read."""
    return _outline(_open(reading, whole=False))


def read(reading: Reading) -> Table:
    """The whole table: columns of numbers (missing ones NaN) and of text (missing ones None)."""
    sheet = _open(reading, whole=True)
    try:
        values = _numbers_only(sheet)
        arrays: dict[str, Array] = {} if values is None else {NUMBERS: values}
        columns: dict[str, Member] = {} if values is None else {name: (NUMBERS, k) for k, name in enumerate(sheet.header)}
        if values is None:
            arrays, columns = _mixed(sheet)
    except csv.Error as error:
        raise reading.unreadable(sheet.name, error) from error
    return Table(_outline(sheet), arrays, columns, sheet.locate)


def _numbers_only(sheet: Sheet) -> Array | None:
    """The table if it holds numbers without gaps and nothing else, which NumPy reads ten times as fast."""
    body = io.StringIO(sheet.text, newline="")
    first = next((line for line, _ in sheet.rows()), 0)
    if not first:
        return None
    for _ in range(first - 1):
        body.readline()
    try:
        values = np.loadtxt(body, delimiter=sheet.delimiter, ndmin=2, comments=None)
    except ValueError:
        return None
    return values if values.shape[1] == len(sheet.header) and not np.isnan(values).any() else None


def _mixed(sheet: Sheet) -> tuple[dict[str, Array], dict[str, Member]]:
    rows = [fields for _, fields in _checked_rows(sheet)]
    arrays: dict[str, Array] = {}
    numbers: dict[str, Array] = {}
    for name, fields in zip(sheet.header, zip(*rows, strict=True), strict=False):
        column = _column(fields)
        (arrays if column.dtype == object else numbers)[name] = column
    if numbers:
        arrays[NUMBERS] = np.column_stack(list(numbers.values()))
    return arrays, {name: (NUMBERS, k) for k, name in enumerate(numbers)}


def _checked_rows(sheet: Sheet) -> list[tuple[int, list[str]]]:
    rows = list(sheet.rows())
    ragged = [(line, fields) for line, fields in rows if len(fields) != len(sheet.header)]
    if ragged:
        line, fields = ragged[0]
        helps = (f"{len(ragged) - 1} more lines are so",) if len(ragged) > 1 else ()
        expected = len(sheet.header)
        raise NNError(problem("NN0505", sheet.span(line), line=line, found=len(fields), expected=expected, helps=helps))
    return rows


def _column(fields: tuple[str, ...]) -> Array:
    """Numbers if all that is there is a number (or a truth value), else text."""
    words = [f.strip() for f in fields]
    missing = [w.lower() in MISSING for w in words]
    present = {w for w, gone in zip(words, missing, strict=True) if not gone}
    if all(_is_number(w) for w in present):
        return np.array([np.nan if gone else float(w) for w, gone in zip(words, missing, strict=True)])
    if all(w.lower() in TRUTH for w in present):
        return np.array([np.nan if gone else TRUTH[w.lower()] for w, gone in zip(words, missing, strict=True)])
    return np.array([None if gone else w for w, gone in zip(words, missing, strict=True)], dtype=object)
