"""GeoNames' dump, written here in its 19 columns: whole, in part, and broken."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farwatch.errors import InputError, RejectedRows
from farwatch.model.place import Precision
from farwatch.world import gazetteer as gazetteers
from farwatch.world.feature import Feature
from farwatch.world.gazetteer import Gazetteer
from farwatch.world.geonames_import import Dump, feature_of, import_geonames


def row(number: object, name: str, *, lat: object = 1.0, lon: object = 2.0, **more: str) -> str:
    cells = [
        *(str(number), name, more.get("ascii", name), more.get("alternate", "")),
        *(str(lat), str(lon), more.get("fclass", "P"), more.get("fcode", "PPL")),
        *(more.get("country", "BJ"), "", more.get("admin1", "08"), more.get("admin2", ""), "", ""),
        *(more.get("population", "0"), "", "", "Africa/Porto-Novo", "2020-01-01"),
    ]
    return "\t".join(cells)


def dump(folder: Path, *rows: str) -> Dump:
    path = folder / "BJ.txt"
    path.write_bytes("\n".join(rows).encode("utf-8", "surrogateescape"))
    return Dump(path)


GOOD = (
    row(1, "Benin", fclass="A", fcode="PCLI", admin1="00", population="11485048"),
    row(2, "Atacora Department", ascii="Atacora", fclass="A", fcode="ADM1"),
    row(3, "Matéri", alternate="Materi,materi-ville,MTR", population="24490", admin2="MA"),
    row(4, "Porga", lat=11.03, lon=0.97),
    row(5, "Pendjari", fclass="H", fcode="STM"),
    row(6, "Hôpital de zone", fclass="S", fcode="HSP"),
    row(7, "Old Place", fclass="P", fcode="PPLH"),
    row(8, "Route 7", fclass="R", fcode="RD"),
)


def test_a_dump_becomes_a_gazetteer(tmp_path: Path) -> None:
    done = import_geonames(dump(tmp_path, *GOOD), tmp_path / "g")
    world = gazetteers.open(tmp_path / "g")
    assert (done.places, done.refused, len(world)) == (6, 0, 6)
    porga = world.lookup("porga")[0]
    assert (porga.geonameid, porga.country, porga.admin1, porga.lat) == (4, "BJ", "08", 11.03)
    assert porga.admin1_name == "Atacora Department"
    assert world.lookup("Materi")[0].geonameid == 3
    assert world.lookup("Materi")[0].admin2 == "BJ.08.MA"
    assert world.lookup("Beninese")[0].precision == Precision.COUNTRY
    assert world.lookup("Pendjari")[0].precision == Precision.REGION
    assert world.lookup("Hopital de zone")[0].precision == Precision.POINT
    assert world.lookup("Old Place") == world.lookup("Route 7") == world.lookup("MTR") == []


def test_names_of_units_and_alternate_names_from_their_own_files(tmp_path: Path) -> None:
    (tmp_path / "a1.txt").write_text("BJ.08\tAtakora\tAtakora\t2\n")
    (tmp_path / "alt.txt").write_text(
        "10\t4\tfr\tPorga-Village\t\t\t\t\t\t\n"
        "11\t4\tlink\thttps://example.org/Porga\t\t\t\t\t\t\n"
        "12\t4\ten\tPorgah\t\t\t\t1\t\t\n"
    )
    source = Dump(
        dump(tmp_path, *GOOD).places,
        admin1=tmp_path / "a1.txt",
        alternate=tmp_path / "alt.txt",
    )
    import_geonames(source, tmp_path / "g")
    world = gazetteers.open(tmp_path / "g")
    assert world.lookup("Atacora Department")[0].name == "Atakora"
    assert world.lookup("Porga Village")[0].geonameid == 4
    assert world.lookup("Porgah") == []  # historic


def test_a_zip_is_read_as_it_is(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "BJ.zip", "w") as archive:
        archive.writestr("readme.txt", "no places")
        archive.writestr("BJ.txt", "\n".join(GOOD))
    assert import_geonames(Dump(tmp_path / "BJ.zip"), tmp_path / "g").places == 6


def test_what_the_dump_does_not_number_is_kept(tmp_path: Path, small: Gazetteer) -> None:
    import_geonames(dump(tmp_path, row(3, "Newname")), tmp_path / "g", small)
    world = gazetteers.open(tmp_path / "g")
    assert world.lookup("Freedonian")[0].geonameid == 1
    assert world.lookup("Wide Sea")[0].geonameid is None
    assert [place.geonameid for place in world.lookup("Tänguié")] == [5]
    assert world.longest("saint") == 3
    assert world.place(3).name == "Newname"
    assert world.lookup("North Shire")[0].admin1 == "01"


BAD = [
    (row("x9", "A"), r"line 2.*geonameid 'x9' is no number"),
    (row(9, "A", lat="91"), r"line 2.*latitude '91' is outside -90 to 90"),
    (row(9, "A", lon="nan"), r"line 2.*longitude 'nan' is outside"),
    (row(9, "A", population="many"), r"line 2.*population 'many' is no number"),
    (row(9, " "), r"line 2.*name ' ' is empty"),
    ("9\tA\tA", r"line 2.*has 3 columns, not 19"),
    ("9\t\udcff\tA", r"line 2.*is no UTF-8"),
]


@pytest.mark.parametrize(("line", "message"), BAD)
def test_a_bad_line_refuses_the_import_by_name(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(RejectedRows, match=message):
        import_geonames(dump(tmp_path, GOOD[0], line, GOOD[3]), tmp_path / "g")
    assert not (tmp_path / "g" / "gazetteer.json").exists()


@pytest.mark.parametrize(("line", "message"), BAD)
def test_partial_leaves_bad_lines_out(tmp_path: Path, line: str, message: str) -> None:
    done = import_geonames(dump(tmp_path, GOOD[0], line, GOOD[3]), tmp_path / "g", partial=True)
    assert (done.places, done.refused, len(done.rejected)) == (2, 1, 1)
    assert "line 2" in str(done.rejected[0])
    assert message


def test_a_failed_import_leaves_the_earlier_one(tmp_path: Path) -> None:
    import_geonames(dump(tmp_path, *GOOD), tmp_path / "g")
    with pytest.raises(RejectedRows):
        import_geonames(dump(tmp_path, "rubbish"), tmp_path / "g")
    assert gazetteers.open(tmp_path / "g").lookup("Porga")


@pytest.mark.parametrize("text", ["", "# nothing\n"])
def test_an_empty_dump_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "e.txt").write_text(text)
    with pytest.raises(InputError, match="holds no place"):
        import_geonames(Dump(tmp_path / "e.txt"), tmp_path / "g")


def test_a_missing_dump_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.txt"):
        import_geonames(Dump(tmp_path / "none.txt"), tmp_path / "g")


FEATURES = [
    ("P", "PPLC", Feature.CITY),
    ("P", "PPLH", None),
    ("A", "PCLI", Feature.COUNTRY),
    ("A", "PCLH", None),
    ("A", "TERR", Feature.COUNTRY),
    ("A", "ADM1", Feature.ADMIN1),
    ("A", "ADM2", Feature.ADMIN2),
    ("A", "ADM2H", None),
    ("A", "ADM3", Feature.CITY),
    ("H", "SEA", Feature.REGION),
    ("H", "LK", Feature.AREA),
    ("T", "MT", Feature.POINT),
    ("T", "ISL", Feature.AREA),
    ("L", "PRK", Feature.AREA),
    ("S", "AIRP", Feature.POINT),
    ("R", "RD", None),
    ("", "", Feature.AREA),
]


@pytest.mark.parametrize(("fclass", "fcode", "feature"), FEATURES)
def test_features(fclass: str, fcode: str, feature: Feature | None) -> None:
    assert feature_of(fclass, fcode) == feature


@settings(max_examples=50)
@given(st.lists(st.text(max_size=60), max_size=6))
def test_any_text_is_read_or_named(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    path = folder / "any.txt"
    path.write_text("\n".join([GOOD[3], *lines]), encoding="utf-8", errors="replace")
    done = import_geonames(Dump(path), folder / "g", partial=True)
    assert done.places >= 1
    assert done.refused >= len(done.rejected)
