"""Reports: statements and their versions, accepted into the inbox with their source's cursor.

A report is accepted when its inbox row is committed. `accept` and `set_cursor` in one `begin()`
make the two one act: a killed process reads on exactly where the last accepted batch ended.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.errors import InputError, NotFound
from farwatch.model.report import Report
from farwatch.store import schema, search_queue
from farwatch.store.bodies import pack, unpack
from farwatch.store.rows import chunks, lock, upsert

# Inbox actions. LATE is an older version that came after a newer one: kept, never understood.
NEW, VERSION, LATE = "new", "version", "late"


@dataclass(frozen=True, slots=True)
class Accepted:
    """What one batch brought: new statements, newer versions of known ones, and counts.

    `late` counts versions older than the one already known; they are kept as history only.
    """

    new: list[Report]
    versions: list[Report]
    unchanged: int
    late: int = 0


class _Current(NamedTuple):
    """The version of a statement that stands; `published` is the latest of all its versions."""

    report: str
    published: datetime | None
    received: datetime


class _Change(NamedTuple):
    """A report that changes what is stored."""

    id: str
    report: Report
    action: str
    stored: bool  # its content is stored already: the publisher went back to it


def accept(conn: Connection, reports: Sequence[Report], *, batch: str) -> Accepted:
    """Store what is new, once, and put it in the inbox; a repeat of a known report is unchanged.

    The newer of two versions is the later published, else the later received. A publisher who
    goes back to an earlier content is followed if it says so by a later `published`.
    """
    lock(conn, schema.inbox)
    named = [(_checked(report).id, report) for report in reports]
    known = _known(conn, (name for name, _ in named))
    changed_names = [item for item in named if item[0] not in known or item[1].published]
    currents = _currents(conn, (report for _, report in changed_names))
    changes = _changes(named, known, currents)
    _store(conn, changes, batch)
    _point(conn, changes, currents)
    return Accepted(
        new=[change.report for change in changes if change.action == NEW],
        versions=[change.report for change in changes if change.action == VERSION],
        unchanged=len(named) - len(changes),
        late=sum(change.action == LATE for change in changes),
    )


def get(conn: Connection, report_id: str) -> Report:
    """One version by its id; raises NotFound."""
    found = get_many(conn, [report_id])
    if not found:
        raise NotFound(f"no report {report_id!r}")
    return found[report_id]


def get_many(conn: Connection, ids: Iterable[str]) -> dict[str, Report]:
    """Versions by id; an unknown id is left out."""
    table = schema.reports
    found: dict[str, Report] = {}
    for some in chunks(ids):
        query = sa.select(table.c.id, table.c.body, table.c.raw).where(table.c.id.in_(some))
        found |= {row.id: read_body(row.body, row.raw) for row in conn.execute(query)}
    return found


def current(conn: Connection, source: str, keys: Iterable[str]) -> dict[str, Report]:
    """The version that stands of each statement of a source, by key; withdrawn ones too."""
    reports, statements = schema.reports, schema.statements
    found: dict[str, Report] = {}
    for some in chunks(keys):
        query = (
            sa.select(statements.c.key, reports.c.body, reports.c.raw)
            .join(reports, reports.c.id == statements.c.current)
            .where(statements.c.source == source, statements.c.key.in_(some))
        )
        found |= {row.key: read_body(row.body, row.raw) for row in conn.execute(query)}
    return found


def history(conn: Connection, source: str, key: str) -> list[Report]:
    """All versions of a statement, oldest first; empty for an unknown one."""
    table = schema.reports
    query = sa.select(table.c.body, table.c.raw).where(table.c.source == source, table.c.key == key)
    versions = [read_body(row.body, row.raw) for row in conn.execute(query)]
    return sorted(
        versions, key=lambda report: (report.published or report.received, report.received)
    )


def set_cursor(conn: Connection, source: str, cursor: Mapping[str, Any]) -> None:
    """Keep where reading the source goes on (ETag, last file, ...), in this transaction."""
    upsert(conn, schema.cursors, [{"source": source, "body": json.dumps(dict(cursor))}])


def forget_cursors(conn: Connection, sources: Iterable[str]) -> None:
    """Drop cursors that nothing will ask for again."""
    for some in chunks(sources):
        conn.execute(sa.delete(schema.cursors).where(schema.cursors.c.source.in_(some)))


def cursor(conn: Connection, source: str) -> dict[str, Any]:
    """What `set_cursor` kept; empty for a source never read."""
    table = schema.cursors
    body = conn.execute(sa.select(table.c.body).where(table.c.source == source)).scalar()
    return {} if body is None else dict(json.loads(body))


def read_body(body: str, raw: bytes) -> Report:
    """A report from its two columns; `raw` stands apart so that JSON need not carry bytes."""
    return replace(unpack(Report, body), raw=bytes(raw))


def _checked(report: Report) -> Report:
    if "\0" in report.key or "\0" in report.source:
        raise InputError(report.source, "holds a NUL character", field="key", value=report.key)
    return report


def _known(conn: Connection, ids: Iterable[str]) -> set[str]:
    known: set[str] = set()
    for some in chunks(ids):
        query = sa.select(schema.reports.c.id).where(schema.reports.c.id.in_(some))
        known.update(conn.execute(query).scalars())
    return known


def _currents(conn: Connection, reports: Iterable[Report]) -> dict[tuple[str, str], _Current]:
    keys: dict[str, list[str]] = {}
    for report in reports:
        keys.setdefault(report.source, []).append(report.key)
    table = schema.statements
    currents: dict[tuple[str, str], _Current] = {}
    for source, wanted in keys.items():
        for some in chunks(wanted):
            query = sa.select(
                table.c.key, table.c.current, table.c.published, table.c.received
            ).where(table.c.source == source, table.c.key.in_(some))
            for key, report, published, received in conn.execute(query):
                currents[source, key] = _Current(report, published, received)
    return currents


def _changes(
    named: Sequence[tuple[str, Report]],
    known: set[str],
    currents: dict[tuple[str, str], _Current],
) -> list[_Change]:
    """What each report does, in the order they came; `known` and `currents` move along."""
    changes: list[_Change] = []
    for name, report in named:
        statement = (report.source, report.key)
        standing = currents.get(statement)
        stored = name in known
        if stored and (standing is None or not _goes_back(name, report, standing)):
            continue
        action = NEW if standing is None else VERSION if _newer(report, standing) else LATE
        changes.append(_Change(name, report, action, stored))
        known.add(name)
        currents[statement] = _after(name, report, action, standing)
    return changes


def _after(name: str, report: Report, action: str, standing: _Current | None) -> _Current:
    dates = [report.published, standing.published if standing else None]
    published = max((date for date in dates if date is not None), default=None)
    if action == LATE and standing is not None:
        return standing._replace(published=published)
    return _Current(name, published, report.received)


def _newer(report: Report, standing: _Current) -> bool:
    if report.published and standing.published and report.published != standing.published:
        return report.published > standing.published
    return report.received >= standing.received


def _goes_back(name: str, report: Report, standing: _Current) -> bool:
    """A known content published anew, later than what stands: nothing less proves a return."""
    if name == standing.report or not (report.published and standing.published):
        return False
    return report.published > standing.published


def _store(conn: Connection, changes: Sequence[_Change], batch: str) -> None:
    fresh = [
        {
            "id": change.id,
            "source": change.report.source,
            "key": change.report.key,
            "received": change.report.received,
            "published": change.report.published,
            "batch": batch,
            "body": pack(replace(change.report, raw=b"")),
            "raw": change.report.raw,
            "restricted": change.report.facts.restricted,
        }
        for change in changes
        if not change.stored
    ]
    if fresh:
        conn.execute(sa.insert(schema.reports), fresh)
    entries = [
        {
            "action": change.action,
            "report": change.id,
            "source": change.report.source,
            "key": change.report.key,
            "received": change.report.received,
        }
        for change in changes
    ]
    if entries:
        conn.execute(sa.insert(schema.inbox), entries)


def _point(
    conn: Connection,
    changes: Sequence[_Change],
    currents: Mapping[tuple[str, str], _Current],
) -> None:
    """Make each statement's row name the version that stands; a newer version ends a withdrawal."""
    table = schema.statements
    newer = {(item.report.source, item.report.key) for item in changes if item.action != LATE}
    late = {(item.report.source, item.report.key) for item in changes} - newer
    rows = [
        {
            "source": source,
            "key": key,
            "current": currents[source, key].report,
            "received": currents[source, key].received,
            "published": currents[source, key].published,
            "withdrawn": False,
        }
        for source, key in sorted(newer)
    ]
    upsert(conn, table, rows)
    search_queue.mark(
        conn, search_queue.REPORT, (f"{source}\t{key}" for source, key in sorted(newer))
    )
    if late:
        named = sa.and_(
            table.c.source == sa.bindparam("of_source"), table.c.key == sa.bindparam("of_key")
        )
        conn.execute(
            sa.update(table).where(named).values(published=sa.bindparam("latest")),
            [
                {"of_source": source, "of_key": key, "latest": currents[source, key].published}
                for source, key in sorted(late)
            ],
        )
