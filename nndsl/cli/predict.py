"""`nndsl predict RUN DATA -o OUT`"""

from __future__ import annotations

from pathlib import Path

import click

from nndsl.cli.options import DATA_FILE, RUN_FOLDER
from nndsl.cli.terminal import print_json, show

ENDINGS = (".csv", ".npz", ".npy")


def _ending(ctx: click.Context, param: click.Parameter, value: Path) -> Path:
    if value.suffix.lower() not in ENDINGS:
        raise click.BadParameter(f"{str(value)!r} must end in {', '.join(ENDINGS)}", ctx, param)
    return value


@click.command("predict")
@click.argument("run", type=RUN_FOLDER)
@click.argument("data", type=DATA_FILE)
@click.option("-o", "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), callback=_ending, metavar="OUT",
              help="A .csv, .npz or .npy file.")
@click.option("--json", "as_json", is_flag=True, help="One object that says what was written.")
def command(run: Path, data: Path, out: Path, as_json: bool) -> None:
    """Write a trained model's predictions for new data.

    RUN is a run's folder, DATA a .csv, .npz, .npy or .parquet file that holds what the model's inputs want; it is prepared as
    the training data were, and where a target was scaled, predictions are written in its own units.
    """
    # the runtime stands behind NumPy and Numba, which help and usage errors need not wait for
    from nndsl.api.experiment import reopen
    from nndsl.runtime.data import open_file, prepare, write_arrays

    experiment, folder = reopen(run, lambda diagnostic: show([diagnostic]))
    preparation = folder.preparation()
    arrays = prepare(preparation, open_file(data), experiment.wanted(), targets=False)
    outputs = preparation.undo(experiment.network.predict(arrays))
    write_arrays(out, outputs)
    samples = len(next(iter(outputs.values())))
    if as_json:
        print_json({"samples": samples, "outputs": {n: a.shape[1:] for n, a in outputs.items()}, "file": str(out)})
    else:
        click.echo(f"{samples} samples: {', '.join(outputs)} in {out}")
