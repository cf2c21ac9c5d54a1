"""A table the user gave as numbered rows of text: packing, encoding, delimiter are found out."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from farwatch.errors import InputError

_DELIMITERS = ",;\t|"
_MOST_BYTES = 1 << 30
_LOOKED_AT = 20


@dataclass(frozen=True, slots=True)
class Rows:
    """The header, and (line number in the file, values) of each row that is not empty."""

    header: list[str]
    rows: list[tuple[int, list[str]]]
    encoding: str
    delimiter: str


def read_rows(data: bytes, source: str) -> Rows:
    """The table in `data` (gzip is unpacked); raises InputError if it is none."""
    text, encoding = _text(_unpacked(data, source), source)
    delimiter = _delimiter(text)
    try:
        numbered = list(_numbered(text, delimiter))
    except csv.Error as error:
        raise InputError(source, f"is no table: {error}") from error
    if not numbered:
        raise InputError(source, "is empty: a header line is needed")
    _, header = numbered[0]
    names = [name.strip() for name in header]
    while names and not names[-1]:  # every line ends with the delimiter
        names.pop()
    rows = [(line, _trimmed(row, len(names))) for line, row in numbered[1:]]
    return Rows(names, rows, encoding, delimiter)


def _trimmed(row: list[str], width: int) -> list[str]:
    """The row without empty values beyond the header's width."""
    return row[:width] if not any(value.strip() for value in row[width:]) else row


def _numbered(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line each begins on: a quoted value may hold line breaks."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    begins = 1
    for row in reader:
        if any(value.strip() for value in row):
            yield begins, row
        begins = reader.line_num + 1


def _unpacked(data: bytes, source: str) -> bytes:
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
            plain = packed.read(_MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(source, f"is broken gzip: {error}") from error
    if len(plain) > _MOST_BYTES:
        raise InputError(source, f"unpacks to more than {_MOST_BYTES} bytes")
    return plain


def _text(data: bytes, source: str) -> tuple[str, str]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace"), "utf-16"
    header = data.split(b"\n", 1)[0][:40]
    if b"\x00" in header:  # no mark, but every other byte of plain letters is 0
        for encoding, zeros in (("utf-16-le", header[1::2]), ("utf-16-be", header[::2])):
            if zeros and not any(zeros):
                return data.decode(encoding, errors="replace"), encoding
        raise InputError(source, "is no table of text: it holds zero bytes")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding), encoding.removesuffix("-sig")
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1"), "latin-1"


def _delimiter(text: str) -> str:
    """The sign that cuts the first lines into the same number of parts, at least two."""
    lines = [line for line in text.splitlines()[: _LOOKED_AT * 3] if line.strip()][:_LOOKED_AT]

    def fit(sign: str) -> tuple[float, int]:
        parts = [len(row) for row in csv.reader(lines, delimiter=sign)]
        if not parts or parts[0] < 2:
            return (0.0, 0)
        return (sum(count == parts[0] for count in parts) / len(parts), parts[0])

    return max(_DELIMITERS, key=fit)
