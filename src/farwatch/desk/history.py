"""The history of violence on the desk: taken in with vintages, read back as of a time.

    import_history(desk, [Path("GEDEvent_v24_1.csv")], now, How(vintage=published))
    panel = panel_as_of(desk, as_of)

Read as of a time, nothing published later counts, so that a forecast can be made again as it would
have been made then.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from farwatch.desk.history_importing import ImportReport, import_history
from farwatch.desk.history_release import FileReport, How
from farwatch.desk.opening import Desk
from farwatch.errors import UsageError
from farwatch.model.history import FORECASTS, PANEL, SERIES, month_start
from farwatch.sources.history_file import GDELT
from farwatch.world.codes import alpha3, country_name, from_views
from farwatch.world.states import views_ids

__all__ = [
    "EVENT_SUMS",
    "FileReport",
    "How",
    "ImportReport",
    "Vintage",
    "events_as_of",
    "forecasts_as_of",
    "gdelt_heard_as_of",
    "gdelt_months_as_of",
    "gdelt_weeks_as_of",
    "held_vintages",
    "import_history",
    "panel_as_of",
    "put_forecasts",
]


@dataclass(frozen=True, slots=True)
class Vintage:
    """A dataset as it was published at one time; `first` and `last` are months, "2022-12"."""

    dataset: str
    vintage: datetime
    sort: str
    files: int
    rows: int
    first: str
    last: str
    slots: int


EVENT_SUMS = "events"  # as `dataset` of `panel_as_of`: the sums of GED's events alone


def panel_as_of(desk: Desk, as_of: datetime | None, dataset: str | None = None) -> pa.Table:
    """The country-month panel as known at a time, in the shape of `PANEL`; None: all there is.

    An imported panel's cells speak; the sums of GED's events fill each country and month since the
    panel's first of which it has no row. A null value, like a missing row, was not coded, and is no
    zero: the last months may have the countries alone that a release was coded for. `dataset` names
    the one panel to read, or EVENT_SUMS for the events alone. Raises UsageError if several panels
    are held and none is named, or none has the name.

    Deaths of an event count in the month of its `date_end`, whole, as VIEWS counts them: with that
    rule alone GED's events of Sri Lanka give every one of the panel's 1,056 cells to April 2019; by
    the first day 42 cells differ, shared out over months 59 and over days 57.
    """
    from farwatch.store import history_questions as questions

    with desk.lake.reading() as engine:
        months = engine.fetch(questions.panel_as_of(engine.table("country_months"), as_of))
        events, coverage = engine.table("conflict_events"), engine.table("coverage")
        sums = engine.fetch(questions.event_sums_as_of(events, coverage, as_of))
    told = _one_panel(months, dataset)
    if dataset not in {None, EVENT_SUMS}:
        return _named(told)
    return _named(_joined(told, _by_views(sums)))


def events_as_of(desk: Desk, as_of: datetime | None, country: str | None = None) -> pa.Table:
    """GED's events (of one country, alpha-2) as known at a time, shape `CONFLICT_EVENTS`.

    Each month of a country comes from one release: the newest that was coded for it. A candidate
    release thus stands for its own months until a final release covers them.
    """
    from farwatch.store import history_questions as questions

    with desk.lake.reading() as engine:
        events, coverage = engine.table("conflict_events"), engine.table("coverage")
        return engine.fetch(
            questions.conflict_events_as_of(events, coverage, as_of, country)
        )  # fmt: skip


def gdelt_weeks_as_of(desk: Desk, as_of: datetime | None) -> pa.Table:
    """GDELT's rows by the week (its Monday) in which they were heard.

    Columns dataset, country (alpha-2), week, series (gdelt_<PLOVER category>), value, slots: of
    672 quarter-hours of that week, how many were heard. A series without a row is a zero in a week
    that `gdelt_heard_as_of` knows, and unknown in any other.
    """
    return _gdelt(desk, as_of, "week")


def gdelt_months_as_of(desk: Desk, as_of: datetime | None) -> pa.Table:
    """As `gdelt_weeks_as_of`, by month: column month_id for week."""
    return _gdelt(desk, as_of, "month_id")


def gdelt_heard_as_of(desk: Desk, as_of: datetime | None, by: str = "week") -> pa.Table:
    """Columns dataset, `by` (week or month_id), slots: quarter-hours of GDELT that were heard."""
    from farwatch.store import history_questions as questions

    with desk.lake.reading() as engine:
        return engine.fetch(questions.slots_as_of(engine.table("country_weeks"), as_of, by))


def put_forecasts(desk: Desk, forecasts: pa.Table) -> bool:
    """Keep forecasts, shape `FORECASTS`; False, and nothing kept, for the same rows again.

    Raises StoreError for another shape.
    """
    if not forecasts.num_rows:
        return False
    said = forecasts.select([name for name in FORECASTS.names if name in forecasts.column_names])
    told = json.dumps(said.to_pylist(), default=str)
    digest = hashlib.sha256(told.encode()).hexdigest()
    return desk.lake.append("forecasts", forecasts, writer=f"forecasts {digest}", number=1)


def forecasts_as_of(
    desk: Desk,
    as_of: datetime | None,
    *,
    model: str | None = None,
    target: str | None = None,
    place: str | None = None,
) -> pa.Table:
    """Of each model, target and place the forecast that was made last by a time."""
    from farwatch.store import history_questions as questions

    named = {"model": model, "target": target, "place": place}
    asked = {column: value for column, value in named.items() if value is not None}
    with desk.lake.reading() as engine:
        return engine.fetch(questions.forecasts_as_of(engine.table("forecasts"), as_of, asked))


def held_vintages(desk: Desk) -> list[Vintage]:
    """What the lake holds, by dataset and vintage; GDELT's files together, for each is a vintage
    of its own."""
    from farwatch.store import history_questions as questions

    with desk.lake.reading() as engine:
        rows = engine.fetch(questions.releases_held(engine.table("releases"))).to_pylist()
    groups: dict[tuple[str, str, datetime | None], list[dict[str, Any]]] = {}
    for row in rows:
        vintage = None if row["sort"] == GDELT else row["vintage"]
        groups.setdefault((row["dataset"], row["sort"], vintage), []).append(row)
    return [_vintage(dataset, sort, files) for (dataset, sort, _), files in groups.items()]


def _vintage(dataset: str, sort: str, files: list[dict[str, Any]]) -> Vintage:
    first = month_start(min(row["first_month"] for row in files))
    last = month_start(max(row["last_month"] for row in files))
    return Vintage(
        dataset=dataset,
        vintage=max(row["vintage"] for row in files),
        sort=sort,
        files=len(files),
        rows=sum(row["rows"] for row in files),
        first=f"{first:%Y-%m}",
        last=f"{last:%Y-%m}",
        slots=len({slot for row in files for slot in row["slots"] or ()}),
    )


def _gdelt(desk: Desk, as_of: datetime | None, by: str) -> pa.Table:
    from farwatch.store import history_questions as questions

    with desk.lake.reading() as engine:
        return engine.fetch(questions.weeks_as_of(engine.table("country_weeks"), as_of, by))


def _one_panel(months: pa.Table, dataset: str | None) -> pa.Table:
    if dataset == EVENT_SUMS:
        return months.slice(0, 0)
    names = sorted(pc.unique(months["dataset"]).to_pylist())
    if dataset is None and len(names) > 1:
        raise UsageError(f"history holds several panels: name one of {names}")
    if dataset is not None and dataset not in names:
        raise UsageError(f"history holds no panel {dataset!r} at that time, of {names}")
    return months if dataset is None else months.filter(pc.equal(months["dataset"], dataset))


def _by_views(sums: pa.Table) -> pa.Table:
    """Sums by VIEWS's country id; the microstates that it does not number are in no panel."""
    ids = views_ids()
    numbers = pa.array([ids.get(code) for code in sums["country"].to_pylist()], pa.int32())
    return sums.append_column("country_id", numbers).filter(pc.is_valid(numbers))


def _joined(told: pa.Table, sums: pa.Table) -> pa.Table:
    """The panel's rows, and the sums of which it has none."""
    columns = ["month_id", "country_id", *SERIES]
    told, sums = told.select(columns), sums.select(columns)
    if told.num_rows:
        sums = sums.filter(pc.greater_equal(sums["month_id"], pc.min(told["month_id"])))
    more = sums.filter(pc.invert(pc.is_in(_cell(sums), value_set=_cell(told))))
    return pa.concat_tables([told, more.cast(told.schema)])


def _cell(table: pa.Table) -> pa.Array:
    country = pc.multiply(table["country_id"].cast(pa.int64()), 1_000_000)
    return pc.add(country, table["month_id"].cast(pa.int64())).combine_chunks()


def _named(rows: pa.Table) -> pa.Table:
    codes = [from_views(number) for number in rows["country_id"].to_pylist()]
    names = {code: (country_name(code), alpha3(code)) for code in set(codes)}
    table = rows.select(["month_id", "country_id", *SERIES])
    table = table.append_column("name", pa.array([names[code][0] for code in codes], pa.string()))
    table = table.append_column("isoab", pa.array([names[code][1] for code in codes], pa.string()))
    return table.cast(PANEL).sort_by([("month_id", "ascending"), ("country_id", "ascending")])
