import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farwatch.errors import InputError, NotFound, UsageError
from farwatch.protect.rows import read_rows
from farwatch.protect.sites import SiteList, read_sites
from farwatch.protect.where import Earth
from farwatch.world import borders, gazetteer

GOOD = "id,name,lat,lon,country\na,Alpha,-12.8,28.2,ZMB\n"


class Box:
    """A small earth: ZM is a box, ZA another, the rest is sea."""

    def __init__(self, **more: tuple[float, float, float, float]) -> None:
        self.boxes = {"ZM": (-18, -8, 22, 34), "ZA": (-35, -22, 16, 33)} | more

    def country_at(self, lats, lons):
        return [self._at(lat, lon) for lat, lon in zip(lats, lons, strict=True)]

    def _at(self, lat: float, lon: float) -> str | None:
        for code, (south, north, west, east) in self.boxes.items():
            if south <= lat <= north and west <= lon <= east:
                return code
        return None

    def distance_to_country_km(self, lat: float, lon: float, alpha2: str) -> float:
        if alpha2 not in self.boxes:
            raise NotFound(alpha2)
        south, north, west, east = self.boxes[alpha2]
        return 111.0 * max(south - lat, lat - north, west - lon, lon - east, 0.0)


EARTH = Earth(Box())


def read(text: str, **more) -> SiteList:
    return read_sites(text.encode(), "sites.csv", earth=EARTH, **more)


def test_a_good_row_becomes_a_site():
    found = read(
        "id,name,lat,lon,country,tier,staff,coast_km,height_m,colour\na,Alpha,-12.8,28.2,Zambia,1,240,,1200,red\n"
    )
    (site,) = found.sites
    assert (site.id, site.country, site.tier, site.staff) == ("a", "ZM", 1, 240)
    assert (site.coast_km, site.height_m, site.attributes) == (None, 1200, {"colour": "red"})
    assert not found.rejected
    assert not found.derived_ids


@pytest.mark.parametrize(
    ("row", "field", "value", "reason"),
    [
        ("b,Beta,,28.2,ZM", "lat", "", "is missing"),
        ("b,Beta,-12.8,n/a,ZM", "lon", "", "is missing"),
        ("b,Beta,0,0,ZM", "lat, lon", "0, 0", "sea off Africa"),
        ("b,Beta,-12.8,280,ZM", "lon", "280", "between -180 and 180"),
        ("b,Beta,12°48'S,28.2,ZM", "lat", "12°48'S", "decimal number"),
        ("b,Beta,inf,28.2,ZM", "lat", "inf", "decimal number"),
        ("b,Beta,28.2,-12.8,ZM", "lat, lon", "28.2, -12.8", "likely swapped"),
        ("b,Beta,12.8,28.2,ZM", "lat, lon", "12.8, 28.2", "latitude's sign"),
        ("b,Beta,-30,20,ZM", "lat, lon", "-30, 20", "lies in ZA"),
        ("b,Beta,-12.8,28.2,Freedonia", "country", "Freedonia", "no country"),
        ("a,Beta,-12.8,28.2,ZM", "id", "a", "line 2"),
        (",Beta,-12.8,28.2,ZM", "id", "", "is missing"),
        ("b,,-12.8,28.2,ZM", None, None, None),  # its id is name enough
        ("b,Beta,-12.8,28.2", "row", "4", "5 in the header"),
        ("b,Beta,-18.1,28.2,ZM", None, None, None),  # 11 km over the border: a river bank
        ("b,Beta,-12.8,28.2,FR", "lat, lon", "-12.8, 28.2", "lies in ZM") ,
    ],
)  # fmt: skip
def test_each_row_is_judged_for_itself(row, field, value, reason):
    earth = Earth(Box(FR=(43, 50, 0, 7)))
    found = read_sites(f"{GOOD}{row}\n".encode(), "sites.csv", earth=earth)
    assert "a" in {site.id for site in found.sites}
    if field is None:
        assert (len(found.sites), found.rejected) == (2, ())
        return
    (rejected,) = found.rejected
    assert (rejected.line, rejected.field, rejected.value) == (3, field, value)
    assert reason in rejected.reason
    assert str(rejected).startswith("line 3: ")


def test_a_country_without_a_border_is_not_held_against_a_row():
    assert len(read("id,name,lat,lon,country\nb,Beta,-12.8,28.2,VA\n").sites) == 1


def test_a_country_not_stated_is_found():
    assert read("id,name,lat,lon\nb,Beta,-12.8,28.2\n").sites[0].country == "ZM"


def test_columns_are_guessed_from_well_known_names_and_shown():
    found = read("Site Name;LATITUDE;Lng;ISO3;Criticality\nAlpha;-12,8;28,2;ZMB;1\n")
    assert found.columns == {
        "name": "Site Name", "lat": "LATITUDE", "lon": "Lng", "country": "ISO3",
        "tier": "Criticality",
    }  # fmt: skip
    assert (found.delimiter, found.sites[0].lat, found.sites[0].tier) == (";", -12.8, 1)
    assert found.derived_ids


def test_the_user_s_word_outweighs_the_guess():
    text = "id,name,lat,lon,north,east,firm,town\na,Alpha,1,1,-12.8,28.2,Acme,Kitwe\n"
    found = read(text, asked={"lat": "north", "lon": "east", "name": "firm+town"})
    assert (found.sites[0].name, found.sites[0].lat) == ("Acme Kitwe", -12.8)


def test_a_column_in_a_composed_name_still_says_what_it_says():
    text = "operator,city,country,lat,lon\nAcme,Kitwe,Zambia,28.2,-12.8\n"
    found = read(text, asked={"name": "operator+city+country"})
    assert found.columns["country"] == "country"
    assert "swapped" in found.rejected[0].reason


@pytest.mark.parametrize(
    ("asked", "words"),
    [({"lat": "nort"}, "there is no column 'nort'"), ({"latt": "lat"}, "'latt' is none of")],
)
def test_a_wrong_mapping_is_an_error(asked, words):
    with pytest.raises(UsageError, match=words):
        read(GOOD, asked=asked)


def test_a_list_without_coordinates_is_an_error():
    with pytest.raises(UsageError, match="no column for lat"):
        read("id,name\na,Alpha\n")


def test_derived_ids_stay_when_other_values_change():
    one = read("name,lat,lon,fuel\nÉlan vital,-12.8,28.2,gas\n").sites[0].id
    other = read("name,fuel,lat,lon\nÉlan vital,coal,-12.80001,28.2\n").sites[0].id
    assert one == other
    assert one.startswith("elan-vital-")
    assert one != read("name,lat,lon\nÉlan vital,-12.9,28.2\n").sites[0].id


def test_what_speaks_of_persons_is_not_kept():
    found = read(
        "id,name,lat,lon,Contact e-mail,managerName,phone,owner,note\n"
        "a,Alpha,-12.8,28.2,x@y.example,Jo,123,Acme,write to z@y.example\n"
    )
    assert found.dropped == ("Contact e-mail", "managerName", "phone")
    assert found.sites[0].attributes == {"owner": "Acme"}


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("packed", [False, True])
def test_encoding_delimiter_and_packing_are_found_out(encoding, delimiter, packed):
    text = GOOD.replace("Alpha", "Café").replace(",", delimiter)
    data = text.encode(encoding)
    found = read_sites(gzip.compress(data) if packed else data, "sites.csv", earth=EARTH)
    assert (found.sites[0].name, found.delimiter) == ("Café", delimiter)


def test_lines_are_those_of_the_file_though_values_hold_line_breaks():
    found = read('id,name,lat,lon\na,"Al\npha",-12.8,28.2\n\nb,Beta,,1\n')
    assert found.rejected[0].line == 5


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\x1f\x8bbroken", b"\x89PNG\x00\x01\x02,\n1,2\n"])
def test_what_is_no_table_is_an_error(data: bytes):
    with pytest.raises(InputError):
        read_sites(data, "sites.csv")


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_an_error(data: bytes):
    try:
        found = read_rows(data, "any")
    except InputError as error:
        assert "any" in str(error)
    else:
        assert all(line >= 1 for line, _ in found.rows)


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"])), min_size=5, max_size=5))
def test_any_row_is_taken_or_rejected(values: list[str]):
    quoted = ",".join('"' + value.replace('"', '""') + '"' for value in values)
    found = read_sites(f"id,name,lat,lon,tier\n{quoted}\n".encode(), "any", earth=EARTH)
    empty = not any(value.strip() for value in values)
    assert len(found.sites) + len(found.rejected) == (0 if empty else 1)


@pytest.mark.parametrize(
    ("name", "rows", "without", "wrong"),
    [
        ("power_plants_wri_2018.csv", 16_179, 4_964, 60),
        ("embassies_2022-11.csv.gz", 9_852, 1_132, 150),
    ],
)
def test_the_recorded_lists_import_without_editing(shared: Path, name, rows, without, wrong):
    data = (shared / "recorded" / "sites" / name).read_bytes()
    found = read_sites(data, name, earth=Earth(borders.open(), gazetteer.open()))
    assert len(found.sites) + len(found.rejected) == rows
    missing = [r for r in found.rejected if r.field in ("lat", "lon") and not r.value]
    assert len(missing) == without
    assert len(found.rejected) - without < wrong
    assert sum(site.admin1 is None for site in found.sites) < 0.01 * len(found.sites)
