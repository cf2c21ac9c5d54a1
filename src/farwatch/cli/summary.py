"""The end of an exercise, as a person wants to read it: heard, told, scored, what to try next."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from farwatch.channels.terminal import printable
from farwatch.cli.view import ROUTES, banner
from farwatch.exercise.score import Finding
from farwatch.model.protect import Alert, Message, Route, Site
from farwatch.protect.wording import kind_name

_MARKS = {
    "met": ("✓ met", "bright_blue"),
    "late": ("○ late", "bold orange1"),
    "missed": ("✕ missed", "bold orange1"),
    "kept": ("✓ kept", "bright_blue"),
    "broken": ("✕ forbidden", "bold orange1"),
    "off": ("✕ off", "bold orange1"),
}
_GROUPS = (
    ("expect", "Alerts that should have come", ("met", "late", "missed")),
    ("forbid", "Things that must not happen", ("kept", "broken")),
    ("level", "Threat levels in their range", ("met", "off")),
)
_LOUDEST = (Route.INTERRUPT, Route.QUEUE, Route.DIGEST)


@dataclass(frozen=True, slots=True)
class Run:
    """One exercise that was run. `alerts` are every revision of every alert; `start` is day 1.

    `kept` is the folder that keeps the replay and, in `desk`, the desk; None if it was not kept.
    """

    scenario: str
    title: str
    seed: int
    start: datetime
    end: datetime
    sites: Sequence[Site]
    alerts: Sequence[Alert]
    seconds: float | None = None
    picture: Path | None = None
    kept: Path | None = None


def standing(finding: Finding) -> str:
    """met, late or missed for an expected alert; kept or broken for a ban; met or off a level."""
    if finding.rule == "expect":
        return "met" if finding.passed else "missed" if finding.late_seconds is None else "late"
    if finding.rule == "forbid":
        return "kept" if finding.passed else "broken"
    return "met" if finding.passed else "off"


def summary(findings: Sequence[Finding], counts: Mapping[str, int], run: Run) -> RenderableType:
    """The whole summary for a terminal or a file, at any width from 80 columns.

    `counts` are what was heard, in the order to be shown: {"documents": 1200, "reports": ...}.
    """
    return Group(
        banner(),
        _opening(counts, run),
        _section("What the desk was told"),
        *_by_site(run),
        _section("Score"),
        *_score(findings),
        _section("What to try next"),
        *_next(run),
        banner(),
    )


def verdict(findings: Sequence[Finding]) -> str:
    """The score in one sentence, for the last line of a log."""
    wrong = [f for f in findings if not f.passed]
    if not findings:
        return "Nothing was scored."
    if not wrong:
        met = f"All {len(findings)} marks are met" if len(findings) > 1 else "The one mark is met"
        return f"{met}: every alert in time, none that should not come."
    words = [
        f"{count} {word}"
        for word in ("missed", "late", "broken", "off")
        if (count := sum(standing(f) == word for f in wrong))
    ]
    told = ", ".join(words).replace("broken", "forbidden").replace("off", "level off")
    return f"{len(findings) - len(wrong)} of {len(findings)} marks met; {told}."


def next_steps(run: Run) -> list[tuple[str, str]]:
    """Commands worth trying after this run, each with what it shows."""
    steps: list[tuple[str, str]] = []
    again = f"farwatch exercise run {run.scenario} --seed {run.seed + 1}"
    if run.kept is None:
        steps.append((f"{again} --keep exercise", "another seed, kept so that you can look around"))
        return [*steps, ("farwatch doctor", "what a desk of your own still needs")]
    desk = f"FARWATCH_EXERCISE=1 FARWATCH_DATA_DIR={shlex.quote(str(run.kept / 'desk'))} farwatch"
    steps.append((f"{desk} alerts list", "every alert, with its state and whom it reached"))
    steps.append((f"{desk} up", "the desk in your browser: map, alerts, their reasons"))
    loud = min(run.alerts, key=lambda a: (_LOUDEST.index(a.route), a.sent), default=None)
    if loud is not None:
        steps.append(
            (f"{desk} explain {loud.id}", "the loudest alert, back to the reports it rests on")
        )
    replay = f"farwatch watch --replay {shlex.quote(str(run.kept))} --speed 3600"
    steps.append((replay, "the same days live, an hour a second"))
    return [*steps, (again, "other times and words"), ("farwatch doctor", "a desk of your own")]


def _opening(counts: Mapping[str, int], run: Run) -> RenderableType:
    days = max((run.end - run.start).days, 1)
    took = f", watched in {_seconds(run.seconds)}" if run.seconds is not None else ""
    heard = ", ".join(f"{_number(value)} {name}" for name, value in counts.items())
    lines = [
        Text(printable(run.title), style="bold"),
        Text(
            f"{run.scenario}, seed {run.seed}: {days} days from {run.start:%d %B %Y}{took}.",
            style="dim",
        ),
        Text(f"Heard {heard}." if heard else "Nothing was heard."),
    ]
    return Padding(Group(*lines), (1, 0, 0, 0))


def _seconds(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60:02d} s"


def _section(title: str) -> RenderableType:
    return Padding(Rule(f"[bold]{title}[/]", align="left", style="dim"), (1, 0, 0, 0))


def _by_site(run: Run) -> Iterator[RenderableType]:
    quiet: list[str] = []
    for site in sorted(run.sites, key=lambda s: (s.tier, s.name)):
        told = [a for a in run.alerts if site.id in a.sites]
        if told:
            yield Text.assemble((printable(site.name), "bold"), (f"  tier {site.tier}", "dim"))
            yield _time_line(told, run)
        else:
            quiet.append(printable(site.name))
    if regional := [a for a in run.alerts if not a.sites]:
        yield Text("No single site", style="bold")
        yield _time_line(regional, run)
    if quiet:
        yield Text.assemble(("Nothing was sent about ", "dim"), ", ".join(quiet), ".")


def _time_line(alerts: Sequence[Alert], run: Run) -> RenderableType:
    """One line a happening, in the order they were first told."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(width=9, no_wrap=True)
    table.add_column(width=10, no_wrap=True)
    table.add_column(ratio=1)
    threads: dict[str, list[Alert]] = {}
    for alert in sorted(alerts, key=lambda a: (a.sent, a.id, a.revision)):
        threads.setdefault(alert.event, []).append(alert)
    for thread in threads.values():
        route = next(r for r in _LOUDEST if any(a.route is r for a in thread))
        what = Text(printable(thread[0].headline) or kind_name(thread[0].kind))
        if course := _course(thread, run):
            what.append(f"\n{course}", style="dim")
        table.add_row(
            _day(thread[0].sent, run),
            Text(ROUTES[route], style="bold orange1" if route is Route.INTERRUPT else ""),
            what,
        )
    return Padding(table, (0, 0, 1, 2))


def _course(thread: Sequence[Alert], run: Run) -> str:
    """What became of a happening's alert: who was warned, when it changed and ended."""
    words: list[str] = []
    released = [a for a in thread if a.released and a.recipient != "desk"]
    if released:
        words.append(f"site warned {_day(released[0].sent, run)}")
    updates = {a.sent for a in thread if a.message is Message.UPDATE}
    if updates:
        count = "updated" if len(updates) == 1 else f"{len(updates)} updates, last"
        words.append(f"{count} {_day(max(updates), run)}")
    cancels = [a.sent for a in thread if a.message is Message.CANCEL]
    if cancels:
        words.append(f"cancelled {_day(max(cancels), run)}")
    return ", ".join(words)


def _day(when: datetime, run: Run) -> str:
    return f"d{(when.date() - run.start.date()).days + 1} {when:%H:%M}"


def _score(findings: Sequence[Finding]) -> Iterator[RenderableType]:
    yield Text(verdict(findings), style="bold")
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    for rule, title, words in _GROUPS:
        of_rule = [standing(f) for f in findings if f.rule == rule]
        if of_rule:
            told = [f"{of_rule.count(word)} {_said(word)}" for word in words if word in of_rule]
            table.add_row(title, ", ".join(told))
    yield table
    wrong = [f for f in findings if not f.passed]
    if wrong:
        yield Padding(_wrong(wrong), (1, 0, 0, 0))


def _wrong(findings: Sequence[Finding]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(width=11, no_wrap=True)
    table.add_column(ratio=1)
    order = list(_MARKS)
    for finding in sorted(findings, key=lambda f: -order.index(standing(f))):
        mark, style = _MARKS[standing(finding)]
        told = Text.assemble((printable(finding.name), "bold"), f": {printable(finding.detail)}")
        table.add_row(Text(mark, style=style), told)
    return table


def _said(word: str) -> str:
    return "forbidden, and came" if word == "broken" else word


def _next(run: Run) -> Iterator[RenderableType]:
    if run.picture is not None:
        yield Text.assemble(("The map: ", "bold"), str(run.picture), overflow="fold")
    for command, why in next_steps(run):
        yield Text(f"# {why}", style="dim")
        yield Text(command, overflow="fold", no_wrap=False)


def _number(value: int) -> str:
    return f"{value:,}".replace(",", " ")
