"""Canada's travel advisories: one index of every destination with its advisory state 0-3.

States: 0 normal precautions, 1 high degree of caution, 2 avoid non-essential travel, 3 avoid all
travel. The key is the destination's code; texts hold HTML entities. Regional advisories are only
flagged here (measure `regional`); where they hold stands in each destination's own page.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from farwatch.errors import UnreadableFeed
from farwatch.model.document import Document, Item
from farwatch.model.report import Report
from farwatch.sources.advisory import advisory_facts, advisory_figure, country_of
from farwatch.sources.json_records import Record, json_of, records_of
from farwatch.sources.text import plain

SERIES = "canada.level"
PARTS = {"IC": "ES"}  # the Canary Islands; others come as ISO 3166-2, "PT-20" the Azores
SEVERITY = {0: 1, 1: 2, 2: 4, 3: 5}
PAGE = "https://travel.gc.ca/destinations/"


def read(document: Document) -> Iterator[Item]:
    """Yield a Report a destination; raises UnreadableFeed if there is no `data` of such."""
    value = json_of(document)
    data: Any = value.get("data") if isinstance(value, dict) else None
    if not isinstance(data, dict):
        raise UnreadableFeed(
            document.source.id, "holds no destinations", field="data", value=data,
            position=document.name,
        )  # fmt: skip
    listed = ((f"data.{code}", entry) for code, entry in data.items())
    yield from records_of(document.source.id, listed, lambda one: _reports(document, one))


def _reports(document: Document, record: Record) -> Iterator[Item]:
    code = record.position.removeprefix("data.")
    english = record.under("eng")
    name = plain(english.filled("name"))
    country, series = _country(code, name)
    if country is None:
        raise record.wrong("code", "is no country", code)
    level = _level(record)
    when = _published(record)
    slug = english.text("url-slug")
    update = plain(english.text("recent-updates"))
    yield Report(
        source=document.source.id,
        key=code,
        received=document.received,
        raw=record.raw,
        published=when,
        title=f"{name}: {plain(english.text('advisory-text'))}",
        text=update,
        language="en",
        url=PAGE + slug if slug else None,
        origin="travel.gc.ca",
        facts=advisory_facts(
            series,
            SEVERITY[level],
            level=float(level),
            country=country,
            regional=float(bool(record.fields.get("has-regional-advisory"))),
        ),
        figure=advisory_figure(series, country, when, level) if when else None,
    )


def _country(code: str, name: str) -> tuple[str | None, str]:
    """The country and the series: islands with an entry of their own are parts of a country."""
    part = PARTS.get(code) or (code[:2] if code[2:3] == "-" else "")
    if part:
        return country_of(part), "canada.parts"
    return country_of(code, name), SERIES


def _level(record: Record) -> int:
    level = record.fields.get("advisory-state")
    if isinstance(level, bool) or not isinstance(level, int) or level not in SEVERITY:
        raise record.wrong("advisory-state", "is none of 0-3", level)
    return level


def _published(record: Record) -> datetime | None:
    """The epoch seconds; the texts beside them are in an unnamed local time."""
    seconds = record.under("date-published").fields.get("timestamp")
    if seconds is None:
        return None
    if isinstance(seconds, bool) or not isinstance(seconds, int):
        raise record.wrong("date-published.timestamp", "is no number of seconds", seconds)
    try:
        return datetime.fromtimestamp(seconds, tz=UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise record.wrong(
            "date-published.timestamp", "is no number of seconds", seconds
        ) from error
