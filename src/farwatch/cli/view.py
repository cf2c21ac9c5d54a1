"""The live terminal view of a watch: feeds, events and alerts. Pure: a Board in, Rich out.

Nothing is said by colour alone: every state has a word or a mark of its own, so the view reads the
same on a terminal without colour and to eyes that do not tell red from green.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from farwatch.channels.terminal import printable
from farwatch.model.event import Event, State
from farwatch.model.protect import Alert, AlertState, Message, Route
from farwatch.model.terms import Source
from farwatch.protect.wording import kind_name
from farwatch.store.health import Health, Volume

EXERCISE = "EXERCISE  EXERCISE  EXERCISE"
ROUTES = {Route.INTERRUPT: "I now", Route.QUEUE: "II queue", Route.DIGEST: "III digest"}
# Blue, orange and grey: apart for every kind of colour vision, and each beside a word.
_ROUTE_STYLE = {
    Route.INTERRUPT: "bold white on dark_orange3",
    Route.QUEUE: "bold orange1",
    Route.DIGEST: "bright_blue",
}
_FEED = {
    "ok": ("● ok", "bright_blue"),
    "silent": ("○ silent", "bold orange1"),
    "failing": ("✕ failing", "bold white on dark_orange3"),
    "waiting": ("· waiting", "dim"),
}
_FEED_ORDER = {"failing": 0, "silent": 1, "ok": 2, "waiting": 3}
_CLOSED = (AlertState.CANCELLED, AlertState.CLOSED, AlertState.EXPIRED)


@dataclass(frozen=True, slots=True)
class Feed:
    """One line of the feeds panel. `state` is ok, silent, failing or waiting (never heard yet).

    `new` and `rejected` count the records of the window the caller chose; `note` says why.
    """

    name: str
    state: str
    last_heard: datetime | None = None
    new: int = 0
    rejected: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """What the view shows at `now`. `counts` are totals shown in the head, in their order.

    Feeds are shown worst first, events and alerts newest first, whatever order they come in; what
    does not fit (`rows` a panel) is counted and not shown. Give the newest revision of each alert.
    """

    feeds: Sequence[Feed]
    events: Sequence[Event]
    alerts: Sequence[Alert]
    now: datetime
    exercise: bool = False
    counts: Mapping[str, int] = field(default_factory=dict)
    rows: int = 8


def feed(source: Source, health: Health, volume: Volume, since: datetime, now: datetime) -> Feed:
    """The line of a source as the store knows it; `since` is when listening to it began."""
    silence = now - (health.last_new or since)
    if health.failures:
        state, note = "failing", f"{health.failures} in a row: {health.last_error or 'no reason'}"
    elif silence > timedelta(hours=source.silent_after_hours):
        state, note = "silent", f"{_age(silence)}, bound {source.silent_after_hours:g} h"
    elif health.last_heard is None:
        state, note = "waiting", "not heard yet"
    else:
        state, note = "ok", ""
    return Feed(source.id, state, health.last_new, volume.accepted, volume.rejected, note)


def render(board: Board) -> RenderableType:
    """The whole view, at any width from 80 columns. An exercise is framed by its banner."""
    parts: list[RenderableType] = [_head(board), _feeds(board), _events(board), _alerts(board)]
    if board.exercise:
        parts = [banner(), *parts, banner()]
    return Group(*parts)


def plain_line(alert: Alert) -> str:
    """An alert in one line for a pipe or a log: time, message, route, release, sites, headline.

    Holds no line break and no control character, whatever a feed wrote.
    """
    marks = [f"{alert.sent:%Y-%m-%dT%H:%M:%SZ}", alert.message.value, f"route {alert.route.value}"]
    marks.append("released" if alert.released else "desk only")
    line = f"{' | '.join(marks)} | {', '.join(alert.sites) or 'no site'} | {alert.headline}"
    return ("EXERCISE | " if alert.exercise else "") + _one_line(line)


def _one_line(text: str) -> str:
    return printable(" ".join(text.split()))


def banner() -> RenderableType:
    """The line no reader can miss: this is an exercise."""
    style = "bold black on bright_yellow"
    return Padding(Text(EXERCISE, justify="center"), 0, style=style, expand=True)


def _head(board: Board) -> RenderableType:
    counts = "  ".join(f"{_number(value)} {name}" for name, value in board.counts.items())
    title = f"[bold]Farwatch[/]  {board.now:%a %d %b %Y %H:%M} UTC"
    return Group(Rule(title, align="left", style="dim"), Text(counts, style="dim"))


def _number(value: int) -> str:
    return f"{value:,}".replace(",", " ")


def _table() -> Table:
    return Table(box=None, expand=True, padding=(0, 1, 0, 0), header_style="dim", pad_edge=False)


def _panel(table: Table, title: str, shown: int, total: int) -> Panel:
    more = f"{total - shown} more" if total > shown else None
    body: RenderableType = table if total else Text("none yet", style="dim")
    return Panel(body, title=title, title_align="left", subtitle=more, subtitle_align="right")


def _feeds(board: Board) -> Panel:
    table = _table()
    table.add_column("feed", ratio=3, no_wrap=True, overflow="ellipsis")
    table.add_column("health", width=9, no_wrap=True)
    table.add_column("last new", width=8, justify="right", no_wrap=True)
    table.add_column("new", width=6, justify="right", no_wrap=True)
    table.add_column("refused", width=7, justify="right", no_wrap=True)
    table.add_column("", ratio=4, no_wrap=True, overflow="ellipsis")
    ordered = sorted(board.feeds, key=lambda f: (_FEED_ORDER[f.state], f.name))
    for line in ordered[: board.rows]:
        word, style = _FEED[line.state]
        last = _age(board.now - line.last_heard) if line.last_heard else "never"
        rejected = _number(line.rejected) if line.rejected else ""
        table.add_row(
            _cell(line.name), Text(word, style=style), last, _number(line.new), rejected,
            _cell(line.note),
        )  # fmt: skip
    ill = sum(f.state in ("silent", "failing") for f in board.feeds)
    title = f"Feeds: {len(board.feeds)}" + (f", {ill} need a look" if ill else ", all well")
    return _panel(table, title, min(len(ordered), board.rows), len(ordered))


def _events(board: Board) -> Panel:
    table = _table()
    table.add_column("heard", width=8, justify="right", no_wrap=True)
    table.add_column("kind", width=19, no_wrap=True, overflow="ellipsis")
    table.add_column("severity", width=8, no_wrap=True)
    table.add_column("grade", width=5, no_wrap=True)
    table.add_column("place", ratio=2, no_wrap=True, overflow="ellipsis")
    table.add_column("title", ratio=4, no_wrap=True, overflow="ellipsis")
    ordered = sorted(board.events, key=lambda e: (e.last_reported, e.id), reverse=True)
    for event in ordered[: board.rows]:
        place = event.place.name if event.place else "not located"
        over = "" if event.state is State.LIVE else f"[{event.state.value}] "
        table.add_row(
            _age(board.now - event.last_reported), _cell(kind_name(event.kind)),
            _severity(event.severity), str(event.grade), _cell(place), _cell(over + event.title),
            style="" if event.state is State.LIVE else "dim",
        )  # fmt: skip
    return _panel(table, "Newest events", min(len(ordered), board.rows), len(ordered))


def _alerts(board: Board) -> Panel:
    table = _table()
    table.add_column("sent", width=8, justify="right", no_wrap=True)
    table.add_column("route", width=10, no_wrap=True)
    table.add_column("told", width=9, no_wrap=True)
    table.add_column("sites", ratio=2, overflow="fold")
    table.add_column("headline", ratio=4)
    ordered = sorted(board.alerts, key=lambda a: (a.sent, a.id), reverse=True)
    for alert in ordered[: board.rows]:
        off = alert.state in _CLOSED or alert.message is Message.CANCEL
        route = Text(ROUTES[alert.route], style="dim" if off else _ROUTE_STYLE[alert.route])
        table.add_row(
            _age(board.now - alert.sent), route, "released" if alert.released else "desk only",
            _cell(_sites(alert)), _cell(_standing(alert) + alert.headline),
            style="dim" if off else "",
        )  # fmt: skip
    title = f"Alerts: {sum(_is_open(a) for a in board.alerts)} open"
    return _panel(table, title, min(len(ordered), board.rows), len(ordered))


def _is_open(alert: Alert) -> bool:
    return alert.state is AlertState.OPEN and alert.message is not Message.CANCEL


def _standing(alert: Alert) -> str:
    """What a reader must know before the headline: cancelled, updated, not open any more."""
    if alert.message is Message.CANCEL:
        return "CANCELLED: "
    if alert.state is not AlertState.OPEN:
        return f"[{alert.state.value}] "
    return "Update: " if alert.message is Message.UPDATE else ""


def _sites(alert: Alert, most: int = 1) -> str:
    names = {e.site: e.site_name for e in alert.exposures if e.site_name}
    shown = [names.get(site, site) for site in alert.sites[:most]]
    more = len(alert.sites) - most
    return (", ".join(shown) + (f" +{more}" if more > 0 else "")) or "no site"


def _severity(severity: int) -> Text:
    style = "bold orange1" if severity >= 4 else "orange1" if severity == 3 else "bright_blue"
    return Text(f"{severity} " + "■" * severity + "·" * (5 - severity), style=style)


def _cell(text: str) -> Text:
    return Text(_one_line(text))


def _age(age: timedelta) -> str:
    seconds = max(int(age.total_seconds()), 0)
    if seconds < 60:
        return "now"
    if seconds < 3600:
        return f"{seconds // 60} min"
    if seconds < 48 * 3600:
        return f"{seconds // 3600} h"
    return f"{seconds // 86400} d"
