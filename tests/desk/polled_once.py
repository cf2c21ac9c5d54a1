"""One round of live sources in a process of its own, which may kill itself between two steps.

polled_once.py DATA_DIR SOURCES PORT KILL_AT WHEN: before or after the KILL_AT-th document is
committed (-1: never).
"""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

from tests.desk.live_publisher import NOON, Clock

from farwatch.desk.collecting import Place, Taken
from farwatch.desk.opening import open_desk
from farwatch.desk.polling import Poller
from farwatch.desk.watching import Watch
from farwatch.model.document import Document
from farwatch.settings import Settings
from farwatch.sources import catalogue


def main(data_dir: Path, sources: Path, port: int, kill_at: int, when: str) -> None:
    heard = 0
    with (
        open_desk(Settings(data_dir=data_dir)) as desk,
        Clock().fetcher(port) as fetcher,
    ):
        watch = Watch(replace(desk, sources=catalogue.load(sources)), {})

        def hear(document: Document, place: Place | None) -> Taken:
            nonlocal heard
            heard += 1
            if heard == kill_at and when == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            taken = watch.hear(document, place)
            if heard == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
            return taken

        poller = Poller(watch.desk, fetcher, hear, watch.fail)
        poller.poll(NOON)
        poller.drain(NOON)
        watch.settle(NOON)


if __name__ == "__main__":
    arguments = sys.argv[1:]
    main(Path(arguments[0]), Path(arguments[1]), int(arguments[2]), int(arguments[3]), arguments[4])
