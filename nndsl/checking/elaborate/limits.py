"""How much memory a model may take, estimated from its tensors."""

from __future__ import annotations

from nndsl.checking.checked import Checked
from nndsl.checking.elaborate.mistakes import mistake
from nndsl.diagnostics import Span
from nndsl.ir.expression import BATCH

MOST_BYTES = 2**36
"""What parameters, their gradients, states and one batch's tensors may take together."""

GIGABYTE = 2**30


def check_memory(checked: Checked, span: Span) -> None:
    """Refuse a model that would fill the memory.

    Raises:
        Mistake: it would.
    """
    batch = checked.train.batch if checked.train else 1
    size = 8 if checked.train is None or checked.train.precision == "float64" else 4
    entries = sum(_entries(v.shape, batch) * (2 if v.trainable else 1) for v in checked.variables)
    entries += sum(_entries(t.shape, batch) for t in checked.learn.tensors.values() if t.role == "temporary")
    if entries * size > MOST_BYTES:
        raise mistake("NN0250", span, name=checked.name, size=f"{entries * size / GIGABYTE:,.0f} GiB",
                      limit=f"{MOST_BYTES // GIGABYTE} GiB")


def _entries(shape: tuple[int | str, ...], batch: int) -> int:
    product = 1
    for extent in shape:
        product *= batch if extent == BATCH else int(extent)
    return product
