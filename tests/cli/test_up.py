"""The processes of a desk: pages with the watch beside them, pages alone, workers that stand by."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import yaml

from farwatch.exercise import scenario, world
from farwatch.settings import Settings
from farwatch.store.database import Database
from farwatch.store.leading import Leadership

PROGRAM = Path(sys.executable).with_name("farwatch")
POSTGRES = os.environ.get("FARWATCH_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")


def free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def started(*command: object, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("FARWATCH_")}
    env |= {f"FARWATCH_{name.upper()}": value for name, value in settings.items()}
    process = subprocess.Popen(
        [PROGRAM, *map(str, command)], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def until(true: Callable[[], Any], seconds: float = 60.0) -> Any:
    """What `true` returns once it is something; fails after so many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = true()
        if found:
            return found
        time.sleep(0.1)
    return pytest.fail(f"nothing after {seconds} s")


def health(port: int) -> dict[str, dict[str, Any]]:
    try:
        answer = httpx.get(f"http://127.0.0.1:{port}/health", timeout=5)
    except httpx.TransportError:
        return {}
    assert answer.status_code == 200
    assert answer.json()["up"] is True
    return {one["part"]: one for one in answer.json()["parts"]}


def ended(process: subprocess.Popen[bytes], by: signal.Signals) -> tuple[int, str]:
    process.send_signal(by)
    _, errors = process.communicate(timeout=60)
    return process.returncode, errors.decode()


@pytest.fixture
def quiet(tmp_path: Path) -> str:
    """Settings' `sources` that poll nothing: no publisher is asked by a test."""
    return "staff"


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """A schema of our own, gone afterwards."""
    name = f"farwatch_up_{secrets.token_hex(6)}"
    try:
        with psycopg.connect(POSTGRES, autocommit=True, connect_timeout=2) as conn:
            conn.execute(f"CREATE SCHEMA {name}")
    except psycopg.OperationalError:
        pytest.skip(f"no PostgreSQL at {POSTGRES}")
    yield f"{POSTGRES}?options=-csearch_path%3D{name}"
    with psycopg.connect(POSTGRES, autocommit=True) as conn:
        conn.execute(f"DROP SCHEMA {name} CASCADE")


def test_one_process_holds_pages_and_watch_and_ends_cleanly(tmp_path: Path, quiet: str) -> None:
    port = free_port()
    desk = {"data_dir": str(tmp_path), "sources": quiet, "listen": f"127.0.0.1:{port}"}
    with started("up", **desk) as process:
        needed = {"web", "worker", "watch", "delivery"}
        parts = until(lambda: needed <= set(found := health(port)) and found)
        assert all(one["state"] == "works" and not one["late"] for one in parts.values())
        second = subprocess.run(
            [PROGRAM, "watch", "--once", "--data-dir", tmp_path], capture_output=True, check=False,
            env={**os.environ, "FARWATCH_SOURCES": quiet},
        )  # fmt: skip
        assert second.returncode == 8
        assert "another process watches the desk" in second.stderr.decode()
        code, errors = ended(process, signal.SIGTERM)
    assert code == 0, errors
    assert "make the first one within the hour" in errors
    with Database(Settings(data_dir=tmp_path).database) as database:
        leadership = Leadership(database)
        assert leadership.take()
        leadership.release()


def test_a_replay_runs_beside_the_pages_and_is_stopped_and_gone_on_with(tmp_path: Path) -> None:
    folder, port = tmp_path / "world", free_port()
    outline = scenario.load("copperbelt_election")
    world.build(outline, 3, folder)
    assert yaml.safe_load((folder / "replay.yaml").read_text())["exercise"] is True
    command = ("up", "--replay", folder, "--speed", "2000")
    with started(*command, listen=f"127.0.0.1:{port}") as process:
        until(lambda: health(port).get("watch"))
        heard = until(lambda: _position(folder) or None)
        code, errors = ended(process, signal.SIGTERM)
    assert code == 0, errors
    stood = _position(folder)
    assert stood >= heard
    with started(*command[:3], "--speed", "0", listen=f"127.0.0.1:{port}") as process:
        until(lambda: _position(folder) > stood)
        assert ended(process, signal.SIGTERM)[0] == 0


def _position(folder: Path) -> int:
    from farwatch.errors import StoreError
    from farwatch.store import reports

    if not (folder / "desk" / "desk.sqlite").is_file():
        return 0
    try:
        with (
            Database(f"sqlite:///{folder / 'desk' / 'desk.sqlite'}") as found,
            found.read() as conn,
        ):
            return int(reports.cursor(conn, "replay").get("position", 0))
    except StoreError:  # the tables are being made
        return 0


@pytest.mark.postgres
def test_of_two_workers_one_leads_and_the_other_takes_over(
    tmp_path: Path, postgres: str, quiet: str
) -> None:
    port = free_port()
    desk = {"data_dir": str(tmp_path), "database_url": postgres, "sources": quiet}
    with (
        started("up", "--web-only", **desk, listen=f"127.0.0.1:{port}") as web,
        started("worker", **desk) as first,
        started("worker", **desk) as second,
    ):
        workers = {first.pid: first, second.pid: second}
        leader = workers[until(lambda: _leader(postgres, workers))]
        other = next(one for one in workers.values() if one is not leader)
        assert other.poll() is None
        leader.kill()
        until(lambda: _leader(postgres, {other.pid: other}))
        assert until(lambda: health(port).get("web"))["state"] == "works"
        assert ended(other, signal.SIGTERM)[0] == 0
        assert ended(web, signal.SIGTERM)[0] == 0


def _leader(url: str, workers: dict[int, Any]) -> int | None:
    from farwatch.errors import StoreError
    from farwatch.store import pulses

    try:
        with Database(url) as database, database.read() as conn:
            told = {name: body for name, _, body in pulses.told(conn)}
    except StoreError:
        return None
    process = told.get("worker", {}).get("process")
    return process if process in workers else None


def test_web_only_runs_no_replay(tmp_path: Path) -> None:
    command = [PROGRAM, "up", "--web-only", "--replay", tmp_path]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 2
    assert "--web-only runs no watch" in done.stderr.decode()
