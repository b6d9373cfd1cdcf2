"""`nndsl run FILE`"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nndsl.cli.main import STOPPED
from nndsl.cli.options import MODEL_FILE, hyperparameters

if TYPE_CHECKING:
    from nndsl.runtime.events import Event, Listener

THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
LATEST = "latest"


def _resume(ctx: click.Context, param: click.Parameter, value: str | None) -> Path | bool:
    """False without the option, True for the newest run, else a run's folder."""
    if value is None or value == LATEST:
        return value is not None
    if not Path(value).is_dir():
        hint = "the newest run is resumed by `--resume` after FILE"
        raise click.BadParameter(f"there is no run folder {value!r}; {hint}", ctx, param)
    return Path(value)


@click.command("run")
@click.argument("file", type=MODEL_FILE)
@hyperparameters
@click.option("--epochs", type=click.IntRange(1), metavar="N", help="In place of the file's.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), metavar="N", help="In place of the file's.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path("runs"), metavar="DIR",
              help="Where the run's folder, MODEL/TIME, is made.  [default: runs]")
@click.option("--resume", is_flag=False, flag_value=LATEST, callback=_resume, metavar="[RUN]",
              help="Go on with a run's folder, or with the newest of the model.")
@click.option("--threads", type=click.IntRange(1), metavar="N",
              help="Processor cores to use; the results do not depend on it.  [default: as many as the work is worth]")
@click.option("--json", "as_json", is_flag=True, help="One object a line for each epoch, and one for the end.")
@click.option("--quiet", is_flag=True, help="No progress.")
def command(file: Path, settings: dict[str, str], epochs: int | None, seed: int | None, out: Path, resume: Path | bool,
            threads: int | None, as_json: bool, quiet: bool) -> int:
    """Compile and train a model, evaluate it on the test part, save it."""
    for name in THREAD_VARIABLES:
        os.environ[name] = "1"  # those of NumPy and Numba, which read it once, as they are imported, would only be in the way
    from nndsl.api.experiment import Options, prepare, run
    from nndsl.runtime.progress import choose, figures_text
    from nndsl.syntax import read_source

    def listeners(folder: Path) -> list[Listener]:
        progress = choose("json" if as_json else "quiet" if quiet else "shown", sys.stdout, sys.stderr, run=str(folder))
        return [progress if as_json else _without_test(progress)]

    experiment = prepare(read_source(file), settings)
    result, folder = run(experiment, Options(epochs, seed, out, resume, threads), listeners)
    if not as_json:
        if result.test:
            click.echo(f"test  {figures_text(result.test)}")
        click.echo(f"run   {folder}")
    return STOPPED if result.stopped == "interrupted" else 0


def _without_test(listener: Listener) -> Listener:
    """`listener`, untold of the test part's figures: they are the result, which goes to stdout."""
    # the runtime stands behind NumPy, whose threads are set first
    from nndsl.runtime.events import Ended

    def tell(event: Event) -> None:
        listener(Ended(replace(event.result, test={})) if isinstance(event, Ended) else event)

    return tell
