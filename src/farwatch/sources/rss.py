"""RSS and Atom in any language, through feedparser: bytes in, no network.

Feeds with broken XML are read as far as they go; a document without a readable entry that is broken
or is no feed at all is an UnreadableFeed. The key is the guid or id, else the link, else a digest
of the content. Authors are never kept: a byline serves only to tell a news agency.
"""

from __future__ import annotations

import io
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, cast

import feedparser

from farwatch.errors import UnreadableFeed, UnreadableReport
from farwatch.model.document import Document, Item
from farwatch.model.place import Geometry
from farwatch.model.report import Facts, Report
from farwatch.sources.agencies import agency_in
from farwatch.sources.json_records import json_bytes
from farwatch.sources.text import domain_of, plain, tidy

POINT_RADIUS_KM = 10.0  # georss gives no uncertainty: a place name's worth


def read(document: Document) -> Iterator[Item]:
    """Yield a Report an entry; an entry whose date cannot be read is an UnreadableReport.

    An entry without a date has `published` None. Raises UnreadableFeed with the parser's reason.
    """
    feed = parsed(document)
    entries = [Entry(entry) for entry in feed.entries]
    repeated = Counter(entry.identity for entry in entries)
    home = domain_of(_link(feed.feed))
    language = _language(feed.feed)
    for number, entry in enumerate(entries):
        # one guid for several entries names none of them: the link or the content must help
        alone = repeated[entry.identity] == 1
        key = entry.identity if alone else f"{entry.identity} {entry.link or entry.digest}"
        try:
            yield _report(document, entry, key, (home, language))
        except UnreadableReport as error:
            yield error.at(f"entries[{number}]")


def parsed(document: Document) -> Any:
    """feedparser's reading; raises UnreadableFeed where it found no feed."""
    source = document.source.id
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # feedparser's own, about its own innards
        try:
            # a stream, for a bare string would be taken for a URL or a file's name
            feed = feedparser.parse(io.BytesIO(document.data))
        except (ValueError, LookupError, AssertionError, RecursionError, TypeError) as error:
            raise UnreadableFeed(source, f"is no feed: {error}", position=document.name) from error
    if not feed.entries and (feed.bozo or not feed.get("version")):
        why = feed.get("bozo_exception") or "neither RSS nor Atom"
        raise UnreadableFeed(source, f"is no feed: {why}", position=document.name)
    return feed


class Entry:
    """What is read of one entry; `fields` is all of it, and what is kept as raw."""

    def __init__(self, entry: Mapping[str, Any]) -> None:
        self.entry = entry
        self.link = _link(entry)
        bodies = [str(one.get("value", "")) for one in _get(entry, "content") or []]
        self.body = max([*bodies, str(_get(entry, "summary") or "")], key=len)
        self.fields = {
            "id": str(_get(entry, "id") or ""),
            "link": self.link,
            "title": str(_get(entry, "title") or ""),
            "body": self.body,
            "published": str(_get(entry, "published") or ""),
            "updated": str(_get(entry, "updated") or ""),
        }
        self.raw = json_bytes(self.fields)
        self.digest = blake2b(self.raw, digest_size=12).hexdigest()
        self.identity = self.fields["id"].strip() or self.link or self.digest


def _report(document: Document, entry: Entry, key: str, feed: tuple[str, str | None]) -> Report:
    home, language = feed
    title, text = tidy(plain(entry.fields["title"])), plain(entry.body)
    byline = str(_get(entry.entry, "author") or "")
    source = _get(entry.entry, "source") or {}
    first = agency_in(text, byline) or domain_of(str(source.get("href") or ""))
    return Report(
        source=document.source.id,
        key=tidy(key)[:1000],
        received=document.received,
        raw=entry.raw,
        published=published(document, entry),
        title=title.replace("\n", " "),
        text=text,
        language=_language(_get(entry.entry, "title_detail") or {}) or language,
        url=entry.link or None,
        origin=first or domain_of(entry.link) or home,
        facts=Facts(geometry=_point(entry.entry), official=document.source.official),
    )


def _get(entry: Mapping[str, Any], name: str) -> Any:
    # past feedparser's own look-up, which answers "updated" with "published" and a warning
    return dict.get(cast("dict[str, Any]", entry), name)


def _link(entry: Mapping[str, Any]) -> str:
    link = str(_get(entry, "link") or "").strip()
    return link if link.startswith(("http://", "https://")) else ""


def _language(detail: Mapping[str, Any]) -> str | None:
    language = str(_get(detail, "language") or "").strip().lower()
    return language[:35] or None


def published(document: Document, entry: Entry) -> datetime | None:
    """The time of this version: updated, else published; None where neither is given."""
    for name in ("updated", "published"):
        said = entry.fields[name].strip()
        if said:
            parsed = _get(entry.entry, f"{name}_parsed")
            try:
                year, month, day, hour, minute, second = parsed[:6]
                return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
            except (TypeError, ValueError) as error:
                raise UnreadableReport(
                    document.source.id, "is no date", field=name, value=said
                ) from error
    return None


def _point(entry: Mapping[str, Any]) -> Geometry | None:
    """A georss point; lines and boxes, and points off the earth, say no one place."""
    where = _get(entry, "where") or {}
    if where.get("type") != "Point":
        return None
    try:
        lon, lat = (float(one) for one in where.get("coordinates", ())[:2])
        return Geometry(lat, lon, POINT_RADIUS_KM)
    except (TypeError, ValueError):
        return None
