"""Retention: keep every source's reports for as long as its terms say, and no longer.

The lake is cleared first, then the database with the audit's entry in one transaction: a run that
was killed in between is made good by the next.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from farwatch.desk.indexing import catch_up
from farwatch.desk.opening import Desk
from farwatch.model.terms import Source
from farwatch.store import audit, reports, retention
from farwatch.store.audit import Decision
from farwatch.store.lake import Lake
from farwatch.store.retention import Past

_DAILY = "daily"
_SUBJECT = "retention"


@dataclass(frozen=True, slots=True)
class Retained:
    """What one run removed: counts by source and by what they count; sources with none are left
    out. `without_terms` are sources that reports are held of and nobody knows the terms of."""

    at: datetime
    dry_run: bool
    removed: Mapping[str, Mapping[str, int]]
    without_terms: tuple[str, ...] = ()

    @property
    def total(self) -> dict[str, int]:
        """The counts of all sources together."""
        whole: Counter[str] = Counter()
        for counts in self.removed.values():
            whole.update(counts)
        return dict(sorted(whole.items()))


def retain(desk: Desk, now: datetime, *, dry_run: bool = False) -> Retained:
    """Remove every report past its retention at `now`, here and in the lake, and say so in the
    audit. A second run removes nothing; a dry run changes nothing and only counts."""
    return _run(desk, now, daily=False, dry_run=dry_run)


def retain_daily(desk: Desk, now: datetime) -> Retained | None:
    """The same once a UTC day; None if this day's run is done."""
    with desk.database.read() as conn:
        if reports.cursor(conn, _DAILY).get("day", "") >= now.date().isoformat():
            return None
    return _run(desk, now, daily=True, dry_run=False)


def past_of(source: Source, now: datetime) -> Past:
    """What of a source is past its time at `now`."""
    days = source.terms.retention_days
    reason = f"kept for the {days} days that its terms allow"
    return Past(source.id, now - timedelta(days=days), reason, source.terms.wording_stays)


def _run(desk: Desk, now: datetime, *, daily: bool, dry_run: bool) -> Retained:
    pasts = [past_of(source, now) for _, source in sorted(desk.sources.items())]
    with desk.lake.alone("moving"):  # nothing is moved to the lake behind our back
        with desk.database.read() as conn:
            unknown = sorted(set(retention.sources(conn)) - set(desk.sources))
            in_lake = _of_lake(desk.lake, conn, pasts, dry_run=dry_run)
        with desk.database.begin() as conn:
            removed = {past.source: retention.remove(conn, past, now) for past in pasts}
            if not dry_run:
                catch_up(desk, conn)
            for source, counts in in_lake.items():
                removed[source].update(counts)
            kept = {source: {k: n for k, n in c.items() if n} for source, c in removed.items()}
            found = Retained(now, dry_run, {s: c for s, c in kept.items() if c}, tuple(unknown))
            if dry_run:
                conn.rollback()
                return found
            _seal(conn, found)
            if daily:
                reports.set_cursor(conn, _DAILY, {"day": now.date().isoformat()})
    if found.removed:
        desk.database.forget()
    return found


def _of_lake(
    lake: Lake, conn: Connection, pasts: list[Past], *, dry_run: bool
) -> dict[str, dict[str, int]]:
    """What the lake loses (a dry run: would lose), by source."""
    oldest = lake.oldest("reports", "received")
    due = [past for past in pasts if oldest is not None and oldest < past.before]
    if dry_run:
        return _counted(lake, due)
    found = {past.source: _cleared(lake, conn, past) for past in due}
    for table in ("reports", "figures"):
        lake.purge(table)
    return found


def _cleared(lake: Lake, conn: Connection, past: Past) -> dict[str, int]:
    flagged = retention.removed_ids(conn, past, figures=False)
    values = retention.removed_ids(conn, past, figures=True)
    rows = lake.delete("reports", past.source, past.before)
    rows += lake.delete_reports("reports", "id", flagged)
    return {
        "lake reports": rows,
        "lake figures": lake.delete_reports("figures", "report", values),
    }


def _counted(lake: Lake, due: list[Past]) -> dict[str, dict[str, int]]:
    if not due:
        return {}
    from farwatch.store import questions

    found = {}
    with lake.reading() as engine:
        rows = engine.table("reports")
        for past in due:
            question = questions.reports_before(rows, past.source, past.before)
            (count,) = engine.fetch(question)["rows"].to_pylist()
            found[past.source] = {"lake reports": count}
    return found


def _seal(conn: Connection, found: Retained) -> None:
    details = {
        "removed": {source: dict(counts) for source, counts in found.removed.items()},
        "total": found.total,
        "without_terms": list(found.without_terms),
    }
    audit.append(conn, Decision("retain", "desk", _SUBJECT, found.at, details))
