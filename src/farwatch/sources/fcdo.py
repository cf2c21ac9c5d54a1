"""UK foreign travel advice: the GOV.UK content API's index and its country documents.

The index leads to one document a country (Follow). A country document gives one Report for the
country (key: its path) with the figure `fcdo.level`, and one for the parts of it that are warned
of (key: its path and "#parts"), with the figure `fcdo.parts` and the text that names them.
Levels: 0 no advice against travel, 1 against travel to parts, 2 against all but essential, 3
against all travel.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from hashlib import blake2b
from urllib.parse import urlsplit

from farwatch.errors import UnreadableFeed
from farwatch.model.document import Document, Follow, Item
from farwatch.model.report import Action, Report
from farwatch.sources.advisory import advisory_facts, advisory_figure, country_of
from farwatch.sources.json_records import Record, json_bytes, json_of, records_of
from farwatch.sources.text import plain, tidy

SITE = "https://www.gov.uk"
PATH = "/foreign-travel-advice/"

# alert_status -> (whole country, level)
STATUSES: dict[str, tuple[bool, int]] = {
    "avoid_all_travel_to_whole_country": (True, 3),
    "avoid_all_but_essential_travel_to_whole_country": (True, 2),
    "avoid_all_travel_to_parts": (False, 3),
    "avoid_all_but_essential_travel_to_parts": (False, 2),
}
SEVERITY = {0: 1, 1: 3, 2: 4, 3: 5}

_NO_PARTS = "No part of the country is named in a warning against travel."

# Parts of a document that speak of dangers; visas, money and health stay in `raw`.
_TELLING = ("summary", "warnings", "safety", "security", "terrorism", "regional", "still-current")
_AGAINST = re.compile(
    r"advis\w*\s+against\s+(?P<what>all(?P<but>\s+but\s+essential)?)\s+travel\s*(?P<where>to\b)?",
    re.IGNORECASE,
)
_WARNS = re.compile(r"advis\w*\s+against\s+all\b", re.IGNORECASE)


def read(document: Document) -> Iterator[Item]:
    """Yield Follows (index) or Reports (country); raises UnreadableFeed for any other JSON."""
    value = json_of(document)
    if isinstance(value, dict) and value.get("base_path") == PATH.rstrip("/"):
        yield from _index(document, value)
    elif isinstance(value, dict) and str(value.get("base_path", "")).startswith(PATH):
        yield from records_of(
            document.source.id, [(document.name, value)], lambda one: _country(document, one)
        )
    else:
        raise UnreadableFeed(
            document.source.id, "is no travel advice of GOV.UK", position=document.name
        )


def _index(document: Document, value: dict[str, object]) -> Iterator[Item]:
    parts = urlsplit(document.name)
    site = f"{parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} else SITE

    def follow(child: Record) -> Iterator[Item]:
        path = child.filled("base_path")
        if not re.fullmatch(re.escape(PATH) + r"[\w-]+", path):
            raise child.wrong("base_path", "is no country's path")
        yield Follow(f"{site}/api/content{path}", path)

    links = Record(document.source.id, document.name, value).under("links")
    children = links.fields.get("children") or []
    if not isinstance(children, list):
        raise UnreadableFeed(document.source.id, "lists no countries", position=document.name)
    listed = ((f"links.children[{number}]", one) for number, one in enumerate(children))
    yield from records_of(document.source.id, listed, follow)


def _country(document: Document, record: Record) -> Iterator[Item]:
    details = record.under("details")
    named = details.under("country")
    country = country_of(named.text("name"), named.text("slug").replace("-", " "))
    if country is None:
        raise named.wrong("name", "is no country")
    level, parts_level = _levels(details)
    regions = _regions(details)
    if regions and parts_level == 0:
        parts_level = max(worst for worst, _ in regions) if level == 0 else 0
    when = _published(record, details)
    shown = max(level, 1 if parts_level else 0)
    yield _report(document, record, _told(details), (country, "fcdo.level", shown), when)
    # said even when no part is warned of, so that a lifted warning replaces the one before
    text = "\n".join(text for _, text in regions) if parts_level else _NO_PARTS
    text = text or details.text("change_description")
    yield _report(document, record, text, (country, "fcdo.parts", parts_level), when)


def _levels(details: Record) -> tuple[int, int]:
    """The level of the whole country and that of the warned parts, from `alert_status`."""
    statuses = details.fields.get("alert_status") or []
    if not isinstance(statuses, list):
        raise details.wrong("alert_status", "is no list")
    whole = parts = 0
    for status in statuses:
        if status not in STATUSES:
            raise details.wrong("alert_status", "is no alert status", status)
        everywhere, level = STATUSES[status]
        whole, parts = (max(whole, level), parts) if everywhere else (whole, max(parts, level))
    return whole, parts


def _regions(details: Record) -> list[tuple[int, str]]:
    """Level and text of each passage that advises against travel to some place, in order.

    A passage is the line with the words and the list that follows where it ends in a colon.
    """
    found: list[tuple[int, str]] = []
    for text in _passages(details):
        lines = text.split("\n")
        for number, line in enumerate(lines):
            match = _AGAINST.search(line)
            if match is None:
                continue
            listed = _listed(lines[number + 1 :]) if line.rstrip().endswith(":") else []
            level = 2 if match["but"] else 3
            passage = " ".join([line, "; ".join(listed)]).strip()
            if passage not in {told for _, told in found}:
                found.append((level, passage))
    return found


def _listed(lines: list[str]) -> list[str]:
    """List items after a colon: up to the next sentence that advises or the next long passage."""
    items: list[str] = []
    for line in lines[:40]:
        if _WARNS.search(line) or (line.endswith(".") and len(line) > 200):
            break
        items.append(line)
    return items


def _passages(details: Record) -> list[str]:
    """The telling parts as plain text, the summary first."""
    parts = [
        plain(part.text("body"))
        for part in details.each("parts")
        if any(word in part.text("slug") for word in _TELLING)
    ]
    summary = plain(details.text("summary"))
    return [text for text in [summary, *parts] if text]


def _told(details: Record) -> str:
    """What changed, then the summary and the warnings; the whole stays in `raw`."""
    change = tidy(details.text("change_description"))
    passages = dict.fromkeys([change, *_passages(details)[:2]])
    return "\n".join(text for text in passages if text)


def _published(record: Record, details: Record) -> datetime | None:
    withdrawn = record.under("withdrawn_notice").time("withdrawn_at")
    return withdrawn or details.time("updated_at") or record.time("public_updated_at")


def _report(
    document: Document,
    record: Record,
    text: str,
    told: tuple[str, str, int],
    when: datetime | None,
) -> Report:
    country, series, level = told
    path = record.filled("base_path")
    withdrawn = bool(record.under("withdrawn_notice").fields)
    parts = series == "fcdo.parts"
    return Report(
        source=document.source.id,
        key=f"{path}#parts" if parts else path,
        received=document.received,
        raw=document.data,
        published=when,
        title=tidy(record.text("title")) + (": parts of the country" if parts else ""),
        text=text,
        language=record.text("locale") or "en",
        url=SITE + path,
        origin="gov.uk",
        action=Action.CANCEL if withdrawn else Action.ISSUE,
        facts=advisory_facts(series, SEVERITY[level], level=float(level), country=country),
        figure=None if when is None or withdrawn else advisory_figure(series, country, when, level),
        digest=_digest(record, series),
    )


def _digest(record: Record, series: str) -> str:
    """What makes a version: the advice, not the links and republishing times around it."""
    details = record.under("details").fields
    names = ("alert_status", "change_description", "country", "parts", "summary")
    said = {name: details.get(name) for name in names}
    withdrawn = record.fields.get("withdrawn_notice")
    return blake2b(json_bytes([series, said, withdrawn]), digest_size=16).hexdigest()
