"""Proofs and numbers: whether what was generated computes the user's formulas, and their derivatives."""
