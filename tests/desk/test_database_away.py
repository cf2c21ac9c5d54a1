"""A database that goes away with kill -9 and comes back: who uses it says so once, and goes on."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from benchmarks.own_postgres import OwnPostgres, own_postgres, programs
from starlette.testclient import TestClient
from tests.desk.delivery_desk import NOW, alert, mail_server, opened, person, tell

from farwatch.channels.smtp import Smtp
from farwatch.desk import running
from farwatch.desk.delivering import connected, deliver
from farwatch.desk.opening import Desk
from farwatch.desk.running import Life, Part
from farwatch.errors import DatabaseAway
from farwatch.store import notices, outbox, pulses
from farwatch.store.database import Database
from farwatch.store.leading import Leadership
from farwatch.web.app import make_app
from farwatch.web.once import _finish

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(programs() is None, reason="no PostgreSQL, and none brought along"),
]


@pytest.fixture(scope="module")
def postgres() -> Iterator[OwnPostgres]:
    with own_postgres(synced=False) as server:
        yield server


@contextmanager
def desk_on(server: OwnPostgres, folder: Path, *people: Any, **settings: str) -> Iterator[Desk]:
    """A desk in a schema of its own."""
    name = f"t_{folder.name.lower()}"
    with Database(server.url) as plain, plain.begin() as conn:
        conn.exec_driver_sql(f'CREATE SCHEMA "{name}"')
    url = f"{server.url}?options=-csearch_path%3D{name}"
    with opened(folder, people, database_url=url, **settings) as desk:
        yield desk


def test_it_is_said_once_that_it_is_away_and_once_that_it_is_back(
    postgres: OwnPostgres, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("farwatch.store.database._SETTLED_S", 0.0)
    with Database(postgres.url) as database, caplog.at_level(logging.WARNING):
        with database.read() as conn:
            assert conn.exec_driver_sql("SELECT 1").scalar() == 1
        with pytest.raises(DatabaseAway), database.begin() as conn:
            postgres.kill()
            conn.exec_driver_sql("SELECT 1")
        for _ in range(3):
            with pytest.raises(DatabaseAway), database.read():
                pytest.fail("there is no database")
        postgres.start()
        for _ in range(2):
            with database.begin() as conn:
                assert conn.exec_driver_sql("SELECT 1").scalar() == 1
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 2, said
    assert "is away" in said[0] and "is back after" in said[1]


def test_what_was_never_reached_did_not_go_away(caplog: pytest.LogCaptureFixture) -> None:
    with (
        Database("postgresql://postgres@127.0.0.1:1/none") as database,
        pytest.raises(DatabaseAway), database.read(),
    ):  # fmt: skip
        pytest.fail("there is no database")
    assert not caplog.records


def test_pages_and_api_answer_503_and_when_to_ask_again(
    postgres: OwnPostgres, tmp_path: Path
) -> None:
    with (
        desk_on(postgres, tmp_path) as desk,
        TestClient(make_app(desk), base_url="http://127.0.0.1") as client,
    ):
        bearer = {"authorization": "Bearer farwatch_none"}
        assert client.get("/api/v1/alerts", headers=bearer).status_code == 401
        postgres.kill()
        for path in ("/api/v1/alerts", "/health", "/k/1.aaaaaaaaaaaaaaaa", "/sign-in"):
            answer = client.get(path, headers=bearer if path.startswith("/api") else {})
            if path == "/sign-in" and answer.status_code == 200:
                continue  # it needs nothing of the database
            assert answer.status_code == 503, path
            assert int(answer.headers["retry-after"]) > 0
            assert str(desk.database.url.port) not in answer.text
            assert "cannot be reached just now" in answer.text
        problem = client.get("/api/v1/alerts", headers=bearer)
        assert problem.headers["content-type"] == "application/problem+json"
        assert client.post("/k/1.aaaaaaaaaaaaaaaa").status_code == 503
        postgres.start()
        assert client.get("/api/v1/alerts", headers=bearer).status_code == 401
        assert client.get("/health").status_code == 200


def test_a_part_waits_for_it_without_a_traceback(
    postgres: OwnPostgres, tmp_path: Path, caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(running, "_PAUSE_S", 0.01)
    monkeypatch.setattr("farwatch.store.database._SETTLED_S", 0.0)
    with desk_on(postgres, tmp_path) as desk:
        life, begun = Life(desk, "works", threading.Event()), [0]

        def work(_: Life) -> None:
            begun[0] += 1
            if begun[0] == 1:
                postgres.kill()
            elif begun[0] == 4:
                postgres.start()
            with desk.database.begin() as conn:
                pulses.beat(conn, "done", datetime.now(UTC))

        # Its sign of life would fail first: that it lives is told every ten seconds alone.
        running.keep(Part("works", work), life)
        assert begun == [4]
        with desk.database.read() as conn:
            assert "done" in pulses.all_of(conn)
    assert "begun again" not in caplog.text
    assert caplog.text.count("is away") == caplog.text.count("is back after") == 1
    assert "Traceback" not in caplog.text


def test_who_leads_has_lost_the_lead_and_takes_it_again(
    postgres: OwnPostgres, tmp_path: Path
) -> None:
    with desk_on(postgres, tmp_path) as desk:
        leads = Leadership(desk.database)
        assert leads.take()
        postgres.kill()
        assert not leads.held()
        with pytest.raises(DatabaseAway):
            leads.take()
        postgres.start()
        assert leads.take()
        leads.release()


def test_what_left_while_it_went_away_is_written_down_when_it_is_back(
    postgres: OwnPostgres, tmp_path: Path
) -> None:
    people = [person(f"c{n}", "site contact") for n in range(20)]
    with mail_server() as (box, url), desk_on(postgres, tmp_path, *people, smtp_url=url) as desk:
        tell(desk, alert("site:kitwe"))
        starting = threading.Thread(target=postgres.start)

        class Killing(Smtp):
            """Kills the database with the fifth mail in its hands; it is back soon after."""

            def send(self, message: Any) -> Any:
                found = super().send(message)
                if len(box.told) == 5:
                    postgres.kill()
                    starting.start()
                return found

        with connected(desk) as channels:
            channels["email"] = Killing(url, sender="desk@example.org")
            deliver(desk, channels, NOW)
        starting.join()  # else it starts what the next test kills
        assert Counter(box.told) == {f"c{n}@example.org": 1 for n in range(20)}
        with desk.database.read() as conn:
            sent = outbox.of_notices(conn, [one.id for one in notices.of_event(conn, "e1")])
        assert {one.state for one in sent} == {outbox.SENT}
        assert sum(one.repeats for one in sent) == 0


def test_an_answer_that_cannot_be_kept_is_given_all_the_same(
    postgres: OwnPostgres, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from farwatch.store import answers
    from farwatch.web.once import Held

    with desk_on(postgres, tmp_path) as desk:
        held = Held()
        held.key, held.desk = answers.Key("a", "k" * 20), desk
        postgres.kill()
        _finish(held, [{"status": 200, "headers": []}, {"body": b"{}"}])
        postgres.start()
    assert "is not kept" in caplog.text
