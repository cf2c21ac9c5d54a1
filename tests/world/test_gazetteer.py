"""The gazetteer: small tables written here, then the built-in one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from farwatch.errors import NotFound, StoreError
from farwatch.model.place import Precision
from farwatch.world import gazetteer as gazetteers
from farwatch.world.feature import Entry, Feature
from farwatch.world.fold import fold
from farwatch.world.gazetteer import Gazetteer
from farwatch.world.table import MAX_WORDS, TableWriter


def test_a_name_finds_all_its_places_largest_first(small: Gazetteer) -> None:
    assert [place.geonameid for place in small.lookup("tanguie")] == [3, 5]


def test_a_record_says_what_is_known(small: Gazetteer) -> None:
    place = small.lookup("TÄNGUIÉ")[0]
    assert (place.name, place.country, place.admin1, place.admin1_name) == (
        "Tänguié",
        "FD",
        "01",
        "North Shire",
    )
    assert (place.precision, place.alternate, place.population) == (Precision.CITY, False, 70_000)
    assert (place.feature_class, place.feature_code, place.admin2) == ("P", "PPL", None)


def test_an_alternate_name_is_marked(small: Gazetteer) -> None:
    assert [place.alternate for place in small.lookup("Tangy")] == [True]


def test_a_place_without_number_or_country(small: Gazetteer) -> None:
    sea = small.lookup("Wide Sea")[0]
    assert (sea.geonameid, sea.country, sea.admin1, sea.precision) == (
        None,
        None,
        None,
        Precision.REGION,
    )


def test_an_unknown_name_has_no_place(small: Gazetteer) -> None:
    assert small.lookup("Nowhere") == []
    assert small.lookup("") == []


def test_longest_name_by_first_word(small: Gazetteer) -> None:
    assert small.longest("saint") == 3
    assert small.longest("tanguie") == 1
    assert small.longest("nowhere") == 1


def test_place_by_number(small: Gazetteer) -> None:
    assert small.place(4).name == "Saint Mary Port"
    for number in (0, 99, -1):
        with pytest.raises(NotFound, match=str(number)):
            small.place(number)


def test_nearest_within_a_country(small: Gazetteer) -> None:
    (place, km), *_ = small.nearest(-39.0, 170.0)
    assert place.geonameid == 5
    assert km == pytest.approx(111.2, abs=0.2)
    assert small.admin1_of([11.0, 9.0], [20.0, 20.0]) == ["FD.01", "FD.02"]
    assert small.admin1_of([11.0], [20.0], ["SY"]) == [None]


def test_asking_for_more_places_than_there_are(small: Gazetteer) -> None:
    assert len(small.nearest(0, 0, 50)) == 3


def test_missing_table_says_what_to_run(empty: Path) -> None:
    with pytest.raises(StoreError, match="farwatch world build"):
        gazetteers.open(empty)


def test_a_table_of_another_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "gazetteer.json").write_text('{"version": 1}')
    with pytest.raises(StoreError, match="version 1"):
        gazetteers.open(tmp_path)


def test_an_imported_table_is_preferred(small: Gazetteer, empty: Path) -> None:
    assert len(gazetteers.prefer(small.folder)) == len(small)
    assert gazetteers.prefer(empty).folder == gazetteers.BUILT


@settings(max_examples=20)
@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=30))
def test_every_name_written_is_found(
    tmp_path_factory: pytest.TempPathFactory, names: list[str]
) -> None:
    names = [name for name in names if "\0" not in name and name.isprintable()]
    assume(names)
    writer = TableWriter(tmp_path_factory.mktemp("t"))
    for number, name in enumerate(names):
        writer.add(Entry(name, 0.0, 0.0, Feature.CITY, number + 1))
    writer.finish({})
    written = gazetteers.open(writer.folder)
    for number, name in enumerate(names):
        if fold(name) and len(fold(name).split()) <= MAX_WORDS:
            assert number + 1 in {place.geonameid for place in written.lookup(name)}
        assert written.record(number).name == name


BUILT_IN = [  # name, country, admin-1, precision of the first place
    ("Kitwe", "ZM", "08", Precision.CITY),
    ("Chingola", "ZM", "08", Precision.CITY),
    ("Tanguieta", "BJ", "08", Precision.ADMIN2),
    ("Natitingou", "BJ", "08", Precision.CITY),
    ("Copperbelt", "ZM", "08", Precision.ADMIN1),
    ("Chimbote", "PE", "02", Precision.CITY),
    ("Ethiopian", "ET", None, Precision.COUNTRY),
    ("Rapides Parish", "US", "LA", Precision.ADMIN2),
    ("Gulf of Aden", None, None, Precision.REGION),
    ("UAE", "AE", None, Precision.COUNTRY),
    ("Deutschland", "DE", None, Precision.COUNTRY),
    ("東京", "JP", "40", Precision.ADMIN1),
]


@pytest.mark.parametrize(("name", "country", "admin1", "precision"), BUILT_IN)
def test_built_in_places(
    world: Gazetteer, name: str, country: str, admin1: str | None, precision: Precision
) -> None:
    place = world.lookup(name)[0]
    assert (place.country, place.admin1, place.precision) == (country, admin1, precision)


def test_built_in_units_lie_where_they_should(world: Gazetteer) -> None:
    for code, lat, lon in (("US.TX", 31.2, -99.3), ("US.CA", 37.2, -119.5), ("ZM.08", -13, 28)):
        place = world.record(world.admin1_rows[code])
        assert (place.lat, place.lon) == (pytest.approx(lat, abs=1), pytest.approx(lon, abs=1))


def test_built_in_admin1_of_points(world: Gazetteer) -> None:
    assert world.admin1_of([-12.8, 33.75], [28.2, -84.4]) == ["ZM.08", "US.GA"]
    # Livingstone's airport side: the nearest place across the river is in Zimbabwe.
    assert world.admin1_of([-17.93], [25.85], ["ZM"])[0].startswith("ZM.")  # type: ignore[union-attr]


def test_places_as_a_table(world: Gazetteer) -> None:
    table = world.places(1_000_000)
    assert table.column_names == [
        *("row", "geonameid", "name", "lat", "lon", "country", "admin1", "population")
    ]
    assert 300 < table.num_rows < 1500
    assert "ZM" in set(table["country"].to_pylist())
    assert np.all(table["population"].to_numpy() >= 1_000_000)


def test_processes_open_the_same_files() -> None:
    code = "from farwatch.world import gazetteer as g; print(len(g.open()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert int(done.stdout) == len(gazetteers.open())
