"""VIEWS's ids of states, and since when young ones are coded."""

from __future__ import annotations

from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from farwatch.model.history import month_of, month_start
from farwatch.world.codes import from_views
from farwatch.world.states import first_month, views_id, views_ids


def test_ids_are_views_own_and_microstates_have_none() -> None:
    assert (views_id("ET"), views_id("LK"), views_id("XK")) == (57, 121, 232)
    assert views_id("MC") is None
    assert all(from_views(number) == code for code, number in views_ids().items())
    assert len(views_ids()) == 191


def test_young_states_begin_and_old_ones_always_were() -> None:
    assert month_start(first_month("SS")).isoformat() == "2011-07-01T00:00:00+00:00"
    assert first_month("ET") == 1
    assert month_of(month_start(121)) == 121


def test_the_first_months_are_those_of_the_recorded_panel(shared: Path) -> None:
    panel = pq.read_table(shared / "recorded" / "ucdp" / "country_month.parquet")
    coded = panel.filter(pc.is_valid(panel["ged_os"]))
    firsts = coded.group_by("country_id").aggregate([("month_id", "min")]).to_pylist()
    found = {from_views(row["country_id"]): row["month_id_min"] for row in firsts}
    assert {code: max(121, first_month(code)) for code in found} == found
