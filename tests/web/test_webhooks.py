"""Webhooks: made through the API, told of what their owner may see, signed, retried, stopped."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from web_desk import KITWE, LIMA, PASSWORD, Enter, alert, event, furnish

from farwatch.desk import accounts, posting, subscribing
from farwatch.desk.accounts import NewAccount
from farwatch.desk.opening import Desk, open_desk
from farwatch.desk.subscribing import NewWebhook
from farwatch.errors import ExerciseError, ForbiddenAddress, UsageError
from farwatch.model.account import Account, Role, Scope
from farwatch.model.kinds import Kind
from farwatch.model.webhook import Told
from farwatch.settings import Settings
from farwatch.store import accounts as stored
from farwatch.store import alerts, audit, events, webhooks
from farwatch.store.keyset import Wanted

NOW = datetime(2026, 3, 1, tzinfo=UTC)  # before every change of the desk's rows


@dataclass
class Receiver:
    """What came, and what is answered."""

    port: int
    status: int = 200
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks?token=x"

    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.came]


@contextmanager
def receiving() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            headers = {name.lower(): value for name, value in self.headers.items()}
            found.came.append((headers, self.rfile.read(length)))
            self.send_response(found.status)
            self.send_header("location", "http://127.0.0.1:1/elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Receiver(server.server_port)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def near(tmp_path: Path) -> Iterator[Desk]:
    """A desk whose webhooks may reach this machine."""
    with open_desk(Settings(data_dir=tmp_path, webhook_private=True)) as opened:
        yield opened


EVERYWHERE = Scope()


def owner(desk: Desk, scope: Scope = EVERYWHERE) -> Account:
    account = accounts.add(desk, NewAccount("board", Role.MANAGER, PASSWORD), "tests", NOW)
    with desk.database.begin() as conn:
        stored.change(conn, replace(account, scope=scope), NOW)
    return replace(account, scope=scope)


def subscribed(desk: Desk, receiver: Receiver, scope: Scope = EVERYWHERE) -> tuple[Any, str]:
    new = NewWebhook(receiver.url, (Told.ALERT, Told.EVENT), exercise=desk.settings.exercise)
    return subscribing.make(desk, owner(desk, scope), new, NOW)


def told(desk: Desk, now: datetime | None = None) -> dict[str, int]:
    when = now or datetime.now(UTC)
    posting.look(desk, when)
    return posting.post(desk, posting.wire(desk), when)


def test_what_changes_is_posted_once_signed_and_checked_by_its_receiver(
    near: Desk, receiver: Receiver
) -> None:
    _, secret = subscribed(near, receiver)
    furnish(near)
    assert told(near) == {"sent": 5, "failed": 0}
    assert told(near) == {"sent": 0, "failed": 0}
    kinds = [body["type"] for body in receiver.bodies()]
    assert sorted(kinds) == ["alert.changed"] * 2 + ["event.changed"] * 3
    assert {body["data"]["alert"]["key"] for body in receiver.bodies() if "alert" in body["data"]} \
        == {"e-riot/desk", "e-quake/desk"}  # fmt: skip
    assert len({headers["webhook-id"] for headers, _ in receiver.came}) == 5
    for headers, body in receiver.came:
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        digest = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        assert headers["webhook-signature"] == f"v1,{digest}"
        assert abs(int(headers["webhook-timestamp"]) - datetime.now(UTC).timestamp()) < 120


def test_the_signature_is_that_of_standard_webhooks() -> None:
    """The example of the specification's own libraries."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    found = posting.sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_change_again_is_another_message(near: Desk, receiver: Receiver) -> None:
    subscribed(near, receiver)
    furnish(near)
    told(near)
    riot = event("e-riot", Kind.RIOT, "Crowd at the gate in Kitwe", -12.8, 28.2, "ZM")
    with near.database.begin() as conn:
        alerts.put(conn, [alert(riot, KITWE, minutes=9, revision=2)])
    assert told(near)["sent"] == 1
    assert receiver.bodies()[-1]["data"]["alert"]["revision"] == 2


@pytest.mark.parametrize(
    ("scope", "seen"),
    [(Scope(countries=("ZM",)), {"e-riot/desk"}), (Scope(programmes=("bank",)), {"e-quake/desk"}),
     (Scope(countries=("ET",)), set())],
)  # fmt: skip
def test_nothing_outside_the_owners_scope_is_told(
    near: Desk, receiver: Receiver, scope: Scope, seen: set[str]
) -> None:
    subscribed(near, receiver, scope)
    furnish(near)
    told(near)
    bodies = receiver.bodies()
    assert {b["data"]["alert"]["key"] for b in bodies if "alert" in b["data"]} == seen
    countries = {b["data"]["event"]["place"]["country"] for b in bodies if "event" in b["data"]}
    assert countries <= {"ZM"} if scope.countries else True
    assert "e-far" not in str(bodies) or scope.countries == ("ZM",)


def test_an_inactive_owners_webhook_is_told_nothing(near: Desk, receiver: Receiver) -> None:
    webhook, _ = subscribed(near, receiver)
    furnish(near)
    with near.database.begin() as conn:
        account = stored.get(conn, webhook.account)
        stored.change(conn, replace(account, active=False), NOW)
    assert told(near) == {"sent": 0, "failed": 0}


def test_what_is_not_taken_is_tried_again_later_and_later_then_stopped(
    near: Desk, receiver: Receiver
) -> None:
    webhook, _ = subscribed(near, receiver)
    furnish(near)
    receiver.status = 503
    now = datetime.now(UTC)
    assert told(near, now) == {"sent": 0, "failed": 5}
    assert told(near, now + timedelta(seconds=4)) == {"sent": 0, "failed": 0}
    assert told(near, now + timedelta(seconds=6)) == {"sent": 0, "failed": 5}
    ids = {headers["webhook-id"] for headers, _ in receiver.came}
    assert len(receiver.came) == 10 and len(ids) == 5  # the same message, each time
    late = now + posting.GIVE_UP + timedelta(minutes=1)
    told(near, late)
    with near.database.read() as conn:
        found = webhooks.get(conn, webhook.id)
        assert (found.active, found.stopped[:22]) == (False, "it took nothing since ")
        assert [e.decision.kind for e in audit.entries(conn, webhook.id)][-1] == "webhook.stop"
        log = webhooks.posts(conn, webhook.id, None, Wanted(10)).items
        assert {(one.state, one.status, one.last_error) for one in log} == {
            ("waiting", 503, "answered 503")
        }
    receiver.status = 200
    assert told(near, late + timedelta(days=1)) == {"sent": 0, "failed": 0}
    with near.database.read() as conn:
        account = stored.get(conn, webhook.account)
    subscribing.switch(near, account, webhook.id, late, active=True)
    assert told(near, late + timedelta(days=1)) == {"sent": 5, "failed": 0}


def test_who_answers_gone_is_stopped_at_once(near: Desk, receiver: Receiver) -> None:
    webhook, _ = subscribed(near, receiver)
    furnish(near)
    receiver.status = 410
    told(near)
    with near.database.read() as conn:
        assert webhooks.get(conn, webhook.id).stopped == "it answered 410 Gone"


def test_a_redirect_is_not_followed(near: Desk, receiver: Receiver) -> None:
    subscribed(near, receiver)
    furnish(near)
    receiver.status = 302
    assert told(near) == {"sent": 0, "failed": 5}


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/x", "http://10.0.0.1/", "http://169.254.169.254/latest", "http://[::1]:80/",
     "ftp://desk.example/", "http://user:pass@desk.example/", "nonsense", "http://192.168.1.1/x"],
)  # fmt: skip
def test_an_address_of_our_own_network_is_refused(desk: Desk, url: str) -> None:
    with pytest.raises(ForbiddenAddress):
        subscribing.make(desk, owner(desk), NewWebhook(url), NOW)


def test_a_name_that_leads_inside_is_refused_when_it_is_posted_to(
    desk: Desk, receiver: Receiver
) -> None:
    url = receiver.url.replace("127.0.0.1", "localhost")
    webhook, _ = subscribing.make(desk, owner(desk), NewWebhook(url), NOW)
    assert told(desk)["failed"] == 2
    assert receiver.came == []
    with desk.database.read() as conn:
        log = webhooks.posts(conn, webhook.id, None, Wanted(10)).items
    assert all("loopback" in str(one.last_error) for one in log)


def test_an_exercise_posts_to_its_own_alone(tmp_path: Path, receiver: Receiver) -> None:
    (tmp_path / "sources").mkdir()
    host = f"127.0.0.1:{receiver.port}"
    settings = Settings(data_dir=tmp_path, exercise=True, exercise_hosts=host)
    with open_desk(settings) as desk:
        account = owner(desk)
        with pytest.raises(ExerciseError):
            subscribing.make(desk, account, NewWebhook(receiver.url), NOW)
        with pytest.raises(ExerciseError):
            subscribing.make(desk, account, NewWebhook("http://real.example/", exercise=True), NOW)
        subscribing.make(desk, account, NewWebhook(receiver.url, exercise=True), NOW)
        furnish(desk)
        assert told(desk)["sent"] == 2
        assert all(body["exercise"] is True for body in receiver.bodies())
    # The same rows on a desk that is none: a restored database must not begin to post.
    real = replace(settings, exercise=False, exercise_hosts="", webhook_private=True)
    with open_desk(real) as desk:
        riot = event("e-new", Kind.RIOT, "Crowd in Lima", -12.1, -77.1, "PE")
        with desk.database.begin() as conn:
            events.put(conn, [riot])
            alerts.put(conn, [alert(riot, LIMA)])
        assert told(desk) == {"sent": 0, "failed": 1}
    assert len(receiver.came) == 2


def test_the_api_of_webhooks(enter: Enter, desk: Desk) -> None:
    client: TestClient = enter(Role.MANAGER)
    given = {"url": "https://board.example/hook", "events": ["alert.changed"], "label": "board"}
    made = client.post("/api/v1/webhooks", json=given)
    assert made.status_code == 201
    webhook, secret = made.json()["webhook"], made.json()["secret"]
    assert secret.startswith("whsec_")
    path = f"/api/v1/webhooks/{webhook['id']}"
    assert client.get(path).json() == webhook
    assert secret not in client.get("/api/v1/webhooks").text
    assert client.post(f"{path}/secret").json()["secret"] != secret
    assert client.post(f"{path}/stop").json()["active"] is False
    assert client.post(f"{path}/start").json()["active"] is True
    assert client.post(f"{path}/ping").status_code == 202
    log = client.get(f"{path}/posts").json()["items"]
    assert [(one["kind"], one["state"]) for one in log] == [("ping", "waiting")]
    refused = client.post("/api/v1/webhooks", json={"url": "http://10.0.0.1/"})
    assert refused.status_code == 422
    assert "webhook_private" in refused.json()["detail"]
    other = accounts.add(desk, NewAccount("other", Role.MANAGER, PASSWORD), "tests", NOW)
    with pytest.raises(Exception, match="no webhook"):
        subscribing.shown(desk, other, webhook["id"])
    assert client.delete(path).status_code == 204
    assert client.get(path).status_code == 404


def test_an_account_has_no_more_than_its_webhooks(desk: Desk) -> None:
    account = owner(desk)
    new = NewWebhook("https://board.example/hook")
    for _ in range(subscribing.MOST):
        subscribing.make(desk, account, new, NOW)
    with pytest.raises(UsageError, match="stand already"):
        subscribing.make(desk, account, new, NOW)


def test_the_page_adds_pauses_shows_and_removes(desk: Desk, enter: Enter) -> None:
    client = enter(Role.ADMINISTRATOR)
    page = "/administration/webhooks"
    assert "No webhook yet" in client.get(page).text
    form = {"url": "https://board.example/hook?token=s3cr3t", "label": "board",
            "events": ["alert.changed", "event.changed"]}  # fmt: skip
    for wrong in ({"url": "https://10.0.0.1/hook"}, {"url": "ftp://board.example"}, {"events": []}):
        answer = client.post(page, data=form | wrong)
        assert answer.status_code == 422 and 'role="alert"' in answer.text, wrong
    made = client.post(page, data=form)
    assert made.status_code == 200 and "whsec_" in made.text
    listed = client.get(page).text
    assert "board.example/hook" in listed and "s3cr3t" not in listed and "whsec_" not in listed
    number = client.get("/api/v1/webhooks").json()["items"][0]["id"]
    assert client.post(f"/api/v1/webhooks/{number}/ping").status_code == 202
    shown = client.get(f"{page}/{number}").text
    assert "ping" in shown and "waiting" in shown and "whsec_" not in shown
    assert client.post(f"{page}/{number}/switch").status_code == 303
    assert client.get(f"/api/v1/webhooks/{number}").json()["active"] is False
    assert "Let it go on" in client.get(f"{page}/{number}").text
    assert client.post(f"{page}/{number}/switch", data={"active": "yes"}).status_code == 303
    assert client.get(f"/api/v1/webhooks/{number}").json()["active"] is True
    assert client.post(f"{page}/{number}/remove").status_code == 303
    assert client.get(f"{page}/{number}").status_code == 404
