"""Unrest ahead on the desk: from what was known at a time, of weeks that were heard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from assessing_desk import DAY, NOW, clash, listen
from benchmarks.evaluate_unrest import seasonal
from history_written import gdelt
from unrest_desk import FIRST, WEEK, hear

from farwatch.desk.history import import_history
from farwatch.desk.opening import Desk, open_desk
from farwatch.desk.unrest import GDELT_SERIES, unrest_outlook, weekly_series
from farwatch.errors import UsageError
from farwatch.foresee.forecast.unrest import Weekly
from farwatch.model.event import State
from farwatch.model.kinds import Kind
from farwatch.model.unrest import UnrestOutlook, Why, Withheld
from farwatch.settings import Settings
from farwatch.store import events

WEEKS = 330  # the last one begins on 2026-04-27
AFTER = datetime(2026, 5, 6, 9, tzinfo=UTC)  # a Wednesday
NAN = np.nan


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(Settings(data_dir=tmp_path)) as opened:
        yield opened


def series(desk: Desk, now: datetime, name: str, country: str = "ET") -> Weekly:
    return next(one for one in weekly_series(desk, country, now) if one.series == name)


def test_a_country_that_was_heard_for_years_has_an_outlook(desk: Desk) -> None:
    told = seasonal(WEEKS)
    hear(desk, {"gdelt_protest": told}, [672] * WEEKS)
    found = unrest_outlook(desk, "ET", AFTER)
    assert isinstance(found, UnrestOutlook)
    (one,) = found.series
    assert (one.series, one.cutoff) == ("gdelt_protest", date(2026, 4, 27))
    assert one.weeks[0].monday == date(2026, 5, 4)  # the week that is going on
    assert {part.series: part.why for part in found.withheld} == {
        "gdelt_coerce": Why.TOO_QUIET, "gdelt_assault": Why.TOO_QUIET, "desk_protest": Why.NO_DATA,
        "desk_riot": Why.NO_DATA, "desk_blockade": Why.NO_DATA, "desk_restriction": Why.NO_DATA,
    }  # fmt: skip


def test_an_outlook_is_made_again_as_it_was(desk: Desk, tmp_path: Path) -> None:
    """What was published after the time asked changes nothing, however wild."""
    told = seasonal(WEEKS)
    hear(desk, {"gdelt_protest": told}, [672] * WEEKS)
    before = AFTER - 26 * WEEK
    with open_desk(Settings(data_dir=tmp_path / "other")) as other:
        wild = np.concatenate([told[: WEEKS - 26], np.full(26, 9_999.0)])
        hear(other, {"gdelt_protest": wild}, [672] * WEEKS)
        assert unrest_outlook(other, "ET", before) == unrest_outlook(desk, "ET", before)
        assert unrest_outlook(other, "ET", AFTER) != unrest_outlook(desk, "ET", AFTER)


def test_thin_weeks_are_missing_and_others_are_brought_to_a_whole_week(desk: Desk) -> None:
    hear(desk, {"gdelt_protest": [10, 3, 0, 8, 5]}, [672, 200, 672, 336, 0])
    now = datetime(2020, 2, 12, tzinfo=UTC)
    found = series(desk, now, "gdelt_protest")
    assert found.first == FIRST
    np.testing.assert_array_equal(found.counts, [10, NAN, 0, 16, NAN])
    assert series(desk, now, "gdelt_protest", "KE").counts[0] == 0  # it was heard, and told of none


def test_the_week_that_goes_on_is_in_no_series(desk: Desk) -> None:
    hear(desk, {"gdelt_protest": [10, 20]}, [672, 672])
    monday = datetime(2020, 1, 20, tzinfo=UTC)
    assert series(desk, monday, "gdelt_protest").counts.tolist() == [10, 20]
    assert series(desk, monday - DAY, "gdelt_protest").counts.tolist() == [10]


def test_files_of_gdelt_become_a_thin_week(desk: Desk, tmp_path: Path) -> None:
    file = gdelt(tmp_path / "a.CSV", "20260525100000", "145", "145", "175")
    import_history(desk, [file], NOW)
    found = unrest_outlook(desk, "ET", NOW)
    assert isinstance(found, Withheld)
    assert (found.why, found.series, len(found.parts)) == (Why.NO_DATA, "unrest", 7)
    assert "gdelt_protest: no week of it was heard well enough to count" in found.told


def test_an_empty_desk_withholds_all(desk: Desk) -> None:
    found = unrest_outlook(desk, "ET", NOW)
    assert isinstance(found, Withheld)
    assert [part.series for part in found.parts][:3] == list(GDELT_SERIES)
    assert {part.why for part in found.parts} == {Why.NO_DATA}


def test_a_whole_country_is_withheld_for_the_reason_that_came_nearest(desk: Desk) -> None:
    hear(desk, {"gdelt_protest": seasonal(40)}, [672] * 40)
    found = unrest_outlook(desk, "ET", datetime(2020, 10, 14, tzinfo=UTC))
    assert isinstance(found, Withheld)
    assert found.why is Why.TOO_FEW
    assert "gdelt_protest: 40 weeks were heard since 2020-01-06, of 156" in found.told


def test_several_datasets_are_never_mixed(desk: Desk) -> None:
    hear(desk, {"gdelt_protest": [10]}, [672])
    hear(desk, {"gdelt_protest": [90]}, [672], dataset="mine")
    now = datetime(2020, 1, 14, tzinfo=UTC)
    with pytest.raises(UsageError, match=r"several datasets of GDELT: name one of .*'mine'"):
        unrest_outlook(desk, "ET", now)
    with pytest.raises(UsageError, match="no dataset 'moon'"):
        unrest_outlook(desk, "ET", now, "moon")
    (first, *_) = weekly_series(desk, "ET", now, "mine")
    assert first.counts.tolist() == [90]


def test_the_desks_events_count_in_the_week_of_their_first_report(desk: Desk) -> None:
    listen(desk, 23)  # NOW is a Monday: that day, three whole weeks and a day before them
    riots = [clash(n, days=3, kind=Kind.RIOT) for n in range(2)]
    late = clash(2, days=16, kind=Kind.RIOT, first_reported=NOW - 9 * DAY)
    gone = replace(clash(3, days=3, kind=Kind.RIOT), state=State.WITHDRAWN)
    ahead = clash(4, days=3, kind=Kind.RIOT, first_reported=NOW + DAY)
    drill = replace(clash(5, days=3, kind=Kind.RIOT), exercise=True)
    with desk.database.begin() as conn:
        events.put(conn, [*riots, late, gone, ahead, drill, clash(6, days=3)])
    found = series(desk, NOW, "desk_riot")
    assert (found.first, found.last) == (date(2026, 5, 4), date(2026, 5, 25))
    np.testing.assert_array_equal(found.counts, [NAN, 0, 1, 2])  # one day of seven is thin
    assert series(desk, NOW, "desk_protest").counts[1:].tolist() == [0, 0, 0]
    assert series(desk, NOW, "desk_riot", "KE").counts[1:].tolist() == [0, 0, 0]


def test_sources_that_are_no_news_say_nothing_of_unrest(desk: Desk) -> None:
    listen(desk, 22, source="usgs")
    assert np.isnan(series(desk, NOW, "desk_riot").counts).all()
