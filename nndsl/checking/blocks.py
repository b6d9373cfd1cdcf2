"""The `data` and `train` blocks of a file, as settings and formulas."""

from __future__ import annotations

from dataclasses import dataclass

from nndsl.checking.data_block import DataReader
from nndsl.checking.options import Reader
from nndsl.checking.ports import ports
from nndsl.checking.scope import Scope
from nndsl.checking.studies import Studies
from nndsl.checking.train_block import TrainReader
from nndsl.checking.training import TrainFormulas
from nndsl.diagnostics import Report, Span, problem
from nndsl.settings import DataSettings, TrainSettings
from nndsl.syntax.tree import Data, Train


@dataclass(frozen=True)
class Blocks:
    """What the blocks of a file say.

    Args:
        data, train: the plain settings; None without the block.
        formulas: the loss, metrics and optimizer.
        names: the names of the model that they read.
        lets: the top-level `let`s that they read.
    """

    data: DataSettings | None = None
    train: TrainSettings | None = None
    formulas: TrainFormulas = TrainFormulas()
    names: frozenset[str] = frozenset()
    lets: frozenset[str] = frozenset()


def read_blocks(scope: Scope, report: Report, studies: Studies | None = None) -> Blocks:
    """The settings of a file; what is wrong goes to `report`, and what is left out has Keras's default.

    Args:
        scope: the file's.
        report: gets the diagnostics.
        studies: definitions looked through already, if any.
    """
    known = ports(scope.trained) if scope.trained else None
    for block in (scope.data, scope.train):
        if block is not None and not scope.models:
            word = type(block).__name__.lower()
            where = Span(block.span.source, block.span.start, block.span.start + len(word))
            report.add(problem("NN0419", where, helps=("add a `model`",), word=word))
    data_reader = DataReader(Reader(scope, report, "data"), known)
    data = data_reader.read(scope.data) if isinstance(scope.data, Data) else None
    validated = scope.data is None or data_reader.split.validation > 0
    train_reader = TrainReader(Reader(scope, report, "train"), known, validated, studies or Studies())
    train = train_reader.read(scope.train) if isinstance(scope.train, Train) else None
    lets = data_reader.reader.constants.read | train_reader.reader.constants.read | train_reader.lets
    return Blocks(data, train, train_reader.formulas, frozenset(train_reader.used), frozenset(lets))
