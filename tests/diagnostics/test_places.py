"""Sources, spans and reports."""

from __future__ import annotations

import pytest

from nndsl.diagnostics import Label, NNError, Report, Source, Span, problem

SOURCE = Source("a.nn", "one\ntwo\r\n\nfour")


PLACES = {0: (1, 1), 2: (1, 3), 3: (1, 4), 4: (2, 1), 9: (3, 1), 10: (4, 1), 14: (4, 5)}


@pytest.mark.parametrize(("offset", "place"), PLACES.items())
def test_positions(offset: int, place: tuple[int, int]) -> None:
    assert SOURCE.position(offset) == place


@pytest.mark.parametrize(("number", "text"), [(0, ""), (1, "one"), (2, "two\r"), (3, ""), (4, "four"), (5, "")])
def test_lines(number: int, text: str) -> None:
    assert SOURCE.line(number) == text


def test_spans() -> None:
    span = Span(SOURCE, 4, 7)
    assert (span.text, span.line, span.column, span.place) == ("two", 2, 1, "a.nn:2")
    assert span.to(Span(SOURCE, 10, 14)).text == "two\r\n\nfour"
    assert span == Span(Source("b.nn", ""), 4, 7)


def test_a_report_tells_a_mistake_once() -> None:
    report = Report()
    first = problem("NN0001", Span(SOURCE, 0, 3), found="`one`")
    report.add(first)
    report.add(problem("NN0001", Span(SOURCE, 0, 3), "again", found="`one`"))
    report.add(problem("NN0001", Span(SOURCE, 4, 7), found="`two`"))
    assert [d.labels[0].span.text for d in report] == ["one", "two"]
    with pytest.raises(NNError) as caught:
        report.stop_if_failed()
    assert caught.value.diagnostics == tuple(report)


def test_nothing_reported_stops_nothing() -> None:
    report = Report()
    report.stop_if_failed()
    assert not report.failed


def test_labels_besides() -> None:
    item = problem("NN0001", None, also=(Label(Span(SOURCE, 0, 3), "here"),), found="`one`")
    assert [label.text for label in item.labels] == ["here"]
