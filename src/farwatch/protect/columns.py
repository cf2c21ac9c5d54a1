"""Which column of a site list holds what: guessed from well-known names, or as the user says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from farwatch.errors import UsageError

# field -> well-known names, best first; compared without case, spaces and punctuation
KNOWN: dict[str, tuple[str, ...]] = {
    "id": (
        "id", "site_id", "identifier", "site_code", "facility_id", "asset_id", "location_id",
        "object_id", "uuid", "gppd_idnr", "code", "ref", "reference",
    ),
    "name": (
        "name", "site_name", "site", "facility_name", "facility", "plant_name", "location_name",
        "office", "office_name", "title", "label", "asset_name", "asset",
    ),
    "lat": ("lat", "latitude", "lat_dd", "latitude_dd", "y", "y_coord", "gps_lat"),
    "lon": ("lon", "lng", "long", "longitude", "lon_dd", "longitude_dd", "x", "x_coord", "gps_lon"),
    "country": (
        "country", "country_code", "iso3", "iso2", "iso_a3", "iso_a2", "iso", "country_iso",
        "country_iso3", "country_name", "country_long", "host_country", "nation", "land",
    ),
    "tier": ("tier", "site_tier", "criticality", "priority"),
    "staff": ("staff", "headcount", "employees", "staff_count", "people", "personnel"),
    "coast_km": ("coast_km", "distance_to_coast_km", "distance_to_coast", "coast_distance_km"),
    "programme": ("programme", "program", "programme_name", "program_name"),
    "height_m": (
        "height_m", "elevation_m", "elevation", "altitude_m", "altitude", "height", "elev_m",
    ),
}  # fmt: skip
FIELDS = tuple(KNOWN)
_NEEDED = ("lat", "lon")
# A list without a name column: what its places are called by, joined.
_COMPOSED = (("operator", "type", "city"), ("operator", "city"), ("company", "city"), ("city",))

# Columns that speak of persons are not kept: a site list is about places.
_PERSONAL = re.compile(
    r"phone|mobile|cell_?(no|num)|^tel$|^tel_|_tel$|^fax|whatsapp|signal_?(no|num)|e_?mail|skype"
    r"|contact|manager|ambassador|^head_of|person|first_?name|last_?name|surname|full_?name"
    r"|passport|birth|^dob$|author|photographer",
)
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def choose(header: Sequence[str], asked: Mapping[str, str], source: str) -> dict[str, list[int]]:
    """Field -> column numbers (several only for a composed name); `asked` outweighs the guess.

    `asked` maps a field to a column's name, or to several joined by "+". Raises UsageError naming
    the unknown field or column, or the coordinate column that cannot be found.
    """
    chosen: dict[str, list[int]] = {}
    for field, wanted in asked.items():
        if field not in KNOWN:
            raise UsageError(f"--map {field}={wanted}: {field!r} is none of {', '.join(FIELDS)}")
        chosen[field] = [
            _column(header, name, f"--map {field}={wanted}") for name in wanted.split("+")
        ]
    folded = [_folded(name) for name in header]
    taken = {columns[0] for columns in chosen.values() if len(columns) == 1}  # others are shared
    for field, names in KNOWN.items():
        found = _first(names, folded, taken)
        if field not in chosen and found is not None:
            chosen[field] = [found]
            taken.add(found)
    if "name" not in chosen:
        chosen |= _composed_name(folded)
    for field in _NEEDED:
        if field not in chosen:
            raise UsageError(
                f"{source} has no column for {field} among {', '.join(header)}; "
                f"name it with --map {field}=COLUMN"
            )
    return chosen


def personal(header: Iterable[str]) -> list[int]:
    """Numbers of the columns that speak of persons."""
    return [i for i, name in enumerate(header) if _PERSONAL.search(_snake(name))]


def names_address(value: str) -> bool:
    """True for a value that holds an e-mail address, whatever its column is called."""
    return _ADDRESS.search(value) is not None


def _first(names: Iterable[str], folded: Sequence[str], taken: set[int]) -> int | None:
    for name in names:
        wanted = _folded(name)
        for i, column in enumerate(folded):
            if column == wanted and i not in taken:
                return i
    return None


def _composed_name(folded: Sequence[str]) -> dict[str, list[int]]:
    for names in _COMPOSED:
        if all(name in folded for name in names):
            return {"name": [folded.index(name) for name in names]}
    return {}


def _column(header: Sequence[str], name: str, where: str) -> int:
    stripped = [column.strip() for column in header]
    if name.strip() not in stripped:
        raise UsageError(f"{where}: there is no column {name!r}; columns are {', '.join(stripped)}")
    return stripped.index(name.strip())


def _folded(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _snake(name: str) -> str:
    """ "contactEmail" and "Contact e-mail" alike as "contact_email"."""
    broken = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip())
    return re.sub(r"[^a-z0-9]+", "_", broken.lower().replace("e-mail", "email")).strip("_")
