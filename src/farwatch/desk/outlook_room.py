"""Outlooks as the console asks for them: worked out beside the request, as of five minutes.

The first fit of a country takes some ten seconds; models are kept by what they were made from
(`desk.outlook`), so that later answers take tenths of one. An answer is None while it is worked
out, and Missing where the desk holds nothing to make it from.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from farwatch.desk.beside import Beside, rounded
from farwatch.desk.opening import Desk
from farwatch.desk.outlook import place_outlooks, site_outlook
from farwatch.desk.outlook_held import told_by
from farwatch.desk.unrest import unrest_outlook
from farwatch.errors import NotFound, UsageError
from farwatch.model.account import Scope
from farwatch.model.outlook import PlaceOutlook, SiteOutlook
from farwatch.model.protect import Site
from farwatch.model.unrest import UnrestOutlook, Withheld
from farwatch.store import site_lists


@dataclass(frozen=True, slots=True)
class Missing:
    """Why the desk can make no outlook, and what brings it, in a sentence."""

    why: str


Answer = SiteOutlook | tuple[PlaceOutlook, ...] | UnrestOutlook | Withheld | Missing
_BESIDE: Beside[Answer] = Beside("outlook", "too many outlooks are being worked out")


def of_site(
    desk: Desk, name: str, scope: Scope, now: datetime, seconds: float
) -> SiteOutlook | Missing | None:
    """A site's chances of a deadly event near it. Raises NotFound, also outside the scope."""
    with desk.database.read() as conn:
        site = site_lists.one(conn, name, scope, now).site
    at = rounded(now)
    key = ("site", site.id, site.lat, site.lon, site.country, at)
    found = _BESIDE.ask(desk, key, lambda: _of_site(desk, site, at), seconds)
    return found if isinstance(found, SiteOutlook | Missing) else None


def of_places(
    desk: Desk, country: str, now: datetime, seconds: float
) -> tuple[PlaceOutlook, ...] | Missing | None:
    """Battle deaths by month in a country's (alpha-2) admin-1s, the likeliest place first."""
    at = rounded(now)
    key = ("places", country, at)
    found = _BESIDE.ask(desk, key, lambda: _of_places(desk, country, at), seconds)
    return found if isinstance(found, tuple | Missing) else None


def of_unrest(
    desk: Desk, country: str, now: datetime, seconds: float
) -> UnrestOutlook | Withheld | Missing | None:
    """Events of unrest in a country's next weeks."""
    at = rounded(now)
    key = ("unrest", country, at)
    found = _BESIDE.ask(desk, key, lambda: _of_unrest(desk, country, at), seconds)
    return found if isinstance(found, UnrestOutlook | Withheld | Missing) else None


def _of_site(desk: Desk, site: Site, at: datetime) -> SiteOutlook | Missing:
    try:
        return site_outlook(told_by(desk, at), [site], at, desk.gazetteer)[0]
    except UsageError as error:
        return Missing(str(error))


def _of_places(desk: Desk, country: str, at: datetime) -> tuple[PlaceOutlook, ...] | Missing:
    try:
        found = place_outlooks(told_by(desk, at), country, at)
    except (UsageError, NotFound) as error:
        return Missing(str(error))
    return tuple(sorted(found, key=_likeliest))


def _likeliest(one: PlaceOutlook) -> tuple[float, int, str]:
    return (-one.months[0].p_any if one.months else 1.0, -one.history.last_year, one.place)


def _of_unrest(desk: Desk, country: str, at: datetime) -> UnrestOutlook | Withheld | Missing:
    try:
        return unrest_outlook(desk, country, at)
    except UsageError as error:  # several datasets of GDELT
        return Missing(str(error))
