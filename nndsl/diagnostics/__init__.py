"""Spans, codes, messages and how they are shown."""

from nndsl.diagnostics.catalogue import CATALOGUE, Entry
from nndsl.diagnostics.diagnostic import Diagnostic, Label, NNError, Report, problem
from nndsl.diagnostics.nearest import nearest
from nndsl.diagnostics.render import as_json, render
from nndsl.diagnostics.span import NOWHERE, Source, Span

__all__ = ["CATALOGUE", "NOWHERE", "Diagnostic", "Entry", "Label", "NNError", "Report", "Source", "Span", "as_json",
           "nearest", "problem", "render"]
