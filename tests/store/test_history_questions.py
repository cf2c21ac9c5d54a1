"""History as of a time: the same answers from every engine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

from farwatch.errors import StoreError
from farwatch.model.history import (
    CONFLICT_EVENTS,
    COUNTRY_MONTHS,
    COUNTRY_WEEKS,
    COVERAGE,
    FORECASTS,
    HEARD,
    month_of,
)
from farwatch.store import history_questions as questions
from farwatch.store.lake import Lake

FIRST, SECOND, THIRD = (datetime(2023, month, 1, tzinfo=UTC) for month in (6, 7, 8))


def put(lake: Lake, table: str, schema: pa.Schema, *rows: dict[str, object]) -> None:
    data = pa.Table.from_pylist(list(rows), schema=schema)
    lake.append(table, data, writer=f"test {table} {lake.count(table)}", number=1)


def cell(vintage: datetime, value: float | None, month: int = 500, **more: object) -> dict:
    return {
        "vintage": vintage, "dataset": "panel", "country_id": 57, "country": "ET",
        "month_id": month, "series": "ged_sb", "value": value, **more,
    }  # fmt: skip


def event(vintage: datetime, identity: str, best: int, **more: object) -> dict[str, object]:
    day = more.pop("day", date(2023, 1, 15))
    return {
        "vintage": vintage, "dataset": "ged", "id": identity, "type_of_violence": 1,
        "date_start": day, "date_end": day, "date_prec": 1, "lat": 9.0, "lon": 38.7,
        "where_prec": 1, "country": "ET", "adm_1": None, "best": best, "low": None, "high": None,
        "month_id": month_of(day), **more,
    }  # fmt: skip


def covered(vintage: datetime, month: int, **more: object) -> dict[str, object]:
    return {
        "vintage": vintage, "dataset": "ged", "candidate": False, "country": "ET",
        "month_id": month, **more,
    }  # fmt: skip


def test_a_cell_is_the_newest_vintages_that_was_out(lake: Lake) -> None:
    put(lake, "country_months", COUNTRY_MONTHS, cell(FIRST, 5.0), cell(FIRST, 1.0, month=501))
    put(lake, "country_months", COUNTRY_MONTHS, cell(SECOND, 7.0), cell(THIRD, None))
    put(lake, "country_months", COUNTRY_MONTHS, cell(SECOND, 9.0, dataset="other"))

    def values(when: datetime | None) -> list[tuple[object, ...]]:
        with lake.reading() as engine:
            months = engine.table("country_months")
            rows = engine.fetch(questions.panel_as_of(months, when)).to_pylist()
        return [(row["dataset"], row["month_id"], row["ged_sb"], row["ged_os"]) for row in rows]

    assert values(datetime(2023, 5, 31, tzinfo=UTC)) == []
    assert values(FIRST) == [("panel", 500, 5.0, None), ("panel", 501, 1.0, None)]
    assert values(SECOND) == [
        ("other", 500, 9.0, None),
        ("panel", 500, 7.0, None),
        ("panel", 501, 1.0, None),
    ]
    assert values(None)[1] == ("panel", 500, None, None)


def test_a_month_is_one_releases_and_dropped_events_are_gone(lake: Lake) -> None:
    january, february = 517, 518
    put(
        lake, "conflict_events", CONFLICT_EVENTS,
        event(FIRST, "1", 10), event(FIRST, "2", 3),
        event(SECOND, "c1", 4, dataset="candidate", day=date(2023, 2, 3)),
        event(THIRD, "1", 12), event(THIRD, "9", 2, day=date(2023, 2, 5), type_of_violence=3),
    )  # fmt: skip
    put(
        lake, "coverage", COVERAGE,
        covered(FIRST, january),
        covered(SECOND, february, dataset="candidate", candidate=True),
        covered(THIRD, january), covered(THIRD, february), covered(THIRD, 519),
    )  # fmt: skip

    def told(when: datetime | None) -> tuple[list[str], list[tuple[float, ...]]]:
        with lake.reading() as engine:
            events, coverage = engine.table("conflict_events"), engine.table("coverage")
            rows = engine.fetch(questions.conflict_events_as_of(events, coverage, when, "ET"))
            sums = engine.fetch(questions.event_sums_as_of(events, coverage, when)).to_pylist()
        series = ("month_id", "ged_sb", "ged_ns", "ged_os")
        return rows["id"].to_pylist(), [tuple(row[name] for name in series) for row in sums]

    assert told(FIRST) == (["1", "2"], [(517, 13.0, 0.0, 0.0)])
    assert told(SECOND) == (
        ["1", "2", "c1"],
        [(517, 13.0, 0.0, 0.0), (518, 4.0, 0.0, 0.0)],
    )
    assert told(None) == (
        ["1", "9"],
        [(517, 12.0, 0.0, 0.0), (518, 0.0, 0.0, 2.0), (519, 0.0, 0.0, 0.0)],
    )


def test_an_event_that_two_files_of_a_release_hold_counts_once(lake: Lake) -> None:
    put(lake, "conflict_events", CONFLICT_EVENTS, event(FIRST, "1", 10), event(FIRST, "1", 10))
    put(lake, "coverage", COVERAGE, covered(FIRST, 517), covered(FIRST, 517))
    with lake.reading() as engine:
        events, coverage = engine.table("conflict_events"), engine.table("coverage")
        sums = engine.fetch(questions.event_sums_as_of(events, coverage, None)).to_pylist()
        elsewhere = engine.fetch(questions.conflict_events_as_of(events, coverage, None, "KE"))
    assert [row["ged_sb"] for row in sums] == [10.0]
    assert elsewhere.num_rows == 0


def test_a_release_without_coverage_is_not_read(lake: Lake) -> None:
    """Its import was killed before the coverage was in."""
    put(lake, "conflict_events", CONFLICT_EVENTS, event(FIRST, "1", 10))
    with lake.reading() as engine:
        events, coverage = engine.table("conflict_events"), engine.table("coverage")
        found = engine.fetch(questions.conflict_events_as_of(events, coverage, None))
    assert found.num_rows == 0


def week(vintage: datetime, series: str, value: float, **more: object) -> dict[str, object]:
    return {
        "vintage": vintage, "dataset": "gdelt", "country": None if series == HEARD else "ET",
        "week": date(2023, 5, 29), "month_id": 521, "series": series, "value": value, **more,
    }  # fmt: skip


def test_counts_add_up_and_carry_the_slots_heard(lake: Lake) -> None:
    put(
        lake, "country_weeks", COUNTRY_WEEKS,
        week(FIRST, HEARD, 4), week(FIRST, "gdelt_protest", 3),
        week(SECOND, HEARD, 2, month_id=522), week(SECOND, "gdelt_protest", 5, month_id=522),
    )  # fmt: skip
    with lake.reading() as engine:
        rows = engine.table("country_weeks")
        before = engine.fetch(questions.weeks_as_of(rows, FIRST)).to_pylist()
        weeks = engine.fetch(questions.weeks_as_of(rows, None)).to_pylist()
        months = engine.fetch(questions.weeks_as_of(rows, None, "month_id")).to_pylist()
        heard = engine.fetch(questions.slots_as_of(rows, None)).to_pylist()
    assert [(row["value"], row["slots"]) for row in before] == [(3.0, 4.0)]
    assert [(row["week"], row["value"], row["slots"]) for row in weeks] == [
        (date(2023, 5, 29), 8.0, 6.0)
    ]
    assert [(row["month_id"], row["value"], row["slots"]) for row in months] == [
        (521, 3.0, 4.0),
        (522, 5.0, 2.0),
    ]
    assert heard == [{"dataset": "gdelt", "week": date(2023, 5, 29), "slots": 6.0}]


def forecast(made: datetime, mean: float, **more: object) -> dict[str, object]:
    return {
        "made": made, "vintage": FIRST, "model": "m", "target": "ged_sb", "place": "country:ET",
        "country_id": 57, "cutoff": 520, "month_id": 521, "horizon": 1, "levels": [0.1, 0.9],
        "quantiles": [0.0, mean], "mean": mean, "p_ge_1": 0.5, "p_ge_25": 0.1, "p_onset": None,
        "drivers": "{}", **more,
    }  # fmt: skip


def test_the_forecast_that_stood_at_a_time_is_found(lake: Lake) -> None:
    put(
        lake, "forecasts", FORECASTS,
        forecast(FIRST, 3.0), forecast(FIRST, 4.0, month_id=522, horizon=2),
        forecast(SECOND, 9.0), forecast(FIRST, 1.0, place="admin1:ET.53"),
    )  # fmt: skip

    def means(when: datetime | None, **asked: str) -> list[float]:
        with lake.reading() as engine:
            rows = engine.fetch(questions.forecasts_as_of(engine.table("forecasts"), when, asked))
        return [float(value) for value in rows["mean"].to_pylist()]

    assert means(FIRST) == [1.0, 3.0, 4.0]
    assert means(None) == [1.0, 9.0]
    assert means(None, place="country:ET") == [9.0]
    assert means(None, model="none") == []
    with lake.reading() as engine:
        rows = engine.fetch(questions.forecasts_as_of(engine.table("forecasts"), SECOND))
    assert rows["quantiles"].to_pylist()[-1] == [0.0, 9.0]
    assert rows["made"].to_pylist()[-1] == SECOND


def test_batches_are_written_as_they_come_or_not_at_all(lake: Lake) -> None:
    batch = pa.RecordBatch.from_pylist([covered(FIRST, 517)], schema=COVERAGE)

    def broken() -> Iterator[pa.RecordBatch]:
        yield batch
        raise ValueError("the second cannot be read")

    with pytest.raises(StoreError, match="the second cannot be read"):
        lake.append("coverage", broken(), writer="w", number=1)
    assert lake.count("coverage") == 0
    assert lake.append("coverage", iter([batch, batch]), writer="w", number=1)
    assert (lake.count("coverage"), len(lake.files("coverage"))) == (2, 1)
