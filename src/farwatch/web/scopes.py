"""What a key to the API may be made for: all reading, all writing, or a room's writing."""

from __future__ import annotations

from functools import lru_cache

from farwatch.errors import UsageError
from farwatch.model.account import RESTRICTED_READ


@lru_cache(maxsize=1)
def rooms() -> tuple[str, ...]:
    """The rooms of the API that can be written."""
    from farwatch.web.app import API

    routes = (route for router in API for route in router.routes)
    return tuple(
        sorted(
            {
                str(getattr(route, "name", "")).split(".")[1]
                for route in routes
                if set(getattr(route, "methods", ())) - {"GET", "HEAD"}
            }
        )
    )


def known() -> tuple[str, ...]:
    """Every scope, as a page offers them. What is restricted is read with a scope that reads."""
    return ("read", "write", RESTRICTED_READ, *(f"{room}:write" for room in rooms()))


def checked(may: list[str]) -> tuple[str, ...]:
    """The scopes, each of which opens something; raises UsageError with the one that does not."""
    for one in may:
        if one not in known():
            raise UsageError(f"scope {one[:60]!r} is none of: {', '.join(known())}")
    return tuple(may)
