"""World Bank indicators, API v2 as JSON: `[meta, rows]`; every value is a figure of its country.

A null is no value, never a zero: it is passed over, as are the Bank's aggregates (income groups,
regions), which are no countries. Further pages are given as a Follow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from farwatch.errors import NotFound, UnreadableFeed
from farwatch.model.document import Document, Follow, Item
from farwatch.model.report import Figure, Report
from farwatch.sources.json_records import Record, json_of, records_of
from farwatch.world.codes import alpha2

API = "https://api.worldbank.org/v2/country/all/indicator/"

# Codes of regions and groups, and the Channel Islands, which ISO counts as two. Source: the API's
# own list of countries, those with region "Aggregates".
AGGREGATES = frozenset({
    "AFE", "AFR", "AFW", "ARB", "BEA", "BEC", "BHI", "BLA", "BMN", "BSS", "CAA", "CEA", "CEB",
    "CEU", "CHI", "CLA", "CME", "CSA", "CSS", "DEA", "DEC", "DLA", "DMN", "DNS", "DSA", "DSF",
    "DSS", "EAP", "EAR", "EAS", "ECA", "ECS", "EMU", "EUU", "FCS", "FXS", "HIC", "HPC", "IBB",
    "IBD", "IBT", "IDA", "IDB", "IDX", "INX", "LAC", "LCN", "LDC", "LIC", "LMC", "LMY", "LTE",
    "MCA", "MDE", "MEA", "MIC", "MNA", "NAC", "NAF", "NRS", "NXS", "OED", "OSS", "PRE", "PSS",
    "PST", "RRS", "SAS", "SSA", "SSF", "SST", "SXZ", "TEA", "TEC", "TLA", "TMN", "TSA", "TSS",
    "UMC", "WLD", "XZN",
})  # fmt: skip
_PERIOD = re.compile(r"(\d{4})(?:M(\d{2})|Q([1-4]))?")


def read(document: Document) -> Iterator[Item]:
    """Yield a Report a value and a Follow to the next page.

    Raises UnreadableFeed for the API's error message and for anything that is not `[meta, rows]`.
    """
    value = json_of(document)
    meta, rows = _parts(document, value)
    updated = Record(document.source.id, "meta", meta)
    published = _updated(updated)
    listed = ((f"rows[{number}]", row) for number, row in enumerate(rows))
    yield from records_of(
        document.source.id, listed, lambda row: _figures(document, row, published)
    )
    page, pages = _count(updated, "page"), _count(updated, "pages")
    if page < pages and rows:
        yield _next_page(document, rows, page + 1)


def _parts(document: Document, value: Any) -> tuple[Mapping[str, Any], list[Any]]:
    if not isinstance(value, list) or not value or not isinstance(value[0], Mapping):
        raise UnreadableFeed(document.source.id, "is no [meta, rows]", position=document.name)
    said = value[0].get("message")
    if said is not None:
        raise UnreadableFeed(
            document.source.id, "is the API's error", field="message", value=said,
            position=document.name,
        )  # fmt: skip
    rows = value[1] if len(value) > 1 else None
    if rows is None and value[0].get("total") == 0:
        rows = []
    if not isinstance(rows, list):
        raise UnreadableFeed(document.source.id, "is no [meta, rows]", position=document.name)
    return value[0], rows


def _count(meta: Record, field: str) -> int:
    value = meta.fields.get(field, 1)
    try:
        return int(value)
    except (TypeError, ValueError) as error:
        raise UnreadableFeed(
            meta.source, "is not a number", field=f"meta.{field}", value=value
        ) from error


def _updated(meta: Record) -> datetime | None:
    said = meta.fields.get("lastupdated")
    if not said:
        return None
    try:
        return datetime.strptime(str(said), "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as error:
        raise UnreadableFeed(
            meta.source, "is no date", field="meta.lastupdated", value=said
        ) from error


def _figures(document: Document, row: Record, published: datetime | None) -> Iterator[Item]:
    value = row.fields.get("value")
    code = row.text("countryiso3code") or row.under("country").text("id")
    if value is None or code in AGGREGATES:
        return
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise row.wrong("value", "is not a number")
    series = row.under("indicator").filled("id")
    try:
        country = alpha2(code)
    except NotFound as error:
        raise row.wrong("countryiso3code", "is no country", code) from error
    when = row.filled("date")
    title = f"{row.under('indicator').text('value')}, {row.under('country').text('value')} {when}"
    yield Report(
        source=document.source.id,
        key=f"{series}/{country}/{when}",
        received=document.received,
        raw=row.raw,
        published=published,
        title=title,
        language="en",
        origin="worldbank.org",
        figure=Figure(series, country, _period(row, when), float(value), row.text("unit")),
    )


def _period(row: Record, said: str) -> datetime:
    """The start of a year, quarter or month: "2022", "2022Q3", "2022M07"."""
    match = _PERIOD.fullmatch(said)
    try:
        if match is None:
            raise ValueError(said)
        month = int(match[2] or (int(match[3]) * 3 - 2 if match[3] else 1))
        return datetime(int(match[1]), month, 1, tzinfo=UTC)
    except ValueError as error:
        raise row.wrong("date", "is no year, quarter or month") from error


def _next_page(document: Document, rows: list[Any], page: int) -> Follow:
    """The same request with the next page's number; from the indicator where no URL is known."""
    name = document.name
    if urlsplit(name).scheme not in {"http", "https"}:
        first = Record(document.source.id, "rows[0]", rows[0]) if rows else None
        series = first.under("indicator").text("id") if first else ""
        name = f"{API}{series}?format=json&per_page={len(rows)}"
    parts = urlsplit(name)
    query = dict(parse_qsl(parts.query)) | {"page": str(page)}
    url = urlunsplit(parts._replace(query=urlencode(query)))
    return Follow(url, url)
