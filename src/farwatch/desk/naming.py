"""What a person means by a name: ids, alert keys, places, and beginnings that fit one thing."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from farwatch.errors import NotFound, UsageError
from farwatch.model.account import WHOLE, Scope
from farwatch.model.event import Event
from farwatch.model.protect import Alert
from farwatch.store import alerts, assessments, events, names
from farwatch.store.names import Name, Noun

_SHOWN = 5  # of the names that a short form could mean


def find(
    conn: Connection, name: str, among: Sequence[Noun] = tuple(Noun), scope: Scope = WHOLE
) -> Name:
    """The alert (by its key), event or assessment of this name; what is restricted has none for
    who is not cleared.

    Raises NotFound with the name; UsageError where it could mean several.
    """
    wanted = name.strip()
    found = _meant(conn, names.exact(conn, wanted, scope), among)
    if not found and Noun.ASSESSMENT in among:
        place = assessments.latest(conn, [wanted])
        found = [Name(Noun.ASSESSMENT, item.id) for item in place.values()]
    found = found or _meant(conn, names.beginning(conn, wanted, scope), among)
    if not found:
        raise NotFound(f"no {_either(among)} {name!r}")
    if len(found) > 1:
        shown = ", ".join(item.id for item in found[:_SHOWN])
        more = " and others" if len(found) > _SHOWN else ""
        raise UsageError(f"{name!r} could be {shown}{more}: say more of it")
    return found[0]


def alert(conn: Connection, name: str, scope: Scope = WHOLE) -> Alert:
    """The standing revision of the alert of this name, also where an older revision is named."""
    return alerts.get(conn, find(conn, name, (Noun.ALERT,), scope).id)


def revision(conn: Connection, name: str) -> Alert:
    """The very revision that an id names; the standing one for a key."""
    standing = alert(conn, name)
    wanted = name.strip()
    fitting = [
        one for one in alerts.revisions(conn, standing.key)
        if one.id == wanted or ("/" not in wanted and one.id.startswith(wanted))
    ]  # fmt: skip
    return fitting[-1] if fitting else standing


def event(conn: Connection, name: str, scope: Scope = WHOLE) -> Event:
    """The standing version of the event of this name, following merges."""
    return events.get(conn, find(conn, name, (Noun.EVENT,), scope).id)


def _meant(conn: Connection, found: Sequence[Name], among: Sequence[Noun]) -> list[Name]:
    """Each thing once, under the name it goes by now."""
    meant: dict[Name, None] = {}
    for item in found:
        if item.noun not in among:
            continue
        name = item.id
        if item.noun is Noun.ALERT:
            name = alerts.get(conn, name).key
        elif item.noun is Noun.EVENT:
            name = events.resolve(conn, name)
        meant[Name(item.noun, name)] = None
    return list(meant)


def _either(among: Sequence[Noun]) -> str:
    *first, last = [noun.value for noun in among]
    return f"{', '.join(first)} or {last}" if first else last
