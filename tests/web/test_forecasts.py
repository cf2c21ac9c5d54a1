"""The room of forecasts: nothing without its skill, unknown is not safe, scope, steps."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import forecast_nouns as nouns
import pytest
from web_desk import Enter

from farwatch.desk import forecasting
from farwatch.errors import UsageError
from farwatch.foresee.forecast import skill
from farwatch.foresee.forecast.features import GROUPS
from farwatch.foresee.forecast.summary import FORMS
from farwatch.model.account import Role, Scope
from farwatch.model.forecast import Forecast
from farwatch.model.history import month_of
from farwatch.store.keyset import Wanted
from farwatch.web import forecast_asked
from farwatch.web import forecast_words as words

KEY = {"idempotency-key": "0e7e2c1c-8f5b-4a5e-9d5e-3a4f0f1c2b7d"}
EVERYWHERE = Scope()


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Made-up forecasts behind the desk; its notices."""
    return nouns.put_behind(monkeypatch)


def said(text: str) -> str:
    """What a page says, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", text)).replace(" .", ".")


# ---- what is asked


def test_next_month_is_shown_where_the_model_reaches_so_far(kept: list[Any]) -> None:
    desk: Any = object()
    soon = datetime(2022, 12, 20, tzinfo=UTC)
    found = forecast_asked.changes(desk, EVERYWHERE, soon, None)
    assert (found.horizon, found.cutoff) == (3, nouns.CUTOFF)
    assert {one.month for one in found.rows} == {month_of(datetime(2023, 1, 1, tzinfo=UTC))}
    late = forecast_asked.changes(desk, EVERYWHERE, datetime(2031, 1, 1, tzinfo=UTC), None)
    assert (late.horizon, late.cutoff) == (1, nouns.CUTOFF)
    with pytest.raises(UsageError, match="1 to 36 months"):
        forecast_asked.changes(desk, EVERYWHERE, soon, 37)


def test_pages_of_a_list_hold_every_row_once() -> None:
    items, seen, after = list("abcdefg"), "", None
    while True:
        page = forecast_asked.page_of(items, str, Wanted(3, after))
        seen, after = seen + "".join(page.items), page.next
        if after is None:
            break
    assert seen == "abcdefg"
    with pytest.raises(UsageError, match="cursor 'z'"):
        forecast_asked.page_of(items, str, Wanted(3, "z"))


# ---- pages


def test_the_list_tells_change_base_rate_and_record(enter: Enter, kept: list[Any]) -> None:
    text = enter(Role.VIEWER).get("/forecasts?horizon=1").text
    rows = re.findall(r'<tr data-code="(\w\w)"', text)
    assert rows[0] == "ET" and rows[-1] == "TD" and set(rows) == set(nouns.COUNTRIES)
    first = said(text[text.index('data-code="ET"') : text.index('data-code="SD"')])
    for part in ("Ethiopia", "very likely 83 %", "roughly even chance 52 %", "+31", "850"):
        assert part in first, part
    assert "worse than the baseline here" in first
    assert 'title="80–95 %"' in text
    told = said(text)
    assert "The data are" in told and "They end in October 2022" in told
    assert "Brier score 0.029 against 0.036" in told and "not tested here" in told
    assert "hits 1, false alarms 1" in told and "the month was never coded" in told
    assert "Record a step" not in told  # a viewer reads
    far = enter(Role.ANALYST).get("/forecasts?horizon=24&country=ET").text
    assert "October 2024" in far and re.findall(r'<tr data-code="(\w\w)"', far) == ["ET"]
    assert "Record a step" in far
    assert "Brier score 0.039 against 0.046" in said(far)  # of the second year ahead
    beyond = said(enter(Role.MANAGER).get("/forecasts?horizon=30").text)
    assert "so far ahead it was not tested: what it says is unproven" in beyond


@pytest.mark.parametrize("path", ["/forecasts?horizon=99", "/forecasts?horizon=x"])
def test_a_horizon_that_the_model_has_not_is_refused(
    enter: Enter, kept: list[Any], path: str
) -> None:
    assert enter(Role.VIEWER).get(path).status_code == 422


def test_a_country_tells_its_fan_drivers_and_record(enter: Enter, kept: list[Any]) -> None:
    text = enter(Role.VIEWER).get("/forecasts/ET").text
    told = said(text)
    for part in ("Made of data through October 2022, published Nov 10, 2022",
                 "10,200 in twelve months, 7 of them with deaths",
                 "Worse than the baseline", "84 % of them fell inside the 90 % interval",
                 "The data are", "24 months further ahead", "1,234 in 6 neighbours",
                 "the last death: 1 month before the data end", "ahead: not tested",
                 "1 to 2 months ahead: better than the baseline on 2 of 3 scores, worse on 0",
                 "15 to 26 months ahead: better than the baseline on 1 of 3 scores, worse on 1",
                 "27 to 36 months ahead: not tested; what it says is unproven"):  # fmt: skip
        assert part in told, part
    assert text.count("<svg") == 2 + 4  # two fans, and a bar a driver
    assert 'href="/places/country:ET"' in text
    assert "Onset" not in told and "Onset" in enter(Role.ANALYST).get("/forecasts/zm").text
    assert "unproven" in enter(Role.MANAGER).get("/forecasts/LK").text


def test_a_model_of_other_data_says_so(
    enter: Enter, kept: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def later(*_: object) -> Forecast:
        card = replace(nouns.card(), cutoff=nouns.CUTOFF - 5, vintage=None)
        return replace(nouns.forecast("ET"), card=card)

    monkeypatch.setattr(forecasting, "shown", later)
    told = said(enter(Role.VIEWER).get("/forecasts/ET").text)
    assert "the model was trained on data through May 2022" in told
    assert "names no day of publication" in told


def test_fresh_data_are_not_called_old(
    enter: Enter, kept: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    cutoff = month_of(datetime.now(UTC).date()) - 3
    fresh = replace(nouns.forecast("ET"), cutoff=cutoff)
    monkeypatch.setattr(forecasting, "shown", lambda *_: fresh)
    assert "The data are" not in enter(Role.VIEWER).get("/forecasts/ET").text
    monkeypatch.setattr(forecasting, "shown", lambda *_: replace(fresh, cutoff=cutoff - 1))
    assert "The data are 4 months old" in enter(Role.ANALYST).get("/forecasts/ET").text


def test_unknown_is_not_safe(enter: Enter, kept: list[Any]) -> None:
    client = enter(Role.VIEWER)
    answer = client.get("/forecasts/FR")
    assert answer.status_code == 200
    assert "does not mean that it is safe" in answer.text and "farwatch forecast run" in answer.text
    for none in ("/forecasts/ZZ", "/forecasts/Ethiopia", "/forecasts/E%0A"):
        assert client.get(none).status_code == 404
    assert "unknown is not safe" in client.get("/api/v1/forecasts/FR").json()["detail"]


def test_without_a_model_the_pages_say_what_to_do(
    enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    nouns.put_nothing(monkeypatch)
    client = enter(Role.VIEWER)
    for path in ("/forecasts", "/forecasts/skill", "/forecasts/ET"):
        text = client.get(path).text
        for command in ("history import FILE", "forecast train", "forecast run"):
            assert f"farwatch {command}" in text, path
    assert client.get("/api/v1/forecasts").json()["model"] is None
    assert "forecast train" in client.get("/api/v1/forecasts/skill").json()["detail"]
    monkeypatch.setattr(forecasting, "card", lambda _: nouns.card())
    assert "nothing was forecast with it yet" in client.get("/forecasts").text


def test_the_skill_names_where_it_is_worse(enter: Enter, kept: list[Any]) -> None:
    text = enter(Role.VIEWER).get("/forecasts/skill").text
    told = said(text)
    assert "better than the baseline on 4 and worse on 1" in told
    worse = text[text.index('id="worse"') : text.index('id="reliability"')]
    assert "Interval score, 90 %" in worse and "/forecasts/ET" in worse
    assert "/forecasts/SD" not in worse
    for part in ("−2.5 (−4.1 to −0.9)", "AUC 0.962", "AUC: too few cases", "20221101", "9f2c9f2c",
                 "scikit-learn", "Tested on 2018, 2019, 2020, 2021", "87.3 %"):  # fmt: skip
        assert part in told, part
    assert text.count("<svg") == 4
    ahead = said(text[text.index('id="ahead"') : text.index('id="worse"')])
    for part in ("1 to 2 months ahead 20.1 against 23.5 better than the baseline",
                 "0.0390 against 0.0460 worse than the baseline",
                 "2018, 2019, 202027 to 36 months ahead not tested"):  # fmt: skip
        assert part in ahead, part
    assert "The other figures of this page are of 3 to 14 months ahead" in ahead


def test_no_page_brings_style_or_script_of_its_own(enter: Enter, kept: list[Any]) -> None:
    client = enter(Role.ANALYST)
    for path in ("/forecasts", "/forecasts/ET", "/forecasts/skill", "/forecasts/FR"):
        text = client.get(path).text
        assert not re.search(r"\bstyle=|\bon[a-z]+=|<style", text), path
        assert all("src=" in one for one in re.findall(r"<script[^>]*>", text)), path


def test_the_pages_speak_chinese(enter: Enter, kept: list[Any]) -> None:
    client = enter(Role.VIEWER)
    client.cookies.set("farwatch_language", "zh-Hans")
    text = client.get("/forecasts/ET").text
    assert "埃塞俄比亚" in text and "2022年10月" in text and "很可能" in text
    assert "比基线" in client.get("/forecasts").text
    drivers = text[text.index('id="drivers"') : text.index('id="history"')]
    assert "十二个月内死亡 10,200 人" in drivers and "邻国的暴力" in drivers
    assert "未经检验" in text and text.count("<title>未检验</title>") == 2
    assert re.findall(r'lang="en">([^<]*)', drivers) == ["news "]  # a driver of an older kind


def test_a_place_leads_to_its_forecast_and_back(enter: Enter, kept: list[Any]) -> None:
    client = enter(Role.VIEWER)
    for place in ("country:ZM", "admin1:ZM.08"):
        assert 'href="/forecasts/ZM"' in client.get(f"/places/{place}").text


# ---- scope and steps


def test_what_lies_outside_the_scope_is_not_found(enter: Enter, kept: list[Any]) -> None:
    client = enter(Role.ANALYST, Scope(countries=("SD", "ZM")))
    rows = client.get("/api/v1/forecasts").json()
    assert ([one["country"] for one in rows["items"]], rows["total"]) == (["SD", "ZM"], 2)
    assert "Ethiopia" not in said(client.get("/forecasts").text)
    assert "Ethiopia" not in said(client.get("/forecasts/skill").text)
    skill = client.get("/api/v1/forecasts/skill").json()
    assert {one["country"] for one in skill["records"]} == {"SD", "ZM"}
    for path in ("/forecasts/ET", "/api/v1/forecasts/ET"):
        assert client.get(path).status_code == 404
    listed = client.get("/api/v1/forecast-notices").json()["items"]
    assert [one["id"] for one in listed] == ["wn-SD-515"]
    body = {"step": "Leave"}
    path = "/api/v1/forecast-notices/wn-ET-515/steps"
    assert client.post(path, json=body).status_code == 404
    assert client.post("/forecasts/notices/wn-ET-515/steps", data=body).status_code == 404
    assert kept[0].steps == ()


def test_a_step_is_recorded_once_however_often_it_is_sent(enter: Enter, kept: list[Any]) -> None:
    client, path = enter(Role.ANALYST), "/api/v1/forecast-notices/wn-ET-515/steps"
    body = {"step": "Staff leave Mekelle"}
    first = client.post(path, json=body, headers=KEY)
    again = client.post(path, json=body, headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["idempotent-replayed"] == "true" and again.json() == first.json()
    assert len(kept[0].steps) == 1 and "analyst of the tests" in kept[0].steps[0]
    for wrong in ({"step": ""}, {"step": "  "}, {"step": "x" * 1001}, {}):
        assert client.post(path, json=wrong).status_code == 422, wrong
        assert client.post("/forecasts/notices/wn-ET-515/steps", data=wrong).status_code == 422
    form = client.post("/forecasts/notices/wn-ET-515/steps", data={"step": "<b>Flights</b> booked"})
    assert (form.status_code, form.headers["location"]) == (303, "/forecasts/ET#notices")
    shown = client.get("/forecasts/ET").text
    assert "&lt;b&gt;Flights&lt;/b&gt; booked" in shown and "<b>Flights" not in shown


def test_a_viewer_reads_and_records_nothing(enter: Enter, kept: list[Any]) -> None:
    client = enter(Role.VIEWER)
    path = "/api/v1/forecast-notices/wn-ET-515/steps"
    assert client.post(path, json={"step": "Leave"}).status_code == 403
    assert client.get("/api/v1/forecast-notices").status_code == 200
    assert kept[0].steps == ()


# ---- the API


def test_the_api_pages_and_follows_what_was_made_since(enter: Enter, kept: list[Any]) -> None:
    client, path = enter(Role.VIEWER), "/api/v1/forecasts"
    whole = client.get(path).json()
    assert whole["items"][0]["country"] == "ET" and whole["next"] is None
    assert whole["model"]["scores"][0]["verdict"] == "better"
    assert (whole["horizon"], whole["data_through"]) == (1, "2022-10")
    names, cursor = [], ""
    while cursor is not None:
        page = client.get(path, params={"limit": 5, "cursor": cursor}).json()
        names += [one["country"] for one in page["items"]]
        cursor = page["next"]
    assert names == [one["country"] for one in whole["items"]]
    for name in ("/api/v1/forecasts", "/api/v1/forecast-notices"):
        before = client.get(name, params={"updated_since": "2022-11-12T00:00:00Z"}).json()
        after = client.get(name, params={"updated_since": "2022-11-13T00:00:00Z"}).json()
        assert before["items"] and after["items"] == []
        for wrong in ({"cursor": "no"}, {"updated_since": "noon"}, {"limit": 0}):
            assert client.get(name, params=wrong).status_code == 422, (name, wrong)
    assert client.get(path, params={"horizon": 99}).status_code == 422


def test_notices_are_followed_by_their_newest_change(enter: Enter, kept: list[Any]) -> None:
    """A step recorded today is heard of by who asks since yesterday, after older changes."""
    client, path = enter(Role.ANALYST), "/api/v1/forecast-notices"
    since = {"updated_since": "2022-11-13T00:00:00Z"}
    assert client.get(path, params=since).json()["items"] == []
    client.post(f"{path}/wn-SD-515/steps", json={"step": "Staff leave"})
    (one,) = client.get(path, params=since).json()["items"]
    assert one["id"] == "wn-SD-515" and one["updated"] > one["made"]
    whole = client.get(path, params={"updated_since": "2022-11-01T00:00:00Z"}).json()["items"]
    assert len(whole) == len(kept) and whole[-1]["id"] == "wn-SD-515"


def test_every_score_that_is_measured_has_its_words() -> None:
    assert set(words.SCORES) == {*skill.SCORES, *(f"brier_{name}" for name in skill.EVENTS)}
    assert set(words.THRESHOLDS) == set(skill.EVENTS)
    assert set(words.BASELINES) == {skill.BASELINE}


def test_every_driver_has_its_words() -> None:
    """What a run may say moved a forecast is what the pages translate."""
    assert tuple(GROUPS.values()) == words.DRIVERS and tuple(FORMS.values()) == words.SEEN


def test_the_api_gives_a_distribution_with_its_skill(enter: Enter, kept: list[Any]) -> None:
    client = enter(Role.VIEWER)
    found = client.get("/api/v1/forecasts/ET").json()
    assert found["months"][0]["month"] == "2022-11" and len(found["months"]) == 36
    assert set(found["months"][0]["quantiles"]) >= {"0.05", "0.5", "0.95"}
    assert found["months"][0]["at_least_25"]["words"] == "very likely"
    assert [one["tested"] for one in found["months"]] == [True] * 26 + [False] * 10
    reaches = found["model"]["reaches"]
    assert [(one["first"], one["last"]) for one in reaches] == [(1, 2), (3, 14), (15, 26), (27, 36)]
    assert reaches[3]["tested"] == reaches[3]["scores"] == [] and reaches[3]["coverage"] is None
    assert reaches[2]["scores"][2]["verdict"] == "worse" and reaches[2]["tested"][-1] == 2020
    assert found["published"].startswith("2022-11-10")
    assert found["record"]["worse"] is True and found["model"]["id"] == "m-2022-11"
    assert {"month": "2016-03", "deaths": None} in found["history"]
    skill = client.get("/api/v1/forecasts/skill").json()
    assert skill["reliability"]["onset"][-1]["count"] == 0 and skill["auc"]["onset"] is None
    assert len(skill["pit"]) == 10 and skill["tested"] == [2018, 2019, 2020, 2021]


def test_a_model_of_which_nothing_was_measured_says_so(
    enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    nouns.put_behind(monkeypatch)
    bare = replace(nouns.card(()), skill=replace(nouns.card(()).skill, scores=(), pit=()))
    monkeypatch.setattr(forecasting, "card", lambda _: bare)
    text = said(enter(Role.VIEWER).get("/forecasts/skill").text)
    assert "Nothing was measured of these forecasts: what they say is unproven" in text
    assert "Of 0 scores" not in text
