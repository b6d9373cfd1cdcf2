"""What is seen of a run: a bar on a terminal, a line an epoch elsewhere, one object a line for programs."""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Callable, Mapping
from typing import Any, Literal, TextIO

from nndsl.diagnostics import render
from nndsl.runtime.escape import printable
from nndsl.runtime.events import (
    Ended,
    Epoch,
    EpochEnded,
    Event,
    Failed,
    Listener,
    Noticed,
    Progress,
    RateReduced,
    Result,
    Started,
)

How = Literal["shown", "quiet", "json"]
WAIT = 0.5
"""Runs shorter than this, in seconds, are over before a bar could be read; rich is not even imported for them."""


def choose(how: How, out: TextIO, err: TextIO, environment: Mapping[str, str] = os.environ, run: str | None = None) -> Listener:
    """The listener that suits.

    Args:
        how: what was asked for on the command line.
        out, err: standard output and standard error.
        environment: where NO_COLOR, FORCE_COLOR and TERM stand.
        run: the run's folder, for `--json`.
    """
    if how == "json":
        return JsonLines(out, err, run)
    if how == "quiet":
        return Quiet(err)
    if is_terminal(err, environment):
        return Terminal(err, environment)
    return PlainLines(err)


def is_terminal(stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Whether a stream can be drawn on."""
    return stream.isatty() and environment.get("TERM", "") != "dumb"


def coloured(stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Whether to colour: NO_COLOR forbids it, FORCE_COLOR asks for it, else terminals are coloured."""
    if environment.get("NO_COLOR"):
        return False
    return bool(environment.get("FORCE_COLOR")) or is_terminal(stream, environment)


def figure(value: Any) -> str:
    """A figure in four digits, or more where it takes them."""
    if isinstance(value, (int, float)):
        usual = math.isfinite(value) and (value == 0 or 1e-3 <= abs(value) < 1e4)
        return f"{value:.4f}" if usual else f"{value:.4g}"
    return "[" + " ".join(figure(v) for v in value) + "]"


def figures_text(figures: Mapping[str, Any]) -> str:
    """Figures in a row."""
    return "  ".join(f"{printable(name)} {figure(value)}" for name, value in figures.items())


def epoch_text(record: Epoch, epochs: int) -> str:
    """An epoch as a line."""
    number = str(record.epoch).rjust(len(str(epochs)))
    return f"epoch {number}/{epochs}  {figures_text(record.figures)}  {seconds_text(record.seconds)}"


def seconds_text(seconds: float) -> str:
    """A time span in the unit that suits."""
    return f"{seconds * 1000:.3g} ms" if seconds < 1 else f"{seconds:.1f} s" if seconds < 120 else f"{seconds / 60:.1f} min"


def end_text(result: Result) -> str:
    """How the run ended, as a line or two."""
    words = {"finished": f"{result.epochs} epochs", "early_stop": f"stopped early after {result.epochs} epochs",
             "interrupted": f"stopped on request in epoch {result.epochs + 1}"}
    lines = [f"{words[result.stopped]}, {result.step} steps, {seconds_text(result.seconds)}"]
    if result.best and result.chosen != result.step and result.stopped != "interrupted":
        lines.append(f"the weights are those of epoch {result.best['epoch']}, the best")
    if result.test:
        lines.append(f"test  {figures_text(result.test)}")
    return "\n".join(lines)


def started_text(event: Started) -> str:
    """What a run begins with, as a line."""
    parts = [f"{event.samples} samples"] + [f"{n} for {word}" for n, word in
                                            ((event.validation, "validation"), (event.test, "the test")) if n]
    gone_on = f"; going on after step {event.step}, epoch {len(event.history)}" if event.step else ""
    return ", ".join(parts) + gone_on


class PlainLines:
    """One line an epoch, for files and pipes."""

    def __init__(self, stream: TextIO, colour: bool = False) -> None:
        self.stream, self.colour, self.epochs = stream, colour, 0

    def __call__(self, event: Event) -> None:
        """Write what there is to say of an event."""
        say = self._table.get(type(event))
        if say is not None:
            self.write(say(self, event))

    def write(self, text: str) -> None:
        """Write a line at once."""
        print(text, file=self.stream, flush=True)

    def _noticed(self, event: Noticed) -> str:
        return render(event.diagnostic, colour=self.colour)

    def _lowered(self, event: RateReduced) -> str:
        return f"learning rate lowered to {event.rate:.4g} times what it was: {printable(event.monitor)} no longer gets better"

    _table: dict[type, Callable[..., str]] = {
        Started: lambda self, event: started_text(event),
        EpochEnded: lambda self, event: epoch_text(event.record, event.epochs),
        RateReduced: _lowered,
        Noticed: _noticed,
        Ended: lambda self, event: end_text(event.result),
    }


class Quiet(PlainLines):
    """Only what is loud."""

    def __call__(self, event: Event) -> None:
        """Write warnings."""
        if isinstance(event, Noticed):
            super().__call__(event)


class JsonLines(PlainLines):
    """One object a line on standard output, for programs; warnings go to standard error as text."""

    def __init__(self, out: TextIO, err: TextIO, run: str | None = None) -> None:
        super().__init__(err)
        self.out, self.run = out, run

    def __call__(self, event: Event) -> None:
        """Write epochs and the end as objects."""
        if isinstance(event, EpochEnded):
            self._object({"event": "epoch", **event.record.line()})
        elif isinstance(event, Ended):
            self._object({"event": "end", **event.result.line(), "run": self.run})
        elif isinstance(event, Noticed):
            super().__call__(event)

    def _object(self, value: Mapping[str, Any]) -> None:
        print(json_line(value), file=self.out, flush=True)


def json_line(value: Mapping[str, Any]) -> str:
    """An object as one line; numbers that are not finite, for which JSON has no word, are null."""
    return json.dumps(_finite(value), ensure_ascii=False, allow_nan=False)


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {key: _finite(v) for key, v in value.items()}
    return [_finite(v) for v in value] if isinstance(value, (list, tuple)) else value


class Terminal(PlainLines):
    """A bar for the epoch under way, and above it a line for each that is over."""

    def __init__(self, stream: TextIO, environment: Mapping[str, str], clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(stream, coloured(stream, environment))
        self.clock, self.begun = clock, clock()
        self._shown: Any = None

    def __call__(self, event: Event) -> None:
        """Draw what there is to see of an event."""
        if isinstance(event, Started):
            self.epochs, self.begun = event.epochs, self.clock()
        if isinstance(event, Progress):
            if self._shown is None and self.clock() - self.begun > WAIT:
                self._shown = self._open()
            if self._shown is not None:
                self._draw(event)
            return
        if isinstance(event, (Ended, Failed)):
            self._close()
        super().__call__(event)

    def write(self, text: str) -> None:
        """Write a line, above the bar if there is one."""
        if self._shown is None:
            super().write(text)
        else:
            self._shown.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def _open(self) -> Any:
        # rich takes a fifth of a second to import, and only long runs on a terminal need it
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        console = Console(file=self.stream, force_terminal=True, no_color=not self.colour, highlight=False)
        bar = Bar(TextColumn("{task.description}", markup=False), BarColumn(), TextColumn("{task.percentage:>3.0f}%"),
                  TimeRemainingColumn(), TextColumn("{task.fields[figures]}", markup=False), console=console, transient=True,
                  refresh_per_second=10)
        bar.add_task("", total=None, figures="")
        bar.start()
        return bar

    def _draw(self, event: Progress) -> None:
        self._shown.update(self._shown.task_ids[0], description=f"epoch {event.epoch}/{self.epochs}", total=event.samples,
                           completed=event.done, figures=figures_text(event.figures))

    def _close(self) -> None:
        if self._shown is not None:
            self._shown.stop()
            self._shown = None
