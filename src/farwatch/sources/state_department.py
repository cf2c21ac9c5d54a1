"""US State Department travel advisories: the RSS feed, or the JSON of the same data.

Titles carry the level, "Burma (Myanmar) - Level 4: Do Not Travel". Levels: 1 normal precautions,
2 increased caution, 3 reconsider travel, 4 do not travel. An item without a level ("See Summaries",
"Worldwide Caution") is a statement without a figure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from farwatch.errors import UnreadableFeed, UnreadableReport
from farwatch.model.document import Document, Item
from farwatch.model.report import Report
from farwatch.sources import rss
from farwatch.sources.advisory import advisory_facts, advisory_figure, country_of
from farwatch.sources.json_records import Record, json_of, records_of
from farwatch.sources.text import plain, tidy

SERIES = "state.level"
SEVERITY = {1: 1, 2: 2, 3: 4, 4: 5}
ADVISED = 2  # severity of a statement without a level

_LEVEL = re.compile(r"\bLevel\s*([1-4])\b", re.IGNORECASE)
_NAME = re.compile(r"\s*(?:[-–—:]\s*)?(?:Travel Advisory\s*)?(?:[-–—:]\s*)?Level\s*[1-4].*$", re.I)


def read(document: Document) -> Iterator[Item]:
    """Yield a Report a destination; raises UnreadableFeed for what is neither RSS nor such JSON."""
    if document.data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"[", b"{"}:
        value = json_of(document)
        if not isinstance(value, list):
            raise UnreadableFeed(
                document.source.id, "is no list of advisories", position=document.name
            )
        listed = ((f"[{number}]", one) for number, one in enumerate(value))
        yield from records_of(document.source.id, listed, lambda one: _from_json(document, one))
        return
    for number, entry in enumerate(rss.parsed(document).entries):
        try:
            yield _from_rss(document, rss.Entry(entry))
        except UnreadableReport as error:
            yield error.at(f"entries[{number}]")


def _from_json(document: Document, record: Record) -> Iterator[Item]:
    title = record.filled("Title")
    link = record.text("Link")
    when = record.time("Updated") or record.time("Published")
    text = plain(record.text("Summary"))
    key = record.text("id") or link or title
    yield _report(document, record.raw, (key, title, text, link), when)


def _from_rss(document: Document, entry: rss.Entry) -> Report:
    when = rss.published(document, entry)
    told = (entry.identity, entry.fields["title"], plain(entry.body), entry.link)
    return _report(document, entry.raw, told, when)


def _report(
    document: Document, raw: bytes, told: tuple[str, str, str, str], when: datetime | None
) -> Report:
    key, title, text, link = told
    title = tidy(plain(title)).replace("\n", " ")
    level, country = _level(document.source.id, title)
    measures: dict[str, float | str] = {}
    if level and country:
        measures = {"level": float(level), "country": country}
    figure = advisory_figure(SERIES, country, when, level) if level and country and when else None
    return Report(
        source=document.source.id,
        key=key,
        received=document.received,
        raw=raw,
        published=when,
        title=title,
        text=text,
        language="en",
        url=link if link.startswith(("http://", "https://")) else None,
        origin="state.gov",
        facts=advisory_facts(SERIES, SEVERITY.get(level, ADVISED), **measures),
        figure=figure,
    )


def _level(source: str, title: str) -> tuple[int, str | None]:
    """Level and country of a title; (0, None) for one without a level."""
    found = _LEVEL.search(title)
    if found is None:
        return 0, None
    country = country_of(_NAME.sub("", title).strip())
    if country is None:
        raise UnreadableReport(source, "names no one country", field="title", value=title)
    return int(found.group(1)), country
