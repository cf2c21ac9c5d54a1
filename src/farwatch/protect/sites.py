"""Sites from a table: each row becomes a Site or a Rejected with its line, field, value, reason."""

from __future__ import annotations

import hashlib
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from farwatch.errors import NotFound
from farwatch.model.account import PROGRAMME
from farwatch.model.protect import Site
from farwatch.protect.columns import choose, names_address, personal
from farwatch.protect.rows import read_rows
from farwatch.protect.where import Earth, misplaced
from farwatch.world.codes import alpha2

_TIERS = (1, 2, 3)
_MISSING = {"", "-", "n/a", "na", "nan", "null", "none", "unknown", "?"}


@dataclass(frozen=True, slots=True)
class Rejected:
    """One row that was not taken; `line` counts from 1, the header included."""

    line: int
    field: str
    value: str
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.field} {self.value!r} {self.reason}"


@dataclass(frozen=True, slots=True)
class SiteList:
    """What a table held: good `sites`, every rejected row, and how its columns were understood.

    `columns` is field -> column name(s) joined by "+"; `dropped` are columns that speak of persons;
    `derived_ids` is True where the table has no id column and ids come from name and place.
    """

    sites: tuple[Site, ...]
    rejected: tuple[Rejected, ...]
    columns: Mapping[str, str]
    dropped: tuple[str, ...]
    derived_ids: bool
    encoding: str
    delimiter: str
    lines: tuple[int, ...] = ()  # of the sites, one each
    header: tuple[str, ...] = ()


class _Wrong(Exception):
    """One value of a row is wrong: field, value, reason."""


def read_sites(
    data: bytes, source: str, *, asked: Mapping[str, str] | None = None, earth: Earth | None = None
) -> SiteList:
    """The sites in a CSV file's bytes (plain or gzip), row by row; nothing is guessed or skipped.

    `source` names the file in errors, `asked` maps fields to columns as the user said, `earth`
    checks coordinates against the stated country (None: not checked) and adds country and admin-1.
    Raises InputError if it is no table, UsageError if the columns cannot be told.
    """
    table = read_rows(data, source)
    columns = choose(table.header, asked or {}, source)
    unkept = personal(table.header)
    kept = _attribute_columns(table.header, columns, unkept)
    read: list[tuple[int, Site]] = []
    rejected: list[Rejected] = []
    for line, row in table.rows:
        try:
            read.append((line, _site(_Row(row, table.header, columns), kept)))
        except _Wrong as wrong:
            rejected.append(Rejected(line, *wrong.args))
    if earth is not None:
        read, wrong_place = _placed(read, earth)
        rejected += wrong_place
    unique, twice = _unique(read)
    return SiteList(
        sites=tuple(site for _, site in unique),
        rejected=tuple(sorted(rejected + twice, key=lambda item: item.line)),
        columns={
            field: "+".join(table.header[i] for i in numbers) for field, numbers in columns.items()
        },
        dropped=tuple(table.header[i] for i in unkept),
        derived_ids="id" not in columns,
        encoding=table.encoding,
        delimiter=table.delimiter,
        lines=tuple(line for line, _ in unique),
        header=tuple(table.header),
    )


@dataclass(frozen=True, slots=True)
class _Row:
    values: Sequence[str]
    header: Sequence[str]
    columns: Mapping[str, Sequence[int]]

    def text(self, field: str) -> str:
        """The field's text; "" where the column is absent or the value says "not known"."""
        parts = [self.values[i].strip() for i in self.columns.get(field, ())]
        text = " ".join(part for part in parts if part.lower() not in _MISSING)
        return unicodedata.normalize("NFC", text)

    def namibia(self) -> str:
        """ "NA" in capitals in a column of countries is a country; elsewhere it is "not known"."""
        codes = {self.values[i].strip() for i in self.columns.get("country", ())}
        return "NA" if codes == {"NA"} else ""


def _attribute_columns(
    header: Sequence[str], columns: Mapping[str, Sequence[int]], unkept: Sequence[int]
) -> list[int]:
    used = {numbers[0] for numbers in columns.values() if len(numbers) == 1} | set(unkept)
    return [i for i, name in enumerate(header) if name and i not in used]


def _site(row: _Row, kept: Sequence[int]) -> Site:
    if len(row.values) != len(row.header):
        reason = f"fields in this row, {len(row.header)} in the header"
        raise _Wrong("row", str(len(row.values)), reason)
    lat, lon = _coordinate(row, "lat", 90), _coordinate(row, "lon", 180)
    if lat == 0 and lon == 0:
        raise _Wrong("lat, lon", "0, 0", "is the sea off Africa: what is written for not known")
    country = _country(row)
    name = row.text("name") or row.text("id")
    if not name:
        raise _Wrong("name", "", "is missing")
    return Site(
        id=row.text("id") if "id" in row.columns else _derived(name, country, lat, lon),
        name=name, lat=lat, lon=lon, country=country, tier=_tier(row), staff=_staff(row),
        coast_km=_measure(row, "coast_km", 0), height_m=_measure(row, "height_m", -500),
        attributes=_attributes(row, kept),
    )  # fmt: skip


def _attributes(row: _Row, kept: Sequence[int]) -> dict[str, str]:
    found = {row.header[i]: row.values[i].strip() for i in kept if _is_kept(row.values[i])}
    programme = row.text("programme")
    return found | {PROGRAMME: programme} if programme and _is_kept(programme) else found


def _is_kept(value: str) -> bool:
    return bool(value.strip()) and not names_address(value)


def _derived(name: str, country: str | None, lat: float, lon: float) -> str:
    """The same for the same name and place, whatever else of the row changes."""
    text = f"{name}\x1f{country or ''}\x1f{lat:.3f}\x1f{lon:.3f}"
    digest = hashlib.blake2b(text.encode(), digest_size=4).hexdigest()
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-")
    return f"{slug or 'site'}-{digest}"


def _coordinate(row: _Row, field: str, most: float) -> float:
    text = row.text(field)
    if not text:
        raise _Wrong(field, "", "is missing")
    value = _number(field, text)
    if abs(value) > most:
        raise _Wrong(field, text, f"is not between -{most:g} and {most:g}")
    return value


# One comma before three digits: a thousand in one country, a decimal in the next.
_THOUSAND = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")


def _number(field: str, text: str) -> float:
    plain = text.replace(",", ".") if text.count(",") == 1 and "." not in text else text
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", plain, re.ASCII):
        raise _Wrong(field, text, "is not a decimal number")
    value = float(plain)
    if not math.isfinite(value):
        raise _Wrong(field, text, "is not a decimal number")
    return value


def _country(row: _Row) -> str | None:
    text = row.text("country") or row.namibia()
    if not text:
        return None
    try:
        return alpha2(text)
    except NotFound as error:
        raise _Wrong("country", text, "is no country code or name") from error


def _tier(row: _Row) -> int:
    text = row.text("tier")
    if not text:
        return 2
    value = _number("tier", re.sub(r"(?i)^tier\s*", "", text))
    if value not in _TIERS:
        raise _Wrong("tier", text, "is none of 1, 2, 3")
    return int(value)


def _staff(row: _Row) -> int | None:
    text = row.text("staff")
    if not text:
        return None
    value = _number("staff", text.replace(",", "") if _THOUSAND.fullmatch(text) else text)
    if value < 0 or not value.is_integer():
        raise _Wrong("staff", text, "is not a count of people")
    return int(value)


def _measure(row: _Row, field: str, least: float) -> float | None:
    text = row.text(field)
    if not text:
        return None
    if _THOUSAND.fullmatch(text):
        raise _Wrong(field, text, "may be a thousand or a decimal: write it without the comma")
    value = _number(field, text)
    if not least <= value <= 20_100:
        raise _Wrong(field, text, f"is not between {least} and 20100")
    return value


def _placed(
    read: Sequence[tuple[int, Site]], earth: Earth
) -> tuple[list[tuple[int, Site]], list[Rejected]]:
    """The rows whose coordinates fit their country, with country and admin-1 filled in."""
    sites = [site for _, site in read]
    verdicts = misplaced(sites, earth)
    good = [(line, site) for (line, site), why in zip(read, verdicts.why, strict=True) if not why]
    wrong = [
        Rejected(line, "lat, lon", f"{site.lat:g}, {site.lon:g}", why)
        for (line, site), why in zip(read, verdicts.why, strict=True)
        if why
    ]
    country = {id(site): code for site, code in zip(sites, verdicts.country, strict=True)}
    units = earth.admin1_of(
        [s.lat for _, s in good], [s.lon for _, s in good], [country[id(s)] for _, s in good]
    )
    placed = [
        (line, replace(site, country=country[id(site)], admin1=unit))
        for (line, site), unit in zip(good, units, strict=True)
    ]
    return placed, wrong


def _unique(
    read: Sequence[tuple[int, Site]],
) -> tuple[list[tuple[int, Site]], list[Rejected]]:
    """The first row of each id; a later one of the same id is rejected, a missing id too."""
    seen: dict[str, int] = {}
    sites: list[tuple[int, Site]] = []
    rejected: list[Rejected] = []
    for line, site in read:
        if not site.id:
            rejected.append(Rejected(line, "id", "", "is missing"))
        elif site.id in seen:
            rejected.append(
                Rejected(line, "id", site.id, f"stands on line {seen[site.id]} already")
            )
        else:
            seen[site.id] = line
            sites.append((line, site))
    return sites, rejected
