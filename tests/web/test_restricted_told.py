"""What is restricted: each read is in the audit; live pages, webhooks and tokens keep to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from restricted_desk import WORD, Closed, Reader
from starlette.testclient import TestClient
from web_desk import PASSWORD

from farwatch.desk import (
    accounts,
    administering,
    map_index,
    posting,
    subscribing,
    tokens,
)
from farwatch.desk.accounts import NewAccount
from farwatch.desk.administering import By, Changes
from farwatch.desk.opening import Desk
from farwatch.desk.rescreening import told_of
from farwatch.desk.subscribing import NewWebhook
from farwatch.desk.tokens import NewToken
from farwatch.errors import Forbidden, UsageError
from farwatch.model.account import WHOLE, Role, Scope
from farwatch.model.webhook import Told
from farwatch.store import alerts, audit, events, schema
from farwatch.store import tokens as stored_tokens
from farwatch.store.keyset import Wanted
from farwatch.web.live import Live

NOW = datetime.now(UTC)


def entries(desk: Desk) -> list[audit.Entry]:
    with desk.database.read() as conn:
        audit.verify(conn)
        return [one for one in audit.entries(conn) if one.decision.kind == "restricted.read"]


def test_each_read_of_it_is_one_line_of_the_audit(
    desk: Desk, reads: Callable[[Reader], TestClient], closed: Closed
) -> None:
    viewer = reads((Role.VIEWER, ()))
    for path in ("/events", "/alerts", f"/events/{closed.event}", "/api/v1/map/events?zoom=2"):
        viewer.get(path)
    assert entries(desk) == []
    officer = reads((Role.DUTY_OFFICER, ()))
    key = closed.alert
    of_event, of_alert = {"events": [closed.event]}, {"alerts": [key]}
    of_report = {"reports": [closed.report]}
    paths = {
        "/events": of_event, f"/events/{closed.event}": of_event | of_alert,
        "/events/export.jsonl": of_event, "/api/v1/events": of_event,
        "/reports": of_report, f"/reports/{closed.report}": of_event | of_report,
        "/reports/export.csv": of_report, "/alerts": of_alert, f"/alerts/{key}": of_alert,
        f"/api/v1/alerts/{key}/cap": of_alert, "/deliveries": of_alert,
        "/sites/kitwe": of_event | of_alert, "/places/country:ZM": of_event,
        "/api/v1/map/events": of_event, "/api/v1/map/feed": of_event,
    }  # fmt: skip
    for path, named in paths.items():
        before = len(entries(desk))
        assert officer.get(path).status_code == 200, path
        (line,) = entries(desk)[before:]
        told = dict(line.decision.details)
        assert told.pop("count") == sum(map(len, told.values())), path
        assert (line.decision.subject, line.decision.by) == (path, "a duty officer"), path
        assert told.keys() == named.keys(), path
        assert all(set(named[noun]) <= set(told[noun]) for noun in named), path
    for path in (f"/reports/{closed.open_report}", "/events?restricted=no", "/sites/lima"):
        before = len(entries(desk))
        assert officer.get(path).status_code == 200
        assert len(entries(desk)) == before, path


def test_reading_it_does_not_stand_between_an_acknowledgement_and_its_undo(
    reads: Callable[[Reader], TestClient], closed: Closed
) -> None:
    officer = reads((Role.DUTY_OFFICER, ()))
    assert officer.post(f"/api/v1/alerts/{closed.alert}/acknowledge").status_code == 200
    assert officer.get(f"/alerts/{closed.alert}").status_code == 200
    assert officer.post(f"/api/v1/alerts/{closed.alert}/undo").status_code == 200


def test_the_audit_names_the_token_and_shows_nothing_to_one_without_the_scope(
    desk: Desk, reads: Callable[[Reader], TestClient], closed: Closed
) -> None:
    client = reads((Role.ADMINISTRATOR, ("read", "restricted:read")))
    assert client.get(f"/api/v1/events/{closed.event}").status_code == 200
    with desk.database.read() as conn:
        token = stored_tokens.listed(conn, None, None, Wanted(1)).items[0]
    assert entries(desk)[-1].decision.details["token"] == token.id
    assert client.get("/api/v1/audit?kind=restricted").json()["items"]
    poorer = reads((Role.ADMINISTRATOR, ("read",)))
    kept = poorer.get("/api/v1/audit?limit=1000").json()["items"]
    assert kept and closed.event not in str(kept)
    assert not {"restricted.read", "audit.read"} & {one["kind"] for one in kept}


def test_an_answer_kept_for_who_may_is_not_given_to_who_may_not(
    reads: Callable[[Reader], TestClient], closed: Closed
) -> None:
    path = "/api/v1/map/events?zoom=20&bbox=28,-13,29,-12"
    whole = reads((Role.DUTY_OFFICER, ())).get(path)
    assert closed.event in whole.text
    viewer = reads((Role.VIEWER, ()))
    for path_of in (path, "/api/v1/events"):
        tag = viewer.get(path_of).headers["etag"]
        again = viewer.get(path_of, headers={"if-none-match": whole.headers["etag"]})
        assert again.status_code == 200 and closed.event not in again.text
        assert again.headers["etag"] == tag != whole.headers["etag"]


def test_a_change_of_it_changes_no_tag_and_tells_no_page_of_who_may_not(
    desk: Desk, client: TestClient, closed: Closed
) -> None:
    live = Live(desk)
    index = map_index.current(desk, NOW)
    before = live._look()
    with desk.database.begin() as conn:
        one = events.get(conn, closed.event)
        events.put(conn, [replace(one, version=one.version + 1, severity=5)])
        alerts.put(conn, alerts.of_events(conn, [closed.event]))
    after, renewed = live._look(), map_index.current(desk, NOW)
    assert before[Scope()] == after[Scope()] and index.open_mark == renewed.open_mark
    assert before[WHOLE]["events"] != after[WHOLE]["events"] and index.mark != renewed.mark
    assert before[WHOLE]["alerts"] != after[WHOLE]["alerts"]


def test_a_live_page_is_told_as_much_as_its_reader_may_know(desk: Desk) -> None:
    async def told() -> list[str]:
        live, heard = Live(desk), []
        pages = [live.messages(scope) for scope in (Scope(("ZM",)), Scope(("ZM",)).cleared())]
        for page in pages:
            await anext(page)
            listening = asyncio.ensure_future(anext(page))
            await asyncio.sleep(0)
            heard.append(listening)
        live.tell("events", {"at": "closed"}, WHOLE)
        live.tell("events", {"at": "open"}, Scope())
        texts = [await one for one in heard]
        for page in pages:
            await page.aclose()
        assert not live.listeners
        return texts

    seen, whole = asyncio.run(told())
    assert "open" in seen and "closed" in whole


def test_a_webhook_carries_it_only_where_its_maker_may_and_says_so(
    desk: Desk, reads: Callable[[Reader], TestClient], closed: Closed
) -> None:
    poor = reads((Role.MANAGER, ("webhooks:write",)))
    body = {"url": "http://93.184.215.14/a", "events": ["event.changed", "alert.changed"]}
    assert poor.post("/api/v1/webhooks", json=body | {"restricted": True}).status_code == 403
    plain = poor.post("/api/v1/webhooks", json=body).json()["webhook"]
    rich = reads((Role.MANAGER, ("webhooks:write", "restricted:read")))
    declared = rich.post("/api/v1/webhooks", json=body | {"restricted": True}).json()["webhook"]
    assert (plain["restricted"], declared["restricted"]) == (False, True)
    with desk.database.begin() as conn:
        events.put(conn, [events.get(conn, name) for name in (closed.event, closed.open_event)])
        alerts.put(conn, alerts.of_events(conn, [closed.event]))
    posting.look(desk, datetime.now(UTC))
    with desk.database.read() as conn:
        rows = conn.execute(sa.select(schema.webhook_posts)).all()
    told = {one["id"]: " ".join(r.body for r in rows if r.webhook == one["id"])
            for one in (plain, declared)}  # fmt: skip
    assert closed.open_event in told[plain["id"]] and closed.event not in told[plain["id"]]
    assert WORD not in told[plain["id"]].casefold()
    assert closed.event in told[declared["id"]] and closed.alert in told[declared["id"]]


def test_a_webhook_of_who_may_no_longer_carries_it_no_longer(desk: Desk, closed: Closed) -> None:
    owner = accounts.add(desk, NewAccount("mo", Role.MANAGER, PASSWORD), "tests", NOW)
    new = NewWebhook("http://93.184.215.14/a", (Told.EVENT,), restricted=True)
    subscribing.make(desk, owner, new, datetime.now(UTC))
    administering.change(desk, owner.id, Changes(role=Role.VIEWER), By("root"), datetime.now(UTC))
    with desk.database.begin() as conn:
        events.put(conn, [events.get(conn, name) for name in (closed.event, closed.open_event)])
    posting.look(desk, datetime.now(UTC))
    with desk.database.read() as conn:
        bodies = " ".join(conn.execute(sa.select(schema.webhook_posts.c.body)).scalars())
    assert closed.open_event in bodies and closed.event not in bodies


def test_a_token_is_given_the_scope_by_who_has_it_and_beside_one_that_reads(desk: Desk) -> None:
    officer = accounts.add(desk, NewAccount("o", Role.DUTY_OFFICER, PASSWORD), "tests", NOW)
    viewer = accounts.add(desk, NewAccount("v", Role.VIEWER, PASSWORD), "tests", NOW)
    with pytest.raises(UsageError, match="opens nothing by itself"):
        tokens.make(desk, officer, NewToken("x", ("restricted:read",)), NOW)
    with pytest.raises(Forbidden, match="viewer sees nothing restricted"):
        tokens.make(desk, viewer, NewToken("x", ("read", "restricted:read")), NOW)
    whole, _ = tokens.make(desk, officer, NewToken("x", ("write",)), NOW)
    with pytest.raises(Forbidden, match="restricted:read"):
        tokens.make(desk, officer, NewToken("y", ("read", "restricted:read"), 10), NOW, whole)
    given, _ = tokens.make(desk, officer, NewToken("x", ("write", "restricted:read")), NOW)
    made, _ = tokens.make(desk, officer, NewToken("y", ("read", "restricted:read"), 10), NOW, given)
    assert made.may == ("read", "restricted:read")


def test_a_decision_on_it_is_refused_as_on_what_is_not_there(
    reads: Callable[[Reader], TestClient], closed: Closed
) -> None:
    client = reads((Role.ADMINISTRATOR, ("write",)))
    for path, body in (
        (f"/api/v1/alerts/{closed.alert}/acknowledge", None),
        (f"/api/v1/events/{closed.event}/regrade", {"grade": "B2", "reason": "x"}),
        (f"/api/v1/events/{closed.open_event}/join", {"other": closed.event, "reason": "x"}),
    ):
        assert client.post(path, json=body).status_code == 404, path


def test_it_is_marked_by_a_word_on_pages(
    reads: Callable[[Reader], TestClient], closed: Closed
) -> None:
    officer = reads((Role.DUTY_OFFICER, ()))
    for path in ("/events", f"/events/{closed.event}", "/alerts", f"/alerts/{closed.alert}",
                 f"/reports/{closed.report}", "/watch", "/sites/kitwe", "/deliveries"):  # fmt: skip
        assert 'class="restricted"' in officer.get(path).text, path
    marked = 'class="facts"><strong class="restricted"'
    assert marked in officer.get(f"/events/{closed.event}").text
    assert marked not in officer.get(f"/events/{closed.open_event}").text
    assert 'name="restricted"' in officer.get("/events").text
    assert 'name="restricted"' not in reads((Role.VIEWER, ())).get("/events").text


def test_a_kept_answer_to_a_write_is_not_replayed_to_a_key_that_sees_less(
    desk: Desk, client: TestClient, closed: Closed
) -> None:
    owner = accounts.add(desk, NewAccount("o", Role.DUTY_OFFICER, PASSWORD), "tests", NOW)
    path, told = f"/api/v1/alerts/{closed.alert}/acknowledge", []
    for may in (("write", "restricted:read"), ("write", "restricted:read"), ("write",)):
        _, secret = tokens.make(desk, owner, NewToken("t", may), datetime.now(UTC))
        key = {"authorization": f"Bearer {secret}", "idempotency-key": "0123456789abcdef-once"}
        told.append(client.post(path, headers=key))
    assert [one.status_code for one in told] == [200, 200, 422]
    assert told[1].headers["idempotent-replayed"] == "true"
    assert closed.event not in told[2].text


def test_who_moves_a_site_about_does_not_learn_what_restricted_alerts_it_sent(
    desk: Desk, closed: Closed
) -> None:
    with desk.database.read() as conn:
        sent = [alerts.get(conn, closed.alert), *alerts.of_events(conn, [closed.open_event])]
    assert len(sent) >= 2
    assert told_of(sent, WHOLE) == len(sent) == told_of(sent, Scope()) + 1
