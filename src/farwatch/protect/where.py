"""Whether a site's coordinates lie in the country it states, and what is likely wrong if not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from farwatch.errors import NotFound
from farwatch.model.protect import Site

# Borders are drawn at 1:10m: quays, river banks and islets may lie outside by some kilometres.
TOLERANCE_KM = 25.0
# At sea one may be further out: wind farms and platforms stand some 100 km off shore.
OFF_SHORE_KM = 120.0
# Parts of a state that have a code of their own: a list may state either.
PARTS: dict[str, tuple[str, ...]] = {
    "AU": ("CC", "CX", "HM", "NF"),
    "CN": ("HK", "MO"),
    "DK": ("FO", "GL"),
    "FI": ("AX",),
    "FR": ("BL", "GF", "GP", "MF", "MQ", "NC", "PF", "PM", "RE", "TF", "WF", "YT"),
    "GB": (
        "AI",
        "BM",
        "FK",
        "GG",
        "GI",
        "GS",
        "IM",
        "IO",
        "JE",
        "KY",
        "MS",
        "PN",
        "SH",
        "TC",
        "VG",
    ),
    "NL": ("AW", "BQ", "CW", "SX"),
    "NO": ("BV", "SJ"),
    "NZ": ("CK", "NU", "TK"),
    "US": ("AS", "GU", "MP", "PR", "UM", "VI"),
    # where states disagree, a list may state either too; no view is taken here
    "IL": ("PS",),
    "MA": ("EH",),
    "RS": ("XK",),
}
# Slips of the hand, in the order they are looked for.
_SLIPS: tuple[tuple[str, Callable[[float, float], tuple[float, float]]], ...] = (
    ("latitude and longitude are likely swapped", lambda lat, lon: (lon, lat)),
    ("the longitude's sign is likely wrong", lambda lat, lon: (lat, -lon)),
    ("the latitude's sign is likely wrong", lambda lat, lon: (-lat, lon)),
)


class BorderMap(Protocol):
    """What world.borders.Borders answers."""

    def country_at(self, lats: Sequence[float], lons: Sequence[float]) -> list[str | None]:
        """Alpha-2 of the country at each point; None at sea."""
        ...

    def distance_to_country_km(self, lat: float, lon: float, alpha2: str) -> float:
        """Kilometres to the country; raises NotFound for a code without a polygon."""
        ...


class UnitMap(Protocol):
    """What world.gazetteer.Gazetteer answers."""

    def admin1_of(
        self, lats: Sequence[float], lons: Sequence[float], countries: Sequence[str | None]
    ) -> list[str | None]:
        """GeoNames' admin-1 code ("ZM.08") at each point."""
        ...


@dataclass(frozen=True, slots=True)
class Earth:
    """Borders, and admin-1 units where a gazetteer is at hand."""

    borders: BorderMap
    units: UnitMap | None = None

    def admin1_of(
        self, lats: Sequence[float], lons: Sequence[float], countries: Sequence[str | None]
    ) -> list[str | None]:
        """Admin-1 code of each point; None where none is known."""
        if self.units is None or not lats:
            return [None] * len(lats)
        return self.units.admin1_of(lats, lons, countries)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """By site: the country it is in (stated, else found) and why it cannot be; "" if it can."""

    country: list[str | None]
    why: list[str]


def misplaced(sites: Sequence[Site], earth: Earth) -> Verdicts:
    """Check each site against its stated country; one that states none gets the one found.

    A part of a state with a code of its own is taken as the more exact statement.
    """
    if not sites:
        return Verdicts([], [])
    found = earth.borders.country_at([site.lat for site in sites], [site.lon for site in sites])
    pairs = list(zip(sites, found, strict=True))
    country = [code if _is_part(site.country, code) else site.country for site, code in pairs]
    why = [_why(site, code, earth.borders) for site, code in pairs]
    return Verdicts(country, why)


def _is_part(stated: str | None, found: str | None) -> bool:
    return stated is None or (found is not None and found in PARTS.get(stated, ()))


def _why(site: Site, found: str | None, borders: BorderMap) -> str:
    stated = site.country
    if stated is None or stated == found or _is_part(stated, found):
        return ""
    if found is not None and stated in PARTS.get(found, ()):
        return ""
    away = min(_km(site, code, borders) for code in (stated, *PARTS.get(stated, ())))
    if away <= (OFF_SHORE_KM if found is None else TOLERANCE_KM):
        return ""
    where = f"lies in {found}" if found else "lies at sea"
    return f"{where}, {away:.0f} km from {stated}{_slip(site, borders)}"


def _km(site: Site, code: str, borders: BorderMap) -> float:
    try:
        return borders.distance_to_country_km(site.lat, site.lon, code)
    except NotFound:
        # nothing is known of a part without a border; nothing speaks against the state itself
        return 0.0 if code == site.country else float("inf")


def _slip(site: Site, borders: BorderMap) -> str:
    for text, turn in _SLIPS:
        lat, lon = turn(site.lat, site.lon)
        if abs(lat) <= 90 and borders.country_at([lat], [lon]) == [site.country]:
            return f"; {text}"
    return ""
