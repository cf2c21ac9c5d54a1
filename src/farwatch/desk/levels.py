"""The levels of the places where our sites are, hour by hour, and their rises as events."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from farwatch.desk.opening import Desk
from farwatch.model.event import Event
from farwatch.model.protect import Site


def level_changes(
    desk: Desk, conn: Connection, sites: Iterable[Site], now: datetime
) -> list[Event]:
    """Assess the places of the sites and return the events of levels that rose."""
    return []
