"""Taking documents in: idempotent, nothing lost, snapshots compared, events and alerts made."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from farwatch.cli.main import cli
from farwatch.desk.collecting import take
from farwatch.desk.gathering import gather, permitted
from farwatch.desk.opening import Desk, open_desk
from farwatch.desk.watching import Watch
from farwatch.model.document import Document, Item
from farwatch.model.event import State
from farwatch.model.protect import Message, Site
from farwatch.settings import Settings
from farwatch.sources import usgs
from farwatch.store import alerts, events, health, rejects, schema, sites

NOON = datetime(2026, 5, 9, 12, 0, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(Settings(data_dir=tmp_path)) as opened:
        yield opened


def quake(code: str, mag: float | None, minutes: float = 0) -> dict[str, object]:
    when = int((NOON + timedelta(minutes=minutes)).timestamp() * 1000)
    return {
        "type": "Feature",
        "id": f"us{code}",
        "properties": {
            "mag": mag, "place": "near the coast", "time": when, "updated": when, "url": None,
            "status": "reviewed", "type": "earthquake", "net": "us", "code": code, "tsunami": 0,
            "ids": f",us{code},", "alert": None, "mmi": None, "title": "quake",
        },
        "geometry": {"type": "Point", "coordinates": [-79.3, -9.1, 10.0]},
    }  # fmt: skip


def snapshot(desk: Desk, at: datetime, *quakes: dict[str, object]) -> Document:
    body = {
        "type": "FeatureCollection",
        "metadata": {"generated": int(at.timestamp() * 1000), "count": len(quakes)},
        "features": list(quakes),
    }
    return Document(desk.sources["usgs"], "snapshot", json.dumps(body).encode(), at)


def minutes(number: float) -> datetime:
    return NOON + timedelta(minutes=number)


def test_the_same_document_twice_adds_nothing(desk: Desk) -> None:
    document = snapshot(desk, minutes(5), quake("a", 5.0), quake("b", 4.0))
    assert take(desk, document).new == 2
    again = take(desk, document)
    assert (again.new, again.versions, again.unchanged) == (0, 0, 2)


def test_a_bad_record_is_kept_with_its_reason_and_the_rest_goes_on(desk: Desk) -> None:
    bad = quake("bad", 5.0)
    bad["geometry"] = {"type": "Point", "coordinates": [500, 0, 1]}
    taken = take(desk, snapshot(desk, minutes(5), quake("a", 5.0), bad))
    assert taken.new == 1
    assert "500" in str(taken.rejected[0])
    with desk.database.read() as conn:
        (kept,) = rejects.rejected(conn, "usgs")
    assert "500" in str(kept.value)


def test_an_unreadable_document_fails_its_source_alone(desk: Desk) -> None:
    taken = take(desk, Document(desk.sources["usgs"], "page", b"<html>down</html>", NOON))
    assert taken.failed
    assert take(desk, snapshot(desk, minutes(5), quake("a", 5.0))).new == 1


def test_a_reader_that_stumbles_fails_its_document_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(_: Document) -> Iterator[Item]:
        yield from usgs.read(snapshot(desk, minutes(5), quake("a", 5.0)))
        raise KeyError("mag")

    monkeypatch.setattr("farwatch.desk.collecting.read", stumble)
    taken = take(desk, Document(desk.sources["usgs"], "odd", b"{}", NOON))
    assert (taken.new, "is not as its reader expects: KeyError: 'mag'" in taken.failed) == (0, True)
    with desk.database.read() as conn:
        assert health.get(conn, "usgs").failures == 1
        assert conn.execute(sa.select(sa.func.count()).select_from(schema.reports)).scalar() == 0


def test_withdrawn_quake_cancels_its_alert_and_its_return_raises_it_again(desk: Desk) -> None:
    with desk.database.begin() as conn:
        sites.replace(conn, [Site("port", "Port", -9.07, -78.6, "PE", tier=1)])
    watch = Watch(desk, {})
    ghost, other = quake("ghost", 7.0), quake("other", 3.0)
    watch.hear(snapshot(desk, minutes(3), ghost, other))
    with desk.database.read() as conn:
        told = alerts.every(conn)
    assert {alert.message for alert in told} == {Message.ALERT}
    watch.hear(snapshot(desk, minutes(4), other))
    watch.hear(snapshot(desk, minutes(5), other))
    with desk.database.read() as conn:
        assert {alert.message for alert in alerts.every(conn)} == {Message.CANCEL}
        gone = [e for e in events.chosen(conn, events.Which()) if e.state is State.WITHDRAWN]
    assert len(gone) == 1
    watch.hear(snapshot(desk, minutes(6), ghost, other))
    with desk.database.read() as conn:
        assert {alert.message for alert in alerts.every(conn)} == {Message.ALERT}
        assert events.get(conn, gone[0].id).state is State.LIVE


def test_what_no_source_reads_is_said(desk: Desk, tmp_path: Path) -> None:
    stray = tmp_path / "letter.txt"
    stray.write_text("Dear all")
    gathered = gather(desk, [stray], NOON)
    assert [error.source for error in gathered.unread] == [str(stray)]


def test_terms_refuse_by_name(tmp_path: Path) -> None:
    with open_desk(Settings(data_dir=tmp_path)) as desk:
        _, refused = permitted(desk, NOON)
    assert "non-commercial" in refused["who"].lower()
    with open_desk(Settings(data_dir=tmp_path, non_commercial=True)) as desk:
        allowed, _ = permitted(desk, NOON)
    assert "who" in {source.id for source in allowed}


def test_the_command_names_each_rejected_record(tmp_path: Path) -> None:
    file = tmp_path / "fires.csv"
    file.write_text(
        "latitude,longitude,brightness,scan,track,acq_date,acq_time,satellite,confidence,version,"
        "bright_t31,frp,daynight\n"
        "-13.66,133.94,324.0,2.5,1.5,2026-05-08,50,T,64,6.1NRT,300.6,43.9,D\n"
        "-95.0,133.94,324.0,2.5,1.5,2026-05-08,50,T,64,6.1NRT,300.6,43.9,D\n"
    )
    arguments = ["collect", str(file), "--data-dir", str(tmp_path / "desk")]
    first = CliRunner().invoke(cli, arguments)
    assert first.exit_code == 0, first.output
    assert "-95.0" in first.output
    second = CliRunner().invoke(cli, [*arguments, "--json"])
    body = json.loads(second.stdout)
    assert body["sources"]["firms"]["new"] == 0
    assert body["sources"]["firms"]["unchanged"] == 1
