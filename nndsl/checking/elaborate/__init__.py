"""Elaboration: the syntax tree of a model becomes equations over tensors of known shapes.

An abstract interpreter of formulas. What is known when the model is built is computed; what is not becomes a formula.
"""

# The rules of expressions and statements file themselves as their modules are loaded.
from nndsl.checking.elaborate import calls, formulas, indexing, layers, parameters, rearrange, statements
from nndsl.checking.elaborate.program import Special, elaborate

__all__ = ["Special", "calls", "elaborate", "formulas", "indexing", "layers", "parameters", "rearrange", "statements"]
