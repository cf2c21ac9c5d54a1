"""The client against a desk that is served on loopback, and what it imports."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import uvicorn

from farwatch.client import Client, Problem
from farwatch.desk import accounts, tokens
from farwatch.desk.accounts import NewAccount
from farwatch.desk.opening import Desk, open_desk
from farwatch.desk.tokens import NewToken
from farwatch.model.account import Role
from farwatch.settings import Settings
from farwatch.store import audit
from farwatch.web.app import make_app

sys.path.insert(0, str(Path(__file__).parent / "web"))
from forecast_nouns import put_behind
from web_desk import PASSWORD, furnish


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(Settings(data_dir=tmp_path)) as opened:
        furnish(opened)
        yield opened


@pytest.fixture
def served(desk: Desk) -> Iterator[str]:
    """The address of a desk that answers."""
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(make_app(desk), port=port, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


def token(desk: Desk, role: Role, *may: str) -> str:
    now = datetime.now(UTC)
    account = accounts.add(desk, NewAccount(f"program {role}", role, PASSWORD), "tests", now)
    return tokens.make(desk, account, NewToken("tests", may or ("write",), 1), now)[1]


@pytest.fixture
def client(served: str, desk: Desk) -> Iterator[Client]:
    with Client(served, token(desk, Role.ADMINISTRATOR)) as found:
        yield found


def test_lists_go_on_over_pages(client: Client) -> None:
    assert [row["alert"]["key"] for row in client.alerts()] == ["e-quake/desk", "e-riot/desk"]
    assert len(list(client.alerts(limit=1))) == 2
    assert [row["alert"]["key"] for row in client.alerts(country="ZM")] == ["e-riot/desk"]
    assert list(client.alerts(updated_since=datetime.now(UTC) + timedelta(days=1))) == []


def test_a_write_is_carried_out_once(client: Client, desk: Desk) -> None:
    path, key = "/alerts/e-riot/desk/acknowledge", "0e7e2c1c-8f5b-4a5e-9d5e-3a4f0f1c2b7d"
    assert client.write("POST", path, key=key)["state"] == "acknowledged"
    assert client.write("POST", path, key=key)["state"] == "acknowledged"
    with pytest.raises(Problem) as found:
        client.acknowledge("e-riot/desk")
    assert found.value.status == 422
    assert "acknowledged" in found.value.detail and found.value.number
    with desk.database.read() as conn:
        kinds = [entry.decision.kind for entry in audit.entries(conn)]
    assert kinds.count("acknowledge") == 1


@pytest.mark.parametrize(
    ("path", "status"), [("/alerts/nothing", 404), ("/alerts?limit=0", 422), ("/nothing", 404)]
)
def test_a_refusal_is_a_problem(client: Client, path: str, status: int) -> None:
    with pytest.raises(Problem) as found:
        client.get(path)
    assert found.value.status == status
    assert found.value.detail


def test_a_token_opens_what_it_may(served: str, desk: Desk) -> None:
    with Client(served, token(desk, Role.DUTY_OFFICER, "read")) as reader:
        assert reader.alert("e-riot/desk")["state"] == "open"
        with pytest.raises(Problem, match="403"):
            reader.acknowledge("e-riot/desk")
    with Client(served, "farwatch_wrong") as nobody, pytest.raises(Problem, match="401"):
        nobody.alert("e-riot/desk")


def test_webhooks_and_health(client: Client) -> None:
    made = client.make_webhook("https://board.example/hook", ["alert.changed"], "board")
    assert [one["id"] for one in client.webhooks()] == [made["webhook"]["id"]]
    assert client.write("DELETE", f"/webhooks/{made['webhook']['id']}") is None
    assert client.health()["up"] is True


def test_forecasts_and_their_notices(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    put_behind(monkeypatch)
    rows = list(client.forecasts(horizon=2, limit=5))
    assert (len(rows), rows[0]["country"], rows[0]["month"]) == (18, "ET", "2022-12")
    assert client.forecast("ET")["record"]["worse"] is True
    assert next(client.forecast_notices(limit=2))["id"] == "wn-ET-515"
    done = client.record_step("wn-ET-515", "Staff leave Mekelle")
    assert done["steps"][0].startswith("Staff leave Mekelle (program administrator")


def test_a_broken_connection_is_tried_again_with_the_same_key() -> None:
    keys: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["idempotency-key"])
        if len(keys) == 1:
            raise httpx.ReadError("gone")
        if len(keys) == 2:
            return httpx.Response(409, headers={"retry-after": "0"}, json={"detail": "still"})
        return httpx.Response(200, json={"done": True})

    with Client("http://desk.example", "t", transport=httpx.MockTransport(answer)) as client:
        assert client.write("POST", "/x") == {"done": True}
    assert len(keys) == 3 and len(set(keys)) == 1


def test_what_is_no_problem_document_is_one_all_the_same() -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(502, text="<html>proxy</html>"))
    with (
        Client("http://desk.example", "t", transport=transport) as client,
        pytest.raises(Problem, match="502 Bad Gateway: <html>proxy"),
    ):
        client.get("/alerts")


def test_the_client_needs_nothing_else_of_farwatch() -> None:
    said = subprocess.run(
        [sys.executable, "-c", "import sys, farwatch.client; "
         "print(*sorted(m for m in sys.modules if m.startswith('farwatch')))"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stdout.split() == ["farwatch", "farwatch.client"]
