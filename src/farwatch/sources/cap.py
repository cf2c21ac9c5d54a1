"""CAP alerts, versions 1.0 to 1.2: single files, EDXL-DE envelopes, anything that holds alerts.

A feed that lies where an alert was expected is read as the index it is, see `cap_index`.
"""

from __future__ import annotations

from collections.abc import Iterator

from farwatch.model.document import Document, Item
from farwatch.sources.cap_alert import root_of
from farwatch.sources.cap_index import items


def read(document: Document) -> Iterator[Item]:
    """One Report an alert; an alert that fails the strict check is an UnreadableReport.

    Raises UnreadableFeed for what is no XML, declares a document type (which could bring in
    entities), or holds no alert at all.
    """
    yield from items(document, root_of(document))
