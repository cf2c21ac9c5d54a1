"""The desk watches itself: an outside monitor is asked, and keepers are paged when it stops."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.desk.delivery_desk import gateway, mail_server, opened, person

from farwatch.desk import heartbeat
from farwatch.desk.delivering import connected
from farwatch.desk.heartbeat import PARTS
from farwatch.store import pulses


@contextmanager
def monitor():
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield asked, f"http://127.0.0.1:{server.server_address[1]}/beat/token"
    finally:
        server.shutdown()
        server.server_close()


def test_a_working_desk_asks_once_a_minute_and_a_stopped_one_no_more(tmp_path):
    now = datetime.now(UTC)
    with monitor() as (asked, url), opened(tmp_path, heartbeat_url=url) as desk:
        for part in PARTS:
            heartbeat.beat(desk, part)
        for seconds in (0, 30, 61):
            assert heartbeat.look(desk, {}, now + timedelta(seconds=seconds)) == []
        assert asked == ["/beat/token"] * 2
        silent = heartbeat.look(desk, {}, now + timedelta(minutes=5))
        assert [one.part for one in silent] == list(PARTS)
        assert len(asked) == 2


def test_keepers_are_paged_by_every_channel_and_not_again_at_once(tmp_path):
    now = datetime.now(UTC)
    people = [
        person("ada", "desk keeper", language="zh-Hans",
               addresses={"email": "ada@example.org", "sms": "+260211000001"}),
        person("ben"),
    ]  # fmt: skip
    with (
        mail_server() as (box, mail), gateway() as (taken, url),
        opened(tmp_path, people, smtp_url=mail, gateway_url=url) as desk,
        connected(desk) as channels,
    ):  # fmt: skip
        with desk.database.begin() as conn:
            pulses.beat(conn, "screening", now - timedelta(minutes=10))
            pulses.beat(conn, "delivery", now)
        for minutes in (0, 2):
            heartbeat.look(desk, channels, now + timedelta(minutes=minutes))
        assert box.told == ["ada@example.org"]
        assert "screening" in taken.requests[0]["text"] and len(taken.requests) == 1
        heartbeat.look(desk, channels, now + timedelta(minutes=31))
        assert len(taken.requests) == 2


def test_a_monitor_that_is_away_harms_nothing(tmp_path):
    with opened(tmp_path, heartbeat_url="http://127.0.0.1:9/none") as desk:
        assert heartbeat.look(desk, {}, datetime.now(UTC)) == []
        assert not heartbeat.ping(desk)
