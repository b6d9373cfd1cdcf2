"""The page of `inspect --html` in a browser: pointing, keys, themes, widths, names for those who do not see, no network."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import browser as chromium
import pytest
from browser import Browser

from nndsl.compiler import compile_source
from nndsl.inspect.page import page
from nndsl.syntax import read_source

ROOT = Path(__file__).resolve().parents[2]
VIEWS = ("source", "formulas", "derivatives", "code")
MODELS = ("examples/digits.nn", "examples/transformer.nn", "tests/golden/recurrent.nn", "examples/heat.nn")
PROGRAM = chromium.found()
needs_browser = pytest.mark.skipif(PROGRAM is None, reason="there is no Chromium on this machine")
pytestmark = [needs_browser, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    assert PROGRAM is not None
    with Browser(PROGRAM, tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The address of each model's page."""
    folder, found = tmp_path_factory.mktemp("pages"), {}
    for name in MODELS:
        source = read_source(ROOT / name)
        file = folder / f"{Path(name).stem}.html"
        file.write_text(page(compile_source(source, {}), source), "utf-8")
        found[name] = file.as_uri()
    return found


def texts(opened: Browser, view: str, kind: str) -> list[str]:
    """The lines of a view that are lit or kept."""
    script = f"[...document.querySelectorAll('#{view} .l.{kind} code')].map(e => e.textContent)"
    return [str(text) for text in opened.value(script)]


def line(opened: Browser, view: str, part: str) -> str:
    """The id of the first line of a view that holds some text."""
    script = (f"[...document.querySelectorAll('#{view} .l')].find(e => e.querySelector('code').textContent"
              f".includes({json.dumps(part)})).id")
    return "#" + str(opened.value(script))


def test_pointing_at_a_line_lights_up_its_counterparts(shown: Browser, pages: dict[str, str]) -> None:
    shown.open(pages["examples/digits.nn"], 1280, 800)
    shown.point(line(shown, "formulas", "dense_2.z[n,u] = "))
    assert texts(shown, "formulas", "lit") == ["dense_2.z[n,u] = Σ_i dense_1.output[n,i] · dense_2.kernel[i,u]"]
    assert any("∂L/∂dense_2.kernel[i,u] = " in text for text in texts(shown, "derivatives", "lit"))
    assert not any("dense_3" in text.partition(" = ")[0] for text in texts(shown, "derivatives", "lit"))
    assert any(text.strip().startswith("(GEMM") for text in texts(shown, "code", "lit"))
    assert any("dense(32, relu)" in text for text in texts(shown, "source", "lit"))
    assert "dense_2" in shown.value("document.querySelector('.box.lit').getAttribute('aria-label')")
    assert shown.value("document.querySelector('#layers tr.lit').cells[0].textContent") == "dense_2"
    shown.point("h1")
    assert all(not texts(shown, view, "lit") for view in VIEWS)


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_lights_up_the_others(shown: Browser, pages: dict[str, str], view: str) -> None:
    shown.open(pages["tests/golden/recurrent.nn"], 1280, 800)
    part = {"source": "new[t, u] =", "formulas": "gated_1.new[n,t,u] = ", "derivatives": "∂L/∂gated_1.U[",
            "code": "at.gated_1_new"}
    shown.point(line(shown, view, part[view]))
    assert all(texts(shown, other, "lit") for other in VIEWS)


def test_what_is_clicked_stays_lit_and_comes_into_view(shown: Browser, pages: dict[str, str]) -> None:
    shown.open(pages["examples/digits.nn"], 1280, 800)
    shown.point(line(shown, "formulas", "dense_3.z[n,u] = "), click=True)
    shown.point("h1")
    assert texts(shown, "formulas", "kept") == ["dense_3.z[n,u] = Σ_i dense_2.output[n,i] · dense_3.kernel[i,u]"]
    for view in VIEWS:
        (top, bottom), (above, below) = (shown.value(f"(r => [r.top, r.bottom])(document.querySelector('#{view} {part}')"
                                                     ".getBoundingClientRect())") for part in (".l.kept", ".scroll"))
        assert above - 1 <= top < bottom <= below + 1, view
    shown.press("Escape")
    assert not texts(shown, "formulas", "kept")


def test_keys_do_all_that_the_pointer_does(shown: Browser, pages: dict[str, str]) -> None:
    shown.open(pages["examples/digits.nn"], 1280, 800)
    reached = []
    for _ in range(20):
        shown.press("Tab")
        reached.append(shown.value("(document.activeElement.closest('section') || {}).id || document.activeElement.id"))
    assert {"theme", "model", *VIEWS, "layers"} <= set(reached)
    shown.value("document.querySelector('#formulas .scroll').focus()")
    shown.press("ArrowDown", 2)
    shown.press("ArrowUp")
    current = "document.querySelector('#formulas .scroll').getAttribute('aria-activedescendant')"
    assert shown.value(current) == "f0"
    assert shown.value("document.getElementById('f0').getAttribute('aria-selected')") == "true"
    shown.press("End")
    last = shown.value("document.querySelector('#formulas .lines').lastElementChild.id")
    assert shown.value(current) == last and texts(shown, "formulas", "lit") and texts(shown, "source", "lit")
    shown.press("Home")
    assert shown.value(current) == "f0"
    shown.press("Enter")
    assert texts(shown, "formulas", "kept") and texts(shown, "code", "kept")
    shown.press("Escape")
    assert not texts(shown, "formulas", "kept")
    shown.value("document.querySelector('.box').focus()")
    first = shown.value("document.activeElement.getAttribute('aria-label')")
    shown.press("ArrowDown")
    assert shown.value("document.activeElement.getAttribute('aria-label')") != first
    assert texts(shown, "formulas", "lit")


def test_light_and_dark(shown: Browser, pages: dict[str, str]) -> None:
    def bright() -> float:
        colour = shown.value("getComputedStyle(document.body).backgroundColor")
        return sum(int(x) for x in re.findall(r"\d+", colour)[:3]) / 765

    for scheme, other in (("light", "dark"), ("dark", "light")):
        shown.open(pages["examples/digits.nn"], 1280, 800, scheme)
        before = bright()
        assert (before > 0.5) == (scheme == "light")
        shown.point("#theme", click=True)
        assert (bright() > 0.5) == (other == "light")
        shown.press("Enter")
        assert bright() == before


CONTRAST = """(() => {
    const parsed = text => text.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const behind = e => { for (; e; e = e.parentElement) { const c = parsed(getComputedStyle(e).backgroundColor);
        if (c.length < 4 || c[3] > 0.99) return c; } return [255, 255, 255]; };
    const seen = e => { let o = 1; for (; e; e = e.parentElement) o *= Number(getComputedStyle(e).opacity); return o; };
    let worst = [99, ''];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const e = walker.currentNode.parentElement;
        if (!walker.currentNode.textContent.trim() || e.closest('script, style, title') || !e.getClientRects().length) continue;
        const back = e.closest('svg') ? parsed(getComputedStyle(e.closest('.box').querySelector('rect')).fill) : behind(e);
        const front = parsed(getComputedStyle(e)[e.closest('svg') ? 'fill' : 'color']);
        const share = seen(e), mixed = [0, 1, 2].map(i => share * front[i] + (1 - share) * back[i]);
        const [high, low] = [light(mixed), light(back)].sort((a, b) => b - a);
        const ratio = (high + 0.05) / (low + 0.05);
        if (ratio < worst[0]) worst = [ratio, e.className.baseVal ?? e.className, e.textContent.slice(0, 60)];
    }
    return worst;
})()"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_stands_out_from_what_is_behind_it(shown: Browser, pages: dict[str, str], scheme: str) -> None:
    """The contrast that WCAG asks of text at level AA, also where lines are lit."""
    shown.open(pages["examples/digits.nn"], 1280, 800, scheme)
    assert shown.value(CONTRAST)[0] >= 4.5, shown.value(CONTRAST)
    shown.point(line(shown, "source", "dense(hidden, relu)"), click=True)
    assert shown.value(CONTRAST)[0] >= 4.5, shown.value(CONTRAST)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("wide", [1280, 390])
def test_nothing_is_wider_than_the_window(shown: Browser, pages: dict[str, str], name: str, wide: int) -> None:
    shown.open(pages[name], wide, 800)
    for view in ("model", *VIEWS):
        if wide < 500:
            shown.point(f"[role=tab][data-view={view}]", click=True)
        assert shown.value("document.documentElement.scrollWidth") <= wide
        lines = f"[...document.querySelectorAll('#{view} .lines')].every(e => e.scrollWidth <= e.clientWidth)"
        assert shown.value(lines), f"the lines of {view} are cut off"
        high = shown.value(f"document.querySelector('#{view} .scroll').clientHeight")
        assert high > (150 if wide > 500 else 250), f"{view} is only {high} pixels high"
    small = "[...document.querySelectorAll('code, td, th, p, h3')].every(e => parseFloat(getComputedStyle(e).fontSize) >= 12)"
    assert shown.value(small)


def test_a_narrow_page_has_tabs(shown: Browser, pages: dict[str, str]) -> None:
    shown.open(pages["examples/digits.nn"], 390, 844)
    visible = "[...document.querySelectorAll('section')].filter(e => e.offsetHeight).map(e => e.id)"
    assert shown.value(visible) == ["source"]
    shown.point("[role=tab][data-view=code]", click=True)
    assert shown.value(visible) == ["code"]
    shown.press("ArrowRight")
    assert shown.value(visible) == ["model", "layers"]
    shown.press("ArrowLeft", 2)
    assert shown.value(visible) == ["derivatives"]
    shown.point(line(shown, "derivatives", "∂L/∂dense_2.kernel"), click=True)
    marked = "[...document.querySelectorAll('[role=tab].has')].map(e => e.dataset.view)"
    assert set(VIEWS) <= set(shown.value(marked))
    high = "Math.min(...[...document.querySelectorAll('[role=tab]')].map(e => e.offsetHeight))"
    assert shown.value(high) >= 40, "too small for a thumb"


@pytest.mark.parametrize("name", MODELS)
def test_the_page_asks_for_nothing_and_complains_of_nothing(shown: Browser, pages: dict[str, str], name: str) -> None:
    shown.open(pages[name], 1280, 800)
    assert shown.requests() == [pages[name]]
    assert shown.complaints() == []


def test_everything_has_a_name(shown: Browser, pages: dict[str, str]) -> None:
    shown.open(pages["examples/digits.nn"], 1280, 800)
    named = shown.named()
    wanted = {"button", "listbox", "option", "tab", "region", "img", "table", "heading", "main"}
    assert not [role for role, name in named if role in wanted - {"table", "main"} and not name.strip()]
    assert {"Source", "Formulas", "Derivatives", "Generated code"} <= {name for role, name in named if role == "listbox"}
    assert any(role == "button" and name == "dense_2, dense, [32]" for role, name in named)
    assert shown.value("document.documentElement.lang") == "en" and shown.value("document.title") == "digits: nndsl inspect"


def test_an_address_opens_with_a_line_lit(shown: Browser, pages: dict[str, str]) -> None:
    shown.open(pages["examples/digits.nn"] + "#d7", 1280, 800)
    assert shown.value("document.getElementById('d7').classList.contains('kept')")
    assert texts(shown, "code", "kept")
