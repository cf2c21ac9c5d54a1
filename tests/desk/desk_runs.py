"""Running and comparing desks, for the stories."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

# What a desk has decided. Left out: how often a hand-over was tried, which a kill may repeat.
_TABLES = {
    "events": "select id, version, body from events order by id",
    "alerts": "select key, revision, body from alerts order by key",
    "revisions": "select key, revision, body from alert_revisions order by key, revision",
    "judgements": "select * from judgements order by 1, 2, 3",
    "outbox": "select key, recipient, channel, revision, state from outbox order by 1, 2, 3, 4",
    "statements": "select * from statements order by 1, 2",
    "levels": "select place, category, as_of, level from levels order by 1, 2, 3",
}


def decided(data_dir: Path) -> dict[str, list[Any]]:
    """Everything the desk in this folder has decided, table by table."""
    with sqlite3.connect(data_dir / "desk.sqlite") as conn:
        return {name: conn.execute(query).fetchall() for name, query in _TABLES.items()}
