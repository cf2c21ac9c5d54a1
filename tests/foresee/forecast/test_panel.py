"""The panel: what was not coded is no zero, and what comes later is not seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from tests.foresee.forecast import made_panel

from farwatch.errors import NotFound, UsageError
from farwatch.foresee.forecast.panel import borders_of, panel_of
from farwatch.world.country_names import VIEWS


def rows(*cells: tuple[int, int, float | None]) -> pa.Table:
    month, country, deaths = zip(*cells, strict=True)
    counted = pa.array(deaths, pa.float64())
    return pa.table({"month_id": month, "country_id": country, "ged_sb": counted})


def test_absent_stays_absent() -> None:
    found = panel_of(rows((501, 57, 4.0), (503, 57, 0.0), (503, 120, None), (502, 9, 1.0)), VIEWS)
    assert found.countries == (9, 57)  # of 120 nothing is coded
    assert (found.first, found.last) == (501, 503)
    assert np.array_equal(found.sb, [[np.nan, 1, np.nan], [4, np.nan, 0]], equal_nan=True)
    assert np.isnan(found.ns).all() and np.isnan(found.os).all()  # columns that are missing
    assert found.deaths.tolist() == [[0, 1, 0], [4, 0, 0]]
    assert found.live.tolist() == [1]
    assert found.codes[1] == "ET"
    assert panel_of(rows((501, 99_999, 4.0)), VIEWS).codes == (None,)


def test_any_order_of_rows_is_the_same_panel() -> None:
    whole = made_panel.table(made_panel.panel())
    order = np.random.default_rng(2).permutation(whole.num_rows)
    one, other = panel_of(whole, VIEWS), panel_of(whole.take(order), VIEWS)
    assert one.digest() == other.digest() == made_panel.panel().digest()
    more = replace(one, sb=one.sb + 1)
    assert more.digest() != one.digest()
    assert replace(one, first=one.first + 1).digest() != one.digest()


def test_wrong_panels_are_refused() -> None:
    with pytest.raises(UsageError, match="country 57, month 502 twice"):
        panel_of(rows((501, 57, 4.0), (502, 57, 1.0), (502, 57, 1.0)), VIEWS)
    with pytest.raises(UsageError, match="codes no country"):
        panel_of(rows((501, 57, None)), VIEWS)


def test_through_hides_the_future() -> None:
    whole = made_panel.panel()
    early = made_panel.FIRST + made_panel.YOUNG - 1
    past = whole.through(early)
    young = whole.countries[3]
    assert past.last == early and young not in past.countries
    assert len(past.countries) == len(past.codes) == len(past.sb) == len(whole.countries) - 1
    assert np.array_equal(past.sb, np.delete(whole.sb, 3, 0)[:, : made_panel.YOUNG], equal_nan=True)
    assert young in whole.through(early + 1).countries
    assert whole.through(whole.last).digest() == whole.digest()
    for month in (made_panel.FIRST - 1, made_panel.LAST + 1):
        with pytest.raises(NotFound, match="2011-01 to 2022-12, not"):
            whole.through(month)


def test_rows_and_columns_are_found_or_named() -> None:
    whole = made_panel.panel()
    assert whole.column(made_panel.FIRST) == 0 and whole.row(whole.countries[4]) == 4
    assert 6 not in whole.live and 3 in whole.live
    with pytest.raises(NotFound, match="no country 4242"):
        whole.row(4242)


def test_borders_of_a_panel_are_those_of_its_countries() -> None:
    whole = made_panel.panel()
    near = borders_of(replace(whole, codes=(None, *whole.codes[1:])))
    at = {code: n for n, code in enumerate(whole.codes)}
    assert near[at["ET"], at["KE"]] and near[at["ET"], at["SD"]] and not near[at["ET"], at["PE"]]
    assert not near[0].any() and not near[:, 0].any()
