"""A table as spreadsheets save it: UTF-16 or Windows-1252, and ; or a tab between the values."""

from __future__ import annotations

import csv
import re
from collections.abc import Container

DELIMITERS = (",", ";", "\t", "|")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_MULTIBYTE = re.compile(rb"[\xc3-\xf4][\x80-\xbf]")  # a letter beyond ASCII as UTF-8 writes it


def as_utf8(data: bytes) -> bytes:
    """The table in UTF-8. One that is UTF-8 but for a few bytes stays as it is."""
    if data.startswith(_UTF16):
        return data.decode("utf-16", errors="replace").encode()
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        if _MULTIBYTE.search(data):
            return data
        return data.decode("cp1252", errors="replace").encode()
    return data


def header_of(data: bytes, known: Container[str]) -> tuple[str, list[str]]:
    """The delimiter under which most of the header's names are known, and the names."""
    line = data.decode("utf-8-sig", errors="replace").lstrip("\ufeff \t\r\n").split("\n", 1)[0]
    cut = {sign: _names(line, sign) for sign in DELIMITERS}
    best = max(DELIMITERS, key=lambda sign: sum(name in known for name in cut[sign]))
    return best, cut[best]


def _names(line: str, delimiter: str) -> list[str]:
    return [cell.strip() for cell in next(csv.reader([line.rstrip("\r")], delimiter=delimiter), [])]
