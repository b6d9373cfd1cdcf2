"""Sources: what is read, and what is said where it cannot be."""

from __future__ import annotations

import gzip
import random
import struct
import tempfile
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nndsl.diagnostics import NNError, Source
from nndsl.runtime.data import Dataset, Wanted, bundled, check_data, load_data, open_file
from nndsl.runtime.data.files import Reading
from nndsl.runtime.data.sources import SOURCES
from nndsl.runtime.data.table import Table
from nndsl.settings import Binding, DataSettings, DataSource
from nndsl.signature import Port

X2, P = (Port("x", (2,)),), (Port("p", (1,)),)


def table(folder: Path, kind: str, *names: str) -> Table:
    return SOURCES[kind].read(Reading(DataSource(kind, names), folder))


def load(folder: Path, source: DataSource, inputs=X2, targets=P, text: Source | None = None, inputs_said=()) -> Dataset:
    return load_data(DataSettings(source, inputs_said), Wanted(inputs, targets, folder=folder, text=text))


def failure(call, *arguments, **named):
    with pytest.raises(NNError) as caught:
        call(*arguments, **named)
    return caught.value.diagnostics[0]


# ---------------------------------------------------------------------------- scikit-learn's


@pytest.mark.parametrize("name", sorted(bundled.BUNDLED))
def test_bundled_sets_equal_scikit_learns(name):
    import sklearn.datasets

    expected = getattr(sklearn.datasets, f"load_{name}")()
    found = SOURCES["sklearn"].read(Reading(DataSource("sklearn", (name,)), Path(".")))
    np.testing.assert_allclose(found.arrays["data"], expected.data, rtol=1e-12, atol=1e-15)
    assert np.array_equal(found.arrays["target"], expected.target)
    assert bundled.BUNDLED[name].columns == tuple(expected.feature_names)
    assert bundled._from_sklearn(name)[0].shape == expected.data.shape
    shapes = {key: array.shape[1:] for key, array in found.arrays.items()}
    assert shapes.items() <= found.outline.shapes.items()


def test_bundled_files_that_are_elsewhere_are_asked_of_scikit_learn(monkeypatch):
    monkeypatch.setattr(bundled, "_from_files", lambda known: None)
    assert len(SOURCES["sklearn"].read(Reading(DataSource("sklearn", ("wine",)), Path(".")))) == 178


def test_an_unknown_set_gets_a_hint():
    text = Source("m.nn", 'data {\n    source sklearn("iri")\n}\n')
    found = failure(load, Path("."), DataSource("sklearn", ("iri",), "m.nn:2"), text=text)
    assert found.code == "NN0503" and found.helps == ('did you mean "iris"?',)
    assert (found.labels[0].span.line, found.labels[0].span.text) == (2, "iri")
    assert "digits" in failure(load, Path("."), DataSource("sklearn", ("mnist_784",))).helps[0]


# ---------------------------------------------------------------------------- csv

CSV = "a,b,name,ok,y\n1,2.5,red,true,0\n\n-3,,\"green, light\",FALSE,1\n1e3,?,NA,true,1\n"


def write(folder: Path, text: str, name: str = "f.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def test_csv_has_numbers_text_truth_and_gaps(tmp_path):
    write(tmp_path, CSV)
    found = table(tmp_path, "csv", "f.csv")
    assert found.matrix(["a"])[:, 0].tolist() == [1, -3, 1000]
    assert np.array_equal(found.matrix(["b"])[:, 0], [2.5, np.nan, np.nan], equal_nan=True)
    assert found.arrays["name"].tolist() == ["red", "green, light", None]
    assert found.matrix(["ok"])[:, 0].tolist() == [1, 0, 1] and found.matrix(["y", "a"])[:, 0].tolist() == [0, 1, 1]


@pytest.mark.parametrize("text", ["x;y\n1;2\n3;4\n", "x\ty\n1\t2\n3\t4\n", "x|y\n1|2\n3|4", "\ufeffx,y\r\n1,2\r\n3,4\r\n",
                                  '"x", "y"\n"1", "2"\n3, 4\n', "\n\nx,y\n1,2\n3,4\n\n"])
def test_csv_in_many_spellings(tmp_path, text):
    write(tmp_path, text)
    found = table(tmp_path, "csv", "f.csv")
    assert list(found.outline.shapes) == ["x", "y"] and found.matrix(["x", "y"]).tolist() == [[1, 2], [3, 4]]


def test_csv_without_a_header(tmp_path):
    write(tmp_path, "1,2\n3,4\n")
    found = table(tmp_path, "csv", "f.csv")
    assert list(found.outline.shapes) == ["column_1", "column_2"] and found.matrix(["column_2"])[:, 0].tolist() == [2, 4]


def test_csv_names_that_the_language_cannot_write(tmp_path):
    write(tmp_path, "sepal length (cm),2nd,\n1,2,3\n")
    outline = table(tmp_path, "csv", "f.csv").outline
    assert outline.find("sepal_length_cm") == "sepal length (cm)" and outline.find("column_3") == "column_3"
    assert outline.find("nothing") is None


def test_a_large_csv_is_read_quickly_and_alike(tmp_path):
    values = np.random.default_rng(0).normal(size=(500, 20))
    np.savetxt(tmp_path / "f.csv", values, delimiter=",", header=",".join(f"c{k}" for k in range(20)), comments="", fmt="%.17g")
    found = table(tmp_path, "csv", "f.csv")
    assert np.array_equal(found.matrix([f"c{k}" for k in range(20)]), values)
    assert np.shares_memory(found.matrix(["c3", "c4"]), found.matrix(["c4"]))


def test_a_ragged_line_is_named(tmp_path):
    write(tmp_path, "a,b\n1,2\n1,2,3\n4\n")
    found = failure(table, tmp_path, "csv", "f.csv")
    assert found.code == "NN0505" and "line 3 has 3 fields where the header has 2" in found.message
    span = found.labels[0].span
    assert (span.source.name, span.line, span.text) == ("f.csv", 3, "1,2,3") and found.helps == ("1 more lines are so",)


@pytest.mark.parametrize(("content", "code"), [
    (b"", "NN0515"), (b"\n\n", "NN0515"), (b"\xff\xfe\x00rubbish", "NN0504"), (b"a,b\n1,\"2\n", "NN0504"),
    (b"a,b,a\n1,2,3\n", "NN0514"), (bytes(range(256)) * 10, "NN0504"), (b"\x1c\n", "NN0515"), (b" \n\x0b", "NN0515"),
])
def test_files_that_are_no_tables(tmp_path, content, code):
    (tmp_path / "f.csv").write_bytes(content)
    assert failure(table, tmp_path, "csv", "f.csv").code == code


def test_a_table_without_rows(tmp_path):
    write(tmp_path, "a,b,p\n")
    found = failure(load, tmp_path, DataSource("csv", ("f.csv",)), inputs=(Port("a", ()), Port("b", ())))
    assert found.code == "NN0515"


TEXT = Source("m.nn", "data {\n    source csv(\"f.csv\")\n    input x = columns(a, bb)\n    target y = p\n}\nmodel m {\n"
                      "    input x[2]\n    output p = x -> dense(1)\n}\n")


def test_an_unknown_column_is_shown_in_the_model(tmp_path):
    write(tmp_path, "a,b,p\n1,2,3\n")
    settings = DataSettings(DataSource("csv", ("f.csv",), "m.nn:2"), (Binding("x", ("a", "bb"), "m.nn:3"),))
    found, = check_data(settings, Wanted(X2, P, folder=tmp_path, text=TEXT))
    assert found.code == "NN0506" and found.helps == ("did you mean `b`?",)
    assert (found.labels[0].span.line, found.labels[0].span.column, found.labels[0].span.text) == (3, 26, "bb")


def test_a_bad_value_is_shown_in_the_table(tmp_path):
    write(tmp_path, "a,b,p\n1,2,0\n\n5,inf,0\n")
    found = failure(load, tmp_path, DataSource("csv", ("f.csv",), "m.nn:2"), text=TEXT, inputs=X2,
                    targets=P)
    assert found.code == "NN0507"
    settings = DataSettings(DataSource("csv", ("f.csv",), "m.nn:2"), (Binding("x", ("a", "b"), "m.nn:3"),))
    found = failure(load_data, settings, Wanted(X2, P, folder=tmp_path, text=TEXT))
    assert found.code == "NN0511" and "`b` is inf in line 4 of f.csv" in found.message
    first, second = found.labels
    assert (first.span.source.name, first.span.line, first.span.text) == ("f.csv", 4, "inf")
    assert (second.span.source.name, second.span.line, second.span.text) == ("m.nn", 7, "x")


CELLS = st.sampled_from(["1", "-2.5", "", "NA", "a b", '"x, y"', '"', "inf", "1e400", "true", "\x00", "ü", "1_0", "=1", "nan"])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=6), st.sampled_from([",", ";", "\t", "|"]),
       st.sampled_from(["\n", "\r\n", "\n\n", "\r"]))
def test_any_table_is_read_or_refused(rows, delimiter, end):
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "f.csv").write_bytes(end.join(delimiter.join(row) for row in rows).encode())
        try:
            load(Path(folder), DataSource("csv", ("f.csv",)), (Port("x", (2,)),), targets=(),
                 inputs_said=(Binding("x", ("column_1", "column_2")),))
        except NNError as error:
            assert str(error)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(sorted(SOURCES)))
def test_any_bytes_are_read_or_refused(content, kind):
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "f").write_bytes(content)
        try:
            table(Path(folder), kind, "f")
        except NNError as error:
            assert str(error)


@pytest.mark.parametrize("seed", range(200))
def test_mutated_arrays_are_read_or_refused(tmp_path, seed):
    chance = random.Random(seed)
    np.savez_compressed(tmp_path / "f.npz", x=np.arange(30.0).reshape(5, 6), y=np.array(["a", "b"]))
    np.save(tmp_path / "f.npy", np.arange(12).reshape(6, 2))
    for kind in ("npz", "npy"):
        content = bytearray((tmp_path / f"f.{kind}").read_bytes())
        for _ in range(chance.randint(1, 5)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        (tmp_path / f"f.{kind}").write_bytes(content)
        try:
            assert len(table(tmp_path, kind, f"f.{kind}")) >= 0
        except NNError as error:
            assert str(error)


# ---------------------------------------------------------------------------- arrays


def test_npz_binds_arrays_to_the_ports_of_the_same_name(tmp_path):
    np.savez(tmp_path / "f.npz", x=np.arange(12).reshape(6, 2), p=np.arange(6.0), other=np.zeros((3, 3)), scalar=np.array(1))
    found = load(tmp_path, DataSource("npz", ("f.npz",)))
    assert found.train["x"].shape == (6, 2) and found.train["target.p"].shape == (6, 1)
    assert found.train["x"].dtype == np.float32
    rows = found.train["x"][:, 0] / 2
    assert np.array_equal(found.train["target.p"][:, 0], rows) and sorted(rows) == list(range(6))


def test_npz_calls_a_lone_target_y(tmp_path):
    np.savez(tmp_path / "f.npz", x=np.zeros((6, 2)), y=np.arange(6))
    assert load(tmp_path, DataSource("npz", ("f.npz",))).train["target.p"].shape == (6, 1)


def test_samples_must_match(tmp_path):
    np.savez(tmp_path / "f.npz", x=np.zeros((6, 2)), p=np.zeros(5))
    assert failure(load, tmp_path, DataSource("npz", ("f.npz",))).message == "`x` has 6 samples, `p` has 5"


@pytest.mark.parametrize("kind", ["npz", "npy"])
def test_python_objects_are_never_unpacked(tmp_path, kind):
    trap = np.array([{"a": 1}, None], dtype=object)
    (np.savez(tmp_path / "f.npz", x=trap) if kind == "npz" else np.save(tmp_path / "f.npy", trap, allow_pickle=True))
    found = failure(table, tmp_path, kind, f"f.{kind}")
    assert found.code == "NN0504" and "Python objects" in found.message


@pytest.mark.parametrize("kind", ["npz", "npy", "idx"])
def test_rubbish_is_said_to_be_rubbish(tmp_path, kind):
    cut_off = b"\x93NUMPY\x01\x00v\x00{'descr': '<f8', 'shape': (9"
    for content in (b"", b"rubbish", cut_off, b"PK\x03\x04aaaa", bytes(range(256))):
        (tmp_path / "f").write_bytes(content)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert failure(table, tmp_path, kind, "f").code == "NN0504"


def test_a_header_that_promises_too_much(tmp_path):
    np.save(tmp_path / "f.npy", np.zeros((4, 2)))
    whole = (tmp_path / "f.npy").read_bytes()
    (tmp_path / "f.npy").write_bytes(whole.replace(b"(4, 2)", b"(9999999999999, 2)"))
    assert failure(table, tmp_path, "npy", "f.npy").code == "NN0504"


def test_npy_files_are_inputs_and_last_the_target(tmp_path):
    np.save(tmp_path / "images.npy", np.ones((4, 2)))
    np.save(tmp_path / "labels.npy", np.arange(4))
    found = load(tmp_path, DataSource("npy", ("images.npy", "labels.npy")))
    assert sorted(found.train["target.p"][:, 0]) == [0, 1, 2, 3]


@pytest.mark.parametrize("packed", [False, True])
def test_idx(tmp_path, packed):
    images = np.arange(3 * 4 * 5, dtype=np.uint8).reshape(3, 4, 5)
    content = struct.pack(">HBBIII", 0, 8, 3, 3, 4, 5) + images.tobytes()
    labels = struct.pack(">HBBI", 0, 0x0C, 1, 3) + np.array([7, 0, 2], ">i4").tobytes()
    (tmp_path / "i").write_bytes(gzip.compress(content) if packed else content)
    (tmp_path / "l").write_bytes(labels)
    found = load(tmp_path, DataSource("idx", ("i", "l")), (Port("image", (4, 5, 1)),), (Port("p", (), "int", 10),))
    order = np.argsort(found.train["image"][:, 0, 0, 0])
    assert np.array_equal(found.train["image"][order, :, :, 0], images) and list(found.train["target.p"][order]) == [7, 0, 2]
    (tmp_path / "l").write_bytes(labels + b"x")
    assert failure(table, tmp_path, "idx", "i", "l").code == "NN0504"


def test_parquet_says_what_it_takes(tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    found = failure(table, tmp_path, "parquet", "f.parquet")
    assert found.code == "NN0522" and found.helps == ("pip install 'nndsl[parquet]'",)


# ---------------------------------------------------------------------------- files


def test_a_missing_file_gets_a_hint(tmp_path):
    write(tmp_path, CSV, "houses.csv")
    found = failure(table, tmp_path, "csv", "house.csv")
    assert found.code == "NN0501" and found.helps == ("did you mean `houses.csv`?",)


@pytest.mark.parametrize("name", ["../secret.csv", "/etc/passwd", "link.csv", "folder/../../secret.csv"])
def test_files_outside_the_folder_are_not_read(tmp_path, name):
    inside = tmp_path / "inside"
    (inside / "folder").mkdir(parents=True)
    write(tmp_path, CSV, "secret.csv")
    (inside / "link.csv").symlink_to(tmp_path / "secret.csv")
    found = failure(table, inside, "csv", name)
    assert found.code == "NN0502"


def test_a_folder_can_be_allowed(tmp_path):
    (tmp_path / "inside").mkdir()
    write(tmp_path, CSV, "secret.csv")
    reading = Reading(DataSource("csv", ("../secret.csv",)), tmp_path / "inside", (tmp_path,))
    assert len(SOURCES["csv"].read(reading)) == 3


def test_a_folder_or_device_is_no_file(tmp_path):
    (tmp_path / "f.csv").mkdir()
    assert failure(table, tmp_path, "csv", "f.csv").code == "NN0501"


def test_too_large_a_file(tmp_path, monkeypatch):
    write(tmp_path, CSV)
    monkeypatch.setattr("nndsl.runtime.data.files.LARGEST", 10)
    assert failure(table, tmp_path, "csv", "f.csv").code == "NN0525"


def test_a_file_of_the_command_line_is_read_by_its_ending(tmp_path):
    write(tmp_path, CSV, "f.CSV")
    assert len(open_file(tmp_path / "f.CSV")) == 3
    write(tmp_path, "a\tb\n1\t2\n", "f.tsv")
    assert len(open_file(tmp_path / "f.tsv")) == 1
    assert failure(open_file, tmp_path / "f.docx").code == "NN0504"
    assert failure(open_file, tmp_path / "none.csv").code == "NN0501"


def test_an_unknown_kind_of_source():
    found = failure(load, Path("."), DataSource("cvs", ("f",)))
    assert found.code == "NN0524" and found.helps == ("did you mean `csv`?",)
