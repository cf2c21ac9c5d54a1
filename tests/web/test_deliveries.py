"""The delivery board, the link in a message, recipients and receipts, as visitors meet them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from web_desk import KITWE, LIMA, Enter, alert, event

from farwatch.channels.webhook import signature
from farwatch.desk import links
from farwatch.desk.opening import Desk, open_desk
from farwatch.desk.protecting import queue_alerts
from farwatch.model.account import Role, Scope
from farwatch.model.kinds import Kind
from farwatch.model.recipient import Notice, Recipient
from farwatch.settings import Settings
from farwatch.store import audit, notices, outbox, recipients
from farwatch.web.app import make_app

SECRET = "between gateway and desk"
ADA = Recipient("ada", "Ada", "site contact", {"email": "ada@example.org"}, sites=("kitwe",))
WEI = replace(ADA, id="wei", name="Wei", language="zh-Hans", sites=("lima",),
              addresses={"sms": "+5111234567"})  # fmt: skip


@pytest.fixture
def told(desk: Desk) -> dict[str, Notice]:
    """Ada was told of the riot near Kitwe, Wei of the earthquake near Lima."""
    settings = replace(
        desk.settings, smtp_url="smtp://127.0.0.1:9", gateway_url="http://127.0.0.1:9/",
        gateway_secret=SECRET,
    )  # fmt: skip
    object.__setattr__(desk, "settings", settings)  # the fixture's desk, with channels
    now = datetime.now(UTC)
    riot = event("e-riot", Kind.RIOT, "Crowd at the gate in Kitwe", -12.8, 28.2, "ZM")
    quake = event("e-quake", Kind.EARTHQUAKE, "M 5.1 off Lima", -12.1, -77.2, "PE")
    with desk.database.begin() as conn:
        recipients.add(conn, [ADA, WEI])
        for of, site in ((riot, KITWE), (quake, LIMA)):
            group = f"site:{site.id}"
            one = replace(alert(of, site), recipient=group, key=f"{of.id}/{group}", released=True,
                          id=f"{of.id}-{site.id}")  # fmt: skip
            queue_alerts(desk, conn, [one], now)
        found = [*notices.of_event(conn, "e-riot"), *notices.of_event(conn, "e-quake")]
    return {one.recipient: one for one in found}


def token(desk: Desk, notice: Notice) -> str:
    with desk.database.begin() as conn:
        return links.token(notice, links.secret(conn))


def state(desk: Desk, notice: Notice) -> str:
    with desk.database.read() as conn:
        return notices.get(conn, notice.id).state.value


def test_a_link_shows_and_only_a_press_confirms(
    desk: Desk, client: TestClient, told: dict[str, Notice]
) -> None:
    path = f"/k/{token(desk, told['ada'])}"
    for method in ("GET", "GET", "HEAD"):  # mail scanners open links
        client.request(method, path)
    page = client.get(path)
    assert page.status_code == 200
    assert len(page.content) < 20 * 1024
    assert "<script" not in page.text and "style=" not in page.text
    assert "I have read this" in page.text and "Kitwe plant" in page.text
    assert state(desk, told["ada"]) == "asked"
    for _ in range(2):
        done = client.post(path)
        assert done.status_code == 200 and "Thank you" in done.text
    assert state(desk, told["ada"]) == "confirmed"
    with desk.database.read() as conn:
        entries = audit.entries(conn, told["ada"].key)
    assert [entry.decision.kind for entry in entries] == ["confirm"]


def test_the_page_with_all_it_loads_is_light(
    desk: Desk, client: TestClient, told: dict[str, Notice]
) -> None:
    page = client.get(f"/k/{token(desk, told['ada'])}")
    style = client.get("/static/acknowledge.css")
    assert style.status_code == 200
    assert len(page.content) + len(style.content) < 20 * 1024
    assert page.text.count('rel="stylesheet"') == 1 and "src=" not in page.text


def test_a_link_speaks_its_reader_s_language(
    desk: Desk, client: TestClient, told: dict[str, Notice]
) -> None:
    page = client.get(f"/k/{token(desk, told['wei'])}", headers={"accept-language": "en"})
    assert page.status_code == 200, page.text
    assert '<html lang="zh-Hans"' in page.text and "地震" in page.text


@pytest.mark.parametrize("wrong", ["1", "1.", "zz.AAAA", "x" * 100, "../../etc", "%00.%ff"])
def test_a_link_that_is_not_ours_is_not_found(client: TestClient, wrong: str) -> None:
    assert client.get(f"/k/{wrong}").status_code == 404
    assert client.post(f"/k/{wrong}").status_code == 404


def test_another_s_link_confirms_nothing_of_mine(
    desk: Desk, client: TestClient, told: dict[str, Notice]
) -> None:
    number = token(desk, told["wei"]).partition(".")[0]
    seal = token(desk, told["ada"]).partition(".")[2]
    assert client.post(f"/k/{number}.{seal}").status_code == 404
    assert state(desk, told["wei"]) == "asked"


@pytest.mark.parametrize(
    ("scope", "names"),
    [
        (Scope(), {"ada", "wei"}),
        (Scope(countries=("ZM",)), {"ada"}),
        (Scope(programmes=("bank",)), {"wei"}),
        (Scope(countries=("ZM",), programmes=("bank",)), set()),
    ],
)
def test_the_board_keeps_to_the_scope(
    enter: Enter, told: dict[str, Notice], scope: Scope, names: set[str]
) -> None:
    client = enter(Role.DUTY_OFFICER, scope)
    answer = client.get("/api/v1/deliveries").json()
    assert {row["recipient"] for row in answer["items"]} == names
    assert answer["counts"] == ({"asked": len(names)} if names else {})
    page = client.get("/deliveries").text
    for name, notice in told.items():
        assert (f"/alerts/{notice.key}" in page) is (name in names)
        status = client.get(f"/api/v1/deliveries/{notice.id}").status_code
        assert status == (200 if name in names else 404)
    people = {one["id"] for one in client.get("/api/v1/recipients").json()["items"]}
    assert people == names


def test_the_alert_s_page_says_who_was_told(enter: Enter, told: dict[str, Notice]) -> None:
    page = enter().get(f"/alerts/{told['ada'].key}").text
    assert "1 has not confirmed" in page and "answers for site kitwe" in page


def test_only_who_has_not_confirmed(
    desk: Desk, enter: Enter, told: dict[str, Notice]
) -> None:  # fmt: skip
    client = enter()
    client.post(f"/k/{token(desk, told['ada'])}")
    rows = client.get("/api/v1/deliveries?state=asked&state=late").json()["items"]
    assert [row["recipient"] for row in rows] == ["wei"]
    since = (datetime.now(UTC) - timedelta(minutes=5)).isoformat()
    changed = client.get("/api/v1/deliveries", params={"updated_since": since}).json()["items"]
    assert [row["recipient"] for row in changed] == ["wei", "ada"]


def sign(body: bytes, secret: str = SECRET, late: int = 0) -> dict[str, str]:
    stamp = str(int(time.time()) - late)
    return {
        "Farwatch-Timestamp": stamp,
        "Farwatch-Signature": signature(secret.encode(), stamp, body),
    }


def test_a_signed_receipt_is_kept(desk: Desk, client: TestClient, told: dict[str, Notice]) -> None:
    now = datetime.now(UTC)
    with desk.database.begin() as conn:
        waiting = outbox.of_notices(conn, [told["wei"].id])[0]
        outbox.claim(conn, now + timedelta(seconds=1), lease=timedelta(minutes=1))
        outbox.complete(conn, waiting.id, now, provider="p7")
    body = json.dumps({"id": "p7", "state": "delivered"}).encode()
    for headers in ({}, sign(body, "another"), sign(body, late=600)):
        assert client.post("/receipts/sms", content=body, headers=headers).status_code == 404
    assert client.post("/receipts/sms", content=body, headers=sign(body)).status_code == 200
    assert client.post("/receipts/email", content=body, headers=sign(body)).status_code == 404
    with desk.database.read() as conn:
        assert outbox.of_notices(conn, [told["wei"].id])[0].receipt == "delivered"
    nonsense = b"[]"
    answer = client.post("/receipts/sms", content=nonsense, headers=sign(nonsense))
    assert answer.status_code == 422


def test_recipients_are_imported_with_a_row_report_and_changed(desk: Desk, enter: Enter) -> None:
    client = enter(Role.ADMINISTRATOR)
    table = (
        "id,name,role,email,zone\nada,Ada,duty officer,ada@example.org,Africa/Lusaka\n"
        "ben,Ben,duty officer,nobody,UTC\neve,Eve,manager,eve@example.org,Nowhere/City\n"
    )
    files = {"file": ("people.csv", table.encode())}
    answer = client.post("/deliveries/recipients/import", files=files)
    assert answer.status_code == 422 and "2 of 3 rows are wrong" in answer.text
    assert "Nowhere/City" in answer.text
    with desk.database.read() as conn:
        assert recipients.load(conn) == []
    answer = client.post("/deliveries/recipients/import", files=files, data={"partial": "yes"})
    assert answer.status_code == 200
    assert client.get("/deliveries/recipients/ada").status_code == 200
    form = {"id": "ada", "name": "Ada L.", "role": "duty officer", "email": "wrong"}
    answer = client.post("/deliveries/recipients/save", data=form)
    assert answer.status_code == 422 and "is no e-mail address" in answer.text
    form["email"] = "ada@example.com"
    assert client.post("/deliveries/recipients/save", data=form).status_code == 303
    with desk.database.read() as conn:
        assert recipients.get(conn, "ada").name == "Ada L."
        kinds = [entry.decision.kind for entry in audit.entries(conn)]
    assert {"import recipients", "read recipient", "change recipient"} <= set(kinds)


@pytest.mark.parametrize(("scope", "seen"), [(Scope(), 7), (Scope(countries=("ZM",)), 4)])
def test_recipients_come_in_pages_within_the_scope(
    desk: Desk, enter: Enter, scope: Scope, seen: int
) -> None:
    """Those of Peru lie between those of Zambia: a page is full all the same, and none is empty."""
    people = [
        Recipient(f"r{n}", f"R {n}", "site contact", {"email": "r@example.org"},
                  countries=("PE",) if n % 2 else ("ZM",), active=n < 5)
        for n in range(7)
    ]  # fmt: skip
    with desk.database.begin() as conn:
        recipients.add(conn, people)
    client, found, cursor = enter(Role.DUTY_OFFICER, scope), [], ""
    while cursor is not None:
        answer = client.get("/api/v1/recipients", params={"limit": 2, "cursor": cursor}).json()
        assert len(answer["items"]) == 2 or answer["next"] is None
        found += [one["id"] for one in answer["items"]]
        cursor = answer["next"]
    assert found == [one.id for one in people if scope.everywhere or "ZM" in one.countries]
    assert len(found) == seen
    since = datetime.now(UTC)
    with desk.database.begin() as conn:
        recipients.add(conn, [replace(people[2], name="Renamed")])
    asked = {"updated_since": since.isoformat()}
    changed = client.get("/api/v1/recipients", params=asked).json()["items"]
    assert [one["name"] for one in changed] == ["Renamed"]
    idle = client.get("/api/v1/recipients", params={"active": "false"}).json()["items"]
    assert {one["id"] for one in idle} == {"r5", "r6"} & set(found)
    assert client.get("/api/v1/recipients?role=nobody").json()["items"] == []


def test_a_rota_is_made_changed_and_taken_away(desk: Desk, enter: Enter) -> None:
    client = enter(Role.MANAGER)
    form = {"name": "desk", "role": "duty officer", "zone": "Africa/Lusaka",
            "shifts": "ada: Mon 08:00 - Mon 20:00\nwei: Mon 20:00 - Mon 08:00\n",
            "stand_ins": "ada by wei: 2026-06-01T00:00Z - 2026-06-08T00:00Z"}  # fmt: skip
    for field, value in (("shifts", "ada at eight"), ("zone", "Nowhere/City"), ("role", ""),
                         ("stand_ins", "ada by wei: soon - later")):  # fmt: skip
        answer = client.post("/deliveries/rotas/save", data=form | {field: value})
        assert answer.status_code == 422 and field in answer.text, field
    assert client.post("/deliveries/rotas/save", data=form).status_code == 303
    shown = client.get("/api/v1/rotas/desk").json()
    assert shown["shifts"][0] == {"person": "ada", "from": "Mon 08:00", "to": "Mon 20:00"}
    assert shown["stand_ins"][0]["by"] == "wei"
    page = client.get("/deliveries/rotas/desk").text
    assert "ada: Mon 08:00 - Mon 20:00" in page and form["stand_ins"] in page
    assert "/deliveries/rotas/desk" in client.get("/deliveries/recipients").text
    given = shown | {"shifts": [{"person": "ada", "from": "Mon 00:00", "to": "Mon 00:00"}]}
    assert client.put("/api/v1/rotas/desk", json=given).json() == given
    wrong = client.put("/api/v1/rotas/desk", json=given | {"zone": "Nowhere/City"})
    assert wrong.status_code == 422 and "Nowhere/City" in wrong.text
    assert [one["name"] for one in client.get("/api/v1/rotas").json()["rotas"]] == ["desk"]
    assert client.post("/deliveries/rotas/remove", data={"name": "desk"}).status_code == 303
    assert client.delete("/api/v1/rotas/desk").status_code == 404
    with desk.database.read() as conn:
        kinds = [one.decision.kind for one in audit.entries(conn, "desk")]
    assert kinds == ["add rota", "change rota", "remove rota"]


def test_a_bounded_account_changes_no_rota(enter: Enter) -> None:
    client = enter(Role.MANAGER, Scope(countries=("ZM",)))
    assert client.put("/api/v1/rotas/desk", json={"role": "manager"}).status_code == 403


def test_a_manager_adds_nobody_beyond_their_scope(desk: Desk, enter: Enter) -> None:
    client = enter(Role.MANAGER, Scope(countries=("ZM",)))
    given = {"role": "site contact", "email": "a@example.org"}
    for places, status in (
        ({"sites": ["kitwe"]}, 200), ({"sites": ["lima"]}, 404), ({}, 404),
        ({"countries": ["ZM"]}, 200), ({"countries": ["PE"]}, 404),
    ):  # fmt: skip
        answer = client.put("/api/v1/recipients/new", json=given | places)
        assert answer.status_code == status, places


def test_an_exercise_is_marked_on_the_page_behind_the_link(tmp_path: Path) -> None:
    for one in _exercise(tmp_path):
        assert "This is not happening" in one


def _exercise(folder: Path) -> Iterator[str]:
    (folder / "sources").mkdir()
    settings = Settings(data_dir=folder, exercise=True, smtp_url="smtp://127.0.0.1:9")
    riot = event("e-riot", Kind.RIOT, "Crowd at the gate in Kitwe", -12.8, 28.2, "ZM")
    with open_desk(settings) as desk:
        from farwatch.store import events, sites

        with desk.database.begin() as conn:
            sites.add(conn, [KITWE])
            events.put(conn, [riot])
            recipients.add(conn, [ADA])
            one = replace(alert(riot, KITWE), recipient="site:kitwe", key="e-riot/site:kitwe",
                          released=True, exercise=True)  # fmt: skip
            queue_alerts(desk, conn, [one], datetime.now(UTC))
            notice = notices.of_event(conn, "e-riot")[0]
            body = outbox.of_notices(conn, [notice.id])[0].payload["body"]
            assert "EXERCISE" in body
        with TestClient(make_app(desk), base_url="http://127.0.0.1") as client:
            yield client.get(f"/k/{token(desk, notice)}").text
