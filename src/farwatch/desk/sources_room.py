"""The sources' room: how each source is heard, its terms, what could not be read, reading again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from farwatch.collect import archive
from farwatch.collect.health import Health
from farwatch.desk.collecting import Taken, rehearse
from farwatch.desk.listing import Listed, heard, listed
from farwatch.desk.opening import Desk
from farwatch.desk.switching import Switch, as_switched, switches
from farwatch.desk.understanding import read_again
from farwatch.errors import NotFound, UnreadableFeed, UsageError
from farwatch.model.account import Scope
from farwatch.model.document import Document
from farwatch.model.event import Reading
from farwatch.model.protect import Site
from farwatch.model.report import Report
from farwatch.model.terms import Source
from farwatch.store import documents, health, readings, rejects, sites
from farwatch.store.documents import Stored
from farwatch.store.keyset import Page, Wanted
from farwatch.store.rejects import Reject, RejectChoice

CHART_DAYS = 14
_MOST_AGAIN = 500  # reports of a document that are read again


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source with the gate's word, its health, and who switched it."""

    source: Source
    refused: str
    health: Health | None
    switch: Switch | None

    @property
    def silent(self) -> bool:
        """Whether it was heard once, and is past its bound or cannot be reached."""
        return self.health is not None and self.health.silent


@dataclass(frozen=True, slots=True)
class Day:
    """How many records of a source came on a day (UTC)."""

    start: datetime
    accepted: int
    rejected: int


@dataclass(frozen=True, slots=True)
class SourceShown:
    """A source with its last days, oldest first. `open` says whether its records may be seen."""

    row: SourceRow
    days: tuple[Day, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that reading a report again would change."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Again:
    """A report read again; `current` is False where a newer version stands in its place."""

    report: Report
    current: bool
    changes: tuple[Change, ...]


def may_see(source: Source, scope: Scope, ours: Mapping[str, Site]) -> bool:
    """Whether an account may see a source: it speaks of the world, or of a part of theirs."""
    if scope.everywhere:
        return True
    covered = [cover for cover in source.covers if ":" in cover]
    own = [ours.get(one.removeprefix("site:")) for one in covered if one.startswith("site:")]
    if own or source.source_class == "staff":
        return any(site is not None and scope.holds_site(site) for site in own)
    codes = {one.partition(":")[2].split(".")[0] for one in covered if one[0] in "ca"}
    codes |= set(source.countries)
    return not codes or any(scope.holds_country(code) for code in codes)


def listed_sources(desk: Desk, scope: Scope, now: datetime) -> list[SourceRow]:
    """Every source that may be seen: silent ones first, then by title."""
    with desk.database.read() as conn:
        ours = {} if scope.everywhere else {one.id: one for one in sites.load(conn)}
        seen = {n: s for n, s in desk.sources.items() if may_see(s, scope, ours)}
        switched = switches(conn)
        known = heard(conn, seen, now)
    now_on = [as_switched(source, switched) for source in seen.values()]
    found = listed(now_on, desk.settings, now.date(), known)
    rows = [_row(one, switched, scope) for one in found]
    return sorted(rows, key=lambda row: (not row.silent, row.source.title.casefold()))


def shown_source(desk: Desk, name: str, scope: Scope, now: datetime) -> SourceShown:
    """One source; raises NotFound, also for one outside the scope."""
    row = _one(desk, name, scope, now)
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    first = midnight - timedelta(days=CHART_DAYS - 1)
    with desk.database.read() as conn:
        hours = health.per_hour(conn, name, first, now + timedelta(microseconds=1))
    days = []
    for n in range(CHART_DAYS):
        start = first + timedelta(days=n)
        told = [v for hour, v in hours.items() if start <= hour < start + timedelta(days=1)]
        days.append(Day(start, sum(v.accepted for v in told), sum(v.rejected for v in told)))
    return SourceShown(row, tuple(days), scope.everywhere and _open(desk.sources[name], scope))


def rejected(
    desk: Desk, choice: RejectChoice, scope: Scope, wanted: Wanted
) -> Page[Reject]:  # fmt: skip
    """What could not be read. A rejected value may be of anywhere: whoever sees a part of the
    world alone finds none; and who is not cleared none of staff, whose row may be restricted."""
    _records(choice.source or "", scope, desk)
    shut = tuple(name for name, one in desk.sources.items() if not _open(one, scope))
    choice = replace(choice, without=shut)
    with desk.database.read() as conn:
        return rejects.listed(conn, choice, wanted)


def stored_documents(
    desk: Desk, name: str, scope: Scope, wanted: Wanted, since: datetime | None = None
) -> Page[Stored]:
    """The documents of a source whose reports are kept, newest first, or what came since."""
    _records(name, scope, desk)
    with desk.database.read() as conn:
        return documents.of_source(conn, name, wanted, since)


def again(desk: Desk, name: str, document: str, scope: Scope) -> list[Again]:
    """Read a kept document's reports again, and say what would change; nothing is stored."""
    _records(name, scope, desk)
    with desk.database.read() as conn:
        kept = documents.reports_of(conn, name, document, _MOST_AGAIN)
        if not kept:
            raise NotFound(f"no document {document[:200]!r} of {name!r} is kept")
        ours = {site.id: site for site in sites.load(conn)}
        names = [readings.name(one.source, one.key) for one in kept]
        stood = readings.by_statements(conn, names)
    out = []
    for statement, report in zip(names, kept, strict=True):
        before = next((r for r in stood.get(statement, ()) if r.report.id == report.id), None)
        fresh = read_again(desk, report, ours, report.received)
        changes = _changes(before, fresh) if before is not None and fresh is not None else ()
        out.append(Again(report, before is not None or fresh is None, changes))
    return out


def tried(desk: Desk, name: str, file: str, data: bytes, now: datetime) -> list[Taken]:
    """Read a file as this source's and say what it would bring; nothing is stored.

    Raises NotFound; UsageError for a file that nothing of the source's can be read from.
    """
    if name not in desk.sources:
        raise NotFound(f"no source {name!r}")
    out = []
    for found in archive.from_bytes(desk.sources[name], file, data, now):
        if isinstance(found, UnreadableFeed):
            raise UsageError(f"file {file[:200]!r} cannot be read: {found}")
        out.append(rehearse(desk, Document(found.source, file, found.data, now)))
    return out


def _one(desk: Desk, name: str, scope: Scope, now: datetime) -> SourceRow:
    for row in listed_sources(desk, scope, now):
        if row.source.id == name:
            return row
    raise NotFound(f"no source {name!r}")


def _records(name: str, scope: Scope, desk: Desk) -> None:
    known = not name or (name in desk.sources and _open(desk.sources[name], scope))
    if not scope.everywhere or not known:
        raise NotFound(f"no source {name!r} whose records may be seen")


def _row(one: Listed, switched: Mapping[str, Switch], scope: Scope) -> SourceRow:
    state = one.health
    told = scope.everywhere and _open(one.source, scope)
    if state is not None and not told:  # values and errors may tell of anywhere, and of anything
        state = replace(state, errors=(), error="", warnings=())
    return SourceRow(one.source, one.refused, state, switched.get(one.source.id))


def _open(source: Source, scope: Scope) -> bool:
    """Whether a source's records may be read: staff may mark theirs as restricted, and one that
    could not be read does not say whether it was."""
    staff = "staff" in (source.source_class, source.format)
    return scope.restricted or not staff


def _changes(before: Reading, after: Reading) -> tuple[Change, ...]:
    pairs = zip(_facts(before).items(), _facts(after).values(), strict=True)
    return tuple(Change(name, old, new) for (name, old), new in pairs if old != new)


def _facts(reading: Reading) -> dict[str, str]:
    place, happened = reading.place, reading.happened
    return {
        "kind": reading.kind.value,
        "severity": str(reading.severity),
        "place": f"{place.name} ({place.precision.value})" if place else "",
        "country": (place.country or "") if place else "",
        "time": f"{happened.start:%Y-%m-%d %H:%M} UTC" if happened else "",
        "grade": str(reading.grade),
        "past": str(reading.historical).lower(),
    }
