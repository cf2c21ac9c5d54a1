"""GDELT 2.0 events: 61 tab-separated columns, no header, plain or zipped; or `lastupdate.txt`.

Column meanings: GDELT Event Database Data Format Codebook 2.0. Countries of places are FIPS 10-4.
One row is one Report (key GLOBALEVENTID). GDELT codes an article several times; rows of one URL,
one root code and one place tell of one happening. Names of actors are never taken, for they may be
a person's: an actor is written from its codes, "police (Nigeria)".
"""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice

from farwatch.errors import NotFound, UnreadableFeed, UnreadableReport
from farwatch.model.document import Document, Follow, Item
from farwatch.model.place import Geometry, Place, Precision
from farwatch.model.report import Facts, Report, Span
from farwatch.sources.gdelt_actors import actors_of
from farwatch.sources.text import domain_of, tidy
from farwatch.world.codes import cameo, from_fips

COLUMNS = 61
MAX_DIGITS = 18  # of an event number, so that it fits eight bytes
MAX_UNZIPPED = 256 * 1024 * 1024

# Column numbers, from 0, of what is read.
ID, SQLDATE, ROOT_EVENT, CODE, QUAD, GOLDSTEIN = 0, 1, 25, 26, 29, 30
MENTIONS, SOURCES, ARTICLES, TONE = 31, 32, 33, 34
GEO_TYPE, GEO_NAME, GEO_COUNTRY, GEO_LAT, GEO_LON, GEO_FEATURE = 51, 52, 53, 56, 57, 58
ADDED, URL = 59, 60
NAMES = {
    ID: "GLOBALEVENTID", SQLDATE: "SQLDATE", ROOT_EVENT: "IsRootEvent", CODE: "EventCode",
    QUAD: "QuadClass", GOLDSTEIN: "GoldsteinScale", MENTIONS: "NumMentions", SOURCES: "NumSources",
    ARTICLES: "NumArticles", TONE: "AvgTone", GEO_TYPE: "ActionGeo_Type",
    GEO_COUNTRY: "ActionGeo_CountryCode", GEO_LAT: "ActionGeo_Lat", GEO_LON: "ActionGeo_Long",
    ADDED: "DATEADDED", URL: "SOURCEURL",
}  # fmt: skip

# ActionGeo_Type -> precision and the uncertainty (km) of a point that stands for such a place.
PRECISION: dict[str, tuple[Precision, float]] = {
    "1": (Precision.COUNTRY, 500.0),
    "2": (Precision.ADMIN1, 150.0),  # state of the USA
    "3": (Precision.CITY, 10.0),  # city of the USA
    "4": (Precision.CITY, 10.0),  # city elsewhere
    "5": (Precision.ADMIN1, 100.0),  # state or province elsewhere
}
_NO_PLACE = {"", "0"}


def read(document: Document) -> Iterator[Item]:
    """Yield a Report a row; a bad row is an UnreadableReport with its line, column and value.

    `lastupdate.txt` yields a Follow to the newest events. Raises UnreadableFeed for an empty
    document, a broken zip or text that holds no row of events.
    """
    data = _unzipped(document)
    first = data[: data.find(b"\n")] if b"\n" in data else data
    if b".export.CSV" in first and b"\t" not in first:
        yield from _index(document, data)
        return
    if not any(b"\t" in line for line in islice(io.BytesIO(data), 1000)):
        reason = f"is no table of {COLUMNS} tab-separated columns"
        raise UnreadableFeed(document.source.id, reason, position=document.name)
    for number, line in enumerate(io.BytesIO(data), 1):
        raw = line.rstrip(b"\r\n")
        if raw:
            try:
                yield _report(document, raw)
            except UnreadableReport as error:
                yield error.at(f"line {number}")


def _index(document: Document, data: bytes) -> Iterator[Item]:
    """`lastupdate.txt`: size, digest and address a line, of events, mentions and graph."""
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
        words = line.split()
        url = words[-1] if words else ""
        if ".export.CSV" in url:
            if not url.startswith(("http://", "https://")):
                yield UnreadableReport(
                    document.source.id,
                    "is no address",
                    field="url",
                    value=url,
                    position=f"line {number}",
                )
            else:
                yield Follow(url, url.rsplit("/", 1)[-1])


def _unzipped(document: Document) -> bytes:
    if not document.data.startswith(b"PK\x03\x04"):
        return document.data
    try:
        with zipfile.ZipFile(io.BytesIO(document.data)) as archive:
            member = archive.infolist()[0]
            if member.file_size > MAX_UNZIPPED:
                raise _feed(document, "unzips to", member.file_size, "bytes, too many")
            with archive.open(member) as stream:
                data = stream.read(MAX_UNZIPPED + 1)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise UnreadableFeed(
            document.source.id, f"is a broken zip: {error}", position=document.name
        ) from error
    if len(data) > MAX_UNZIPPED:
        raise _feed(document, "unzips to", len(data), "bytes, too many")
    return data


def _feed(document: Document, field: str, value: object, reason: str) -> UnreadableFeed:
    return UnreadableFeed(
        document.source.id, reason, field=field, value=value, position=document.name
    )


def _report(document: Document, raw: bytes) -> Report:
    source = document.source.id
    cells = raw.decode("utf-8", "replace").split("\t")
    if len(cells) != COLUMNS:
        raise UnreadableReport(source, f"is not {COLUMNS}", field="columns", value=len(cells))
    if not (cells[ID].isascii() and cells[ID].isdigit() and len(cells[ID]) <= MAX_DIGITS):
        raise _wrong(source, cells, ID, "is no event number")
    try:
        code = cameo(cells[CODE])
    except NotFound as error:
        raise _wrong(source, cells, CODE, "is no CAMEO code") from error
    place = place_of(source, cells)
    where = f": {place.name}" if place else ""
    url = cells[URL].strip()
    return Report(
        source=source,
        key=cells[ID],
        received=document.received,
        raw=raw,
        published=time_of(source, cells, ADDED),
        title=code.label + where,
        language="en",
        url=url if url.startswith(("http://", "https://")) else None,
        origin=domain_of(url) or url.casefold(),
        facts=Facts(
            kind=code.kind,
            severity=code.severity,
            code=f"cameo:{code.code}",
            geometry=place.geometry if place else None,
            place=place,
            happened=Span(time_of(source, cells, SQLDATE), precision="day"),
            actors=actors_of(cells),
            happening=f"{code.code[:2]} {cells[GEO_FEATURE]} {url}",
            measures=_measures(source, cells),
        ),
    )


def place_of(source: str, cells: list[str]) -> Place | None:
    """Where the action was, None where GDELT found no place."""
    if cells[GEO_TYPE] in _NO_PLACE:
        return None
    if cells[GEO_TYPE] not in PRECISION:
        raise _wrong(source, cells, GEO_TYPE, "is none of 0-5")
    if not cells[GEO_LAT] and not cells[GEO_LON]:
        return None
    precision, radius = PRECISION[cells[GEO_TYPE]]
    lat, lon = _number(source, cells, GEO_LAT), _number(source, cells, GEO_LON)
    if not -90 <= lat <= 90:
        raise _wrong(source, cells, GEO_LAT, "is no latitude")
    if not -180 <= lon <= 180:
        raise _wrong(source, cells, GEO_LON, "is no longitude")
    country, why = _country(cells[GEO_COUNTRY])
    name = tidy(cells[GEO_NAME]) or cells[GEO_COUNTRY]
    return Place(name, precision, Geometry(lat, lon, radius), country, reasons=(why,))


def _country(fips: str) -> tuple[str | None, str]:
    """Alpha-2 of a FIPS code; seas, disputed islands and unknown codes are no country, with why."""
    try:
        return from_fips(fips), f"GDELT's ActionGeo, FIPS {fips}"
    except NotFound as error:
        return None, f"GDELT's ActionGeo; {error}"


def _measures(source: str, cells: list[str]) -> dict[str, float | str]:
    measures: dict[str, float | str] = {
        "mentions": _number(source, cells, MENTIONS),
        "sources": _number(source, cells, SOURCES),
        "articles": _number(source, cells, ARTICLES),
        "tone": _number(source, cells, TONE),
        "quad_class": _number(source, cells, QUAD),
        "root_event": _number(source, cells, ROOT_EVENT),
    }
    if cells[GOLDSTEIN]:  # GDELT leaves it out for codes its table lacks
        measures["goldstein"] = _number(source, cells, GOLDSTEIN)
    return measures


def _number(source: str, cells: list[str], column: int) -> float:
    try:
        value = float(cells[column])
    except ValueError as error:
        raise _wrong(source, cells, column, "is not a number") from error
    if not math.isfinite(value):
        raise _wrong(source, cells, column, "is not a finite number")
    return value


def time_of(source: str, cells: list[str], column: int) -> datetime:
    """A cell's time, UTC: YYYYMMDD, or YYYYMMDDHHMMSS in DATEADDED, and nothing shorter."""
    said = cells[column]
    width = 14 if column == ADDED else 8
    try:
        if len(said) != width or not (said.isascii() and said.isdigit()):
            raise ValueError(said)
        hour, minute, second = (int(said[at : at + 2] or 0) for at in (8, 10, 12))
        day = datetime(int(said[:4]), int(said[4:6]), int(said[6:8]), tzinfo=UTC)
        return day.replace(hour=hour, minute=minute, second=second)
    except ValueError as error:
        raise _wrong(source, cells, column, "is no time") from error


def _wrong(source: str, cells: list[str], column: int, reason: str) -> UnreadableReport:
    return UnreadableReport(source, reason, field=NAMES[column], value=cells[column])
