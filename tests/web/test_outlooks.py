"""Outlooks on pages and by the API: never without skill, withheld with the reason, never waited
for, never outside the scope."""

from __future__ import annotations

import html
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import outlook_nouns as nouns
import pytest
from tests.desk.history_written import ged
from web_desk import NOON, Enter

from farwatch.desk import outlook_room
from farwatch.desk.history import How, import_history
from farwatch.desk.opening import Desk
from farwatch.foresee.forecast.outlook import GROUPS
from farwatch.model.account import Role, Scope
from farwatch.web.outlook_words import NEAR

ADDRESSES = ("/sites/kitwe/outlook", "/forecasts/ZM/unrest", "/forecasts/ZM/places")


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine takes its time over a fit."""
    for module in ("farwatch.web.pages.outlooks", "farwatch.web.api.outlooks"):
        monkeypatch.setattr(f"{module}._WAIT", 60.0)


def said(text: str) -> str:
    """What a page says, in one line."""
    return " ".join(html.unescape(text).split())


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Made-up outlooks behind the desk's room."""
    monkeypatch.setattr(outlook_room, "_of_site", lambda *_: nouns.site())
    monkeypatch.setattr(outlook_room, "_of_places", lambda *_: nouns.places())
    monkeypatch.setattr(outlook_room, "_of_unrest", lambda *_: nouns.unrest())
    yield


@pytest.mark.usefixtures("told")
def test_a_site_s_chances_stand_beside_its_own_rate_and_the_skill(enter: Enter) -> None:
    client = enter(Role.VIEWER)
    text = said(client.get("/sites/kitwe/outlook").text)
    for part in (
        "within 25 km in 30 days", "unlikely</abbr>", "24 %", "35 %",
        "log score</span> 0.120, own rate 0.140", "AUC 0.78", "18,099 cases, 2015 to 2025",
        "27 deadly events within 50 km in a year, 102 in three", "within 25 km, earlier",
        "450050, 448274", "months before now.</strong> Nothing that happened after Jun 30, 2025",
    ):  # fmt: skip
        assert part in text
    body = client.get("/api/v1/sites/kitwe/outlook").json()
    assert body["ready"]
    assert body["missing"] is None
    first = body["chances"][0]
    assert first["chance"] == {"probability": 0.24, "words": "unlikely"}
    assert first["own_rate"]["probability"] == 0.35
    assert first["skill"]["scores"][0]["baseline"] == 0.1396
    assert first["drivers"][0]["evidence"] == ["450050", "448274"]


def test_a_site_s_page_loads_its_outlook_by_itself(enter: Enter) -> None:
    text = enter(Role.VIEWER).get("/sites/kitwe").text
    assert 'hx-get="/sites/kitwe/outlook" hx-trigger="load"' in text
    forecast = enter(Role.ANALYST).get("/forecasts/ZM").text
    assert 'hx-get="/forecasts/ZM/unrest"' in forecast
    assert 'hx-get="/forecasts/ZM/places"' in forecast


@pytest.mark.usefixtures("told")
def test_unrest_is_told_by_week_and_what_has_no_skill_is_withheld(enter: Enter) -> None:
    client = enter(Role.VIEWER)
    text = said(client.get("/forecasts/ZM/unrest").text)
    for part in (
        "Protests and riots in the news", "15.2", "Withheld 7, 8 weeks ahead",
        "Riots, of this desk's events", "12 weeks were heard, 104 are needed",
        "better than last week's count: score 3.1 against 3.9",
    ):  # fmt: skip
        assert part in text
    body = client.get("/api/v1/forecasts/zm/unrest").json()
    assert [one["series"] for one in body["series"]] == ["gdelt_protest"]
    assert body["withheld"][0]["why"] == "too few weeks"


@pytest.mark.usefixtures("told")
def test_regions_are_told_the_likeliest_first(enter: Enter) -> None:
    client = enter(Role.VIEWER)
    text = said(client.get("/forecasts/ZM/places").text)
    assert text.index("Tigray state") < text.index("Amhara state") < text.index("2 regions more")
    assert "quiet for a year; a death within 6 months:" in text
    assert "CRPS of log(1 + deaths)</span> 0.120" in text
    body = client.get("/api/v1/forecasts/ZM/places").json()
    assert body["places"][0]["place"] == "ged-adm1:Tigray state"
    assert body["places"][0]["months"][0]["month"] == "2026-03"
    assert body["places"][-1]["onset"]["months"] == 6


def test_what_is_withheld_says_why(enter: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlook_room, "_of_site", lambda *_: nouns.withheld_site())
    monkeypatch.setattr(outlook_room, "_of_unrest", lambda *_: nouns.no_unrest())
    client = enter(Role.VIEWER)
    text = said(client.get("/sites/lima/outlook").text)
    assert "No chance is told. That does not mean that it is safe." in text
    assert "3 deadly events within 400 km in five years" in text
    assert client.get("/api/v1/sites/lima/outlook").json()["withheld"]
    text = said(client.get("/forecasts/ZM/unrest").text)
    assert "2 series withheld, and why" in text
    body = client.get("/api/v1/forecasts/ZM/unrest").json()
    assert (body["series"], len(body["withheld"])) == ([], 2)


def test_a_desk_without_history_says_what_to_import(enter: Enter) -> None:
    client = enter(Role.VIEWER)
    for address in ("/sites/kitwe/outlook", "/forecasts/ZM/places"):
        assert "farwatch history import FILE" in said(client.get(address).text)
        body = client.get(f"/api/v1{address}").json()
        assert body["ready"]
        assert "no conflict event was known to this desk" in body["missing"]
    body = client.get("/api/v1/forecasts/ZM/unrest").json()
    assert {one["why"] for one in body["withheld"]} == {"no data"}


def test_a_history_of_elsewhere_and_too_short_a_one(
    enter: Enter, desk: Desk, tmp_path: Path
) -> None:
    file = ged(tmp_path / "ged.csv", ("1", "2025-12-03", 3), ("2", "2026-01-09", 1))
    import_history(desk, [file], NOON, How(vintage=NOON))
    client = enter(Role.VIEWER)
    body = client.get("/api/v1/sites/kitwe/outlook").json()
    assert body["history"]["told_until"].startswith("2026-01-10")
    assert (body["chances"], len(body["withheld"])) == ([], 1)
    missing = client.get("/api/v1/forecasts/ZM/places").json()["missing"]
    assert missing == "no conflict event in country 'ZM' is known"


@pytest.mark.parametrize("room", ["_of_site", "_of_unrest", "_of_places"])
def test_nobody_waits_for_a_first_fit(
    enter: Enter, monkeypatch: pytest.MonkeyPatch, room: str
) -> None:
    done = threading.Event()
    answers: dict[str, Callable[[], Any]] = {
        "_of_site": nouns.site, "_of_unrest": nouns.unrest, "_of_places": nouns.places,
    }  # fmt: skip

    def slow(*_: object) -> Any:
        done.wait(20)
        return answers[room]()

    monkeypatch.setattr(outlook_room, room, slow)
    for module in ("farwatch.web.pages.outlooks", "farwatch.web.api.outlooks"):
        monkeypatch.setattr(f"{module}._WAIT", 0.0)
    client = enter(Role.VIEWER)
    address = ADDRESSES[list(answers).index(room)]
    try:
        text = client.get(address).text
        assert "Being worked out" in said(text)
        assert f'hx-get="{address}" hx-trigger="load delay:2s"' in text
        assert client.get(f"/api/v1{address}").json()["ready"] is False
    finally:
        done.set()
    monkeypatch.setattr("farwatch.web.api.outlooks._WAIT", 20.0)
    assert client.get(f"/api/v1{address}").json()["ready"] is True


@pytest.mark.usefixtures("told")
def test_what_lies_outside_the_scope_is_not_found(enter: Enter) -> None:
    client = enter(Role.VIEWER, Scope(countries=("PE",)))
    for address in ADDRESSES:
        assert client.get(address).status_code == 404
        assert client.get(f"/api/v1{address}").status_code == 404
    assert client.get("/sites/lima/outlook").status_code == 200
    assert client.get("/forecasts/PE/unrest").status_code == 200
    assert client.get("/forecasts/XX/unrest").status_code == 404


@pytest.mark.usefixtures("told")
def test_the_parts_speak_chinese(enter: Enter) -> None:
    client = enter(Role.VIEWER)
    client.cookies.set("farwatch_language", "zh-Hans")
    for address, words in zip(ADDRESSES, ("致命事件", "抗议", "地区"), strict=True):
        assert words in client.get(address).text


@pytest.mark.usefixtures("told")
def test_what_a_chance_rests_on_is_said_in_chinese(enter: Enter) -> None:
    assert tuple(GROUPS) == NEAR
    client = enter(Role.VIEWER)
    client.cookies.set("farwatch_language", "zh-Hans")
    text = client.get("/sites/kitwe/outlook").text
    assert "25 公里以内，更早" in text and "100 至 400 公里" in text
