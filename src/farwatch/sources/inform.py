"""INFORM Risk: the indicators' table and the table of trends, CSV; a row is a figure of a country.

Countries are read from ISO 3, for the name may be empty. In the trends a series is its id
("INFORM", "HA"). In the table a series is the indicator's name, and the publisher writes an
indicator's raw value and its score under one name: a name's later rows of one country and year get
"#2", "#3", in the file's order, and which is which is not guessed. A row without a name says
nothing and is rejected.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from farwatch.model.document import Document, Item
from farwatch.model.report import Figure, Report
from farwatch.sources.records import Row, csv_rows, reports_of

_TRENDS = b"IndicatorId"


def read(document: Document) -> Iterator[Item]:
    """Yield a Report a row; raises UnreadableFeed if a column is missing."""
    header = document.data.split(b"\n", 1)[0]
    trends = _TRENDS in header
    name, year = ("IndicatorId", "GNAYear") if trends else ("IndicatorName", "ValidityYear")
    if trends and b"GNAYear" not in header:
        year = "ValidityYear"
    rows = csv_rows(document, ("Iso3", year, name, "IndicatorScore"))
    seen: Counter[tuple[str, str, str]] = Counter()

    def build(row: Row) -> Report:
        series = " ".join(row.text(name).split())
        country = row.country("Iso3")
        period = _year(row, year)
        value = row.number("IndicatorScore")
        place = (country, row.cells[year], series)
        seen[place] += 1
        if seen[place] > 1:
            series = f"{series}#{seen[place]}"
        return Report(
            source=document.source.id,
            key=f"{series}/{country}/{row.cells[year]}",
            received=document.received,
            raw=row.raw,
            title=f"{row.cells.get('FullName') or series}, {country} {row.cells[year]}",
            language="en",
            origin="europa.eu",
            figure=Figure(series, country, period, value, row.cells.get("Unit", "")),
        )

    yield from reports_of(rows, build)


def _year(row: Row, field: str) -> datetime:
    year = row.whole(field)
    if not 1900 <= year <= 2200:
        raise row.wrong(field, "is no year")
    return datetime(year, 1, 1, tzinfo=UTC)
