"""`nndsl evaluate RUN [DATA]`"""

from __future__ import annotations

from pathlib import Path

import click

from nndsl.cli.options import DATA_FILE, RUN_FOLDER
from nndsl.cli.terminal import print_json, show


@click.command("evaluate")
@click.argument("run", type=RUN_FOLDER)
@click.argument("data", type=DATA_FILE, required=False)
@click.option("--json", "as_json", is_flag=True, help="One object.")
def command(run: Path, data: Path | None, as_json: bool) -> None:
    """Evaluate a trained model, on its own test part or on other data.

    RUN is a run's folder, DATA a .csv, .npz, .npy or .parquet file that holds what the model's inputs and targets want; it is
    prepared as the training data were.
    """
    # the runtime stands behind NumPy and Numba, which help and usage errors need not wait for
    from nndsl.api.experiment import reopen
    from nndsl.runtime.data import open_file, prepare
    from nndsl.runtime.progress import figures_text

    experiment, folder = reopen(run, lambda diagnostic: show([diagnostic]))
    if data is None:
        parts = experiment.dataset()
        arrays = parts.test or parts.train
    else:
        arrays = prepare(folder.preparation(), open_file(data), experiment.wanted())
    figures = experiment.network.assess(arrays)
    if as_json:
        print_json(figures)
    else:
        click.echo(figures_text(figures))
