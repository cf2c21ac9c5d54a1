"""Files of history: what they hold, told by their content, never by their name."""

from __future__ import annotations

import csv
import gzip
import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow as pa
import pyarrow.parquet as pq

from farwatch.errors import UnreadableFeed, UnreadableReport
from farwatch.sources import gdelt, ucdp

PANEL_COLUMNS = ("month_id", "country_id", "ged_sb")
PANEL, GED, GDELT = "panel", "ged", "gdelt"
KEPT = 1000  # rejected rows that are named; the others are counted

_HEAD = 1 << 16
_BROKEN = (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError)
_NONE = (
    "is none of: UCDP GED as CSV (columns id, type_of_violence, country_id, date_end, best ...), "
    "a country-month panel as Parquet or CSV (columns month_id, country_id, ged_sb), "
    "a GDELT 2.0 event export (61 columns by tabs)"
)


class Rejects:
    """The rows that could not be read: the first thousand by name, all by number."""

    def __init__(self) -> None:
        self.named: list[UnreadableReport] = []
        self.count = 0

    def add(self, error: UnreadableReport) -> None:
        """One more."""
        self.count += 1
        if len(self.named) < KEPT:
            self.named.append(error)


def sort_of(path: Path) -> str:
    """PANEL, GED or GDELT; raises UnreadableFeed for anything else, and a file that is none."""
    with opened(path) as stream:
        head = stream.read(_HEAD)
    if head.startswith(b"PAR1"):
        return _of_columns(path, _parquet_columns(path))
    line = head.split(b"\n", 1)[0].rstrip(b"\r")
    cells = line.split(b"\t")
    if len(cells) == gdelt.COLUMNS and cells[gdelt.ID].isdigit():
        return GDELT
    try:
        header = next(csv.reader([line.decode("utf-8-sig")]), [])
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnreadableFeed(str(path), _NONE) from error
    return _of_columns(path, [name.strip() for name in header])


def _of_columns(path: Path, columns: list[str]) -> str:
    if set(PANEL_COLUMNS) <= set(columns):
        return PANEL
    if set(ucdp.COLUMNS) <= set(columns):
        return GED
    raise UnreadableFeed(str(path), _NONE)


def _parquet_columns(path: Path) -> list[str]:
    try:
        return list(pq.read_schema(path).names)
    except (pa.ArrowException, OSError) as error:
        raise UnreadableFeed(str(path), f"is no whole Parquet file: {error}") from error


def digest_of(path: Path) -> str:
    """The SHA-256 of what a file holds, unpacked: the same packed otherwise is the same."""
    total = hashlib.sha256()
    with opened(path) as stream:
        while chunk := stream.read(1 << 20):
            total.update(chunk)
    return total.hexdigest()


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """A file as it is, or what its gzip or its zip of one member holds.

    Raises UnreadableFeed for a file that is missing, cut short, broken or a zip of several.
    """
    try:
        with path.open("rb") as file:
            magic = file.read(4)
            file.seek(0)
            if magic.startswith(b"\x1f\x8b"):
                with gzip.open(file, "rb") as stream:
                    yield cast(BinaryIO, stream)
            elif magic == b"PK\x03\x04":
                with zipfile.ZipFile(file) as archive, archive.open(_only(path, archive)) as member:
                    yield cast(BinaryIO, member)
            else:
                yield file
    except _BROKEN as error:
        said = getattr(error, "strerror", None) or error
        raise UnreadableFeed(str(path), f"cannot be read: {said}") from error


def _only(path: Path, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    members = [info for info in archive.infolist() if not info.is_dir()]
    if len(members) != 1:
        raise UnreadableFeed(str(path), f"is a zip of {len(members)} files: give them one by one")
    return members[0]
