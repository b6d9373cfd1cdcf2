"""Checking: names, kinds, settings and shapes; from the syntax tree to a checked model."""

from nndsl.checking.check import Examined, Opened, check, check_file, check_model, examine, in_order

__all__ = ["Examined", "Opened", "check", "check_file", "check_model", "examine", "in_order"]
