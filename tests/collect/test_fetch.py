"""The fetcher's manners against real loopback servers; clock, sleep and chance are ours."""

from __future__ import annotations

import socket
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from farwatch.collect.fetch import Fetcher, Validators
from farwatch.errors import FetchError
from farwatch.model.terms import Limits

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
Server = Clock = Any  # tests/collect/conftest.py


def test_an_answer_brings_data_type_and_validators(
    server: Server, fetcher: Fetcher, limits: Limits
) -> None:
    headers = {"ETag": '"v1"', "Last-Modified": "Mon, 01 Jun 2026 10:00:00 GMT"}
    url = server.give("/a", (200, headers | {"Content-Type": "text/csv"}, b"abc"))
    fetched = fetcher.fetch(url, limits)
    assert (fetched.data, fetched.content_type, fetched.received) == (b"abc", "text/csv", NOW)
    assert fetched.validators == Validators('"v1"', "Mon, 01 Jun 2026 10:00:00 GMT")
    assert server.asked[0][1]["host"] == server.url.removeprefix("http://")
    assert "if-none-match" not in server.asked[0][1]


def test_an_unchanged_document_is_not_fetched_again(
    server: Server, fetcher: Fetcher, limits: Limits
) -> None:
    url = server.give("/a", (304, {}, b""))
    kept = Validators('"v1"', "Mon, 01 Jun 2026 10:00:00 GMT")
    fetched = fetcher.fetch(url, limits, kept)
    assert (fetched.data, fetched.validators) == (None, kept)
    assert server.asked[0][1]["if-none-match"] == '"v1"'
    assert server.asked[0][1]["if-modified-since"] == kept.last_modified


def test_unchanged_without_having_asked_is_an_error(
    server: Server, fetcher: Fetcher, limits: Limits
) -> None:
    with pytest.raises(FetchError, match="answered 304"):
        fetcher.fetch(server.give("/a", (304, {}, b"")), limits)


def test_a_validator_that_cannot_be_sent_back_is_dropped(
    server: Server, fetcher: Fetcher, limits: Limits
) -> None:
    url = server.give("/a", (200, {"ETag": '"é"', "Last-Modified": "x" * 2000}, b""))
    assert fetcher.fetch(url, limits).validators == Validators()


def test_passing_failures_are_tried_again_with_growing_waits(
    server: Server, fetcher: Fetcher, limits: Limits, clock: Clock
) -> None:
    url = server.give("/a", (503, {}, b""), (500, {}, b""), (200, {}, b"ok"))
    assert fetcher.fetch(url, replace(limits, requests_per_minute=1e12)).data == b"ok"
    assert [round(wait, 3) for wait in clock.slept if wait > 0.01] == [0.75, 1.5]


def test_retry_after_is_kept(
    server: Server, fetcher: Fetcher, limits: Limits, clock: Clock
) -> None:
    date = {"Retry-After": "Mon, 01 Jun 2026 12:00:20 GMT"}
    url = server.give("/a", (429, {"Retry-After": "30"}, b""), (503, date, b""), (200, {}, b"ok"))
    assert fetcher.fetch(url, limits).data == b"ok"
    assert [wait for wait in clock.slept if wait > 1] == [30.0, 20.0]


def test_a_wait_too_long_is_left_to_the_caller(
    server: Server, fetcher: Fetcher, limits: Limits, clock: Clock
) -> None:
    url = server.give("/a", (429, {"Retry-After": "3600"}, b""))
    with pytest.raises(FetchError, match=r"/a answered 429 \(tries: 1\)") as caught:
        fetcher.fetch(url, limits)
    assert (caught.value.status, caught.value.retry_after) == (429, 3600.0)
    assert clock.second < 1


def test_tries_end(server: Server, fetcher: Fetcher, limits: Limits) -> None:
    url = server.give("/a", (500, {}, b""))
    with pytest.raises(FetchError, match=r"answered 500 \(tries: 4\)"):
        fetcher.fetch(url, limits)
    assert len(server.asked) == 4


@pytest.mark.parametrize("status", [204, 401, 403, 404, 410, 501])
def test_a_lasting_answer_is_not_tried_again(
    server: Server, fetcher: Fetcher, limits: Limits, status: int
) -> None:
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(server.give("/a", (status, {}, b"")), limits)
    assert caught.value.status == status
    assert len(server.asked) == 1


def test_a_closed_port_is_a_fetch_error(limits: Limits, clock: Clock) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with (
        Fetcher(timing=clock.timing, loopback_ports=(port,)) as fetcher,
        pytest.raises(FetchError, match=f"127.0.0.1:{port}/ could not be fetched"),
    ):
        fetcher.fetch(f"http://127.0.0.1:{port}/", limits)
    assert len([wait for wait in clock.slept if wait > 0.1]) == 3


def test_each_host_has_its_pace(
    server: Server, fetcher: Fetcher, limits: Limits, clock: Clock
) -> None:
    url = server.give("/a", (200, {}, b""))
    for _ in range(3):
        fetcher.fetch(url, replace(limits, requests_per_minute=30.0))
    assert clock.slept == [2.0, 2.0]


def test_redirects_are_followed_and_checked(
    server: Server, fetcher: Fetcher, limits: Limits
) -> None:
    url = server.give("/a", (302, {"Location": "b?x=1"}, b""))
    server.give("/b?x=1", (200, {}, b"there"))
    fetched = fetcher.fetch(url, limits)
    assert (fetched.data, fetched.url) == (b"there", f"{server.url}/b?x=1")


def test_redirects_end(server: Server, fetcher: Fetcher, limits: Limits) -> None:
    with pytest.raises(FetchError, match="redirects more than 5 times"):
        fetcher.fetch(server.give("/a", (307, {"Location": "/a"}, b"")), limits)
    with pytest.raises(FetchError, match="redirects to nowhere"):
        fetcher.fetch(server.give("/b", (307, {}, b"")), limits)
