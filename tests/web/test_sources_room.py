"""The sources' room: health as the desk judges it, records that could not be read, reading again,
switching; for those who may see them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient
from web_desk import Enter

from farwatch.desk import collecting, switching, understanding
from farwatch.desk.deciding import Person
from farwatch.desk.gathering import permitted
from farwatch.desk.opening import Desk
from farwatch.errors import UsageError
from farwatch.model.account import Role, Scope
from farwatch.model.document import Document
from farwatch.store import audit, health, rejects, reports
from farwatch.store.rejects import Reject

NOW = datetime.now(UTC)
FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>UN News</title>
<item><guid>one</guid><title>Riot in Kitwe</title><pubDate>%s</pubDate>
<description>Rioters burned tyres in Kitwe, Zambia. Police fired tear gas.</description></item>
<item><guid>two</guid><title>No day at all</title><pubDate>the day after</pubDate></item>
</channel></rss>""" % f"{NOW:%a, %d %b %Y %H:%M:%S} +0000".encode()


@pytest.fixture
def heard(desk: Desk) -> Desk:
    """The desk after un-news told two items, one of them unreadable, and usgs fell silent."""
    document = Document(desk.sources["un-news"], "un.rss", FEED, NOW)
    collecting.take(desk, document)
    while True:
        with desk.database.begin() as conn:
            try:
                understanding.process(desk, conn, {})
            except LookupError:
                break
    with desk.database.begin() as conn:
        long_ago = NOW - timedelta(days=30)
        health.heard(conn, "usgs", long_ago, health.Volume(accepted=3))
        for _ in range(3):
            health.failed(conn, "usgs", NOW, "connection refused by 127.0.0.1")
    return desk


def test_a_silent_source_stands_first_with_its_failures(heard: Desk, enter: Enter) -> None:
    client = enter(Role.VIEWER)
    items = client.get("/api/v1/sources?limit=1000").json()["items"]
    assert items[0]["source"]["id"] == "usgs"
    assert items[0]["silent"] and items[0]["health"]["failures"] == 3
    page = client.get("/sources?silent=1").text
    assert "/sources/usgs" in page and "/sources/un-news" not in page
    assert "1 feed silent" in client.get("/sources").text
    shown = client.get("/sources/usgs").text
    assert "past its bound" in shown and "connection refused by 127.0.0.1" in shown


def test_a_record_that_could_not_be_read_shows_its_value(heard: Desk, enter: Enter) -> None:
    client = enter(Role.ANALYST)
    (found,) = client.get("/api/v1/rejected?source=un-news").json()["items"]
    assert found["document"] == "un.rss"
    assert "the day after" in found["value"]
    page = client.get("/sources/un-news").text
    assert "the day after" in page and "un.rss" in page


def test_rejected_records_come_page_by_page(heard: Desk, enter: Enter) -> None:
    more = [
        Reject("un-news", "many.rss", "no day", NOW + timedelta(seconds=n // 3), str(n))
        for n in range(23)
    ]
    with heard.database.begin() as conn:
        rejects.reject(conn, more)
    client = enter(Role.ANALYST)
    seen, cursor = [], ""
    while cursor is not None:
        found = client.get(f"/api/v1/rejected?source=un-news&limit=5&cursor={cursor}").json()
        seen += [(one["document"], one["position"]) for one in found["items"]]
        cursor = found["next"]
    assert len(seen) == len(set(seen)) == 24
    since = (NOW + timedelta(seconds=5)).isoformat().replace("+", "%2B")
    late = client.get(f"/api/v1/rejected?updated_since={since}").json()["items"]
    assert [int(one["position"]) // 3 for one in late] == sorted(
        n // 3 for n in range(23) if n // 3 >= 5
    )


def test_a_kept_document_is_read_again_and_nothing_is_stored(heard: Desk, enter: Enter) -> None:
    client = enter(Role.ANALYST)
    (kept,) = client.get("/api/v1/sources/un-news/documents").json()["items"]
    assert (kept["name"], kept["reports"]) == ("un.rss", 1)
    assert "un.rss" in client.get("/sources/un-news/documents").text
    (found,) = client.get("/api/v1/sources/un-news/again?document=un.rss").json()
    assert found["current"] and found["changes"] == []
    with heard.database.begin() as conn:  # as an earlier version of the reader may have read it
        from farwatch.store import readings

        name = readings.name("un-news", "one")
        (reading,) = readings.by_statements(conn, [name])[name]
        from dataclasses import replace

        readings.put(conn, [replace(reading, severity=1)])
    (found,) = client.get("/api/v1/sources/un-news/again?document=un.rss").json()
    assert [(c["field"], c["before"]) for c in found["changes"]] == [("severity", "1")]
    assert "1 report would change." in client.get("/sources/un-news/again?document=un.rss").text
    assert client.get("/api/v1/sources/un-news/again?document=other").status_code == 404


def test_a_file_is_tried_and_nothing_is_stored(heard: Desk, enter: Enter) -> None:
    client = enter(Role.ANALYST)
    more = FEED.replace(b"<guid>one<", b"<guid>three<")
    with heard.database.read() as conn:
        before = (rejects.counts(conn), reports.current(conn, "un-news", ["three"]))
    (found,) = client.post("/api/v1/sources/un-news/try", files={"file": ("new.rss", more)}).json()
    assert (found["new"], found["unchanged"], len(found["rejected"])) == (1, 0, 1)
    assert "the day after" in found["rejected"][0]["value"]
    page = client.post("/sources/un-news/try", files={"file": ("new.rss", more)})
    assert "the day after" in page.text and "nothing was stored" in page.text
    broken = client.post("/sources/un-news/try", files={"file": ("b.rss", b"<rss")})
    assert broken.status_code in {200, 422}
    with heard.database.read() as conn:
        assert (rejects.counts(conn), reports.current(conn, "un-news", ["three"])) == before


def test_an_administrator_switches_with_a_reason(desk: Desk, enter: Enter) -> None:
    client = enter(Role.ADMINISTRATOR)
    path = "/sources/canada/switch"
    assert client.post(path, data={"on": "false", "reason": "  "}).status_code == 422
    assert client.post(path, data={"on": "false", "reason": "Copies us"}).status_code == 303
    assert "canada" in permitted(desk, NOW)[1]
    page = client.get("/sources/canada").text
    assert "Switched off by" in page and "Copies us" in page
    again = client.post("/api/v1" + path, json={"on": True, "reason": "Mended"})
    assert again.json()["on"] is True
    assert "canada" in {source.id for source in permitted(desk, NOW)[0]}
    with desk.database.read() as conn:
        kinds = [entry.decision.kind for entry in audit.entries(conn)]
        assert audit.verify(conn) == len(kinds)
    assert [kind for kind in kinds if kind.startswith("source.")] == ["source.off", "source.on"]


def test_switching_on_overrides_no_terms(desk: Desk) -> None:
    """A source whose terms refuse it stays refused whoever switches it on."""
    person = Person("amina", NOW)
    refused = {name for name in permitted(desk, NOW)[1] if desk.sources[name].enabled}
    for name in refused:
        switching.switch(desk, name, person, "we want it", on=True)
    assert refused <= set(permitted(desk, NOW)[1])
    with pytest.raises(UsageError, match="reason"):
        switching.switch(desk, "usgs", person, "x" * 501, on=False)


@pytest.mark.parametrize(("scope", "records"), [(Scope(), 200), (Scope(countries=("ZM",)), 404)])
def test_records_of_all_the_world_are_for_those_who_see_all_of_it(
    heard: Desk, enter: Enter, scope: Scope, records: int
) -> None:
    client = enter(Role.ANALYST, scope)
    for path in ("/api/v1/rejected?source=un-news", "/api/v1/sources/un-news/documents",
                 "/api/v1/sources/un-news/again?document=un.rss",
                 "/sources/un-news/again?document=un.rss"):  # fmt: skip
        assert client.get(path).status_code == records, path
    shown = client.get("/sources/un-news").text
    assert ("the day after" in shown) == (records == 200)
    usgs = client.get("/api/v1/sources/usgs").json()
    assert bool(usgs["health"]["error"]) == (records == 200)


@pytest.mark.parametrize(
    ("scope", "status"),
    [(Scope(), 200), (Scope(countries=("CA",)), 200), (Scope(countries=("ZM",)), 404)],
)
def test_a_source_of_another_country_is_not_found(
    desk: Desk, enter: Enter, scope: Scope, status: int
) -> None:
    client = enter(Role.VIEWER, scope)
    for path in ("/sources/cap-ca", "/api/v1/sources/cap-ca"):
        assert client.get(path).status_code == status
    listed = {one["source"]["id"] for one in client.get("/api/v1/sources?limit=99").json()["items"]}
    assert ("cap-ca" in listed) == (status == 200)


def test_the_list_pages_by_its_cursor(client: TestClient, enter: Enter) -> None:
    client = enter(Role.VIEWER)
    first = client.get("/api/v1/sources?limit=2").json()
    second = client.get(f"/api/v1/sources?limit=2&cursor={first['next']}").json()
    names = [one["source"]["id"] for one in [*first["items"], *second["items"]]]
    assert len(set(names)) == 4
    assert client.get("/api/v1/sources?cursor=nothing").status_code == 422
