"""What goes into the compiled world."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely

from farwatch.errors import StoreError, UnreadableFeed
from farwatch.world import words as word_lists
from farwatch.world.build import build
from farwatch.world.extent import centre, unit_centres
from farwatch.world.feature import Entry, Feature, NameKind
from farwatch.world.packaged import kind_of, spellings
from farwatch.world.regions import regions
from farwatch.world.short_names import COUNTRY_NAMES, SHORT_UNITS


def test_a_missing_border_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFeed, match=r"none\.json.*npm ci"):
        build(tmp_path / "built", tmp_path / "none.json")


def test_codes_and_transliterations_are_no_spellings() -> None:
    names = ["KIW", "ji te wei", "Kitwe-Nkana", "基特韦", "D.R.C.", "Kitwe"]
    assert spellings(names, "Kitwe City") == (
        ("Kitwe-Nkana", NameKind.ALTERNATE),
        ("基特韦", NameKind.ALTERNATE),
        ("D.R.C.", NameKind.SHORT),
        ("Kitwe", NameKind.VARIANT),
    )


@pytest.mark.parametrize(
    ("name", "main", "kind"),
    [
        ("New York", "New York City", NameKind.VARIANT),
        ("New York", "New Yorkers", NameKind.ALTERNATE),
        ("UAE", "United Arab Emirates", NameKind.SHORT),
        ("U. S.", "United States", NameKind.SHORT),
        ("Burma", "Myanmar", NameKind.ALTERNATE),
    ],
)
def test_kind_of_name(name: str, main: str, kind: NameKind) -> None:
    assert kind_of(name, main) == kind


def test_a_country_is_where_its_largest_part_is() -> None:
    mainland, island = shapely.box(0, 0, 10, 10), shapely.box(50, 50, 51, 51)
    lat, lon = centre(shapely.union_all([mainland, island]))
    assert (lat, lon) == (pytest.approx(5, abs=0.3), pytest.approx(5, abs=0.3))


def test_a_tiny_country_is_a_point_in_it() -> None:
    shape = shapely.box(7.40, 43.72, 7.44, 43.75)
    lat, lon = centre(shape)
    assert shape.contains(shapely.Point(lon, lat))


def test_units_share_out_their_country() -> None:
    west = Entry("W", 5.0, 1.0, Feature.CITY, 1, "XX", "XX.1", "XX.1.A", population=10)
    east = Entry("E", 5.0, 9.0, Feature.CITY, 2, "XX", "XX.2", population=20)
    found = unit_centres([west, east], {"XX": shapely.box(0, 0, 10, 10)})
    assert found["XX.1"][:2] == (pytest.approx(5, abs=0.3), pytest.approx(2.5, abs=0.3))
    assert found["XX.2"][:2] == (pytest.approx(5, abs=0.3), pytest.approx(7.5, abs=0.3))
    assert found["XX.1.A"] == (5.0, 1.0, 10)


def test_a_unit_without_a_border_is_at_the_mean_of_its_places() -> None:
    one = Entry("A", 1.0, 179.0, Feature.CITY, 1, "YY", "YY.1")
    two = Entry("B", 1.0, -179.0, Feature.CITY, 2, "YY", "YY.1")
    lat, lon, _ = unit_centres([one, two], {})["YY.1"]
    assert (lat, abs(lon)) == (pytest.approx(1.0, abs=0.01), pytest.approx(180, abs=0.01))


def test_regions_are_on_the_earth_and_named_once() -> None:
    found = list(regions())
    assert all(-90 <= entry.lat <= 90 and -180 <= entry.lon <= 180 for entry in found)
    names = [entry.name for entry in found]
    assert len(names) == len(set(names)) > 100


def test_short_names_are_not_empty() -> None:
    assert ("Calif.", NameKind.SHORT) in SHORT_UNITS["US.CA"]
    assert ("U.S.", NameKind.SHORT) in COUNTRY_NAMES["US"]
    assert all(
        name for names in (*SHORT_UNITS.values(), *COUNTRY_NAMES.values()) for name, _ in names
    )


def test_word_lists_are_compiled(empty: Path) -> None:
    lists = word_lists.open()
    assert "reading" in lists.common
    assert "kitwe" not in lists.common
    assert {"paris", "jordan"} <= lists.first_names
    assert "smith" in lists.surnames
    with pytest.raises(StoreError, match="farwatch world build"):
        word_lists.open(empty)
