"""The desk's clock: the machine's, but an exercise's own time on an exercise desk."""

from __future__ import annotations

from datetime import UTC, datetime

from farwatch.desk.opening import Desk
from farwatch.desk.watching import REPLAY
from farwatch.model.times import parse_utc
from farwatch.store import reports


def now_of(desk: Desk) -> datetime:
    """What time it is at the desk. In an exercise: of the last document that was heard, so that
    its alerts are minutes old and not years."""
    if desk.settings.exercise:
        with desk.database.read() as conn:
            stood = reports.cursor(conn, REPLAY)
        if "at" in stood:
            return parse_utc(stood["at"])
    return datetime.now(UTC)
