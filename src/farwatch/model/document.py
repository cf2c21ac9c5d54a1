"""Document: one fetched or recorded file of a Source, before it is read into Reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from farwatch.errors import UnreadableReport
from farwatch.model.report import Report
from farwatch.model.terms import Source


@dataclass(frozen=True, slots=True)
class Document:
    """Bytes as received. `name` is the file or URL, used in errors; `received` is aware UTC."""

    source: Source
    name: str
    data: bytes
    received: datetime


@dataclass(frozen=True, slots=True)
class Follow:
    """An index entry whose own document must be fetched (a CAP index's link).

    `version` changes whenever that document does, "" where the index does not tell.
    """

    url: str
    key: str
    version: str = ""


# What a format's `read` yields: nothing is skipped in silence, a bad record is a value too.
Item = Report | UnreadableReport | Follow
