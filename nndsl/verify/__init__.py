"""Proofs and numbers: whether what was generated computes the user's formulas, and their derivatives."""

from nndsl.verify.library import verify_definitions
from nndsl.verify.source import verify_source

__all__ = ["verify_definitions", "verify_source"]
