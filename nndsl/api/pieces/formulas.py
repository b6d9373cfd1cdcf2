"""What a definition says, as SymPy."""

from __future__ import annotations

from typing import Any

from nndsl.checking.pieces import Piece, activation
from nndsl.derive.formula import as_sympy


def formula(piece: Piece) -> Any:
    """An activation's formula in the symbol `x`; where entries depend on each other, in the entries `x0`, `x1` of a pair."""
    return as_sympy(activation(piece, (1,)).checked.forward)


def derivative(piece: Piece) -> Any:
    """Its derivative."""
    found = formula(piece)
    return found.diff(*sorted(found.free_symbols, key=str)[:1]) if found.free_symbols else found * 0
