"""Moving the inbox to the lake: by one writer, in batches, nothing lost and nothing twice.

The lake's own record of the last row it holds decides where moving goes on, table by table; the
database's rows are let go only after every table holds them. A kill at any moment leaves rows in
both or in the database alone, and the next move tells which.
"""

from __future__ import annotations

import json
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.model.times import parse_utc
from farwatch.store import schema
from farwatch.store.database import Database
from farwatch.store.inbox import MOVED, UNDERSTOOD, mark, set_mark
from farwatch.store.rows import insert_new

if TYPE_CHECKING:
    import pyarrow as pa

    from farwatch.store.lake import Lake

BATCH_ROWS = 50_000
BATCH_AGE = timedelta(minutes=5)
# Another inbox (a database made afresh) counts its rows from one again: the lake must know them
# apart. This mark holds a number drawn once.
_IDENTITY = "inbox"


def move_inbox(database: Database, lake: Lake, now: datetime, *, force: bool = False) -> int:
    """Move understood rows to the lake if there are 50,000, or some wait for 5 minutes, or `force`.

    Returns the number of inbox rows moved. The age is measured by `now` from the last move; the
    first move is due at once.
    """
    moved = 0
    with lake.alone("moving"):
        while True:
            with database.begin() as conn:
                last = _due(conn, now, force=force or moved > 0)
                writer = f"inbox:{_identity(conn)}"
            if last is None:
                return moved
            _append(database, lake, writer, last)
            with database.begin() as conn:
                table = schema.inbox
                moved += conn.execute(sa.delete(table).where(table.c.id <= last)).rowcount
                set_mark(conn, MOVED, last, now)


def _due(conn: Connection, now: datetime, *, force: bool) -> int | None:
    """The last row of the batch to move; None if it is not yet time."""
    table = schema.inbox
    understood = mark(conn, UNDERSTOOD)
    query = sa.select(table.c.id).where(table.c.id <= understood).order_by(table.c.id)
    ids = list(conn.execute(query.limit(BATCH_ROWS)).scalars())
    if not ids:
        return None
    if force or len(ids) == BATCH_ROWS or _aged(conn, now):
        return int(ids[-1])
    return None


def _aged(conn: Connection, now: datetime) -> bool:
    table = schema.marks
    at = conn.execute(sa.select(table.c.at).where(table.c.name == MOVED)).scalar()
    return at is None or now - at >= BATCH_AGE


def _identity(conn: Connection) -> int:
    if mark(conn, _IDENTITY) == 0:
        drawn = {"name": _IDENTITY, "value": secrets.randbits(62) + 1}
        insert_new(conn, schema.marks, [drawn])
    return mark(conn, _IDENTITY)


def _append(database: Database, lake: Lake, writer: str, last: int) -> None:
    """Give each table the rows that it does not hold, up to `last`."""
    for name, columns in (("reports", _report_rows), ("figures", _figure_rows)):
        first = lake.last_number(name, writer) or 0
        if first >= last:
            continue
        with database.read() as conn:
            rows = _rows(conn, first, last)
        table = columns(rows)
        if table.num_rows:
            lake.append(name, table, writer=writer, number=last)


def _rows(conn: Connection, after: int, last: int) -> list[Any]:
    inbox, reports = schema.inbox, schema.reports
    query = (
        sa.select(
            inbox.c.id.label("row"), inbox.c.action, inbox.c.report.label("id"), inbox.c.source,
            inbox.c.key, inbox.c.received, reports.c.published, inbox.c.reason, reports.c.body,
            reports.c.raw,
        )
        .join(reports, reports.c.id == inbox.c.report)
        .where(inbox.c.id > after, inbox.c.id <= last)
        .order_by(inbox.c.id)
    )  # fmt: skip
    return list(conn.execute(query))


def _report_rows(rows: list[Any]) -> pa.Table:
    import pyarrow as pa

    from farwatch.store.lake_tables import REPORTS

    columns = {name: [getattr(row, name) for row in rows] for name in REPORTS.names}
    return pa.table(columns, schema=REPORTS)


def _figure_rows(rows: list[Any]) -> pa.Table:
    """The published values among the rows: each version once, flags and late versions apart."""
    import pyarrow as pa

    from farwatch.model.tables import FIGURES

    found = []
    for row in rows:
        if row.action not in {"new", "version"}:
            continue
        figure = json.loads(row.body).get("figure")
        if figure is not None:
            period = parse_utc(figure["period"])
            found.append({**figure, "period": period, "source": row.source, "report": row.id})
    return pa.Table.from_pylist(found, schema=FIGURES)
