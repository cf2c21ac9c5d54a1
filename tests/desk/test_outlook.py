"""Outlooks on the desk: sites, cells and admin-1s from a table of conflict events."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from farwatch.desk import outlook as room
from farwatch.desk.outlook import (
    CELL,
    Point,
    Told,
    country_cells,
    place_outlooks,
    site_outlook,
    towns,
)
from farwatch.errors import NotFound
from farwatch.model.protect import Site
from farwatch.sources.ged_events import read_events
from farwatch.world import gazetteer

PLACES = gazetteer.open()
NOW = datetime(2008, 6, 1, 9, tzinfo=UTC)
JAFFNA = Site("jaf", "Depot", 9.66, 80.02, "LK")


@pytest.fixture(scope="module")
def told(shared: Path) -> Told:
    path = shared / "recorded" / "ucdp" / "ged_events_sri_lanka.csv.gz"
    if not path.is_file():
        pytest.skip(f"no recorded events at {path}")
    return Told("recorded", read_events([path]).events)


def few(best: list[int], vintages: list[str] | None = None) -> pa.Table:
    count = len(best)
    columns: dict[str, object] = {
        "id": ["a"] * count,
        "type_of_violence": [1] * count,
        "date_start": [date(2008, 1, 1)] * count,
        "date_end": [date(2008, 1, 1)] * count,
        "lat": [9.0] * count,
        "lon": [80.0] * count,
        "where_prec": [1] * count,
        "country": ["LK"] * count,
        "best": best,
    }
    return pa.table(columns | ({"vintage": vintages} if vintages else {}))


def test_a_site_s_outlook_is_as_of_now_and_its_model_is_kept(told: Told) -> None:
    (found,) = site_outlook(told, [JAFFNA], NOW, PLACES)
    assert found.place == "site:jaf"
    assert found.as_of == NOW
    assert found.history.told_until <= NOW - timedelta(days=31)
    assert [chance.skill.late_days for chance in found.chances] == [40] * len(found.chances)
    before = room._site_model.cache_info()
    again = site_outlook(told, [JAFFNA, Point("p", 9.66, 80.02)], NOW, PLACES)
    after = room._site_model.cache_info()
    assert again[0] == found
    assert after.misses == before.misses
    assert after.hits == before.hits + 2
    assert [chance.p for chance in again[1].chances] == [chance.p for chance in found.chances]
    room._site_model.cache_clear()  # as a restart does
    assert site_outlook(told, [JAFFNA], NOW, PLACES) == [found]


def test_after_the_war_it_is_withheld(told: Told) -> None:
    (found,) = site_outlook(told, [JAFFNA], datetime(2018, 6, 1, tzinfo=UTC), PLACES)
    assert not found.chances
    assert "20 are needed" in found.withheld[0]


def test_cells_are_foretold_month_by_month(told: Told) -> None:
    found = {one.place: one for one in place_outlooks(told, "LK", NOW, CELL, months=1)}
    assert len(found) == len(country_cells("LK"))
    busy = max(found.values(), key=lambda one: one.months[0].p_any if one.months else 0.0)
    assert busy.months[0].start == datetime(2008, 6, 1, tzinfo=UTC)
    assert busy.months[0].p_any > 0.5
    assert busy.as_of == NOW


def test_a_country_of_which_nothing_is_told_is_not_found() -> None:
    with pytest.raises(NotFound, match="'ET'"):
        place_outlooks(Told("few", few([1])), "ET", NOW)


def test_of_an_event_told_twice_the_newest_vintage_counts() -> None:
    found = room._happenings(Told("twice", few([7, 9], ["25.1", "24.1"])))
    assert found.deaths.tolist() == [7]


def test_the_cells_of_a_country_touch_it() -> None:
    found = country_cells("LK")
    assert 30 < len(found) < 45
    assert np.isin(142362, found)
    with pytest.raises(NotFound):
        country_cells("XX")


def test_towns_are_a_country_s_largest() -> None:
    lat, lon = towns("LK", PLACES)
    assert len(lat) == len(lon) > 20
    assert (6.9, 79.8) < (lat[0], lon[0]) < (7.0, 80.0)
