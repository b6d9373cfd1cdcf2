"""Checking: names, kinds, settings and shapes; from the syntax tree to a checked model."""

from nndsl.checking.check import Opened, check, check_file, check_model

__all__ = ["Opened", "check", "check_file", "check_model"]
