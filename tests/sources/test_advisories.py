from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from farwatch.errors import UnreadableFeed, UnreadableReport
from farwatch.model.document import Follow
from farwatch.model.kinds import Kind
from farwatch.model.report import Action

WARNED = """<p>FCDO advises against all travel to:</p><ul><li>Eastern Province</li>
<li>within 20km of the border</li></ul>
<p>FCDO advises against all but essential travel to the city of Exampleville.</p>"""


def fcdo(**changes: Any) -> bytes:
    details = {
        "country": {"name": "Zambia", "slug": "zambia"},
        "summary": "<p>Elections are near.</p>",
        "alert_status": [],
        "change_description": "Latest update: unrest",
        "updated_at": "2026-05-30T10:00:00+01:00",
        "parts": [],
    } | changes.pop("details", {})
    body = {
        "base_path": "/foreign-travel-advice/zambia",
        "title": "Zambia travel advice",
        "locale": "en",
        "public_updated_at": "2026-05-29T10:00:00Z",
        "withdrawn_notice": {},
        "links": {"related": [{"x": 1}]},
        "details": details,
    }
    return json.dumps(body | changes).encode()


def statuses(*words: str, summary: str = "") -> bytes:
    return fcdo(details={"alert_status": list(words), "summary": summary})


LEVELS = [
    ((), "", 0, 0),
    (("avoid_all_travel_to_whole_country",), "", 3, 0),
    (("avoid_all_but_essential_travel_to_whole_country",), "", 2, 0),
    (("avoid_all_travel_to_parts",), WARNED, 1, 3),
    (("avoid_all_but_essential_travel_to_parts",), WARNED, 1, 2),
    (
        ("avoid_all_but_essential_travel_to_whole_country", "avoid_all_travel_to_parts"),
        WARNED,
        2,
        3,
    ),
    ((), WARNED, 1, 3),  # old documents warn in the text alone
]


@pytest.mark.parametrize(("words", "summary", "level", "parts"), LEVELS)
def test_fcdo_levels_of_the_country_and_of_its_parts(
    read_as: Any, words: tuple[str, ...], summary: str, level: int, parts: int
) -> None:
    whole, regional = read_as("fcdo", statuses(*words, summary=summary))
    assert (whole.key, regional.key) == (
        "/foreign-travel-advice/zambia",
        "/foreign-travel-advice/zambia#parts",
    )
    assert (whole.figure.series, whole.figure.value) == ("fcdo.level", level)
    assert (regional.figure.series, regional.figure.value) == ("fcdo.parts", parts)
    assert whole.figure.country == "ZM"
    assert whole.facts.kind is Kind.ADVISORY
    assert whole.published == datetime(2026, 5, 30, 9, 0, tzinfo=UTC)


def test_fcdo_names_the_parts_in_the_regional_text(read_as: Any) -> None:
    _, regional = read_as("fcdo", statuses("avoid_all_travel_to_parts", summary=WARNED))
    assert "Eastern Province" in regional.text
    assert "Exampleville" in regional.text
    assert "Elections" not in regional.text


def test_fcdo_withdrawn_advice_is_cancelled(read_as: Any) -> None:
    notice = {"explanation": "gone", "withdrawn_at": "2026-06-01T00:00:00Z"}
    for report in read_as("fcdo", fcdo(withdrawn_notice=notice)):
        assert report.action is Action.CANCEL
        assert report.figure is None
        assert report.published == datetime(2026, 6, 1, tzinfo=UTC)


def test_fcdo_noise_around_the_advice_is_no_new_version(read_as: Any) -> None:
    before = read_as("fcdo", fcdo())[0]
    noisy = read_as("fcdo", fcdo(links={}, updated_at="2027-01-01T00:00:00Z"))[0]
    edited = read_as("fcdo", fcdo(details={"change_description": "new"}))[0]
    assert before.id == noisy.id != edited.id


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"details": {"country": {"name": "Atlantis"}}}, "name", "Atlantis"),
        ({"details": {"alert_status": ["panic"]}}, "alert_status", "panic"),
        ({"details": {"alert_status": "none"}}, "alert_status", "none"),
        ({"details": {"updated_at": "yesterday"}}, "updated_at", "yesterday"),
        ({"details": {"updated_at": "2026-05-30T10:00:00"}}, "updated_at", "2026-05-30T10:00:00"),
        ({"details": {"parts": [7]}}, "parts[0]", 7),
        ({"title": 5}, "title", 5),
    ],
)
def test_fcdo_bad_fields_are_named(
    read_as: Any, changes: dict[str, Any], field: str, value: object
) -> None:
    (error,) = read_as("fcdo", fcdo(**changes))
    assert isinstance(error, UnreadableReport)
    assert (error.field, error.value) == (field, value)


def test_fcdo_index_leads_to_its_countries(read_as: Any) -> None:
    children = [{"base_path": "/foreign-travel-advice/chad"}, {"base_path": "/evil?x"}, 3]
    index = {"base_path": "/foreign-travel-advice", "links": {"children": children}}
    follow, bad, worse = read_as("fcdo", json.dumps(index).encode(), "http://127.0.0.1:8000/x")
    assert follow == Follow(
        "http://127.0.0.1:8000/api/content/foreign-travel-advice/chad",
        "/foreign-travel-advice/chad",
    )
    assert bad.value == "/evil?x"
    assert worse.position == "links.children[2]"


def canada(**changes: Any) -> bytes:
    entry = {
        "date-published": {"timestamp": 1780135200},
        "advisory-state": 2,
        "has-regional-advisory": 1,
        "eng": {
            "name": "C&ocirc;te d&rsquo;Ivoire",
            "url-slug": "cote-d-ivoire",
            "advisory-text": "AVOID NON-ESSENTIAL TRAVEL",
            "recent-updates": "<p>The Security tab &amp; more</p>",
        },
    } | changes
    code = entry.pop("code", "CI")
    return json.dumps({"metadata": {}, "data": {code: entry}}).encode()


def test_canada_entities_are_read_and_the_level_is_a_figure(read_as: Any) -> None:
    (report,) = read_as("canada", canada())
    assert report.title == "Côte d’Ivoire: AVOID NON-ESSENTIAL TRAVEL"
    assert report.text == "The Security tab & more"
    assert (report.figure.series, report.figure.country, report.figure.value) == (
        "canada.level",
        "CI",
        2,
    )
    assert report.published == datetime(2026, 5, 30, 10, 0, tzinfo=UTC)
    assert report.facts.measures["regional"] == 1


@pytest.mark.parametrize(("code", "country"), [("PT-20", "PT"), ("IC", "ES")])
def test_canada_islands_are_parts_of_a_country(read_as: Any, code: str, country: str) -> None:
    (report,) = read_as("canada", canada(code=code))
    assert (report.figure.series, report.figure.country) == ("canada.parts", country)


@pytest.mark.parametrize(
    ("changes", "value"),
    [
        ({"advisory-state": 4}, 4),
        ({"advisory-state": "2"}, "2"),
        ({"advisory-state": True}, True),
        ({"date-published": {"timestamp": "now"}}, "now"),
        ({"date-published": {"timestamp": 10**18}}, 10**18),
        ({"code": "QQ", "eng": {"name": "Nowhere"}}, "QQ"),
        ({"eng": {}}, None),
    ],
)
def test_canada_bad_fields_are_named(read_as: Any, changes: dict[str, Any], value: object) -> None:
    (error,) = read_as("canada", canada(**changes))
    assert isinstance(error, UnreadableReport)
    assert error.value == value


STATE = [
    ("Burma (Myanmar) - Level 4: Do Not Travel", "MM", 4, 5),
    ("Zambia - Level 1: Exercise Normal Precautions", "ZM", 1, 1),
    ("Bosnia and Herzegovina Travel Advisory - Level 2: Exercise Increased Caution", "BA", 2, 2),
    ("Cote d'Ivoire – Level 3: Reconsider Travel", "CI", 3, 4),
]


@pytest.mark.parametrize(("title", "country", "level", "severity"), STATE)
def test_state_department_titles_carry_the_level(
    read_as: Any, title: str, country: str, level: int, severity: int
) -> None:
    rss = f"""<rss version="2.0"><channel><title>T</title><item><title>{title}</title>
      <link>https://travel.state.gov/x.html</link><guid>https://travel.state.gov/x.html</guid>
      <pubDate>Fri, 29 May 2026</pubDate><description>&lt;p&gt;Why&lt;/p&gt;</description></item>
      </channel></rss>"""
    listed = [{"Title": title, "Link": "https://travel.state.gov/x.html", "Summary": "<p>Why</p>",
               "Updated": "2026-05-28T20:00:00-04:00", "Category": ["BM"]}]  # fmt: skip
    for data in (rss.encode(), json.dumps(listed).encode()):
        (report,) = read_as("state_department", data)
        assert (report.figure.country, report.figure.value) == (country, level)
        assert report.facts.severity == severity
        assert report.published == datetime(2026, 5, 29, tzinfo=UTC)
        assert report.text == "Why"
        assert report.key == "https://travel.state.gov/x.html"


def test_state_department_statements_without_a_level_have_no_figure(read_as: Any) -> None:
    listed = [{"Title": "Worldwide Caution"}, {"Title": "Atlantis - Level 2: X"}, {"Title": ""}]
    plain, unknown, empty = read_as("state_department", json.dumps(listed).encode())
    assert plain.figure is None
    assert unknown.value == "Atlantis - Level 2: X"
    assert empty.field == "Title"


@pytest.mark.parametrize("form", ["fcdo", "canada", "state_department", "who", "worldbank"])
@pytest.mark.parametrize("data", [b"", b"{", b"[1, NaN]", b'"text"', b"{}", b"\xff", b"[" * 100000])
def test_other_documents_are_no_feed(read_as: Any, form: str, data: bytes) -> None:
    with pytest.raises(UnreadableFeed, match=form):
        read_as(form, data)


def test_recorded_advisories_are_all_read(shared: Path, read_as: Any) -> None:
    folder = shared / "recorded/advisories"
    items = read_as("canada", (folder / "canada_index.json").read_bytes())
    assert len(items) == 229
    assert {item.figure.value for item in items} == {0, 1, 2, 3}
    for path in folder.glob("fcdo_*.json"):
        items = read_as("fcdo", path.read_bytes())
        assert not [item for item in items if isinstance(item, UnreadableReport)]
    (turkey, parts) = read_as("fcdo", (folder / "fcdo_alt-country.json").read_bytes())
    assert (turkey.figure.country, turkey.figure.value, parts.figure.value) == ("TR", 1, 3)
    assert "Diyarbakir" in parts.text


def test_who_items_and_notices(read_as: Any) -> None:
    news = {
        "ItemDefaultUrl": "/2026-DON900", "Title": "Cholera - Zambia", "OverrideTitle": None,
        "PublicationDateAndTime": "2026-05-30T10:00:00Z", "regionscountries": ["aa"],
        "Summary": "<p>Forty&nbsp;cases.</p>\r\n<p>Two dead.</p>", "Overview": "",
        "EmergencyEvent": {"Id": "e-1"},
    }  # fmt: skip
    notice = {
        "title": "Level 3 - Cholera in Zambia", "description": "Avoid.",
        "link": "https://wwwnc.cdc.gov/x", "publication_date": "2026-05-30T04:00:00+00:00",
    }  # fmt: skip
    dump = {"who_reports": [news, {"Title": "x"}], "cdc_notices": [notice, notice | {"title": "x"}]}
    report, nameless, cdc, levelless = read_as("who", json.dumps(dump).encode())
    assert (report.key, report.facts.happening) == ("2026-DON900", "e-1")
    assert report.text == "Forty cases.\nTwo dead."
    assert report.facts.kind is Kind.OUTBREAK
    assert report.url == "https://www.who.int/emergencies/disease-outbreak-news/item/2026-DON900"
    assert nameless.field == "ItemDefaultUrl"
    assert (cdc.title, cdc.facts.severity, cdc.origin) == ("Cholera in Zambia", 3, "cdc.gov")
    assert levelless.field == "title"
    (same,) = read_as("who", json.dumps({"value": [news]}).encode())
    assert same.id == report.id


def test_the_recorded_outbreaks_are_all_read(shared: Path, read_as: Any) -> None:
    items = read_as(
        "who", (shared / "recorded/who/disease_outbreak_raw_2026-08-05.json").read_bytes()
    )
    assert len(items) == 61
    assert all(item.published and item.text for item in items)
