"""Every page that links lead to: one address for each route, found by following them."""

from __future__ import annotations

import html
import re
from collections import deque
from urllib.parse import urljoin, urlsplit

import httpx
from starlette.routing import Match

from farwatch.web.app import API, PAGES
from farwatch.web.rooms import ROOMS

_LINK = re.compile(r'<a\b[^>]*\bhref="([^"#]+)')
_MOST = 400  # pages that are looked at
# No pages, or pages that nobody signed in is led to.
APART = {
    "home", "health", "counts", "live", "sign_in.show", "set_up.show", "invited.show",
    "second_factor.show", "elsewhere.begin", "elsewhere.finish", "exercises.picture",
    "acknowledge.show", "account.totp_show",
}  # fmt: skip


DOWNLOADS = (".export", ".rejected")


def routes() -> set[str]:
    """The names of all pages that are got."""
    named = {route.name for router in PAGES for route in router.routes if "GET" in route.methods}
    return {name for name in named - APART if not name.endswith(DOWNLOADS)}


def found(base: str, cookie: str) -> dict[str, str]:
    """Route name -> the first address of it that a link names."""
    seen: set[str] = set()
    known: dict[str, str] = {}
    waiting = deque([*(room.path for room in ROOMS), "/account", "/api"])
    with httpx.Client(base_url=base, cookies={"farwatch_session": cookie}) as client:
        while waiting and len(seen) < _MOST:
            address = waiting.popleft()
            name = route_of(address)
            if name is None or name in APART or name in known or address in seen:
                continue
            seen.add(address)
            answer = client.get(address, timeout=60)
            if answer.status_code != httpx.codes.OK or "html" not in answer.headers["content-type"]:
                continue
            known[name] = address
            for link in _LINK.findall(answer.text):
                target = urljoin(f"{base}{address}", html.unescape(link))
                if target.startswith(f"{base}/"):
                    parts = urlsplit(target)
                    waiting.append(parts.path + (f"?{parts.query}" if parts.query else ""))
    return known


def route_of(address: str) -> str | None:
    """Which page's route an address is of."""
    path = urlsplit(address).path
    scope = {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": []}
    if path.startswith(("/api/", "/static/")) or not API:
        return None
    for router in PAGES:
        for route in router.routes:
            if route.matches(scope)[0] is Match.FULL:
                return str(route.name)  # type: ignore[attr-defined]
    return None
