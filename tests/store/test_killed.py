"""A writer killed at random moments loses nothing that it accepted and doubles nothing."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

from farwatch.store import inbox, reports
from farwatch.store.database import Database

WRITER = Path(__file__).with_name("inbox_writer.py")
ROWS = 20


def test_nothing_accepted_is_lost_and_nothing_double(database: Database) -> None:
    url = database.url.render_as_string(hide_password=False)
    chance = random.Random(7)
    said = -1
    for _ in range(4):
        with subprocess.Popen(
            [sys.executable, str(WRITER), url], stdout=subprocess.PIPE, text=True
        ) as writer:
            assert writer.stdout is not None
            for _ in range(chance.randint(1, 40)):
                said = int(writer.stdout.readline())
            writer.kill()  # wherever it is: the next batch is under way already
            rest = writer.stdout.read().split("\n")
        said = max([said, *(int(line) for line in rest[:-1] if line)])
        with database.read() as conn:
            following = int(reports.cursor(conn, "wire")["next"])
            entries = inbox.pending(conn, 100_000)
        assert following > said, "a batch that was said to be accepted is gone"
        keys = [entry.report.key for entry in entries]
        assert len(keys) == len(set(keys))
        assert set(keys) == {f"k{key}" for key in range((following - 1) * ROWS // 2 + ROWS)}
