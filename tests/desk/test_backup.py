"""A desk into one file and back onto an empty one, on either database, while others write."""

from __future__ import annotations

import dataclasses
import gzip
import io
import json
import os
import secrets
import shutil
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from farwatch.desk import accounts
from farwatch.desk.accounts import NewAccount
from farwatch.desk.backing_up import back_up
from farwatch.desk.doctor import examine
from farwatch.desk.opening import Desk, open_desk
from farwatch.desk.restoring import restore
from farwatch.errors import ExerciseError, InputError, StoreError, UsageError
from farwatch.model.account import Role
from farwatch.model.report import Report
from farwatch.settings import Settings
from farwatch.store import audit, dump, reports, schema, schema_accounts
from farwatch.store.audit import Decision
from farwatch.store.inbox import UNDERSTOOD, set_mark
from farwatch.store.mover import move_inbox

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
PASSWORD = "correct horse battery staple"
POSTGRES = os.environ.get("FARWATCH_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")


@pytest.fixture
def postgres() -> Iterator[str]:
    name = f"farwatch_backup_{secrets.token_hex(6)}"
    try:
        with psycopg.connect(POSTGRES, autocommit=True, connect_timeout=2) as conn:
            conn.execute(f"CREATE SCHEMA {name}")
    except psycopg.OperationalError:
        pytest.skip(f"no PostgreSQL at {POSTGRES}")
    yield f"{POSTGRES}?options=-csearch_path%3D{name}"
    with psycopg.connect(POSTGRES, autocommit=True) as conn:
        conn.execute(f"DROP SCHEMA {name} CASCADE")


def report(number: int) -> Report:
    return Report(
        source="wire", key=f"k{number}", received=NOW, published=NOW, title=f"Title {number}",
        text="Shots were fired.\0\ud800", raw=b"\x00\xff raw",
    )  # fmt: skip


def furnish(desk: Desk) -> None:
    """Reports in the inbox and in the lake, an account with a sign-in, decisions."""
    account = accounts.add(desk, NewAccount("amina", Role.ADMINISTRATOR, PASSWORD), "tests", NOW)
    accounts.sign_in(desk, account.name, PASSWORD, NOW)
    with desk.database.begin() as conn:
        reports.accept(conn, [report(number) for number in range(5)], batch="one")
        last = conn.execute(sa.select(sa.func.max(schema.inbox.c.id))).scalar_one()
        set_mark(conn, UNDERSTOOD, last, NOW)
    move_inbox(desk.database, desk.lake, NOW, force=True)
    with desk.database.begin() as conn:
        reports.accept(conn, [report(number) for number in range(5, 8)], batch="two")
        audit.append(conn, Decision("join", "amina", "e1", NOW, {"why": "ü\n"}))


def everything(desk: Desk) -> dict[str, list[str]]:
    with dump.snapshot(desk.database) as conn:
        return {table: list(dump.lines(conn, table)) for table in dump.tables()}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("sqlite", "sqlite"),
        pytest.param("sqlite", "postgres", marks=pytest.mark.postgres),
        pytest.param("postgres", "sqlite", marks=pytest.mark.postgres),
    ],
)
def test_a_desk_comes_back_whole_on_either_database(
    tmp_path: Path, request: pytest.FixtureRequest, before: str, after: str
) -> None:
    url = request.getfixturevalue("postgres") if "postgres" in {before, after} else ""
    old = Settings(data_dir=tmp_path / "old", database_url=url if before == "postgres" else "")
    new = Settings(data_dir=tmp_path / "new", database_url=url if after == "postgres" else "")
    with open_desk(old) as desk:
        furnish(desk)
        made = back_up(desk, tmp_path / "b.tar.gz", "amina", NOW)
        stood = everything(desk)
        with desk.database.read() as conn:
            counted = dump.counters(conn)
    assert made.members["tables/reports.jsonl"].rows == 8
    assert made.lake["reports"] >= 0
    done = restore(new, tmp_path / "b.tar.gz", "amina", NOW)
    assert done.rows == sum(map(len, stood.values()))
    with open_desk(new) as desk:
        came = everything(desk)
        assert len(came["audit"]) == len(stood["audit"]) + 1  # that it was restored
        assert came | {"audit": came["audit"][:-1]} == stood
        with desk.database.read() as conn:
            assert audit.verify(conn) == made.audit_entries + 1
            assert made.audit_head in {entry.hash for entry in audit.entries(conn)}
            assert dump.counters(conn)["inbox"] == counted["inbox"]
            assert conn.execute(sa.select(schema_accounts.sessions)).all() == []
        assert desk.lake.count("reports") == 5
        # The desk goes on: what waits moves to the lake, what is there already is passed over.
        with desk.database.begin() as conn:
            set_mark(conn, UNDERSTOOD, counted["inbox"], NOW)
        assert move_inbox(desk.database, desk.lake, NOW, force=True) == 3
        assert desk.lake.count("reports") == 8
        assert accounts.sign_in(desk, "amina", PASSWORD, NOW).account.name == "amina"
    findings = examine(new, date(2026, 6, 1), {}).findings
    assert all(one.fine for one in findings if one.what in {"database", "lake", "data folder"})


def test_the_archive_is_its_owners_alone(tmp_path: Path) -> None:
    with open_desk(Settings(data_dir=tmp_path / "desk")) as desk:
        furnish(desk)
        back_up(desk, tmp_path / "b.tar.gz", "amina", NOW)
    assert (tmp_path / "b.tar.gz").stat().st_mode & 0o777 == 0o600
    assert {one.name for one in tmp_path.iterdir()} == {"desk", "b.tar.gz"}


def test_a_backup_during_writes_is_of_one_moment(tmp_path: Path) -> None:
    """Each write adds a report and a decision; no archive may hold one without the other."""
    settings = Settings(data_dir=tmp_path / "desk")
    with open_desk(settings) as desk:
        furnish(desk)
        stop, written = threading.Event(), [0]

        def write() -> None:
            while not stop.is_set():
                written[0] += 1
                with desk.database.begin() as conn:
                    reports.accept(conn, [report(100 + written[0])], batch="more")
                    audit.append(conn, Decision("pair", "tests", str(written[0]), NOW, {}))

        writer = threading.Thread(target=write)
        writer.start()
        try:
            for number in range(3):
                back_up(desk, tmp_path / f"{number}.tar.gz", "amina", NOW)
        finally:
            stop.set()
            writer.join()
    assert written[0] > 3
    for number in range(3):
        new = Settings(data_dir=tmp_path / f"new{number}")
        restore(new, tmp_path / f"{number}.tar.gz", "amina", NOW)
        with open_desk(new) as desk, desk.database.read() as conn:
            pairs = sum(entry.decision.kind == "pair" for entry in audit.entries(conn))
            kept = conn.execute(sa.select(sa.func.count()).select_from(schema.reports)).scalar_one()
            assert kept == 8 + pairs


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    with open_desk(Settings(data_dir=tmp_path / "desk")) as desk:
        furnish(desk)
        back_up(desk, tmp_path / "b.tar.gz", "amina", NOW)
    return tmp_path / "b.tar.gz"


def rewritten(path: Path, change: dict[str, bytes | None]) -> None:
    """The archive with some members changed, left out (None) or added."""
    with tarfile.open(path, "r:gz") as source:
        members = {one.name: source.extractfile(one).read() for one in source}  # type: ignore[union-attr]
    members = {name: body for name, body in (members | change).items() if body is not None}
    with tarfile.open(path, "w:gz") as target:
        for name, body in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(body)
            target.addfile(info, io.BytesIO(body))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"tables/audit.jsonl": b"{}\n"}, "not as its manifest says"),
        ({"tables/audit.jsonl": None}, "files are missing, among them"),
        ({"../evil": b"x"}, "holds what its manifest does not name"),
        ({"manifest.json": b"{"}, "manifest that cannot be read"),
        ({"manifest.json": b'{"format": 1}'}, "manifest that cannot be read"),
        ({"manifest.json": None}, "it has no manifest"),
    ],
)
def test_a_changed_archive_is_named(
    tmp_path: Path, archive: Path, change: dict[str, bytes | None], said: str
) -> None:
    rewritten(archive, change)
    with pytest.raises(InputError, match=said):
        restore(Settings(data_dir=tmp_path / "new"), archive, "amina", NOW)
    assert list((tmp_path / "new").iterdir()) == []


@pytest.mark.parametrize("kept", [0, 10, 0.5, 0.999])
def test_a_cut_archive_is_named(tmp_path: Path, archive: Path, kept: float) -> None:
    whole = archive.read_bytes()
    archive.write_bytes(whole[: int(kept * len(whole)) if kept < 1 else int(kept)])
    with pytest.raises(InputError, match=r"no backup of a desk, or is cut short|no manifest"):
        restore(Settings(data_dir=tmp_path / "new"), archive, "amina", NOW)


def test_another_files_archive_is_named(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(gzip.compress(b"no tar"))
    with pytest.raises(InputError):
        restore(Settings(data_dir=tmp_path / "new"), tmp_path / "x", "amina", NOW)
    with pytest.raises(UsageError, match="is no file"):
        restore(Settings(data_dir=tmp_path / "new"), tmp_path / "none", "amina", NOW)


def test_an_archive_of_a_newer_farwatch_is_refused(tmp_path: Path, archive: Path) -> None:
    with tarfile.open(archive) as source:
        manifest = json.load(source.extractfile("manifest.json"))  # type: ignore[arg-type]
    for change in ({"revision": "9999"}, {"format": 2}):
        rewritten(archive, {"manifest.json": json.dumps(manifest | change).encode()})
        with pytest.raises(StoreError, match=r"9999|format 2"):
            restore(Settings(data_dir=tmp_path / "new"), archive, "amina", NOW)


def test_nothing_is_overwritten(tmp_path: Path, archive: Path) -> None:
    settings = Settings(data_dir=tmp_path / "desk")
    with pytest.raises(UsageError, match="is not empty"):
        restore(settings, archive, "amina", NOW)
    new = Settings(data_dir=tmp_path / "new")
    restore(new, archive, "amina", NOW)
    with pytest.raises(UsageError, match="is not empty"):
        restore(new, archive, "amina", NOW)
    lake_only = Settings(data_dir=tmp_path / "third")
    shutil.copytree(tmp_path / "desk" / "lake", tmp_path / "third" / "lake")
    with pytest.raises(UsageError, match=r"lake .* is not empty"):
        restore(lake_only, archive, "amina", NOW)
    with open_desk(settings) as desk, pytest.raises(UsageError, match="overwrites nothing"):
        back_up(desk, archive, "amina", NOW)


def test_an_exercise_is_restored_as_one(tmp_path: Path) -> None:
    (tmp_path / "desk" / "sources").mkdir(parents=True)
    exercise = Settings(data_dir=tmp_path / "desk", exercise=True)
    with open_desk(exercise) as desk:
        back_up(desk, tmp_path / "b.tar.gz", "amina", NOW)
    with pytest.raises(ExerciseError, match="give --exercise"):
        restore(Settings(data_dir=tmp_path / "new"), tmp_path / "b.tar.gz", "amina", NOW)
    restore(
        dataclasses.replace(exercise, data_dir=tmp_path / "new"), tmp_path / "b.tar.gz", "a", NOW
    )


def test_own_sources_and_rules_come_along(tmp_path: Path) -> None:
    from farwatch.sources.catalogue import BUILT_IN

    own = tmp_path / "own"
    own.mkdir()
    shutil.copyfile(BUILT_IN / "usgs.yaml", own / "usgs.yaml")
    rules = BUILT_IN.parents[1] / "protect" / "rules"
    shutil.copyfile(rules / "alerts.yaml", tmp_path / "rules.yaml")
    settings = Settings(
        data_dir=tmp_path / "desk", sources_dir=str(own), rules_file=str(tmp_path / "rules.yaml")
    )
    with open_desk(settings) as desk:
        back_up(desk, tmp_path / "b.tar.gz", "amina", NOW)
    done = restore(Settings(data_dir=tmp_path / "new"), tmp_path / "b.tar.gz", "amina", NOW)
    assert (tmp_path / "new/sources/usgs.yaml").is_file()
    assert [todo.split()[1] for todo in done.todo] == ["sources_dir", "rules_file"]


def test_the_commands(tmp_path: Path) -> None:
    """As an operator does it: while another process writes, then doctor and audit verify."""
    program = Path(sys.executable).with_name("farwatch")
    with open_desk(Settings(data_dir=tmp_path / "desk")) as desk:
        furnish(desk)

    def run(*command: object) -> str:
        done = subprocess.run(
            [program, *map(str, command)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("backup", tmp_path / "b.tar.gz", "--data-dir", tmp_path / "desk", "--by", "amina")
    told = run("restore", tmp_path / "b.tar.gz", "--data-dir", tmp_path / "new", "--by", "amina")
    head = told.split("--head ")[1].split()[0]
    run("audit", "verify", "--head", head, "--data-dir", tmp_path / "new")
