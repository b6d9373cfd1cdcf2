"""The data sets that come with scikit-learn, read from its own files.

Importing scikit-learn takes most of a second and reading a file a few thousandths, so the files are read directly; where an
edition keeps them elsewhere, scikit-learn itself is asked.
"""

from __future__ import annotations

import gzip
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nndsl.diagnostics import NNError, nearest
from nndsl.runtime.contract import Array
from nndsl.runtime.data.files import Reading
from nndsl.runtime.data.table import Outline, Shape, Table

Pair = tuple[Array, Array]


def _labelled(name: str) -> Callable[[Path], Pair]:
    """A reader of a file whose first line says its size, and whose last column is the class."""
    def read(folder: Path) -> Pair:
        values = np.loadtxt(folder / name, delimiter=",", skiprows=1)
        return values[:, :-1], values[:, -1].astype(np.int64)
    return read


def _digits(folder: Path) -> Pair:
    with gzip.open(folder / "digits.csv.gz", "rt", encoding="ascii") as file:
        values = np.loadtxt(file, delimiter=",")
    return values[:, :-1], values[:, -1].astype(np.int64)


def _diabetes(folder: Path) -> Pair:
    """Ten measurements, each with mean 0 and sum of squares 1, as scikit-learn gives them."""
    with gzip.open(folder / "diabetes_data_raw.csv.gz", "rt", encoding="ascii") as file:
        raw = np.loadtxt(file)
    with gzip.open(folder / "diabetes_target.csv.gz", "rt", encoding="ascii") as file:
        target = np.loadtxt(file)
    return (raw - raw.mean(axis=0)) / raw.std(axis=0) / len(raw) ** 0.5, target


def _linnerud(folder: Path) -> Pair:
    exercise = np.loadtxt(folder / "linnerud_exercise.csv", skiprows=1)
    return exercise, np.loadtxt(folder / "linnerud_physiological.csv", skiprows=1)


@dataclass(frozen=True)
class Bundled:
    """A data set.

    Args:
        samples: how many.
        columns: names of the measurements, in order.
        read: folder of scikit-learn's files to measurements and target.
        targets: names of the target's columns, where it has several.
        image: the shape of `image`, the measurements as a picture; () if they are none.
    """

    samples: int
    columns: tuple[str, ...]
    read: Callable[[Path], Pair]
    targets: tuple[str, ...] = ()
    image: tuple[int, ...] = ()

    def fits(self, data: Array, target: Array) -> bool:
        """Whether files had the size expected of them."""
        return data.shape == (self.samples, len(self.columns)) and len(target) == self.samples


_MEASURES = ("radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity", "concave points", "symmetry",
             "fractal dimension")

BUNDLED: dict[str, Bundled] = {
    "breast_cancer": Bundled(569, (*(f"mean {m}" for m in _MEASURES), *(f"{m} error" for m in _MEASURES),
                                   *(f"worst {m}" for m in _MEASURES)), _labelled("breast_cancer.csv")),
    "diabetes": Bundled(442, ("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"), _diabetes),
    "digits": Bundled(1797, tuple(f"pixel_{i}_{j}" for i in range(8) for j in range(8)), _digits, image=(8, 8)),
    "iris": Bundled(150, ("sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"),
                    _labelled("iris.csv")),
    "linnerud": Bundled(20, ("Chins", "Situps", "Jumps"), _linnerud, ("Weight", "Waist", "Pulse")),
    "wine": Bundled(178, ("alcohol", "malic_acid", "ash", "alcalinity_of_ash", "magnesium", "total_phenols", "flavanoids",
                          "nonflavanoid_phenols", "proanthocyanins", "color_intensity", "hue",
                          "od280/od315_of_diluted_wines", "proline"), _labelled("wine_data.csv")),
}


def peek(reading: Reading) -> Outline:
    """The names and shapes of a bundled data set."""
    name, known = _chosen(reading)
    width = (len(known.columns),)
    shapes: dict[str, Shape] = {"data": width, **dict.fromkeys(known.columns, ())}
    shapes |= {"target": (len(known.targets),) if known.targets else (), **dict.fromkeys(known.targets, ())}
    if known.image:
        shapes |= {"image": known.image, "images": known.image}
    members = {"data": known.columns} | ({"target": known.targets} if known.targets else {})
    return Outline(f'sklearn("{name}")', shapes, members, ("data",), ("target",))


def read(reading: Reading) -> Table:
    """A bundled data set."""
    name, known = _chosen(reading)
    data, target = _from_files(known) or _from_sklearn(name)
    arrays = {"data": data, "target": target}
    if known.image:
        picture = data.reshape(-1, *known.image)
        arrays |= {"image": picture, "images": picture}
    members = {"data": known.columns, "target": known.targets}
    columns = {column: (owner, k) for owner, names in members.items() for k, column in enumerate(names)}
    return Table(peek(reading), arrays, columns)


def _chosen(reading: Reading) -> tuple[str, Bundled]:
    name = reading.one_name("one name")
    if name not in BUNDLED:
        meant = nearest(name, BUNDLED)
        helps = (f'did you mean "{meant}"?',) if meant else ("it brings " + ", ".join(BUNDLED),)
        raise NNError(reading.problem("NN0503", name, name=name, helps=helps))
    return name, BUNDLED[name]


def _from_files(known: Bundled) -> Pair | None:
    spec = importlib.util.find_spec("sklearn")
    if spec is None or not spec.submodule_search_locations:
        return None
    try:
        data, target = known.read(Path(spec.submodule_search_locations[0]) / "datasets" / "data")
    except (OSError, ValueError):
        return None
    return (data, target) if known.fits(data, target) else None


def _from_sklearn(name: str) -> Pair:
    import sklearn.datasets  # slow, and seldom needed

    loaded = getattr(sklearn.datasets, f"load_{name}")()
    return loaded.data, loaded.target
