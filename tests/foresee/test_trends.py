"""Series of a country: their changes are dated, and a short one says that it is short."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from farwatch.foresee.trends import Field, Series, field_of, from_events, trend, trends
from farwatch.model.report import Figure
from farwatch.model.tables import EVENTS


def months(count: int) -> tuple[datetime, ...]:
    return tuple(datetime(2015 + n // 12, n % 12 + 1, 1, tzinfo=UTC) for n in range(count))


def series(*values: float) -> Series:
    return Series("x", Field.MILITARY, "ET", months(len(values)), tuple(values))


def test_a_jump_is_dated() -> None:
    rng = np.random.default_rng(1)
    values = [*rng.normal(2, 0.5, 30), *rng.normal(9, 0.5, 4)]
    found = trend(series(*values))
    assert [change.at for change in found.changes] == [months(34)[30]]
    assert found.direction == "rising"
    assert found.changes[0].after > found.changes[0].before


def test_a_flat_series_has_no_change() -> None:
    found = trend(series(*[3.0] * 40))
    assert (found.changes, found.direction) == ((), "steady")


def test_noise_is_no_change() -> None:
    rng = np.random.default_rng(2)
    found = [trend(series(*rng.normal(5, 1, 60))) for _ in range(40)]
    assert sum(bool(one.changes) for one in found) <= 4


def test_a_short_series_is_unknown() -> None:
    found = trend(series(1, 2, 3))
    assert (found.direction, found.window) == ("unknown", None)
    assert "too few" in found.reasons[0]


@given(st.lists(st.floats(-1e6, 1e6), max_size=40))
def test_any_series_answers(values: list[float]) -> None:
    found = trend(series(*values))
    assert found.direction in {"rising", "falling", "steady", "unknown"}
    assert all(change.at in found.series.starts for change in found.changes)


def test_periods_must_rise() -> None:
    with pytest.raises(ValueError, match="do not rise"):
        Series("x", Field.ECONOMIC, "ET", months(2)[::-1], (1.0, 2.0))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("NY.GDP.MKTP.KD.ZG", Field.ECONOMIC),
        ("MS.MIL.XPND.GD.ZS", Field.MILITARY),
        ("PV.EST", Field.POLITICAL),
        ("VC.IHR.PSRC.P5", Field.POLITICAL),
        ("HA.NAT", None),
    ],
)
def test_a_code_has_its_field(code: str, expected: Field | None) -> None:
    assert field_of(code) == expected


def event(when: datetime, kind: str) -> dict[str, object]:
    row: dict[str, object] = dict.fromkeys(EVENTS.names)
    return row | {
        "id": f"{kind}{when}",
        "kind": kind,
        "severity": 3,
        "credibility": 1,
        "official": False,
        "precision": "country",
        "country": "ET",
        "start": when,
    }


def test_events_become_monthly_series_up_to_the_last_whole_month() -> None:
    rows = [event(when, "shelling") for when in months(20)] + [event(months(3)[2], "riot")]
    table = pa.Table.from_pylist(rows, schema=EVENTS)
    found = from_events(table, "ET", datetime(2016, 7, 15, tzinfo=UTC))
    assert [(one.field, len(one.values)) for one in found] == [
        (Field.POLITICAL, 18),
        (Field.MILITARY, 18),
    ]
    assert sum(found[0].values) == 1.0
    assert from_events(table, "KE", months(20)[-1]) == ()


def test_figures_after_the_time_are_not_looked_at() -> None:
    figures = [Figure("NY.GDP", "ET", when, 1.0) for when in months(30)]
    empty = pa.Table.from_pylist([], schema=EVENTS)
    found = trends(empty, figures, "ET", months(20)[-1])
    assert len(found[0].series.values) == 20


def test_the_war_of_2020_shows_in_recorded_deaths(shared: Path) -> None:
    table = pq.read_table(shared / "recorded" / "ucdp" / "country_month.parquet")
    rows = [r for r in table.to_pylist() if r["isoab"] == "ETH" and 2015 <= r["year"] <= 2022]
    figures = [
        Figure(
            "ged_sb", "ET", datetime(r["year"], r["month"], 1, tzinfo=UTC), np.log1p(r["ged_sb"])
        )
        for r in rows
    ]
    empty = pa.Table.from_pylist([], schema=EVENTS)
    (found,) = trends(empty, figures, "ET", datetime(2023, 1, 1, tzinfo=UTC))
    dates = [change.at for change in found.changes if change.after > change.before]
    assert any(
        datetime(2020, 9, 1, tzinfo=UTC) <= at <= datetime(2021, 1, 1, tzinfo=UTC) for at in dates
    )
