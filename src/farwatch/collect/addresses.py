"""Which addresses Farwatch contacts: http and https on public ones, each checked once resolved."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable
from urllib.parse import SplitResult, urlsplit

from farwatch.errors import FetchError, ForbiddenAddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], list[str]]

# Public by number, yet a cloud's own service to the machine it runs on.
_METADATA = frozenset({ipaddress.ip_address("168.63.129.16")})
# IANA's special-purpose registries, as far as older versions of `ipaddress` do not know them.
_SPECIAL_PURPOSE = tuple(
    ipaddress.ip_network(text)
    for text in ("192.0.0.0/24", "192.88.99.0/24", "100::/64", "3fff::/20", "5f00::/16")
)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_NAT64_LOCAL = ipaddress.ip_network("64:ff9b:1::/48")
_V4_COMPATIBLE = ipaddress.ip_network("::/96")


def check_url(url: str) -> SplitResult:
    """The URL's parts; raises ForbiddenAddress for a scheme, user or form that is never fetched."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ForbiddenAddress(f"{url!r} cannot be read as an address: {error}") from error
    if parts.scheme not in {"http", "https"}:
        raise ForbiddenAddress(f"{url!r} is not fetched: scheme {parts.scheme!r} is not http(s)")
    if not host:
        raise ForbiddenAddress(f"{url!r} is not fetched: it names no host")
    if parts.username is not None or parts.password is not None:
        raise ForbiddenAddress(f"an address of {host!r} is not fetched: it carries credentials")
    if any(char.isspace() or ord(char) < ord(" ") for char in url):
        raise ForbiddenAddress(f"{url!r} is not fetched: it holds white space")
    return parts


def resolve(host: str, port: int) -> list[str]:
    """Every address of a host by the system's resolver; raises OSError where there is none.

    The resolver has its own time limit (its configuration's, some seconds), not a source's.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:  # a label that no host can have
        raise ForbiddenAddress(f"host {host!r} is no host name: {error}") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def vetted(host: str, addresses: Iterable[str], *, allow_loopback: bool = False) -> list[str]:
    """The addresses, if every one is public; raises ForbiddenAddress naming host and address.

    One forbidden address among good ones refuses the host: a name that mixes them is not to be
    trusted with a choice.
    """
    checked: list[str] = []
    for text in addresses:
        why = objection(text, allow_loopback=allow_loopback)
        if why:
            raise ForbiddenAddress(f"host {host!r} is not contacted: {text} is {why}")
        checked.append(text)
    if not checked:
        raise FetchError(f"host {host!r} has no address")
    return checked


def objection(text: str, *, allow_loopback: bool = False) -> str:
    """Why an address is never contacted, "" if it may be."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return "no address"
    inner = _embedded(address)
    if inner is not None:
        return objection(str(inner), allow_loopback=False)
    if address.is_loopback:
        return "" if allow_loopback else "a loopback address"
    return _special(address)


def _special(address: Address) -> str:
    if isinstance(address, ipaddress.IPv6Address) and address.scope_id:
        return "bound to one interface"
    if address in _METADATA:
        return "a metadata service"
    for name in ("link_local", "multicast", "unspecified", "reserved", "private"):
        if getattr(address, f"is_{name}"):
            return f"a {name.replace('_', '-')} address"
    if any(address in network for network in _SPECIAL_PURPOSE):
        return "a special-purpose address"
    return "" if address.is_global else "not a public address"


def _embedded(address: Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 one leads to through a translator or tunnel."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address.teredo is not None:
        return address.teredo[1]
    embedded = address.ipv4_mapped or address.sixtofour
    if embedded is not None:
        return embedded
    low = int(address) & 0xFFFF_FFFF
    if address in _NAT64 or address in _NAT64_LOCAL:
        return ipaddress.IPv4Address(low)
    if address in _V4_COMPATIBLE and low > 1:
        return ipaddress.IPv4Address(low)
    return None
