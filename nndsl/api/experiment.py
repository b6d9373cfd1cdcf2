"""A model file run from its data to its checkpoints."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nndsl import cache
from nndsl.build import Precision, as_run, build
from nndsl.diagnostics import Diagnostic, NNError, Source, problem
from nndsl.runtime.data.load import Dataset, load_data
from nndsl.runtime.data.wanted import Wanted
from nndsl.runtime.events import Listener, Noticed, Result
from nndsl.runtime.folder import RunFolder, create_run, latest_run, open_run
from nndsl.runtime.mark import Failure
from nndsl.runtime.network import CompiledNetwork
from nndsl.runtime.postmortem import explain
from nndsl.runtime.snapshot import put_weights
from nndsl.runtime.tensorboard import tensorboard
from nndsl.runtime.trainer import fit
from nndsl.settings import TrainSettings


@dataclass(frozen=True)
class Experiment:
    """A model file, compiled, with first values drawn.

    Args:
        source: the text.
        settings: hyperparameters that were given, as text.
        network: compiled.
        folder: paths in the file are relative to it.
    """

    source: Source
    settings: Mapping[str, str]
    network: CompiledNetwork
    folder: Path

    @property
    def train(self) -> TrainSettings:
        """The train block; the defaults where there is none."""
        return self.network.artifact.train or TrainSettings()

    def dataset(self) -> Dataset:
        """The file's own data, read and split; raises `NNError`."""
        artifact = self.network.artifact
        if artifact.data is None:
            raise NNError(problem("NN0605", None, helps=("add a `data` block, or give arrays from Python",)))
        return load_data(artifact.data, self.wanted())

    def wanted(self) -> Wanted:
        """What the model wants of data."""
        artifact = self.network.artifact
        return Wanted(artifact.inputs, artifact.targets, artifact.precision, self.folder, (), self.source,
                      self.train.class_weight)

    def explain(self, failure: Failure) -> Diagnostic | None:
        """What made the numbers of a run stop being finite; None where it does not come about again."""
        return explain(self.network, self.source, self.settings, failure)

    def identity(self, seed: int) -> str:
        """A hash of all that the bits of a run depend on, besides versions."""
        parts = [self.source.text, dict(self.settings), self.network.artifact.module, seed]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def prepare(source: Source, settings: Mapping[str, str], precision: Precision | None = None,
            folder: Path | None = None) -> Experiment:
    """Compile a model file and draw its first values.

    Args:
        source: the text, named by its path.
        settings: hyperparameters by name, as text.
        precision: of the model; None for what the file says.
        folder: what paths in the file are relative to; None for the file's own.

    Raises:
        NNError: with every mistake of the file.
    """
    artifact = build(source, settings, precision)
    network = CompiledNetwork(artifact, cache.load_module(artifact))
    network.initialize(artifact.train.seed if artifact.train else 0)
    return Experiment(source, settings, network, folder or Path(source.name).parent)


@dataclass(frozen=True)
class Options:
    """What the command line may change about a run.

    Args:
        epochs, seed: in place of the file's; None leaves them.
        out: where the run's folder goes.
        resume: a run's folder to go on with; True for the newest of the model.
        threads: how many may share a step's work; None for as many as there are cores.
    """

    epochs: int | None = None
    seed: int | None = None
    out: Path = field(default_factory=lambda: Path("runs"))
    resume: Path | bool = False
    threads: int | None = None


def run(experiment: Experiment, options: Options, listeners: Callable[[Path], Sequence[Listener]]) -> tuple[Result, Path]:
    """Train on the file's own data, evaluate the test part, keep everything in a folder.

    Args:
        experiment: compiled.
        options: what differs from the file.
        listeners: given the run's folder, who is told of what happens.

    Returns:
        How it ended, and the run's folder.

    Raises:
        NNError: for anything wrong with the data or the run.
    """
    network, settings = experiment.network, _changed(experiment.train, options)
    network.threads = options.threads
    must_have_objective(network)
    recorders = [tensorboard(experiment.source)] if settings.tensorboard else []
    dataset = experiment.dataset()
    folder = _folder(experiment, dataset, settings, options)
    told = [*listeners(folder.path), folder.recorder(), *(record(folder.path) for record in recorders)]
    store = folder.store(experiment.identity(settings.seed))
    network.initialize(settings.seed)
    with folder.locked():
        resumed = store.latest(_noticed(told), set_aside=True) if options.resume else None
        return fit(network, dataset, settings, told, store=store, resume_from=resumed, text=experiment.source,
                   explain=experiment.explain), folder.path


def must_have_objective(network: CompiledNetwork) -> None:
    """Raise `NNError` if there is nothing to minimise."""
    if not network.artifact.objective:
        raise NNError(problem("NN0609", None, helps=("say in the `train` block what `loss` to minimise",)))


def _changed(settings: TrainSettings, options: Options) -> TrainSettings:
    epochs = settings.epochs if options.epochs is None else options.epochs
    return replace(settings, epochs=epochs, seed=settings.seed if options.seed is None else options.seed)


def _folder(experiment: Experiment, dataset: Dataset, settings: TrainSettings, options: Options) -> RunFolder:
    name = experiment.network.artifact.name
    if options.resume:
        return latest_run(options.out, name) if options.resume is True else open_run(Path(options.resume))
    folder = create_run(options.out, name)
    describe(folder, experiment, dataset, {"epochs": settings.epochs, "seed": settings.seed})
    return folder


def describe(folder: RunFolder, experiment: Experiment, dataset: Dataset | None, about: Mapping[str, Any]) -> None:
    """Write down in a folder what is run: the model, what it imports, the generated Python, where it came from."""
    artifact = experiment.network.artifact
    text = as_run(experiment.source, experiment.settings, artifact)
    module = {"model.py": cache.module_path(artifact).read_text()}
    preparation = dataset.preparation if dataset else Dataset({}).preparation
    folder.write_inputs(text, module, preparation, {
        "model": artifact.name, "source": experiment.source.name, "folder": str(experiment.folder.resolve()),
        "precision": artifact.precision, "settings": dict(experiment.settings), **about})
    for path in artifact.imports:
        folder.write(path, (Path(experiment.source.name).parent / path).read_text())


def reopen(path: Path, notice: Callable[[Diagnostic], None]) -> tuple[Experiment, RunFolder]:
    """The model that a run, or `Model.save`, left in a folder, with its trained weights.

    Args:
        path: the folder.
        notice: told of damaged checkpoints.

    Raises:
        NNError: if there is none, or none that is whole.
    """
    folder = open_run(path)
    about = folder.about()
    text = folder.read("model.nn")
    # under its own name again, an unchanged model is found in the cache
    name = str(path / "model.nn") if about.get("settings") or _imports(path) else str(about.get("source", "model.nn"))
    experiment = prepare(Source(name, text), {}, about.get("precision"), Path(str(about.get("folder", path))))
    put_weights(experiment.network, folder.store().chosen(notice), str(path))
    return experiment, folder


def _imports(path: Path) -> bool:
    return any(p.name != "model.nn" for p in path.rglob("*.nn"))


def _noticed(listeners: Sequence[Listener]) -> Callable[[Diagnostic], None]:
    def tell(diagnostic: Diagnostic) -> None:
        for listener in listeners:
            listener(Noticed(diagnostic))

    return tell
