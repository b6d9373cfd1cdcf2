"""The group of verbs: what `nndsl` alone shows, and how every verb ends."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence

import click

from nndsl import __version__

VERBS = {
    "run": "Compile and train a model, evaluate it on the test part, save it.",
    "check": "Report every mistake of one or more files.",
    "lint": "Advise on what is right but will hardly learn, with the reason and a remedy.",
    "diff": "Say what differs in meaning between two model files.",
    "inspect": "Show layers, shapes and parameters, formulas, derivatives, stages or code.",
    "verify": "Prove the generated derivatives, and hold them against numbers.",
    "list": "List the standard library.",
    "doc": "Show a definition: formula, derivative, settings, kinks, a plot.",
    "evaluate": "Evaluate a trained model, on its own test part or on other data.",
    "predict": "Write a trained model's predictions for new data.",
    "explain": "Explain a diagnostic's code, with a wrong and a right example.",
}
"""Each verb, a module of this package, and its help's first sentence: `nndsl --help` imports none of them."""

FAILED, STOPPED = 1, 130
"""Exit codes beside 0, and 2 for wrong arguments, which is click's."""


class Verbs(click.Group):
    """The verbs, each imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the verbs, in the order of work."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb of that name, or None."""
        if cmd_name not in VERBS:
            return None
        command = importlib.import_module(f"nndsl.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """As click's, with a hint where the verb was misspelt."""
        if args[0] not in VERBS and not args[0].startswith("-"):
            from nndsl.diagnostics import nearest  # only where a verb was misspelt

            close = nearest(args[0], VERBS)
            hint = f" Did you mean '{close}'?" if close else ""
            ctx.fail(f"No such command '{args[0]}'.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The verbs with a sentence each, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


@click.command(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, package_name="nndsl", message="%(prog)s %(version)s")
def group() -> None:
    """A small language for neural networks.

    Start with `nndsl run FILE.nn`; `nndsl VERB --help` tells more.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code: 0 fine, 1 failed, 2 wrong arguments, 130 stopped by Ctrl-C."""
    try:
        code = group.main(arguments, prog_name="nndsl", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped", err=True)
        code = STOPPED
    except BrokenPipeError:
        # whoever read our output has left; what Python would still flush at its end goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = FAILED
    except Exception as error:
        code = _failed(error)
    sys.exit(code)


def _failed(error: Exception) -> int:
    """Tell what went wrong and give the exit code; a mistake of our own is said to be one."""
    from nndsl.cli.terminal import show  # only where something failed
    from nndsl.diagnostics import NNError

    if isinstance(error, NNError):
        show(error.diagnostics)
        return FAILED
    if os.environ.get("NNDSL_TRACEBACK"):
        raise error
    click.echo(f"internal error: {type(error).__name__}: {error}", err=True)
    click.echo("This is a mistake of nndsl's. NNDSL_TRACEBACK=1 shows where it happened.", err=True)
    return FAILED
