"""The top line of a page: place and time scope, which links to other rooms carry, and counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel import Locale
from fastapi import Request
from sqlalchemy.exc import SQLAlchemyError

from farwatch.desk.top_line import Standing, standing
from farwatch.errors import FarwatchError, NotFound
from farwatch.web.visitor import Visitor, desk_of
from farwatch.world.codes import country_name

CARRIED = ("country", "days")  # parameters that hold across rooms
CHOICES = (1, 7, 30, 90)
_PAGING = {"cursor"}
_MOST_DAYS = 3_660


@dataclass(frozen=True, slots=True)
class Top:
    """What base.html draws at the top. `others` are this page's parameters but for the scope."""

    alerts: int
    silent: int
    country: str
    place: str  # the country's name, "" for all
    days: int | None
    countries: Sequence[tuple[str, str]]
    choices: Sequence[int]
    others: Sequence[tuple[str, str]]
    zone: str
    local: str

    @property
    def held(self) -> list[tuple[str, str]]:
        """The scope as parameters."""
        return [
            (name, str(value))
            for name, value in zip(CARRIED, (self.country, self.days), strict=True)
            if value
        ]

    @property
    def carried(self) -> str:
        """What a link to a room ends with: "?country=ZM&days=7" or nothing."""
        return f"?{urlencode(self.held)}" if self.held else ""


def top_of(request: Request, visitor: Visitor, language: str) -> Top:
    """The top line of this request's page; it never fails a page."""
    asked = request.query_params
    country = asked.get("country", "")
    country = country if len(country) == 2 and country.isalpha() and country.isupper() else ""
    text = asked.get("days", "")
    days = int(text) if text.isdecimal() and 0 < int(text) <= _MOST_DAYS else None
    stands = _standing(request, visitor)
    codes = {*stands.countries, *([country] if country else [])}
    named = sorted(((code, name_of(code, language)) for code in codes), key=lambda one: one[1])
    choices = sorted({*CHOICES, *([days] if days else [])})
    left_out = {*CARRIED, *_PAGING}
    zone = desk_of(request).settings.timezone
    return Top(
        stands.alerts, stands.silent, country, name_of(country, language) if country else "", days,
        named, choices, [pair for pair in asked.multi_items() if pair[0] not in left_out],
        zone, _local(visitor.now, zone),
    )  # fmt: skip


def name_of(code: str, language: str) -> str:
    """A country's name in the visitor's language; the code where nobody knows it."""
    found = Locale.parse(language, sep="-").territories.get(code)
    if found:
        return str(found)
    try:
        return country_name(code)
    except NotFound:
        return code


def _standing(request: Request, visitor: Visitor) -> Standing:
    """The counts; none where the database cannot be asked, so that the error's page is drawn."""
    if visitor.account is None:
        return Standing()
    try:
        return standing(desk_of(request), visitor.scope, visitor.now)
    except (FarwatchError, SQLAlchemyError):
        return Standing()


def _local(now: datetime, zone: str) -> str:
    return f"{now.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} {zone.rpartition('/')[2]}".replace(
        "_", " "
    )
