"""Arguments that several verbs share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

MODEL_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
"""A .nn file."""


def _settings(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """`--set name=value`, as a mapping; the last of several for one name counts."""
    pairs = [value.partition("=") for value in values]
    for name, equals, value in pairs:
        if not (name.strip().isidentifier() and equals and value.strip()):
            raise click.BadParameter(f"{name + equals + value!r} does not read NAME=VALUE", ctx, param)
    return {name.strip(): value.strip() for name, _, value in pairs}


def hyperparameters(command: F) -> F:
    """The option `--set`, whose values reach the command as `settings`."""
    decorate = click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", callback=_settings,
                            help="A new value for a top-level `let`; may be repeated.")
    return decorate(command)

RUN_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
"""The folder of a run."""

DATA_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
"""A file of data."""
