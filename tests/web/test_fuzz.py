"""The whole API under made-up requests that fit its document: none ends in a server error."""

from __future__ import annotations

import time
import warnings
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from starlette.testclient import TestClient
from web_desk import Enter

from farwatch.desk import assessing
from farwatch.desk.opening import Desk
from farwatch.model.account import Role
from farwatch.web.app import make_app
from farwatch.web.openapi import document

SECONDS = 45.0  # for all operations together; making up the requests comes on top
MOST_EACH = 12
# Not asked: they end the sign-in that asks, or the account of it.
LEFT_OUT = {"me.end_sign_in", "me.end_sign_ins"}

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import schemathesis


def asked(client: TestClient, case: Any) -> Any:
    """Send one made-up request; what cannot be sent at all is not counted."""
    what = case.as_transport_kwargs(base_url="http://127.0.0.1")
    own = {"x-csrf-token": client.headers["x-csrf-token"]}
    what["headers"] = dict(what.get("headers") or {}) | own
    for name in ("cookies", "auth", "cert", "verify", "timeout", "allow_redirects"):
        what.pop(name, None)
    return client.request(**what)


@dataclass
class Found:
    """How many requests were sent, and what broke, by operation."""

    sent: Counter[str] = field(default_factory=Counter)
    broken: dict[str, str] = field(default_factory=dict)

    def try_out(self, client: TestClient, operation: Any, seconds: float) -> None:
        """Send made-up requests of one operation for so long, three at least."""
        name = operation.definition.raw["operationId"]
        self.sent[name] = 0
        end = time.monotonic() + seconds

        def tried(case: Any) -> None:
            if time.monotonic() > end and self.sent[name] >= 3:
                return
            try:
                answer = asked(client, case)
            except (UnicodeError, ValueError):  # an address or a header that cannot be sent
                return
            self.sent[name] += 1
            if answer.status_code >= 500 and answer.status_code != 502:
                self.broken[name] = f"{case.method} {answer.request.url} {answer.text[:300]}"

        bounded = settings(
            max_examples=MOST_EACH, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        seed(20260601)(bounded(given(case=operation.as_strategy())(tried)))()


def open_tables(client: TestClient, desk: Desk) -> None:
    """NumPy reads the heads of arrays by `ast`, as Hypothesis reads conditions; CPython 3.11 fails
    where two threads do so at once. So all that is mapped from a file is mapped before."""
    assessing.grid_of(desk.gazetteer)
    assert desk.borders
    for path in ("places", "places/country:ZM", "events?q=flood", "sites/kitwe/outlook",
                 "forecasts/ZM/unrest", "forecasts/ZM/places"):  # fmt: skip
        assert client.get(f"/api/v1/{path}").status_code == 200, path


@pytest.mark.filterwarnings("ignore")
def test_no_request_that_fits_the_document_ends_in_a_server_error(enter: Enter, desk: Desk) -> None:
    client = enter(Role.ADMINISTRATOR)
    open_tables(client, desk)
    described = document(make_app(desk))
    schema = schemathesis.openapi.from_dict(described)
    operations = [one.ok() for one in schema.get_all_operations()]
    operations = [
        one for one in operations
        if one.definition.raw["operationId"] not in LEFT_OUT
    ]  # fmt: skip
    found = Found()
    share = SECONDS / len(operations)
    for operation in operations:
        found.try_out(client, operation, share)
    broken, sent = found.broken, found.sent
    assert not broken, "\n".join(f"{name}: {what}" for name, what in broken.items())
    print(len(operations), "operations,", sum(sent.values()), "requests")
    assert all(sent.values()), [name for name, count in sent.items() if not count]


@pytest.fixture
def client(desk: Desk) -> Any:
    """As elsewhere, but an exception is answered as a server would."""
    with TestClient(
        make_app(desk), base_url="http://127.0.0.1", follow_redirects=False,
        raise_server_exceptions=False,
    ) as found:  # fmt: skip
        yield found
