"""Feed formats: bytes of one document to Reports. One module a format, its terms as YAML beside."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import cast

from farwatch.errors import UnreadableFeed
from farwatch.model.document import Document, Item

# Format, as a source's YAML names it -> the module whose `read` reads it.
FORMATS: dict[str, str] = {
    "usgs": "farwatch.sources.usgs",
    "gdacs": "farwatch.sources.gdacs",
    "eonet": "farwatch.sources.eonet",
    "firms": "farwatch.sources.firms",
    "cap": "farwatch.sources.cap",
    "cap_index": "farwatch.sources.cap_index",
    "gdelt": "farwatch.sources.gdelt",
    "rss": "farwatch.sources.rss",
    "fcdo": "farwatch.sources.fcdo",
    "canada": "farwatch.sources.canada",
    "state_department": "farwatch.sources.state_department",
    "who": "farwatch.sources.who",
    "ucdp": "farwatch.sources.ucdp",
    "inform": "farwatch.sources.inform",
    "worldbank": "farwatch.sources.worldbank",
    "staff": "farwatch.sources.staff",
}


def read(document: Document) -> Iterator[Item]:
    """Yield what a document says: Reports, UnreadableReports for bad records, Follows to fetch.

    Lazy: raises UnreadableFeed, when first advanced, for a document that is bad as a whole.
    """
    module = FORMATS.get(document.source.format)
    if module is None:
        raise UnreadableFeed(
            document.source.id, "is no format", field="format", value=document.source.format
        )
    reader = importlib.import_module(module)
    return cast("Iterator[Item]", reader.read(document))
