"""The `farwatch` program: a literal table of commands, each imported only when it is run."""

from __future__ import annotations

import importlib
import os
import sys
from typing import NoReturn, cast

import click

from farwatch import __version__
from farwatch.errors import FarwatchError

# command -> (module under farwatch.cli that holds `command`, one line of help)
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("demo", "Run the main job to its end on an exercise world."),
    "collect": ("collect", "Read feeds, or recorded files, into the desk once."),
    "watch": ("watch", "Read, understand, screen and alert continuously; replay a folder."),
    "up": ("up", "Serve the desk's console and API, the watch beside them."),
    "worker": ("up", "Run the watch without pages; of several one leads."),
    "exercise": ("exercise", "Run seeded exercises and score the desk."),
    "world": ("world", "Compile the gazetteer and borders that every command reads."),
    "gazetteer": ("gazetteer", "Look up places, import GeoNames' full dump."),
    "locate": ("locate", "Find the places that texts name."),
    "sites": ("sites", "Import and list the sites in our care."),
    "screen": ("screen", "Find the sites within reach of events."),
    "grade": ("grade", "Grade reports: reliability and credibility, with reasons."),
    "classify": ("classify", "Say what happening texts tell."),
    "merge": ("merge", "Group texts that tell of one happening."),
    "history": ("history", "Import the past of violence with its vintages, list what is held."),
    "assess": ("assess", "Assess a place: levels 1-6 with factors and coverage."),
    "trends": ("trends", "Show a country's trends and when they changed."),
    "forecast": ("forecast", "Forecast violence: train, run, show, backtest; a site's outlook."),
    "events": ("events", "List, join, part and regrade events, undo it; rebuild the search index."),
    "alerts": ("alerts", "List, acknowledge, release, dispose and export alerts."),
    "recipients": ("recipients", "Import and list who may be told, and their rotas."),
    "deliveries": ("deliveries", "Show who was told and who has not confirmed."),
    "explain": ("explain", "Print what stands behind an alert, an event or an assessment."),
    "audit": ("audit", "Check and list the chain of decisions."),
    "accounts": ("accounts", "List, add, reset and deactivate who may sign in."),
    "backup": ("backup", "Write a running desk into one file."),
    "restore": ("backup", "Restore such a file into an empty desk."),
    "sources": ("sources", "List sources, terms and health; remove what is past its retention."),
    "doctor": ("doctor", "Say what is configured, reachable and missing."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when run, so that `--help` answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order of the table (the order of the work)."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"farwatch.cli.{COMMANDS[cmd_name][0]}")
        return cast(click.Command, getattr(module, cmd_name.replace("-", "_")))

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; click's own exit code for a reader that went away would be 1."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _reader_left()

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="farwatch")
def cli() -> None:
    """An overseas-security desk: from open reports to a warned site."""


def main() -> None:
    """Run the program; an error is one sentence on standard error and its exit code."""
    try:
        cli(standalone_mode=False)
        sys.stdout.flush()
    except FarwatchError as error:
        sentence = " ".join(str(error).split())  # a library's own words may run over lines
        click.echo(f"farwatch: {sentence}", err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:
        _reader_left()
    except OSError as error:  # a folder that is read-only, a disk that is full
        what = f"{error.filename}: " if error.filename else ""
        click.echo(f"farwatch: {what}{error.strerror or error}", err=True)
        sys.exit(FarwatchError.exit_code)


def _reader_left() -> NoReturn:
    """Exit with 141; what is still buffered goes nowhere, for flushing it would fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(141)
