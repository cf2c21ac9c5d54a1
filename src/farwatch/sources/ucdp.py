"""UCDP: georeferenced events (GED) as CSV, and the VIEWS country-month panel as Parquet.

GED: one row an event; columns as in the GED codebook. Kind by type_of_violence, severity by the
best estimate of deaths (0, 1-4, 5-24, 25 and more), precision by where_prec. The panel: one figure
a country, month and type of violence; an absent value is absent, never a zero.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from farwatch.errors import NotFound, UnreadableFeed, UnreadableReport
from farwatch.model.document import Document, Item
from farwatch.model.kinds import Kind
from farwatch.model.place import Place, Precision
from farwatch.model.report import Facts, Figure, Report, Span
from farwatch.sources.json_records import json_bytes
from farwatch.sources.records import Row, csv_rows, reports_of
from farwatch.world.codes import alpha2, from_gw, from_views

COLUMNS = (
    "id", "type_of_violence", "where_prec", "latitude", "longitude", "country_id", "date_prec",
    "date_start", "date_end", "best",
)  # fmt: skip

# type_of_violence -> kind; 3 is one-sided: attacks on civilians.
KINDS = {1: Kind.ARMED_CLASH, 2: Kind.ARMED_CLASH, 3: Kind.GUN_ATTACK}

# where_prec -> precision and uncertainty (km): 1 exact, 2 within 25 km of a point, 3 district,
# 4 province, 5 a vague region or line, 6 country, 7 international waters or airspace.
PRECISION = {
    1: (Precision.POINT, 2.0),
    2: (Precision.CITY, 25.0),
    3: (Precision.ADMIN2, 50.0),
    4: (Precision.ADMIN1, 150.0),
    5: (Precision.REGION, 150.0),
    6: (Precision.COUNTRY, 500.0),
    7: (Precision.REGION, 500.0),
}
# date_prec -> unit: 1 the day, 2 two to six days, 3 a week, 4 a month, 5 up to a year.
DATES = {1: "day", 2: "day", 3: "day", 4: "month", 5: "year"}

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

SERIES = ("ged_sb", "ged_ns", "ged_os")


def read(document: Document) -> Iterator[Item]:
    """Yield a Report an event or a figure; raises UnreadableFeed for neither table."""
    if document.data.startswith(b"PAR1"):
        yield from _panel(document)
    else:
        rows = csv_rows(document, COLUMNS)
        yield from reports_of(rows, lambda row: _event(document, row))


def severity_of(best: int) -> int:
    """2 for none dead, 3 for 1-4, 4 for 5-24, 5 for 25 and more."""
    return 2 if best == 0 else 3 if best < 5 else 4 if best < 25 else 5


def _event(document: Document, row: Row) -> Report:
    best = deaths(row, "best")
    place, span = place_of(row), span_of(row)
    sides = tuple(filter(None, (row.cells.get("side_a", ""), row.cells.get("side_b", ""))))
    told = f"{best} dead (best estimate)"
    return Report(
        source=document.source.id,
        key=row.text("id"),
        received=document.received,
        raw=row.raw,
        title=f"{' - '.join(sides) or row.cells.get('dyad_name', '')}: {place.name}".strip(": "),
        text=f"{row.cells.get('conflict_name', '')}. {told}".lstrip(". "),
        language="en",
        origin="ucdp.uu.se",
        facts=Facts(
            kind=kind_of(row),
            severity=severity_of(best),
            code=f"ged:{row.cells['type_of_violence']}",
            geometry=place.geometry,
            place=place,
            happened=span,
            actors=sides,
            happening=row.text("id"),
            measures=_measures(row, best),
        ),
    )


def kind_of(row: Row) -> Kind:
    """The kind of a GED row's type of violence."""
    sort = row.whole("type_of_violence")
    if sort not in KINDS:
        raise row.wrong("type_of_violence", "is none of 1-3")
    return KINDS[sort]


def deaths(row: Row, field: str) -> int:
    """A GED row's count of deaths."""
    count = row.whole(field)
    if count < 0:
        raise row.wrong(field, "is negative")
    return count


def place_of(row: Row) -> Place:
    """Where a GED row happened; the country by Gleditsch-Ward number."""
    sort = row.whole("where_prec")
    if sort not in PRECISION:
        raise row.wrong("where_prec", "is none of 1-7")
    precision, radius = PRECISION[sort]
    geometry = row.geometry("latitude", "longitude", radius)
    try:
        country = from_gw(row.whole("country_id"))
    except NotFound as error:
        raise row.wrong("country_id", "is no Gleditsch-Ward number") from error
    name = next(
        filter(None, (row.cells.get(field, "") for field in ("where_coordinates", "adm_1"))),
        country,
    )
    region = row.cells.get("adm_1", "")
    reasons = (f"where_prec {sort}", *([f"adm_1 {region}"] if region else []))
    return Place(name, precision, geometry, country, reasons=reasons)


def span_of(row: Row) -> Span:
    """When a GED row happened: from the start of its first day to the end of its last."""
    sort = row.whole("date_prec")
    if sort not in DATES:
        raise row.wrong("date_prec", "is none of 1-5")
    start, end = _day(row, "date_start"), _day(row, "date_end")
    if end < start:
        raise row.wrong("date_end", f"is before date_start {row.cells['date_start']}")
    return Span(start, end + timedelta(days=1) - timedelta(seconds=1), DATES[sort])


def _day(row: Row, field: str) -> datetime:
    """A date, with or without the midnight that some releases write after it."""
    said = row.cells[field]
    day, _, clock = said.partition(" ")
    try:
        if clock.strip("0:. ") or not _DAY.fullmatch(day):
            raise ValueError(said)
        return datetime.fromisoformat(day).replace(tzinfo=UTC)
    except ValueError as error:
        raise row.wrong(field, "is no date") from error


def _measures(row: Row, best: int) -> dict[str, float | str]:
    measures: dict[str, float | str] = {"deaths": float(best)}
    for field in ("low", "high", "deaths_civilians", "number_of_sources"):
        if row.cells.get(field, "-1") not in {"", "-1"}:  # -1: not known
            name = f"deaths_{field}" if field in {"low", "high"} else field
            measures[name] = row.number(field)
    return measures


def _panel(document: Document) -> Iterator[Item]:
    """The panel, batch by batch; columns month_id, country_id or isoab, ged_sb, ged_ns, ged_os."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.ParquetFile(pa.BufferReader(document.data))
        names = set(table.schema_arrow.names)
        if "month_id" not in names or not names & {"country_id", "isoab", "gwcode"}:
            raise UnreadableFeed(
                document.source.id, "has no month_id or country", position=document.name
            )
        number = 0
        for batch in table.iter_batches(batch_size=4096):
            for row in batch.to_pylist():
                try:
                    yield from _months(document, row)
                except UnreadableReport as error:
                    yield error.at(f"row {number}")
                number += 1
    except pa.ArrowException as error:
        raise UnreadableFeed(
            document.source.id, f"is no Parquet: {error}", position=document.name
        ) from error


def _months(document: Document, row: Mapping[str, Any]) -> Iterator[Report]:
    country = _panel_country(document.source.id, row)
    month = row["month_id"]
    if not isinstance(month, int) or not 1 <= month <= 3000:
        raise UnreadableReport(document.source.id, "is no month", field="month_id", value=month)
    # VIEWS counts months from January 1980, month 1
    when = datetime(1980 + (month - 1) // 12, (month - 1) % 12 + 1, 1, tzinfo=UTC)
    for name in SERIES:
        value = row.get(name)
        if value is None or value != value:  # null or NaN: not coded
            continue
        fields = {"country": country, "month_id": month, name: value}
        yield Report(
            source=document.source.id,
            key=f"{name}/{country}/{when:%Y-%m}",
            received=document.received,
            raw=json_bytes(fields),
            language="en",
            origin="ucdp.uu.se",
            figure=Figure(f"ucdp.{name}", country, when, float(value), "deaths"),
        )


def _panel_country(source: str, row: Mapping[str, Any]) -> str:
    """By ISO alpha-3, else Gleditsch-Ward, else VIEWS's own id (Kosovo has no ISO code there)."""
    ways = (("isoab", alpha2), ("gwcode", from_gw), ("country_id", from_views))
    for field, way in ways:
        value = row.get(field)
        if value is None or value != value:
            continue
        try:
            return way(value)
        except NotFound:
            continue
    raise UnreadableReport(source, "is no country", field="country_id", value=row.get("country_id"))
