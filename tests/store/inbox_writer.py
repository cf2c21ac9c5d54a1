"""A process that accepts batches and keeps its cursor, to be killed: `inbox_writer.py URL`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

from farwatch.model.report import Report
from farwatch.store import reports
from farwatch.store.database import Database

T0 = datetime(2026, 6, 1, tzinfo=UTC)
ROWS = 20


def main(url: str) -> None:
    with Database(url) as database:
        while True:
            with database.begin() as conn:
                number = int(reports.cursor(conn, "wire").get("next", 0))
                when = T0 + timedelta(seconds=number)
                # Half of each batch repeats the one before: a source that overlaps.
                keys = range(number * ROWS // 2, number * ROWS // 2 + ROWS)
                given = [Report("wire", f"k{key}", when, b"x" * 500) for key in keys]
                reports.accept(conn, given, batch=str(number))
                reports.set_cursor(conn, "wire", {"next": number + 1})
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
