from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farwatch.collect.addresses import check_url, objection, resolve, vetted
from farwatch.errors import FetchError, ForbiddenAddress


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1",
        "127.9.9.9",
        "::1",
        "0.0.0.0",
        "::",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "fe80::1",
        "fe80::1%eth0",
        "2606:4700::1%eth0",
        "fd00:ec2::254",
        "100.64.0.1",
        "100.100.100.200",
        "224.0.0.1",
        "239.255.255.250",
        "ff02::1",
        "255.255.255.255",
        "240.0.0.1",
        "168.63.129.16",
        "192.0.2.1",
        "198.51.100.7",
        "203.0.113.9",
        "198.18.0.1",
        "2001:db8::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::a00:1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::a00:1",
        "2002:a00:1::",
        "2002:7f00:1::1",
        "2001:0:4136:e378:8000:63bf:f5ff:fffe",
        "::10.0.0.1",
        "192.0.0.192",
        "not an address",
        "",
    ],
)
def test_addresses_never_contacted(text: str) -> None:
    assert objection(text)


@pytest.mark.parametrize(
    "text",
    [
        "93.184.215.14",
        "8.8.8.8",
        "2606:4700::6810:85e5",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
    ],
)
def test_public_addresses_are_contacted(text: str) -> None:
    assert objection(text) == ""


def test_only_plain_loopback_is_let_through_for_tests() -> None:
    assert objection("127.0.0.1", allow_loopback=True) == ""
    assert objection("::1", allow_loopback=True) == ""
    assert objection("::ffff:127.0.0.1", allow_loopback=True)
    assert objection("10.0.0.1", allow_loopback=True)


@given(st.ip_addresses(v=4, network="10.0.0.0/8"))
def test_no_disguise_of_a_private_address_passes(address: object) -> None:
    assert objection(str(address))
    assert objection(f"::ffff:{address}")
    assert objection(f"64:ff9b::{address}")


@given(st.ip_addresses())
def test_every_address_is_judged(address: object) -> None:
    said = objection(str(address))
    assert isinstance(said, str)
    if not said:
        assert vetted("h", [str(address)]) == [str(address)]


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.org/",
        "gopher://x/",
        "//example.org/",
        "example.org",
        "http://",
        "http:///x",
        "http://user:pw@example.org/",
        "http://user@example.org/",
        "http://[::1",
        "http://x:99999/",
        "http://exa mple.org/",
        "http://example.org/\nHost: x",
        "javascript:alert(1)",
        "",
    ],
)
def test_urls_never_fetched(url: str) -> None:
    with pytest.raises(ForbiddenAddress):
        check_url(url)


def test_credentials_are_not_repeated_in_the_error() -> None:
    with pytest.raises(ForbiddenAddress) as caught:
        check_url("https://user:secret@example.org/")
    assert "secret" not in str(caught.value)


@given(st.text(max_size=40))
def test_any_text_is_a_url_or_forbidden(text: str) -> None:
    try:
        parts = check_url(text)
    except ForbiddenAddress:
        return
    assert parts.scheme in {"http", "https"}
    assert parts.hostname


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "localhost"])
def test_a_number_in_disguise_is_vetted_as_the_address_it_is(host: str) -> None:
    with pytest.raises(ForbiddenAddress, match="loopback"):
        vetted(host, resolve(host, 80))


def test_a_host_that_cannot_be_one_is_forbidden() -> None:
    with pytest.raises(ForbiddenAddress, match="is no host name"):
        resolve("a" * 70 + ".example", 80)
    with pytest.raises(FetchError, match="has no address"):
        vetted("h", [])
