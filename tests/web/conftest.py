"""A desk with a little on it, served in the process, and signed-in clients of every role."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

# The folders of tests are no packages: what its modules share is found by name.
sys.path.insert(0, str(Path(__file__).parent))

from restricted_desk import Closed, Reader, report_it
from web_desk import PASSWORD, Enter, furnish

from farwatch.desk import accounts, tokens
from farwatch.desk.accounts import NewAccount
from farwatch.desk.opening import Desk, open_desk
from farwatch.desk.tokens import NewToken
from farwatch.model.account import Role, Scope
from farwatch.settings import Settings
from farwatch.store import accounts as stored
from farwatch.web.app import make_app


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk on SQLite with two sites, three events and two alerts."""
    with open_desk(Settings(data_dir=tmp_path)) as opened:
        furnish(opened)
        yield opened


@pytest.fixture
def client(desk: Desk) -> Iterator[TestClient]:
    """Nobody: not signed in."""
    with TestClient(make_app(desk), base_url="http://127.0.0.1", follow_redirects=False) as found:
        yield found


@pytest.fixture
def enter(desk: Desk, client: TestClient) -> Enter:
    """Sign in as a role: the client then carries the cookie and the token of our own forms."""

    def entered(role: Role = Role.DUTY_OFFICER, scope: Scope | None = None) -> TestClient:
        now = datetime.now(UTC)
        name = f"{role.value} of the tests"
        account = accounts.add(desk, NewAccount(name, role, PASSWORD), "tests", now)
        if scope is not None:
            with desk.database.begin() as conn:
                stored.change(conn, replace(account, scope=scope), now)
        signed_in = accounts.sign_in(desk, name, PASSWORD, now)
        client.cookies.set("farwatch_session", signed_in.secret)
        client.headers["x-csrf-token"] = signed_in.session.csrf
        return client

    return entered


@pytest.fixture
def closed(desk: Desk) -> Closed:
    """The restricted report, its event and its alert."""
    return report_it(desk, datetime.now(UTC))


@pytest.fixture
def reads(desk: Desk, client: TestClient) -> Callable[[Reader], TestClient]:
    """A client of a reader: signed in, or with a token."""

    def made(reader: Reader) -> TestClient:
        role, may = reader
        now = datetime.now(UTC)
        name = f"a {role.value}" + (f" by {' '.join(may)}" if may else "")
        account = accounts.add(desk, NewAccount(name, role, PASSWORD), "tests", now)
        own = TestClient(client.app, base_url="http://127.0.0.1", follow_redirects=False)
        if may:
            _, secret = tokens.make(desk, account, NewToken("t", may), now)
            own.headers["authorization"] = f"Bearer {secret}"
        else:
            signed_in = accounts.sign_in(desk, account.name, PASSWORD, now)
            own.cookies.set("farwatch_session", signed_in.secret)
            own.headers["x-csrf-token"] = signed_in.session.csrf
        return own

    return made
