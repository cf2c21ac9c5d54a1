from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farwatch.errors import UnreadableFeed, UnreadableReport
from farwatch.model.document import Document, Follow
from farwatch.model.kinds import Kind
from farwatch.model.report import Action, Report, Status
from farwatch.sources import cap, cap_index, catalogue
from farwatch.sources.cap_words import kind_of

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
SOURCE = catalogue.load_file(catalogue.BUILT_IN / "cap.yaml")
NS = "urn:oasis:names:tc:emergency:cap:1.2"

# Every recorded file: alerts accepted, records rejected (with a word of the reason), links to
# follow. None: the whole document is refused.
EXPECTED: dict[str, tuple[int, int, int, str] | None] = {
    "amber.atom": (1, 0, 0, ""),
    "australia.cap": (1, 0, 0, ""),
    "bushfire_invalid.edxlde": (5, 2, 0, "Foobar"),
    "bushfire_valid.edxlde": (7, 0, 0, ""),
    "canada.cap": (1, 0, 0, ""),
    "canada_errors.cap": (1, 0, 0, ""),
    "canada_signed.atom": (1, 0, 0, ""),
    "canada_signed.cap": (1, 0, 0, ""),
    "earthquake-iso8859-1.cap": (1, 0, 0, ""),
    "earthquake.cap": (1, 0, 0, ""),
    "earthquake_index.atom": (0, 0, 1, ""),
    "earthquake_signed.cap": (0, 1, 0, "Signature may not stand here"),
    "empty_weather_index.atom": (0, 0, 0, ""),
    "invalid.cap": (0, 1, 0, "scope must come first"),
    "invalid.rss": (0, 1, 0, "neither an alert nor a link"),
    "invalid_element.atom": (0, 1, 0, "neither an alert nor a link"),
    "no_entries.atom": (0, 1, 0, "incidents stands where status must come first"),
    "no_id.atom": (0, 1, 0, "neither an alert nor a link"),
    "no_link.atom": (0, 1, 0, "neither an alert nor a link"),
    "no_optional_fields.cap": (1, 0, 0, ""),
    "no_title.atom": (0, 1, 0, "neither an alert nor a link"),
    "noaa_errors.cap": (0, 1, 0, "urgency '' is none of"),
    "ny_index.rss": (0, 0, 2, ""),
    "wcatwc-warning.cap": (1, 0, 0, ""),
    "weather.atom": (1, 0, 0, ""),
    "weather.cap": (1, 0, 0, ""),
    "weather_index.atom": (0, 0, 2, ""),
    "weather_invalid.atom": (1, 0, 0, ""),
    "xee.atom": None,
    "xee.cap": None,
}


def items(data: bytes, name: str = "made.cap") -> list[Any]:
    return list(cap.read(Document(SOURCE, name, data, NOW)))


def info(event: str = "Storm", severity: str = "Severe", **parts: str) -> str:
    """An info block; `before`, `after` and `area` stand in their places."""
    return (
        f"<info>{parts.get('language', '')}<category>Met</category><event>{event}</event>"
        f"{parts.get('before', '')}<urgency>Immediate</urgency><severity>{severity}</severity>"
        f"<certainty>Likely</certainty>{parts.get('after', '')}"
        f"<area><areaDesc>Here</areaDesc>{parts.get('area', '')}</area></info>"
    )


def alert(body: str = "", kind: str = "Alert", status: str = "Actual", refs: str = "") -> bytes:
    told = f"<references>{refs}</references>" if refs else ""
    return (
        f'<alert xmlns="{NS}"><identifier>A2</identifier><sender>desk@warn.example.org</sender>'
        f"<sent>2026-06-01T10:00:00+02:00</sent><status>{status}</status><msgType>{kind}</msgType>"
        f"<scope>Public</scope>{told}{body}</alert>"
    ).encode()


def one(data: bytes) -> Report:
    [item] = items(data)
    assert isinstance(item, Report), str(item)
    return item


@pytest.mark.parametrize("name", EXPECTED)
def test_every_recorded_file_gets_its_verdict(shared: Path, name: str) -> None:
    data = (shared / "recorded/cap/testdata" / name).read_bytes()
    expected = EXPECTED[name]
    if expected is None:
        with pytest.raises(UnreadableFeed, match="document type"):
            items(data, name)
        return
    read = items(data, name)
    rejected = [str(item) for item in read if isinstance(item, UnreadableReport)]
    accepted = sum(isinstance(item, Report) for item in read)
    links = sum(isinstance(item, Follow) for item in read)
    assert (accepted, len(rejected), links) == expected[:3]
    assert expected[3] in "\n".join(rejected)
    as_index = list(cap_index.read(Document(SOURCE, name, data, NOW)))
    assert len(as_index) == len(read)


def test_the_table_names_every_recorded_file(shared: Path) -> None:
    files = {file.name for file in (shared / "recorded/cap/testdata").iterdir()}
    assert {name for name in files if not name.endswith(".pem")} == set(EXPECTED)


def test_an_external_entity_opens_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "secret"
    os.mkfifo(secret)  # opening it to read would hang the test
    monkeypatch.setattr("builtins.open", lambda *_: pytest.fail("a file was opened"))
    for entity in (f'<!ENTITY x SYSTEM "{secret.as_uri()}">', '<!ENTITY x "word">'):
        data = b"<!DOCTYPE alert [" + entity.encode() + b"]>" + alert(info("&x;"))
        with pytest.raises(UnreadableFeed, match="document type"):
            items(data)


def test_a_warning_is_read_whole() -> None:
    report = one(
        alert(
            info(
                before="<responseType>Shelter</responseType><responseType>None</responseType>",
                after="<expires>2026-06-01T20:00:00-00:00</expires><headline>Big storm</headline>"
                "<description>It blows.</description><instruction>Stay in.</instruction>",
                area="<polygon>1,1 1,3 3,3 3,1 1,1</polygon>",
            )
        )
    )
    facts = report.facts
    assert (report.key, report.title, report.origin) == ("A2", "Big storm", "example.org")
    assert report.published == datetime(2026, 6, 1, 8, tzinfo=UTC)
    assert report.expires == datetime(2026, 6, 1, 20, tzinfo=UTC)
    assert report.text == "It blows.\nStay in.\nArea: Here."
    assert (facts.kind, facts.severity, facts.code, facts.urgency) == (
        Kind.STORM, 4, "cap:Met", "Immediate",
    )  # fmt: skip
    assert (facts.advice, facts.happening) == (("Shelter",), "A2")
    assert facts.geometry is not None
    assert len(facts.geometry.rings) == 1


@pytest.mark.parametrize(
    ("kind", "before", "action"),
    [
        ("Alert", "", Action.ISSUE),
        ("Update", "", Action.UPDATE),
        ("Cancel", "", Action.CANCEL),
        ("Update", "<responseType>AllClear</responseType>", Action.CANCEL),
    ],
)
def test_what_the_message_does(kind: str, before: str, action: Action) -> None:
    assert one(alert(info(before=before), kind)).action is action


def test_an_acknowledgement_warns_nobody() -> None:
    facts = one(alert(info(), "Ack")).facts
    assert (facts.kind, facts.severity) == (Kind.OTHER, None)


@pytest.mark.parametrize("status", ["Exercise", "Test", "Draft", "System"])
def test_the_status_is_kept(status: str) -> None:
    assert one(alert(info(), status=status)).status is Status(status)


def test_a_cancellation_without_info_still_names_its_happening() -> None:
    late, early = "x@y.z,A1,2026-06-01T09:00:00-00:00", "x@y.z,A0,2026-06-01T09:30:00+02:00"
    report = one(alert(kind="Cancel", refs=f"{late} {early} broken"))
    assert report.references == ("A1", "A0")
    assert report.facts.happening == "A0"
    assert report.facts.measures == {"references_unreadable": "broken"}


def test_english_is_chosen_and_the_worst_block_decides() -> None:
    french = info("Orage", "Extreme", language="<language>fr-CA</language>")
    mild = info("Rain", "Minor", language="<language>en-CA</language>")
    bad = info("Flash flood", "Severe", language="<language>en-CA</language>")
    facts = one(alert(french + mild + bad)).facts
    assert (facts.kind, facts.severity) == (Kind.FLOOD, 4)
    assert one(alert(french)).facts.kind is Kind.STORM


@pytest.mark.parametrize(
    ("area", "radius", "rings", "told"),
    [
        ("", None, None, ""),
        ("<circle>10,20 5</circle>", 5.0, 0, ""),
        ("<circle>10,20 0</circle>", 0.0, 0, ""),
        ("<circle>10,20 5</circle><circle>11,20 5</circle>", 0.0, 2, ""),
        ("<polygon></polygon>", None, None, ""),
        ("<polygon>1,1 2,2</polygon>", None, None, "has 2 points"),
        ("<polygon>1,1 2,2</polygon><circle>10,20 5</circle>", 5.0, 0, "has 2 points"),
        ("<polygon>0,179 0,-179 2,-179 2,179 0,179</polygon>", 0.0, 2, ""),
    ],
)
def test_areas(area: str, radius: float | None, rings: int | None, told: str) -> None:
    facts = one(alert(info(area=area))).facts
    shape = facts.geometry
    assert (shape and shape.radius_km, shape and len(shape.rings)) == (radius, rings)
    assert told in str(facts.measures.get("area_unreadable", ""))


def test_the_same_alert_alone_and_in_a_feed_is_one_version() -> None:
    feed = b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><content><!-- time -->'
    feed += alert(info()) + b"</content></entry></feed>"
    assert one(feed).id == one(alert(info())).id != one(alert(info("Flood"))).id


def test_a_notice_about_a_person_is_kept_without_its_text() -> None:
    report = one(alert(info("Child Abduction", after="<headline>John Doe</headline>")))
    assert (report.facts.kind, report.title, report.text) == (Kind.OTHER, "Child Abduction", "")
    assert b"Doe" not in report.raw


def test_a_time_without_a_zone_is_refused() -> None:
    old = alert(info()).replace(b"cap:1.2", b"cap:1.1").replace(b"+02:00", b"")
    [bad] = items(old)
    assert isinstance(bad, UnreadableReport)
    assert "sent '2026-06-01T10:00:00'" in str(bad)


def links() -> Iterator[tuple[str, str | None]]:
    yield '<link href="https://w.example/a.cap"/>', "https://w.example/a.cap"
    yield "<link>https://w.example/a</link>", "https://w.example/a"
    both = '<link type="text/html" href="https://w.example/page"/>'
    yield (
        both + '<link type="application/cap+xml" href="https://w.example/c"/>',
        "https://w.example/c",
    )
    yield both, None
    yield '<link href="file:///etc/passwd"/>', None
    yield '<link href="//[broken"/>', None
    yield '<link rel="self" href="https://w.example/feed"/>', None


@pytest.mark.parametrize(("link", "url"), list(links()))
def test_the_link_of_an_entry(link: str, url: str | None) -> None:
    feed = f"<feed><entry><id>e1</id><updated>2026</updated>{link}</entry></feed>".encode()
    [item] = items(feed)
    if url is None:
        assert isinstance(item, UnreadableReport)
    else:
        assert item == Follow(url, "e1@2026", "2026")


@pytest.mark.parametrize("data", [b"", b"<html><p>Not found</p></html>", b"<alert", b"\xff\xfe"])
def test_what_holds_no_alert_is_refused_whole(data: bytes) -> None:
    with pytest.raises(UnreadableFeed):
        items(data)


@given(st.text(max_size=40), st.text(max_size=20))
def test_any_event_text_gets_a_kind_or_none(event: str, code: str) -> None:
    assert kind_of(event, [code], []) in {*Kind, None}


@pytest.mark.parametrize(
    ("event", "codes", "kind"),
    [
        ("Tsunami Warning", [], Kind.TSUNAMI),
        ("Curfew", [], Kind.RESTRICTION),
        ("Heat Wave", [], Kind.HEAT),
        ("Tropical Storm Warning", [], Kind.CYCLONE),
        ("Snow Squall Warning", [], Kind.COLD),
        ("Special Event", [], None),
        ("Overflow", ["FFW"], Kind.FLOOD),
        ("Fire", ["structure_fire"], Kind.OTHER),
        ("Bush Fire", [], Kind.WILDFIRE),
        ("Erdrutsch", [], Kind.LANDSLIDE),
        ("Inundación", [], Kind.FLOOD),
        ("Vent violent", [], Kind.STORM),
        ("Bomb threat", [], Kind.SUSPECT_DEVICE),
        ("Road closure: bridge", [], Kind.ROAD_CLOSED),
    ],
)
def test_kinds_of_events(event: str, codes: list[str], kind: Kind | None) -> None:
    assert kind_of(event, codes, []) is kind
