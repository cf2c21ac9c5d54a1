from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from farwatch.model.tables import EVENTS
from farwatch.understand.bulk import merge_table

DAY = datetime(2026, 5, 30, 8, 0, tzinfo=UTC)


def row(**more: Any) -> dict[str, Any]:
    return {
        "id": "gdelt-1",
        "kind": "riot",
        "category": "unrest",
        "severity": 2,
        "credibility": 3,
        "official": False,
        "lat": 9.05,
        "lon": 7.49,
        "radius_km": 10.0,
        "precision": "city",
        "country": "NG",
        "admin1": None,
        "start": DAY,
        "expires": None,
        "source_class": "global_news",
    } | more


def table(*rows: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=EVENTS)


def merged(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    found = merge_table(table(*rows))
    assert found.schema == EVENTS
    return sorted(found.to_pylist(), key=lambda one: one["id"])


def test_rows_of_one_happening_become_one() -> None:
    later = DAY + timedelta(hours=5)
    (one,) = merged(
        row(id="gdelt-2", severity=4, start=later, radius_km=3.0),
        row(id="gdelt-1", credibility=2, expires=later),
        row(id="gdelt-3", official=True, lat=9.0501),
    )
    assert one == row(
        id="gdelt-1", severity=4, credibility=2, official=True, expires=later, radius_km=10.0
    )


@pytest.mark.parametrize(
    "other",
    [
        {"kind": "protest"},
        {"category": None},
        {"lat": 9.06},
        {"precision": "admin1"},
        {"country": "NE"},
        {"admin1": "NG.11"},
        {"start": DAY + timedelta(days=1)},
    ],
)
def test_another_kind_place_or_day_is_another_happening(other: dict[str, Any]) -> None:
    assert len(merged(row(), row(id="gdelt-2", **other))) == 2


def test_a_day_is_a_day_of_utc() -> None:
    night = datetime(2026, 5, 30, 23, 59, tzinfo=UTC)
    assert len(merged(row(start=night), row(id="gdelt-2", start=night + timedelta(minutes=1)))) == 2


def test_a_row_without_a_place_stands_alone() -> None:
    nowhere = {"lat": None, "lon": None, "country": None, "precision": "region"}
    assert len(merged(row(**nowhere), row(id="gdelt-2", **nowhere))) == 2


def test_a_country_without_coordinates_is_a_place() -> None:
    wide = {"lat": None, "lon": None, "radius_km": None, "precision": "country"}
    (one,) = merged(row(**wide), row(id="gdelt-2", **wide))
    assert one == row(**wide)


def test_nothing_stays_nothing() -> None:
    assert merge_table(EVENTS.empty_table()).equals(EVENTS.empty_table())


def test_zero_has_no_sign() -> None:
    assert len(merged(row(lat=0.0), row(id="gdelt-2", lat=-0.0))) == 1


ROWS = st.lists(
    st.builds(
        row,
        id=st.integers(1, 99).map("gdelt-{}".format),
        kind=st.sampled_from(["riot", "crime"]),
        severity=st.integers(1, 5),
        lat=st.sampled_from([None, 1.0, 1.0004, 2.0]),
        country=st.sampled_from([None, "NG"]),
        start=st.integers(0, 60).map(lambda hours: DAY + timedelta(hours=hours)),
    ),
    max_size=12,
)


def plain(found: pa.Table) -> list[str]:
    return sorted(map(repr, found.to_pylist()))


@given(ROWS, ROWS)
def test_part_by_part_is_the_same_as_at_once(left: list[Any], right: list[Any]) -> None:
    at_once = merge_table(table(*left, *right))
    parts = [merge_table(table(*right)), merge_table(table(*left))]
    assert plain(merge_table(pa.concat_tables(parts))) == plain(at_once)
