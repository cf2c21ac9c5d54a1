"""The recorded panel and events: read back as given, and the rule of events that last over months.

The counts stand in docs/history.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from farwatch.desk.history import EVENT_SUMS, How, events_as_of, import_history, panel_as_of
from farwatch.desk.opening import Desk, open_desk
from farwatch.model.history import SERIES, month_of
from farwatch.settings import Settings

OUT = datetime(2023, 6, 1, tzinfo=UTC)
Rule = Callable[[date, date, int], dict[int, float]]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Iterator[Desk]:
    with open_desk(Settings(data_dir=tmp_path_factory.mktemp("history"))) as opened:
        folder, how = shared / "recorded" / "ucdp", How(vintage=OUT)
        files = [folder / "country_month.parquet", *sorted(folder.glob("ged_events_*.csv.gz"))]
        report = import_history(opened, files, OUT, how)
        assert not report.refused
        assert [one.rows for one in report.files] == [75_636, 3_808, 4_581]
        yield opened


@pytest.fixture(scope="module")
def recorded(shared: Path) -> pa.Table:
    table = pq.read_table(shared / "recorded" / "ucdp" / "country_month.parquet")
    return table.sort_by([("month_id", "ascending"), ("country_id", "ascending")])


def test_the_panel_is_read_back_cell_by_cell(desk: Desk, recorded: pa.Table) -> None:
    told = panel_as_of(desk, OUT)
    assert told.num_rows == recorded.num_rows
    for column in ("month_id", "country_id", *SERIES):
        assert told[column].to_pylist() == recorded[column].to_pylist()
    assert panel_as_of(desk, OUT - timedelta(seconds=1)).num_rows == 0


def by_last_day(_: date, last: date, best: int) -> dict[int, float]:
    return {month_of(last): best}


def by_first_day(first: date, _: date, best: int) -> dict[int, float]:
    return {month_of(first): best}


def dropped(first: date, last: date, best: int) -> dict[int, float]:
    return {month_of(last): best} if month_of(first) == month_of(last) else {}


def shared_by_months(first: date, last: date, best: int) -> dict[int, float]:
    months = range(month_of(first), month_of(last) + 1)
    return {month: best / len(months) for month in months}


def shared_by_days(first: date, last: date, best: int) -> dict[int, float]:
    days = (last - first).days + 1
    sums: dict[int, float] = {}
    for day in range(days):
        month = month_of(first + timedelta(days=day))
        sums[month] = sums.get(month, 0.0) + best / days
    return sums


def agreeing(
    desk: Desk, recorded: pa.Table, country: tuple[str, int], until: int, rule: Rule
) -> int:
    """How many cells of the panel since 1990 the sums by a rule give, to half a death."""
    sums: dict[tuple[int, str], float] = {}
    for row in events_as_of(desk, None, country[0]).to_pylist():
        series = SERIES[row["type_of_violence"] - 1]
        for month, value in rule(row["date_start"], row["date_end"], row["best"]).items():
            sums[month, series] = sums.get((month, series), 0.0) + value
    rows = [row for row in recorded.to_pylist() if row["country_id"] == country[1]]
    cells = [(row, name) for row in rows for name in SERIES if row["month_id"] <= until]
    # Ethiopia's 40 state-based cells before May 1993 are null there and agree with nothing.
    return sum(
        row[name] is not None and abs(sums.get((row["month_id"], name), 0.0) - row[name]) < 0.5
        for row, name in cells
    )


@pytest.mark.parametrize(
    ("rule", "sri_lanka", "ethiopia"),
    [
        (by_last_day, 1056, 1100),
        (by_first_day, 1014, 946),
        (shared_by_months, 997, 631),
        (shared_by_days, 999, 634),
        (dropped, 1034, 1018),
    ],
)
def test_deaths_count_in_the_month_of_the_last_day(
    desk: Desk, recorded: pa.Table, rule: Rule, sri_lanka: int, ethiopia: int
) -> None:
    assert agreeing(desk, recorded, ("LK", 121), 472, rule) == sri_lanka
    assert agreeing(desk, recorded, ("ET", 57), 516, rule) == ethiopia


def test_the_desks_sums_are_by_the_last_day(desk: Desk, recorded: pa.Table) -> None:
    sums = panel_as_of(desk, None, EVENT_SUMS).to_pylist()
    mine = [row for row in sums if row["country_id"] == 121 and row["month_id"] >= 121]
    theirs = [row for row in recorded.to_pylist() if row["country_id"] == 121]
    assert len(mine) == 352
    assert mine == [{name: row[name] for name in mine[0]} for row in theirs[:352]]


def test_two_recorded_slots_of_gdelt_are_counted(tmp_path: Path, shared: Path) -> None:
    from farwatch.desk.history import gdelt_heard_as_of, gdelt_weeks_as_of

    files = sorted((shared / "recorded" / "gdelt").glob("*.export.CSV.gz"))
    with open_desk(Settings(data_dir=tmp_path)) as desk:
        report = import_history(desk, files, OUT)
        weeks = gdelt_weeks_as_of(desk, datetime(2016, 1, 1, tzinfo=UTC)).to_pylist()
        heard = gdelt_heard_as_of(desk, None).to_pylist()
    assert [(one.rows, one.rejected, one.slots) for one in report.files] == [
        (2116, 0, 1),
        (1540, 0, 1),
    ]
    # 2,116 rows less 65 without a country and 310 plain statements, of which some are both
    assert 2116 - 65 - 310 <= sum(row["value"] for row in weeks) <= 2116 - 310
    assert {(row["week"], row["slots"]) for row in weeks} == {(date(2015, 10, 26), 1.0)}
    assert [(row["week"], row["slots"]) for row in heard] == [
        (date(2015, 10, 26), 1.0),
        (date(2018, 3, 26), 1.0),
    ]
