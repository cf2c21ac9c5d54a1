"""WHO disease outbreak news: the API's JSON, and dumps that hold it beside travel health notices.

The key is the item's number ("2026-DON614"). Countries are given as GUIDs without a table, so the
place is left to the text. Statements on one emergency share its id. CDC notices carry a level 1-4.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from farwatch.errors import UnreadableFeed
from farwatch.model.document import Document, Item
from farwatch.model.kinds import Kind
from farwatch.model.report import Facts, Report
from farwatch.sources.json_records import Record, json_of, records_of
from farwatch.sources.text import domain_of, plain

SITE = "https://www.who.int/emergencies/disease-outbreak-news/item"
SEVERITY = 3  # an outbreak that WHO reports on; its text grades it further
CDC_SEVERITY = {1: 2, 2: 2, 3: 3, 4: 4}
_TEXTS = ("Summary", "Overview", "Epidemiology", "Assessment")
_LEVEL = re.compile(r"^\s*Level\s*([1-4])\b\s*[-–—:]*\s*", re.IGNORECASE)


def read(document: Document) -> Iterator[Item]:
    """Yield a Report an item; raises UnreadableFeed where no list of items is found."""
    value = json_of(document)
    source = document.source.id
    found = value if isinstance(value, dict) else {"value": value}
    lists = [
        (name, found[name]) for name in ("value", "who_reports", "cdc_notices") if name in found
    ]
    if not lists or not all(isinstance(items, list) for _, items in lists):
        raise UnreadableFeed(source, "holds no list of outbreaks", position=document.name)
    for name, items in lists:
        listed = ((f"{name}[{number}]", one) for number, one in enumerate(items))
        build = _notice if name == "cdc_notices" else _news
        yield from records_of(source, listed, lambda one, build=build: build(document, one))  # type: ignore[misc]


def _news(document: Document, record: Record) -> Iterator[Item]:
    path = record.text("ItemDefaultUrl") or record.text("UrlName")
    key = path.strip("/") or record.text("DonId") or record.text("Id")
    if not key:
        raise record.wrong("ItemDefaultUrl", "is empty")
    title = plain(record.text("OverrideTitle") or record.filled("Title"))
    emergency: Any = record.fields.get("EmergencyEvent")
    happening = str(emergency.get("Id") or "") if isinstance(emergency, dict) else ""
    yield Report(
        source=document.source.id,
        key=key,
        received=document.received,
        raw=record.raw,
        published=record.time("PublicationDateAndTime") or record.time("PublicationDate"),
        title=title,
        text="\n".join(filter(None, (plain(record.text(name)) for name in _TEXTS))),
        language="en",
        url=f"{SITE}/{key}",
        origin="who.int",
        facts=Facts(
            kind=Kind.OUTBREAK,
            severity=SEVERITY,
            code="glide:EP",
            official=True,
            happening=happening or key,
        ),
    )


def _notice(document: Document, record: Record) -> Iterator[Item]:
    title, link = plain(record.filled("title")), record.filled("link")
    level = _LEVEL.match(title)
    if level is None:
        raise record.wrong("title", "carries no level 1-4")
    yield Report(
        source=document.source.id,
        key=link,
        received=document.received,
        raw=record.raw,
        published=record.time("publication_date"),
        title=_LEVEL.sub("", title),
        text=plain(record.text("description")),
        language="en",
        url=link if link.startswith(("http://", "https://")) else None,
        origin=domain_of(link) or "cdc.gov",
        facts=Facts(
            kind=Kind.OUTBREAK,
            severity=CDC_SEVERITY[int(level.group(1))],
            code="glide:EP",
            official=True,
            happening=link,
            measures={"cdc_level": float(level.group(1))},
        ),
    )
