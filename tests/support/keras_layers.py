"""Keras's layers by class and configuration, as definitions and settings: what the conformance cases are told in."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

import nndsl
from nndsl.checking.library import standard

FOLDER = Path(__file__).parent.parent / "conformance"

SPECIAL = {"LeakyReLU": "leaky_relu", "ReLU": "relu", "ELU": "elu", "PReLU": "prelu", "GRU": "gru", "LSTM": "lstm",
           "SimpleRNN": "simple_rnn", "RMSNormalization": "rms_normalization", "SGD": "sgd", "RMSprop": "rmsprop"}

KINDS = ("layer", "regularizer", "initializer", "schedule", "loss", "optimizer")


def cases(family: str) -> list[dict[str, Any]]:
    """The cases of a file."""
    return list(json.loads((FOLDER / f"{family}.json").read_text())["cases"])


def array(value: Mapping[str, Any]) -> np.ndarray:
    """An array as the files write it."""
    return np.array(value["data"], dtype=value["dtype"]).reshape(value["shape"])


def definition(class_name: str) -> str:
    """The definition that a class of Keras is."""
    name = re.sub(r"(\d)D", r"\1d", class_name)
    return SPECIAL.get(class_name) or re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def piece(value: Any) -> Any:
    """A value of a configuration as a setting; what is nested is a piece."""
    if not isinstance(value, dict):
        return value
    name = definition(value["class_name"])
    kind = next(kind for kind in KINDS if standard().find(kind, name))
    return getattr(nndsl, kind)(name, **settings(value["config"]))


def settings(config: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration as settings."""
    return {key: piece(value) for key, value in config.items() if key not in ("name", "dtype")}


def text(value: Any) -> str:
    """A setting as the language writes it."""
    if isinstance(value, dict):
        return called(value["class_name"], value["config"])
    if isinstance(value, list):
        return f"[{', '.join(map(text, value))}]"
    if isinstance(value, str):
        return value if standard().find("activation", value) or value == "tanh" else json.dumps(value)
    return "none" if value is None else repr(value).lower() if isinstance(value, bool) else repr(value)


def called(class_name: str, config: Mapping[str, Any], *more: str) -> str:
    """A class with its configuration as a call."""
    given = [f"{key} = {text(value)}" for key, value in config.items() if key not in ("name", "dtype")]
    return f"{definition(class_name)}({', '.join([*given, *more])})"
