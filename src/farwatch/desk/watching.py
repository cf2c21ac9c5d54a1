"""The watch: documents in, alerts out, continuously; a killed watch goes on where it stood."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml
from sqlalchemy import Connection

from farwatch.channels.exercise_wall import Channel
from farwatch.collect import archive
from farwatch.desk import listening
from farwatch.desk.collecting import Place, Taken, take, unreachable
from farwatch.desk.delivering import deliver
from farwatch.desk.heartbeat import DELIVERY, SCREENING, beat
from farwatch.desk.levels import level_changes
from farwatch.desk.opening import Desk
from farwatch.desk.protecting import InCare, in_care, protect
from farwatch.desk.retaining import retain_daily
from farwatch.desk.understanding import process
from farwatch.errors import UsageError
from farwatch.model.document import Document
from farwatch.model.event import Event, State
from farwatch.model.protect import Alert, AlertState
from farwatch.model.times import parse_utc
from farwatch.store import alerts, events, reports, sites
from farwatch.store.mover import move_inbox

REPLAY = "replay"
_HOURLY = "hourly"
_MOVE_EVERY = 300.0  # seconds of the machine's own time, however fast a replay runs


@dataclass
class Seen:
    """What a watcher on the terminal is shown as the watch goes on."""

    now: datetime | None = None
    feeds: dict[str, Taken] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


class Watch:
    """One running watch over a desk. `told` is called after every step, with what was seen."""

    def __init__(
        self,
        desk: Desk,
        channels: Mapping[str, Channel],
        told: Callable[[Seen], None] = lambda _: None,
    ) -> None:
        self.desk = desk
        self.channels = channels
        self.told = told
        self.seen = Seen()
        self._care: InCare | None = None
        self._mark: tuple[datetime | None, int] = (None, 0)
        self._moved = time.monotonic()

    def hear(self, document: Document, place: Place | None = None) -> Taken:
        """Take one document in and carry it through to alerts."""
        taken = take(self.desk, document, place)
        self._count(taken)
        self.settle(document.received)
        return taken

    def fail(self, source: str, at: datetime, why: str, place: Place | None = None) -> None:
        """A source could not be reached."""
        unreachable(self.desk, source, at, why, place)
        self._count(Taken(source, "", at, failed=why))
        self.settle(at)

    def settle(self, now: datetime) -> None:
        """Understand all that waits, screen, decide, listen for silence, hand over."""
        self.seen.now = now
        while self._understand():
            pass
        self._listen(now)
        self._hourly(now)
        beat(self.desk, SCREENING, every_s=10)
        self.seen.counts.update(deliver(self.desk, self.channels, now))
        beat(self.desk, DELIVERY, every_s=10)
        self.told(self.seen)

    def catch_up(self) -> int:
        """Understand all that waits and decide, handing nothing over; how many events changed."""
        while self._understand():
            self.told(self.seen)
        return self.seen.counts["events changed"]

    def pass_time(self, after: datetime, until: datetime) -> None:
        """Live through the silences that begin between two documents."""
        with self.desk.database.read() as conn:
            moments = listening.deadlines(self.desk, conn, after, until)
        for moment in moments:
            self.settle(moment)

    @property
    def care(self) -> InCare:
        """The sites in our care, loaded again when one was changed."""
        with self.desk.database.read() as conn:
            return self._in_care(conn)

    def _in_care(self, conn: Connection) -> InCare:
        mark = sites.mark(conn)
        if self._care is None or mark != self._mark:
            self._care, self._mark = in_care(conn), mark
        return self._care

    def _understand(self) -> bool:
        with self.desk.database.begin() as conn:
            care = self._in_care(conn)
            try:
                now, changed = process(self.desk, conn, care.sites)
            except LookupError:
                return False
            sent = protect(self.desk, conn, care, changed, now)
        self._show(changed, sent)
        return True

    def _listen(self, now: datetime) -> None:
        with self.desk.database.begin() as conn:
            care = self._in_care(conn)
            changed = listening.listen(self.desk, conn, care.sites, now)
            sent = protect(self.desk, conn, care, changed, now)
        self._show(changed, sent)

    def _hourly(self, now: datetime) -> None:
        """Once an hour: let what is over end, assess our places, move the inbox; once a
        day remove what is past its retention."""
        hour = now.replace(minute=0, second=0, microsecond=0).isoformat()
        with self.desk.database.begin() as conn:
            if reports.cursor(conn, _HOURLY).get("hour", "") >= hour:
                return
            over = [_over(event) for event in events.expired(conn, now)]
            events.put(conn, over)
            ran_out = [replace(a, state=AlertState.EXPIRED) for a in alerts.ended(conn, now)]
            alerts.put(conn, ran_out)
            care = self._in_care(conn)
            changed = level_changes(self.desk, conn, care.sites.values(), now)
            sent = protect(self.desk, conn, care, changed, now)
            reports.set_cursor(conn, _HOURLY, {"hour": hour})
        self._show(changed, sent)
        retain_daily(self.desk, now)
        if time.monotonic() - self._moved >= _MOVE_EVERY:
            self.move(now)

    def move(self, now: datetime) -> None:
        """Move what is understood to the lake."""
        move_inbox(self.desk.database, self.desk.lake, now)
        self._moved = time.monotonic()

    def _show(self, changed: list[Event], sent: list[Alert]) -> None:
        self.seen.events = [*self.seen.events, *changed][-200:]
        self.seen.alerts = [*self.seen.alerts, *sent][-200:]
        self.seen.counts["events changed"] += len(changed)
        self.seen.counts["alerts"] += len(sent)

    def _count(self, taken: Taken) -> None:
        self.seen.feeds[taken.source] = taken
        for name in ("new", "versions", "unchanged"):
            self.seen.counts[name] += getattr(taken, name)
        self.seen.counts["rejected"] += len(taken.rejected)
        self.seen.counts["documents"] += 1


def _over(event: Event) -> Event:
    return replace(event, version=event.version + 1, state=State.ENDED)


@dataclass(frozen=True, slots=True)
class Replay:
    """What a replay folder says of itself."""

    name: str
    start: datetime
    end: datetime
    exercise: bool
    title: str = ""
    seed: int | None = None


def read_replay(folder: Path) -> Replay:
    """Read FOLDER/replay.yaml; raises UsageError naming what is wrong."""
    path = folder / "replay.yaml"
    try:
        body = yaml.safe_load(path.read_text(encoding="utf-8"))
        return Replay(
            body["name"], parse_utc(body["start"]), parse_utc(body["end"]), bool(body["exercise"]),
            body.get("title", ""), body.get("seed"),
        )  # fmt: skip
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise UsageError(f"replay file {str(path)!r} cannot be read: {error}") from error


def replay(
    watch: Watch, folder: Path, speed: float = 0.0, wait: Callable[[float], None] = time.sleep
) -> Seen:
    """Run the watch over a folder's documents at `speed` times real time; 0: as fast as it goes.

    The time of each document is `now`. A replay that was killed goes on behind the last document
    it accepted, and ends with the desk an undisturbed one ends with.
    """
    with watch.desk.database.read() as conn:
        stood = reports.cursor(conn, REPLAY)
    position = int(stood.get("position", 0))
    last = parse_utc(stood["at"]) if "at" in stood else None
    if last is not None:
        watch.settle(last)
    for number, document in enumerate(_documents(watch.desk, folder)):
        if number < position:
            continue
        now = document.received
        if last is not None:
            _pace(now - last, speed, wait)
            watch.pass_time(last, now)
        place = Place(REPLAY, {"position": number + 1, "at": now.isoformat()})
        if document.name.endswith(".error"):
            why = document.data.decode("utf-8", "replace").strip()
            watch.fail(document.source.id, now, why, place)
        else:
            watch.hear(document, place)
        last = now
    if last is not None:
        watch.move(last)
    return watch.seen


def _documents(desk: Desk, folder: Path) -> Iterator[Document]:
    """The folder's documents; what no source reads is an error, for a replay holds nothing else."""
    for found in archive.documents(folder, desk.sources, datetime.now(UTC)):
        if not isinstance(found, Document):
            raise found
        yield found


def _pace(passed: timedelta, speed: float, wait: Callable[[float], None]) -> None:
    if speed > 0 and passed > timedelta():
        wait(passed.total_seconds() / speed)
