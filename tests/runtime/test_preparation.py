"""Binding, splitting, imputing, encoding, scaling: learnt from the training part, applied anywhere, taken back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nndsl.diagnostics import NNError, Source
from nndsl.runtime.data import Preparation, Table, Wanted, check_data, load_data, open_file, plain_outline, prepare
from nndsl.runtime.data.classes import class_weights
from nndsl.runtime.data.learn import learn
from nndsl.runtime.data.places import port_label
from nndsl.runtime.data.preparation import Piece, PortRecipe
from nndsl.runtime.data.split import split_rows
from nndsl.settings import Binding, DataSettings, DataSource, Split, Transform
from nndsl.signature import Port


def arrays_file(folder: Path, **arrays) -> DataSource:
    np.savez(folder / "f.npz", **arrays)
    return DataSource("npz", ("f.npz",), "m.nn:2")


def failures(call, *arguments, **named):
    with pytest.raises(NNError) as caught:
        call(*arguments, **named)
    return caught.value.diagnostics


def fit(kind, method, values, argument=None):
    values = np.asarray(values)
    values = values if values.dtype == object else values.astype(float)
    return learn(Transform(kind, ("x",), method, argument), lambda: np.array_split(values, min(3, len(values)))), values


NUMBERS = np.random.default_rng(0).normal(5, 3, size=(40, 4)).round(1)
NUMBERS[:, 2] = 7
GAPPY = NUMBERS.copy()
GAPPY[::7, 0] = GAPPY[3:6, 3] = np.nan
WORDS = np.array([["b", "x"], ["a", "y"], ["b", "x"], ["c", "x"]], dtype=object)


# ---------------------------------------------------------------------------- the same numbers as scikit-learn


@pytest.mark.parametrize(("method", "theirs"), [("standard", "StandardScaler"), ("minmax", "MinMaxScaler")])
@pytest.mark.parametrize("values", [NUMBERS, NUMBERS * 1e-3 + 1e3, NUMBERS[:1], np.full((30, 2), 0.1)])
def test_scaling_equals_scikit_learns(method, theirs, values):
    import sklearn.preprocessing

    expected = getattr(sklearn.preprocessing, theirs)().fit(values)
    step, values = fit("scale", method, values)
    np.testing.assert_allclose(step.apply(values), expected.transform(values), rtol=1e-8, atol=1e-7)
    others = NUMBERS[:, :values.shape[1]]
    np.testing.assert_allclose(step.apply(others), expected.transform(others), rtol=1e-7)


@pytest.mark.parametrize("method", ["mean", "median", "most_frequent"])
def test_imputing_equals_scikit_learns(method):
    from sklearn.impute import SimpleImputer

    step, values = fit("impute", method, GAPPY)
    np.testing.assert_allclose(step.apply(values), SimpleImputer(strategy=method).fit_transform(values), rtol=1e-12)


def test_imputing_text_and_by_a_constant():
    words = np.array([["b"], [None], ["a"], ["b"], ["a"]], dtype=object)
    assert fit("impute", "most_frequent", words)[0].apply(words)[1, 0] == "a"
    assert fit("impute", "constant", words, "z")[0].apply(words)[1, 0] == "z"
    assert fit("impute", "constant", GAPPY, 0)[0].apply(GAPPY)[0, 0] == 0


@pytest.mark.parametrize("values", [WORDS, np.array([[3.0], [1.0], [3.0], [-2.5]])])
def test_encoding_equals_scikit_learns(values):
    from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder

    one_hot, _ = fit("encode", "one_hot", values)
    assert np.array_equal(one_hot.apply(values), OneHotEncoder(sparse_output=False).fit_transform(values))
    ordinal, _ = fit("encode", "ordinal", values)
    assert np.array_equal(ordinal.apply(values), OrdinalEncoder().fit_transform(values))
    for step in (one_hot, ordinal):
        assert sum(step.widths) == step.apply(values).shape[1] and len(step.widths) == values.shape[1]


def test_dividing():
    assert fit("scale", "divide", NUMBERS, 255)[0].apply(NUMBERS).tolist() == (NUMBERS / 255).tolist()


# ---------------------------------------------------------------------------- parts


def test_parts_are_disjoint_whole_and_the_same_for_the_same_seed():
    parts = split_rows(103, Split(0.7, 0.1, 0.2, seed=7), None)
    assert sorted(np.concatenate(list(parts.values()))) == list(range(103))
    assert {k: len(v) for k, v in parts.items()} == {"train": 72, "validation": 10, "test": 21}
    again, other = (split_rows(103, Split(0.7, 0.1, 0.2, seed=seed), None) for seed in (7, 8))
    assert all(np.array_equal(parts[k], again[k]) for k in parts) and not np.array_equal(parts["test"], other["test"])


def test_parts_without_shuffling_are_stretches():
    parts = split_rows(10, Split(0.5, 0.2, 0.3, shuffle=False), None)
    assert [list(v) for v in parts.values()] == [[0, 1, 2, 3, 4], [5, 6], [7, 8, 9]]


@given(st.lists(st.integers(0, 4), min_size=20, max_size=200), st.integers(0, 5), st.booleans())
def test_stratified_parts_share_every_class(classes, seed, shuffle):
    classes = np.unique(classes, return_inverse=True)[1]
    split = Split(0.6, 0.2, 0.2, stratify=True, shuffle=shuffle, seed=seed)
    parts = split_rows(len(classes), split, classes)
    assert sorted(np.concatenate(list(parts.values()))) == list(range(len(classes)))
    counts = np.bincount(classes)
    for part, share in (("train", 0.6), ("validation", 0.2), ("test", 0.2)):
        found = np.bincount(classes[parts[part]], minlength=len(counts))
        assert (np.abs(found - share * counts) <= 2).all()


def test_the_training_part_alone_is_learnt_from(tmp_path):
    x = np.arange(10.0)
    source = arrays_file(tmp_path, x=x, y=x)
    settings = DataSettings(source, transforms=(Transform("scale", ("x",), "minmax"),),
                            split=Split(0.5, 0.0, 0.5, shuffle=False))
    found = load_data(settings, Wanted((Port("x", (1,)),), (Port("p", (1,)),), "float64", tmp_path))
    assert found.train["x"].max() == 1 and found.test["x"].max() == 9 / 4 and found.validation is None


def test_a_part_that_would_be_empty(tmp_path):
    source = arrays_file(tmp_path, x=np.zeros((3, 2)), y=np.zeros(3))
    settings = DataSettings(source, split=Split(0.9, 0.1))
    found, = failures(load_data, settings, Wanted((Port("x", (2,)),), (Port("p", ()),), folder=tmp_path))
    assert found.code == "NN0516" and "validation" in found.message


@pytest.mark.parametrize(("y", "says"), [(np.linspace(0, 1, 20), "not always a whole number"),
                                         (np.arange(20), "only one sample")])
def test_what_cannot_be_stratified(tmp_path, y, says):
    settings = DataSettings(arrays_file(tmp_path, x=np.zeros((20, 2)), y=y), split=Split(0.5, 0, 0.5, stratify=True))
    found, = failures(load_data, settings, Wanted((Port("x", (2,)),), (Port("p", ()),), folder=tmp_path))
    assert found.code == "NN0517" and says in found.message


# ---------------------------------------------------------------------------- a table through and through

HOUSES = "area,rooms,age,kind,price,w\n" + "".join(
    f"{50 + k},{k % 5},{'' if k % 7 == 0 else k},{['flat', 'house', 'hut'][k % 3]},{1000 * (k + 1)},{k % 2 + 1}\n"
    for k in range(60))
TEXT = Source("m.nn", "\n".join([
    "data {", '    source csv("h.csv")', "    input x = columns(area, rooms, age)", "    target kind = kind",
    "    target price = price",
    "    weight w", "    impute age: median", "    encode kind: one_hot", "    scale x: standard", "    scale price: standard",
    "    split train 70%, test 30%", "}", "model houses {", "    input x[3]", "    h = x -> dense(4)",
    "    output kind = h -> dense(3, softmax)", "    output price = h -> dense(1)", "}", ""]))
PORTS = (Port("x", (3,)),), (Port("kind", (3,)), Port("price", (1,)))
SETTINGS = DataSettings(
    DataSource("csv", ("h.csv",), "m.nn:2"), (Binding("x", ("area", "rooms", "age"), "m.nn:3"),),
    (Binding("kind", ("kind",), "m.nn:4"), Binding("price", ("price",), "m.nn:5")), "w",
    (Transform("scale", ("x",), "standard", None, "m.nn:9"), Transform("impute", ("age",), "median", None, "m.nn:7"),
     Transform("encode", ("kind",), "one_hot", None, "m.nn:8"), Transform("scale", ("price",), "standard", None, "m.nn:10")),
    Split(0.7, 0.0, 0.3, seed=1))


@pytest.fixture
def houses(tmp_path):
    (tmp_path / "h.csv").write_text(HOUSES)
    return tmp_path


def wanted(folder: Path, ports=PORTS, **more) -> Wanted:
    return Wanted(*ports, "float64", folder, text=TEXT, **more)


def test_a_table_becomes_arrays(houses):
    found = load_data(SETTINGS, wanted(houses))
    assert found.train["x"].shape == (42, 3) and found.test["x"].shape == (18, 3)
    np.testing.assert_allclose(found.train["x"].mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(found.train["x"].std(axis=0), 1)
    assert set(found.train["target.kind"].sum(axis=1)) == {1} and set(found.train["sample weight"]) == {1, 2}
    prices = found.preparation.undo({"price": found.test["target.price"], "kind": found.test["target.kind"]})
    assert set(np.round(prices["price"][:, 0] / 1000).astype(int)) <= set(range(1, 61))
    assert prices["kind"] is found.test["target.kind"]


def test_what_was_learnt_goes_through_json_and_is_applied_to_new_data(houses):
    found = load_data(SETTINGS, wanted(houses))
    learnt = Preparation.from_json(json.loads(json.dumps(found.preparation.to_json())))
    assert learnt == found.preparation
    table = open_file(houses / "h.csv")
    everything = prepare(learnt, table, wanted(houses))
    assert everything["x"].shape == (60, 3) and "sample weight" in everything
    (houses / "new.csv").write_text("age,rooms,area\n,3,70\n")
    new = prepare(learnt, open_file(houses / "new.csv"), wanted(houses), targets=False)
    assert list(new) == ["x"] and new["x"].shape == (1, 3) and np.isfinite(new["x"]).all()
    (houses / "bare.csv").write_text("70,3,12\n70,3,12\n")
    assert prepare(learnt, open_file(houses / "bare.csv"), wanted(houses), targets=False)["x"].shape == (2, 3)
    raw = {"x": np.array([[70, 3, 12.0]])}
    bare = prepare(learnt, Table(plain_outline("the arrays given", raw), raw), wanted(houses), targets=False)["x"]
    (houses / "new.csv").write_text("age,rooms,area\n12,3,70\n")
    assert np.array_equal(bare, prepare(learnt, open_file(houses / "new.csv"), wanted(houses), targets=False)["x"])


def test_new_data_that_lack_something(houses):
    learnt = load_data(SETTINGS, wanted(houses)).preparation
    (houses / "new.csv").write_text("age,roms,area\n1,3,70\n")
    found, = failures(prepare, learnt, open_file(houses / "new.csv"), wanted(houses), targets=False)
    assert found.code == "NN0506" and found.helps == ("did you mean `roms`?",)
    (houses / "new.csv").write_text(HOUSES.replace("hut", "castle"))
    found, = failures(prepare, learnt, open_file(houses / "new.csv"), wanted(houses))
    assert found.code == "NN0518" and "`kind` is `castle` in line 4 of new.csv" in found.message
    assert found.labels[0].span.text == "castle"


@pytest.mark.parametrize(("column", "method", "word", "code", "says"), [
    ("age", ("scale", "standard"), "old", "NN0509", "`age` holds text"),
    ("age", ("encode", "one_hot"), "old", "NN0518", "`age` is `old` in line 3"),
    ("age", ("impute", "median"), "old", "NN0509", "`age` holds text"),
    ("kind", ("encode", "one_hot"), "3", "NN0518", "`kind` is 3 in line 2"),
])
def test_new_data_of_another_kind(houses, column, method, word, code, says):
    """Words where the training part held numbers, or numbers where it held words."""
    asked = Transform(method[0], (column,), method[1], None)
    fill = () if column == "kind" or method[0] == "impute" else (Transform("impute", ("age",), "median", None),)
    settings = DataSettings(DataSource("csv", ("h.csv",)), (Binding("x", (column,)),), transforms=(*fill, asked))
    (houses / "h.csv").write_text("age,kind,y\n" + "".join(f"{k % 3},{['flat', 'hut'][k % 2]},1\n" for k in range(12)))
    width = 1 if method[0] != "encode" else 2 if column == "kind" else 3
    ports = Wanted((Port("x", (width,)),), (Port("p", ()),), folder=houses)
    learnt = load_data(settings, ports).preparation
    first = word if column == "kind" else "1"
    (houses / "new.csv").write_text(f"{column}\n{first}\n{word}\n")
    found, = failures(prepare, learnt, open_file(houses / "new.csv"), ports, targets=False)
    assert found.code == code and says in found.message and found.labels[0].span.text == word


def test_a_gap_in_numbers_where_the_training_part_held_words(tmp_path):
    (tmp_path / "h.csv").write_text("kind,y\n" + "flat,1\n,2\nhut,3\n" * 4)
    settings = DataSettings(DataSource("csv", ("h.csv",)), (Binding("x", ("kind",)),), transforms=(
        Transform("impute", ("kind",), "most_frequent", None), Transform("encode", ("kind",), "one_hot", None)))
    ports = Wanted((Port("x", (2,)),), (Port("p", ()),), folder=tmp_path)
    learnt = load_data(settings, ports).preparation
    (tmp_path / "new.csv").write_text("kind,y\n1,\n,\n")
    found, = failures(prepare, learnt, open_file(tmp_path / "new.csv"), ports, targets=False)
    assert found.code == "NN0510" and "line 3" in found.message


def test_the_word_among_numbers_is_shown_wherever_it_stands(tmp_path):
    (tmp_path / "h.csv").write_text("x,p\n" + "".join(f"{'blue' if k == 37 else k},1\n" for k in range(40)))
    settings = DataSettings(DataSource("csv", ("h.csv",)), split=Split(0.5, 0.0, 0.5, seed=1))
    for transforms in ((), (Transform("scale", ("x",), "standard", None),)):
        found, = failures(load_data, replace(settings, transforms=transforms),
                          Wanted((Port("x", (1,)),), (Port("p", ()),), folder=tmp_path))
        assert found.code == "NN0509" and found.labels[0].span.text == "blue"


def test_changed_json_is_refused_and_not_believed(houses):
    good = load_data(SETTINGS, wanted(houses)).preparation.to_json()
    for bad in ({}, {**good, "more": 1}, {**good, "recipes": [1]}, [], {"recipes": [{"key": "x"}]}):
        with pytest.raises((KeyError, TypeError, ValueError, AttributeError)):
            Preparation.from_json(bad)


def broken(**change) -> DataSettings:
    from dataclasses import replace

    return replace(SETTINGS, **change)


T = SETTINGS.transforms


@pytest.mark.parametrize(("change", "code", "line", "under"), [
    ({"inputs": (Binding("x", ("area", "room", "age"), "m.nn:3"),)}, "NN0506", 3, "input x = columns(area, rooms, age)"),
    ({"inputs": (Binding("X2", ("area",), "m.nn:3"),)}, "NN0526", 3, None),
    ({"targets": (Binding("kid", ("kind",), "m.nn:4"), SETTINGS.targets[1])}, "NN0526", 4, None),
    ({"targets": SETTINGS.targets[:1] * 2}, "NN0531", 4, "kind"),
    ({"weight": "wight"}, "NN0506", 2, None),
    ({"inputs": (Binding("x", ("area", "age"), "m.nn:3"),)}, "NN0508", 3, "x"),
    ({"transforms": (*T, Transform("scale", ("x",), "standard", None, "m.nn:9"))}, "NN0527", 9, "x"),
    ({"transforms": (*T, Transform("scale", ("w",), "standard", None, "m.nn:6"))}, "NN0519", 6, "w"),
    ({"transforms": (*T, Transform("scale", ("aera",), "standard", None, "m.nn:9"))}, "NN0519", 9, None),
    ({"transforms": (*T[1:], Transform("scale", ("x",), "standart", None, "m.nn:9"))}, "NN0520", 9, None),
])
def test_wrong_bindings_are_found_without_reading_values(houses, change, code, line, under):
    (houses / "h.csv").write_text(HOUSES.splitlines()[0] + "\n1,2")
    found, *more = check_data(broken(**change), wanted(houses))
    assert found.code == code and found.labels[0].span.line == line and not more
    assert under is None or found.labels[0].span.text == under


def test_shape_mistakes_name_both_places(houses):
    found, = check_data(SETTINGS, wanted(houses, ((Port("x", (4,)),), PORTS[1])))
    assert [(x.span.line, x.span.text, x.text) for x in found.labels] == [(3, "x", "gives [3]"), (14, "x", "wants [4]")]
    found, = failures(load_data, SETTINGS, wanted(houses, (PORTS[0], (Port("kind", (2,)), PORTS[1][1]))))
    assert [(x.span.line, x.text) for x in found.labels] == [(4, "gives [3]"), (16, "wants [2]")]


@pytest.mark.parametrize(("change", "code", "says"), [
    ({"transforms": (T[0], *T[2:])}, "NN0510", "`age` has no value (NaN) in line"),
    ({"transforms": T[2:]}, "NN0510", "impute age: median"),
    ({"transforms": (*T[:2], T[3])}, "NN0508", "the target `kind`"),
    ({"transforms": (*T, Transform("impute", ("kind",), "median", None, "m.nn:7"))}, "NN0520", "it holds text"),
    ({"transforms": (*T[:2], Transform("scale", ("kind",), "standard", None, "m.nn:8"), T[3])}, "NN0508", ""),
])
def test_wrong_values_are_found(houses, change, code, says):
    found = failures(load_data, broken(**change), wanted(houses))[0]
    assert found.code == code and says in found.message + " ".join(found.helps)


def test_text_where_numbers_are_wanted(houses):
    settings = broken(transforms=(*T[:2], T[3]))
    ports = PORTS[0], (Port("kind", (1,)), PORTS[1][1])
    found, = failures(load_data, settings, wanted(houses, ports))
    assert found.code == "NN0509" and "encode kind: one_hot" in found.helps[0]


def test_all_mistakes_are_told_at_once(houses):
    settings = broken(inputs=(Binding("x", ("aera", "rooms", "age"), "m.nn:3"),), weight="v",
                      transforms=(Transform("scale", ("nothing",), "standard", None, "m.nn:9"),))
    assert [d.code for d in check_data(settings, wanted(houses))] == ["NN0506", "NN0506", "NN0519"]


def test_negative_weights(houses):
    (houses / "h.csv").write_text(HOUSES.replace(",2\n", ",-2\n"))
    found, = failures(load_data, SETTINGS, wanted(houses))
    assert found.code == "NN0529"


# ---------------------------------------------------------------------------- classes


def classes(tmp_path, weight, port=None, y=(0, 0, 1, 2) * 5, transforms=()):
    source = arrays_file(tmp_path, x=np.zeros((20, 2)), y=np.array(y))
    port = port or Port("p", (), "int", 3)
    return load_data(DataSettings(source, transforms=transforms), Wanted((Port("x", (2,)),), (port,), folder=tmp_path,
                                                                         class_weight=weight))


def test_class_weights(tmp_path):
    found = classes(tmp_path, {"1": 5, "2": 0.5})
    expected = np.array([1, 5, 0.5])[found.train["target.p"]]
    assert np.array_equal(found.train["sample weight"], expected.astype(np.float32))
    words = classes(tmp_path, {"cat": 3}, Port("p", (2,)), ["cat", "dog"] * 10, (Transform("encode", ("y",), "one_hot"),))
    assert np.array_equal(words.train["sample weight"], 1 + 2 * words.train["target.p"][:, 0])
    numbered = classes(tmp_path, {"dog": 4}, None, ["cat", "dog", "fox", "fox"] * 5, (Transform("encode", ("y",), "ordinal"),))
    assert np.array_equal(numbered.train["sample weight"], np.array([1, 4, 1])[numbered.train["target.p"]])
    binary = classes(tmp_path, {"1": 4}, Port("p", (1,)), [0, 1] * 10)
    assert np.array_equal(binary.train["sample weight"], 1 + 3 * binary.train["target.p"][:, 0])


@pytest.mark.parametrize(("weight", "port", "y", "says"), [
    ({"7": 2.0}, None, [0, 1] * 10, "no class `7`"),
    ({"1": 2.0}, Port("p", (1,)), np.linspace(0, 1, 20), "does not name classes"),
])
def test_wrong_class_weights(tmp_path, weight, port, y, says):
    found, = failures(classes, tmp_path, weight, port, y)
    assert found.code == "NN0521" and says in found.message


def test_wrong_class_weights_are_shown_where_they_stand():
    text = Source("m.nn", "model m { input x[4]; output p = x }\ntrain {\n    # class_weight\n    class_weight 7: 2\n}\n")
    preparation = Preparation((PortRecipe("target.p", Port("p", (), "int", 2), (Piece(("y",), (1,)),)),))
    found, = failures(class_weights, {"7": 2.0}, preparation, {"target.p": np.array([0, 1])}, text)
    assert found.labels[0].span.text == "class_weight" and found.labels[0].span.place == "m.nn:4"
    assert found.helps == ("there are `0`, `1`",)


@pytest.mark.parametrize("text", ["model m { input x[4]; output p = x }", "model m {\n    input x[4]\n    output p = x\n}"])
def test_ports_are_found_in_models_of_one_line_or_several(text):
    label, = port_label(Source("m.nn", text), "target", "p", "here")
    assert text[label.span.start - 7:label.span.end] == "output p"
    label, = port_label(Source("m.nn", text), "input", "x", "here")
    assert text[label.span.start - 6:label.span.end] == "input x"


# ---------------------------------------------------------------------------- ports


def test_whole_numbers_and_their_limits(tmp_path):
    ports = (Port("word", (3,), "int", 10),), (Port("p", ()),)
    good = np.array([[1, 2, 9], [0, 0, 0]])
    found = load_data(DataSettings(arrays_file(tmp_path, word=good.astype(float), y=[0, 1])), Wanted(*ports, folder=tmp_path))
    assert found.train["word"].dtype == np.int64 and sorted(found.train["word"][:, 2]) == [0, 9]
    for bad, code, says in ((good + 1, "NN0513", "`word` is 10 in sample 0"), (good - 1, "NN0513", "from 0 to 9"),
                            (good + 0.5, "NN0512", "whole numbers")):
        settings = DataSettings(arrays_file(tmp_path, word=bad, y=[0, 1]))
        found, = failures(load_data, settings, Wanted(*ports, folder=tmp_path))
        assert found.code == code and says in found.message


def test_values_that_are_not_finite(tmp_path):
    ports = (Port("x", (2,)),), (Port("p", ()),)
    for value, code in ((np.nan, "NN0510"), (np.inf, "NN0511"), (1e39, "NN0530")):
        x = np.zeros((5, 2))
        x[3, 1] = value
        found, = failures(load_data, DataSettings(arrays_file(tmp_path, x=x, y=np.zeros(5))), Wanted(*ports, folder=tmp_path))
        assert found.code == code and "sample 3 of `f.npz`" in found.message or "sample 3 of f.npz" in found.message


@pytest.mark.parametrize(("given", "port", "fits"), [
    ((8, 8), (8, 8, 1), True), ((64,), (8, 8, 1), True), ((8, 8), (64,), True), ((1, 64), (64,), True), ((1,), (), True),
    ((), (1,), True), ((3, 32, 32), (32, 32, 3), False), ((63,), (64,), False), ((8, 8), (4, 16), False),
])
def test_which_shapes_fit(tmp_path, given, port, fits):
    settings = DataSettings(arrays_file(tmp_path, x=np.zeros((4, *given)), y=np.zeros(4)))
    want = Wanted((Port("x", port),), (Port("p", ()),), folder=tmp_path)
    if fits:
        assert load_data(settings, want).train["x"].shape == (4, *port)
    else:
        assert failures(load_data, settings, want)[0].code == "NN0508"


def test_inputs_that_may_be_left_out(tmp_path):
    ports = (Port("x", (2,)), Port("mask", (3,), default=1.0)), (Port("p", ()),)
    found = load_data(DataSettings(arrays_file(tmp_path, x=np.zeros((4, 2)), y=np.zeros(4))), Wanted(*ports, folder=tmp_path))
    assert np.array_equal(found.train["mask"], np.ones((4, 3)))


def test_the_rest_of_a_table_is_the_one_input(tmp_path):
    (tmp_path / "h.csv").write_text("a,y,b,w\n1,2,3,4\n5,6,7,8\n")
    settings = DataSettings(DataSource("csv", ("h.csv",)), targets=(Binding("y", ("y",)),), weight="w",
                            split=Split(shuffle=False))
    found = load_data(settings, Wanted((Port("x", (2,)),), (Port("p", (1,)),), folder=tmp_path))
    assert found.train["x"].tolist() == [[1, 3], [5, 7]] and found.train["sample weight"].tolist() == [4, 8]


def test_columns_of_an_array_can_be_treated_apart():
    settings = DataSettings(DataSource("sklearn", ("wine",)), transforms=(Transform("scale", ("proline",), "standard"),))
    found = load_data(settings, Wanted((Port("x", (13,)),), (Port("p", (), "int", 3),), "float64"))
    x = found.train["x"]
    assert abs(x[:, 12].mean()) < 1e-12 and x[:, 0].mean() > 10


def test_pictures_of_digits():
    settings = DataSettings(DataSource("sklearn", ("digits",)), (Binding("image", ("image",)),))
    found = load_data(settings, Wanted((Port("image", (8, 8, 1)),), (Port("p", (), "int", 10),)))
    assert found.train["image"].shape == (1797, 8, 8, 1)
