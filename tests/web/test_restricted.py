"""What is restricted is seen by those who may, on every route, and by nobody else on any."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

import httpx
import pytest
from restricted_desk import Closed, Reader, addresses
from starlette.testclient import TestClient

from farwatch.desk import (
    asking,
    limiting,
    outlook_room,
)
from farwatch.desk.opening import Desk
from farwatch.model.account import Role
from farwatch.model.assessment import Assessment
from farwatch.store import assessments, events
from farwatch.web import visitor
from farwatch.web.limited import Meter
from farwatch.web.policy import RESTRICTED

MAY: tuple[Reader, ...] = (
    (Role.DUTY_OFFICER, ()), (Role.ADMINISTRATOR, ("read", "restricted:read")),
)  # fmt: skip
MAY_NOT: tuple[Reader, ...] = (
    (Role.VIEWER, ()), (Role.PARTNER, ()), (Role.ADMINISTRATOR, ("write",)),
)  # fmt: skip
# Where who may finds it: pages, and what a token opens of the API.
SHOWS_PAGE = {
    "watch", "alerts.list", "alerts.show", "alerts.chain", "events.list", "events.export",
    "events.show", "reports.list", "reports.export", "reports.show", "sites.show", "places.show",
    "deliveries.list", "sources.show", "sources.again"
}  # fmt: skip
SHOWS_API = {
    "api.map.events", "api.map.feed", "api.alerts.list", "api.alerts.inbox", "api.alerts.show",
    "api.alerts.chain", "api.alerts.revisions", "api.alerts.cap", "api.events.list",
    "api.events.export", "api.events.show", "api.reports.list", "api.reports.export",
    "api.reports.show", "api.sites.show", "api.places.show", "api.deliveries.list",
    "api.deliveries.show", "api.rejected.list", "api.sources.again",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is worked out beside a request is what is kept, or not ready: nobody waits for it."""

    def kept(desk: Desk, place: str, at: datetime, seconds: float) -> Assessment | None:
        with desk.database.read() as conn:
            return assessments.latest(conn, [place]).get(place)

    monkeypatch.setattr(asking, "ask", kept)
    meter = Meter(limiting.Limit("requests", 100_000, 60))  # a token asks for all routes in a row
    monkeypatch.setattr(visitor, "_TOKENS", meter)
    monkeypatch.setattr(outlook_room._BESIDE, "ask", lambda *asked: None)


def answers(client: TestClient, closed: Closed) -> Iterator[tuple[str, str, httpx.Response]]:
    for name, address in addresses(closed):
        answer = client.get(address)
        assert answer.status_code != httpx.codes.TOO_MANY_REQUESTS, address
        yield name, address, answer


def told(answer: httpx.Response, address: str, closed: Closed) -> list[str]:
    """The names of what is restricted that an answer tells, besides repeating what it was asked."""
    said = "\n".join([answer.text, *answer.headers.values()]).casefold()
    return [one for one in closed.names if one in said and one not in address]


@pytest.mark.parametrize("reader", MAY_NOT, ids=str)
def test_who_may_not_finds_no_word_of_it_on_any_route(
    reader: Reader, reads: Callable[[Reader], TestClient], closed: Closed
) -> None:
    client = reads(reader)
    opened, leaks = 0, []
    for name, address, answer in answers(client, closed):
        opened += answer.status_code == 200
        leaks += [(name, address, one) for one in told(answer, address, closed)]
    assert not leaks, leaks[:20]
    assert opened > (1 if reader[0] is Role.PARTNER else 30)  # and it was not all refused


@pytest.mark.parametrize("reader", MAY, ids=str)
def test_who_may_finds_it_where_it_belongs(
    reader: Reader, reads: Callable[[Reader], TestClient], closed: Closed
) -> None:
    client = reads(reader)
    found = {
        name
        for name, address, answer in answers(client, closed)
        if answer.status_code == 200 and told(answer, address, closed)
    }
    if not reader[1]:
        assert sorted(SHOWS_PAGE - found) == []
    assert sorted(SHOWS_API - found) == []


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.PARTNER}))
def test_the_policy_table_says_who_sees_it(
    role: Role, reads: Callable[[Reader], TestClient], closed: Closed
) -> None:
    client = reads((role, ()))
    expected = 200 if role in RESTRICTED else 404
    for path in (f"/events/{closed.event}", f"/api/v1/alerts/{closed.alert}"):
        assert client.get(path).status_code == expected
    assert client.get(f"/events/{closed.open_event}").status_code == 200
    assert client.get(f"/reports/{closed.open_report}").status_code == 200


@pytest.mark.parametrize(
    ("path", "noun"),
    [
        ("/api/v1/events/{}", "event"), ("/api/v1/reports/{}", "report"),
        ("/api/v1/alerts/{}", "alert"), ("/api/v1/alerts/{}/chain", "alert"),
        ("/api/v1/alerts/{}/cap", "alert"), ("/api/v1/alerts/{}/revisions", "alert"),
    ],
)  # fmt: skip
def test_it_is_not_found_as_what_never_was_is_not(
    path: str, noun: str, reads: Callable[[Reader], TestClient], closed: Closed
) -> None:
    client = reads((Role.VIEWER, ()))
    names = {
        "event": (closed.event, closed.event[:12]), "report": (closed.report, closed.old_report),
        "alert": (closed.alert, closed.alert_id, closed.alert_id[:10]),
    }  # fmt: skip
    unknown = client.get(path.format("nothing-of-the-kind"))
    for name in names[noun]:
        answer = client.get(path.format(name))
        assert answer.status_code == unknown.status_code == 404
        known = answer.json()["detail"].replace(name, "nothing-of-the-kind")
        assert known == unknown.json()["detail"]


def test_a_beginning_that_fits_it_and_an_open_one_means_the_open_one(
    desk: Desk, reads: Callable[[Reader], TestClient], closed: Closed
) -> None:
    with desk.database.begin() as conn:
        twin = replace(events.get(conn, closed.open_event), id=f"{closed.event}-open")
        events.put(conn, [twin])
    viewer = reads((Role.VIEWER, ()))
    found = viewer.get(f"/api/v1/events/{closed.event[:15]}")
    assert found.status_code == 200 and found.json()["event"]["id"] == twin.id
    ambiguous = reads((Role.ANALYST, ())).get(f"/api/v1/events/{closed.event[:15]}")
    assert ambiguous.status_code == 422 and closed.event in ambiguous.text


def test_lists_are_narrowed_to_it_and_counts_and_pages_agree(
    reads: Callable[[Reader], TestClient], closed: Closed
) -> None:
    def totals(client: TestClient, noun: str) -> list[int]:
        asked = ("", "&restricted=yes", "&restricted=no")
        bodies = [client.get(f"/api/v1/{noun}?limit=1000{one}").json() for one in asked]
        assert all(body["total"] == len(body["items"]) for body in bodies)
        return [body["total"] for body in bodies]

    viewer = reads((Role.VIEWER, ()))
    seen = {noun: totals(viewer, noun) for noun in ("events", "reports")}
    officer = reads((Role.DUTY_OFFICER, ()))
    for noun, (every, closed_ones, open_ones) in seen.items():
        assert (closed_ones, open_ones) == (0, every)
        assert totals(officer, noun) == [every + 1, 1, every]
    one = officer.get("/api/v1/events?restricted=yes").json()["items"][0]["event"]
    assert (one["id"], one["restricted"]) == (closed.event, True)
