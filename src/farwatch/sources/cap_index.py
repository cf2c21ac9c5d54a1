"""Indexes of CAP alerts: Atom and RSS feeds whose entries embed alerts or link to them.

An entry that embeds an alert gives that alert's Report. Any other gives a Follow to its link: the
few cap: elements that some indexes copy into their entries lack the identifier, the sender and
mostly the polygon, so they never stand in for the alert.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from lxml import etree

from farwatch.errors import UnreadableFeed, UnreadableReport
from farwatch.model.document import Document, Follow, Item
from farwatch.model.safe_xml import child_text, children, local
from farwatch.sources.cap_alert import report, root_of

FEEDS = ("feed", "rss", "rdf")
_ENTRIES = ("entry", "item")
_CAP_TYPE = "application/cap+xml"
_XML_TYPES = ("application/xml", "text/xml", "application/atom+xml")
_RELATIONS = ("", "alternate", "related", "enclosure", "item")


def read(document: Document) -> Iterator[Item]:
    """Reports of embedded alerts and Follows of linked ones, in the order of the feed.

    An entry without either, or with a link that is no http address, is an UnreadableReport. An
    index without entries yields nothing: no warning is in force. Raises UnreadableFeed for what is
    no XML, declares a document type, or is neither a feed nor holds an alert.
    """
    yield from items(document, root_of(document))


def items(document: Document, root: etree._Element) -> Iterator[Item]:
    """What a parsed document holds, whatever its root: the shared body of both CAP formats."""
    alerts = _alerts(root)
    if local(root).lower() not in FEEDS:
        if not alerts:
            raise UnreadableFeed(
                document.source.id,
                "holds no CAP alert and is no feed",
                field="root",
                value=str(root.tag),
                position=document.name,
            )
        yield from _judged(document, alerts, "alert")
        return
    entries = [found for found in root.iter(etree.Element) if local(found) in _ENTRIES]
    loose = [one for one in alerts if not any(local(up) in _ENTRIES for up in one.iterancestors())]
    yield from _judged(document, loose, "alert outside entries")
    for index, entry in enumerate(entries):
        yield from _entry(document, entry, f"{local(entry)}[{index}]")


def _alerts(element: etree._Element) -> list[etree._Element]:
    """Every alert within, itself included; an alert within an alert is part of the outer one."""
    found = [one for one in element.iter(etree.Element) if local(one) == "alert"]
    return [one for one in found if not any(local(up) == "alert" for up in one.iterancestors())]


def _judged(document: Document, alerts: list[etree._Element], name: str) -> Iterator[Item]:
    for index, alert in enumerate(alerts):
        try:
            yield report(document, alert, f"{name}[{index}]" if len(alerts) > 1 else name)
        except UnreadableReport as error:
            yield error


def _entry(document: Document, entry: etree._Element, at: str) -> Iterator[Item]:
    alerts = _alerts(entry)
    if alerts:
        yield from _judged(document, alerts, f"{at}/alert")
        return
    link = _link(entry)
    source = document.source.id
    if not link:
        yield UnreadableReport(source, "has neither an alert nor a link", position=at)
        return
    url = _absolute(link, document.name)
    if url is None:
        yield UnreadableReport(source, "is no http address", field="link", value=link, position=at)
        return
    changed = child_text(entry, "updated") or child_text(entry, "pubDate")
    key = child_text(entry, "id") or child_text(entry, "guid") or url
    yield Follow(url, f"{key}@{changed}" if changed else key, changed)


def _link(entry: etree._Element) -> str:
    """The link to the alert itself: by type, else an XML one, else one without a type."""
    offered: list[tuple[int, str]] = []
    for link in [*children(entry, "link"), *children(entry, "enclosure")]:
        href = link.get("href") or link.get("url") or (link.text or "").strip()
        kind = (link.get("type") or "").split(";")[0].strip().lower()
        rank = 0 if kind == _CAP_TYPE else 1 if kind in _XML_TYPES else 2
        if href and (rank < 2 or not kind) and link.get("rel", "") in _RELATIONS:
            offered.append((rank, href.strip()))
    return min(offered, key=lambda offer: offer[0])[1] if offered else ""


def _absolute(link: str, base: str) -> str | None:
    """An http address, made whole by the document's own where it is relative; None otherwise."""
    try:
        url = urljoin(base, link) if base.startswith(("http://", "https://")) else link
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return None
    return url if good else None
