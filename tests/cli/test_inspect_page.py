"""The page of `inspect --html`: complete in itself, every link leads somewhere, and a user's text stays text."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
VOID = {"meta", "br", "input", "link", "img"}
HOSTILE = """# <script>alert("&amp;")</script> </style> \u00adhidden $name
layer box() {
    input x[n]
    output y[i] = x[i] * 2   # </div><b>
}
model two { input x[4]
    output p = x -> box -> dense(3, softmax)
}
train { loss sparse_categorical_crossentropy
    optimizer sgd }
"""


class Page(HTMLParser):
    """A page taken apart: elements with their attributes, the text of each, and whether all that opens closes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: dict[str, str] = {}
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append((tag, dict(attrs)))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        for _, attributes in self.open:
            name = attributes.get("id")
            if name:
                self.text[name] = self.text.get(name, "") + data

    def line(self, view: str, part: str) -> set[str]:
        """The formulas that the first line of a view with some text is linked to."""
        name = next(n for n, text in self.text.items() if re.fullmatch(rf"{view}\d+", n) and part in text)
        [found] = [attributes["data-f"] for _, attributes in self.elements if attributes.get("id") == name]
        return set((found or "").split())


@pytest.fixture
def opened(nndsl: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], Page]:
    def read(file: Path) -> Page:
        monkeypatch.chdir(ROOT)
        assert nndsl("inspect", file, "--html", tmp_path / "page.html").code == 0
        text = (tmp_path / "page.html").read_text("utf-8")
        assert len(text) < 500_000
        return Page(text)

    return read


@pytest.mark.parametrize("name", ["examples/digits.nn", "examples/selu20.nn", "examples/heat.nn", "tests/golden/recurrent.nn"])
def test_page_needs_nothing_else(opened: Callable, name: str) -> None:
    page = opened(Path(name))
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"link", "img", "iframe", "object", "base"}
    for _, attributes in page.elements:
        assert not {"src", "href", "srcset", "action"} & set(attributes)
        assert not any(key.startswith("on") for key in attributes)
    names = [a["id"] for _, a in page.elements if a.get("id")]
    assert len(names) == len(set(names))
    wanted = [a[key] for _, a in page.elements for key in ("aria-labelledby", "data-view") if key in a]
    assert set(wanted) <= set(names)


@pytest.mark.parametrize("name", ["examples/digits.nn", "examples/lenet.nn", "tests/golden/recurrent.nn"])
def test_every_formula_has_counterparts_in_every_view(opened: Callable, name: str) -> None:
    page = opened(Path(name))
    linked = {view: {n for _, a in page.elements if re.fullmatch(rf"{view}\d+", a.get("id") or "")
                     for n in (a["data-f"] or "").split()} for view in "sfdc"}
    assert linked["f"] <= linked["s"]
    assert linked["d"] <= linked["f"]
    assert linked["d"] <= linked["c"]
    assert linked["c"] <= linked["f"]


def test_lines_are_linked_to_what_they_come_from(opened: Callable) -> None:
    page = opened(Path("examples/digits.nn"))
    [z] = page.line("f", "dense_2.z[n,u] = ")
    assert z in page.line("s", "dense(hidden, relu)")
    assert page.line("d", "∂L/∂dense_2.kernel[i,u] = ") == {z}
    assert page.line("d", "δdense_1.output[n,i] = ") == {z}
    assert page.line("c", "(GEMM, 0, 0, batch, 32, 64, ") == {z}
    assert z not in page.line("d", "∂L/∂dense_2.bias[u] = ")
    [kernel] = [page.line("s", "z[..., u] = sum[i](x[..., i] * kernel[i, u])")]
    assert z in kernel and len(kernel) == 3


def test_recurrences_are_shown_as_such(opened: Callable) -> None:
    page = opened(Path("tests/golden/recurrent.nn"))
    assert "for t = 0, ..., 4, one after the other" in page.text["formulas"]
    assert page.line("c", "at.gated_1_new + 4*batch*t, at.gated_1_h_with_start") & page.line("f", "gated_1.h[n,t,u] = ")
    assert "for t = 4, ..., 0" in page.text["derivatives"]


def test_a_user_s_text_stays_text(opened: Callable, tmp_path: Path) -> None:
    file = tmp_path / "a&b<i>.nn"
    file.write_text(HOSTILE, "utf-8")
    page = opened(file)
    assert sum(tag == "script" for tag, _ in page.elements) == 1
    harmless = opened(Path("tests/golden/regression.nn"))
    assert sum(tag == "b" for tag, _ in page.elements) == sum(tag == "b" for tag, _ in harmless.elements)
    assert '# <script>alert("&amp;")</script> </style> \\u00adhidden $name' in page.text["source"]
    assert "# </div><b>" in page.text["source"]
    assert page.text["file"].endswith("a&b<i>.nn")


def test_the_graph_shows_layers_and_shapes(opened: Callable) -> None:
    page = opened(Path("examples/digits.nn"))
    boxes = [a["aria-label"] for tag, a in page.elements if tag == "g"]
    assert boxes[0] == "x, input, [64]" and "dense_1, dense, [64]" in boxes and "p, [10]" in boxes
    assert sum(a.get("class") == "arrow" for _, a in page.elements) == len(boxes) - 1
    assert [a["tabindex"] for tag, a in page.elements if tag == "g"] == ["0"] + ["-1"] * (len(boxes) - 1)


def test_a_source_line_is_linked_layer_by_layer(opened: Callable) -> None:
    page = opened(Path("examples/digits.nn"))
    parts = [set((a["data-f"] or "").split()) for tag, a in page.elements if tag == "span" and "part" in (a.get("class") or "")]
    layers = [page.line("f", f"dense_{k}.z[n,u] = ") for k in (1, 2, 3)]
    assert len(parts) == 3 and all(layer <= part for layer, part in zip(layers, parts, strict=True))
    assert not parts[0] & parts[1] and not parts[1] & parts[2]


def test_copies_share_the_part_that_makes_them(opened: Callable) -> None:
    page = opened(Path("examples/selu20.nn"))
    parts = [set((a["data-f"] or "").split()) for tag, a in page.elements if tag == "span" and "part" in (a.get("class") or "")]
    assert len(parts) == 2 and len(parts[0]) == 40


def test_paths_of_nested_layers_are_left_to_their_titles(opened: Callable, tmp_path: Path) -> None:
    file = tmp_path / "nested.nn"
    file.write_text("model m { input x[4]\n output y = x -> residual(layer_norm -> dense(4)) }\n"
                    "train { loss mse\n optimizer sgd }\n")
    page = opened(file)
    assert any(tag == "i" and a.get("class") == "own" for tag, a in page.elements)
    assert "y.layer_normalization_1.m[n] = " in page.text["formulas"]
