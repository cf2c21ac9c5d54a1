"""The recorded USGS and GDACS histories, replayed in order over a desk: what became of each change.

Versions, withdrawals and reinstatements are counted as the desk took them; an alert is a duplicate
if the same recipient has another one about the same kind of happening within a minute and 100 km.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

from benchmarks.aims import SHARED, Figure

from farwatch.collect import archive
from farwatch.desk.opening import Desk, open_desk
from farwatch.desk.watching import Watch
from farwatch.model.document import Document
from farwatch.model.event import Event, State
from farwatch.model.protect import Alert, Site
from farwatch.settings import Settings
from farwatch.store import alerts, events, sites

HISTORIES = {
    "USGS": Path("recorded/usgs/history_all_day.jsonl.gz"),
    "GDACS": Path("recorded/gdacs"),
}
_PEOPLE = 200_000  # sites stand in every town of this size
_NEAR = timedelta(minutes=1), 1.0  # a degree is about 100 km


def table(shared: Path = SHARED) -> list[Figure]:
    """Counts of each history; the aim is no duplicate alert."""
    return [figure for name, path in HISTORIES.items() for figure in replayed(name, shared / path)]


def replayed(name: str, path: Path) -> list[Figure]:
    """One history over a desk of its own."""
    with tempfile.TemporaryDirectory() as folder, open_desk(Settings(Path(folder))) as desk:
        with desk.database.begin() as conn:
            sites.replace(conn, towns(desk))
        watch, counts = Watch(desk, {}), Counter[str]()
        for found in archive.documents(path, desk.sources, datetime.now(UTC)):
            if isinstance(found, Document):
                taken = watch.hear(found)
                counts["snapshots"] += 1
                counts["withdrawn"] += len(taken.withdrawn)
                counts["reinstated"] += len(taken.reinstated)
        with desk.database.read() as conn:
            told = alerts.every(conn)
            revisions = [r for alert in told for r in alerts.revisions(conn, alert.key)]
            known = events.get_many(conn, {alert.event for alert in told})
    for revision in revisions:
        counts[f"{revision.message.value} messages"] += 1
    for what in ("new", "versions", "unchanged", "rejected"):
        counts[what] = watch.seen.counts[what]
    figures = [Figure(f"{name}: {what}", number) for what, number in sorted(counts.items())]
    return [*figures, Figure(f"{name}: duplicate alerts", duplicates(told, known), "", most=0)]


def towns(desk: Desk) -> list[Site]:
    """A site in every large town."""
    places = desk.gazetteer.places(_PEOPLE).to_pylist()
    return [
        Site(f"town-{p['geonameid']}", p["name"], p["lat"], p["lon"], p["country"], p["admin1"])
        for p in places
    ]


def duplicates(told: list[Alert], known: dict[str, Event]) -> int:
    """Pairs of standing threads to one recipient that tell of one happening."""
    by_recipient: dict[tuple[str, str], list[Event]] = {}
    for alert in told:
        event = known[alert.event]
        if event.state is not State.WITHDRAWN and event.happened and event.place:
            by_recipient.setdefault((alert.recipient, alert.kind.value), []).append(event)
    return sum(
        _same(one, other) for mine in by_recipient.values() for one, other in combinations(mine, 2)
    )


def _same(one: Event, other: Event) -> bool:
    assert one.happened and other.happened and one.place and other.place
    apart = abs(one.happened.start - other.happened.start)
    a, b = one.place.geometry, other.place.geometry
    near = abs(a.lat - b.lat) <= _NEAR[1] and abs(a.lon - b.lon) <= _NEAR[1]
    return apart <= _NEAR[0] and near and one.id != other.id
