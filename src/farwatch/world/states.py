"""States as the country-month panels number them: VIEWS's id, and the first month of young ones."""

from __future__ import annotations

from functools import cache

from farwatch.world.country_names import VIEWS

# alpha-2 -> the month from which UCDP codes a state that began after 1989. Source: Gleditsch and
# Ward's list of independent states.
_BEGAN = (
    "ER:1993-05 KZ:1991-12 BA:1992-04 HR:1992-04 MK:1991-11 GE:1991-09 CZ:1993-01 SK:1993-01 "
    "SI:1992-04 BY:1991-08 EE:1991-09 LV:1991-09 LT:1991-09 MD:1991-08 UA:1991-12 TM:1991-10 "
    "UZ:1991-08 AM:1991-12 AZ:1991-12 KG:1991-08 TJ:1991-09 PW:1994-10 NA:1990-03 TL:2002-05 "
    "ME:2006-06 XK:2008-02 RS:2006-06 SS:2011-07"
)


def views_ids() -> dict[str, int]:
    """Alpha-2 -> VIEWS's country id, of the states that it numbers (no microstates of Europe)."""
    return dict(_ids())


def views_id(country: str) -> int | None:
    """VIEWS's id of a country (alpha-2); None where it has none."""
    return _ids().get(country)


def first_month(country: str) -> int:
    """The first month (VIEWS's number) for which a country (alpha-2) is coded; 1 if it is old."""
    return _first().get(country, 1)


@cache
def _ids() -> dict[str, int]:
    return {code: number for number, code in VIEWS.items()}


@cache
def _first() -> dict[str, int]:
    first: dict[str, int] = {}
    for pair in _BEGAN.split():
        code, _, month = pair.partition(":")
        first[code] = (int(month[:4]) - 1980) * 12 + int(month[5:])
    return first
