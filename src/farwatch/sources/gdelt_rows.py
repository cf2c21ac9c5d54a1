"""GDELT files that the fast reader gives up on, row by row: the same rules, a tenth of the pace."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from farwatch.errors import NotFound, UnreadableFeed, UnreadableReport
from farwatch.model.kinds import Kind
from farwatch.sources.gdelt import CODE, COLUMNS, ID, MAX_DIGITS, SQLDATE, place_of, time_of
from farwatch.world.codes import cameo

SOURCE = "gdelt"
MAX_LINE = 1_000_000  # bytes of a row; GDELT's are a few hundred


def verify(path: Path) -> None:
    """Unpack a .gz to its end and throw it away, for the fast reader takes a cut one for whole.

    Raises UnreadableFeed for a file that is cut short, broken or missing; plain files pass.
    """
    try:
        if path.suffix == ".gz":
            with gzip.open(path, "rb") as stream:
                while stream.read(1 << 20):
                    pass
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableFeed(SOURCE, f"cannot be unpacked: {error}", position=str(path)) from error


def rows_of(path: Path, *, relevant: bool) -> Iterator[dict[str, Any] | UnreadableReport]:
    """Each line as a row of EVENTS or as what is wrong with it, in the file's order.

    `relevant` leaves out kind OTHER. Raises OSError for a file that cannot be read.
    """
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rb") as lines:
        for number, raw in enumerate(lines, 1):
            if len(raw) > MAX_LINE:
                yield too_long(f"{path.name} line {number}")
                continue
            if not raw.strip(b"\r\n"):
                continue
            try:
                row = row_of(raw, relevant=relevant)
            except UnreadableReport as error:
                yield error.at(f"{path.name} line {number}")
                continue
            if row is not None:
                yield row


def too_long(position: str) -> UnreadableReport:
    """What is said of a row beyond the bound."""
    return UnreadableReport(SOURCE, f"row is longer than {MAX_LINE} bytes", position=position)


def row_of(raw: bytes, *, relevant: bool = False) -> dict[str, Any] | None:
    """One line as a row of EVENTS, None if it is not relevant; raises UnreadableReport."""
    cells = raw.rstrip(b"\r\n").decode("utf-8", "replace").split("\t")
    if len(cells) != COLUMNS:
        raise UnreadableReport(SOURCE, f"is not {COLUMNS}", field="columns", value=len(cells))
    try:
        code = cameo(cells[CODE])
    except NotFound as error:
        raise UnreadableReport(
            SOURCE, "is no CAMEO code", field="EventCode", value=cells[CODE]
        ) from error
    if relevant and code.kind is Kind.OTHER:
        return None
    if not (cells[ID].isascii() and cells[ID].isdigit() and len(cells[ID]) <= MAX_DIGITS):
        raise UnreadableReport(SOURCE, "is no event number", field="GLOBALEVENTID", value=cells[ID])
    place = place_of(SOURCE, cells)
    category = code.kind.category
    return {
        "id": f"gdelt-{cells[ID]}",
        "kind": code.kind.value,
        "category": category.value if category else None,
        "severity": code.severity,
        "credibility": 3,
        "official": False,
        "lat": place.geometry.lat if place else None,
        "lon": place.geometry.lon if place else None,
        "radius_km": place.geometry.radius_km if place else None,
        "precision": place.precision.value if place else "region",
        "country": place.country if place else None,
        "admin1": None,
        "start": time_of(SOURCE, cells, SQLDATE),
        "expires": None,
        "source_class": "global_news",
    }
