"""Advice on parts of a country: which admin-1s and border strips its words name."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import h3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farwatch.foresee.advice import Advisory, Part, advice
from farwatch.foresee.area import area_of
from farwatch.foresee.constants import published
from farwatch.foresee.grid import from_places
from farwatch.foresee.parts import Ground, parts
from farwatch.model.document import Document
from farwatch.sources import catalogue, fcdo
from farwatch.world import borders, gazetteer

NOW = datetime(2026, 6, 1, tzinfo=UTC)
FCDO = Path(__file__).parents[3] / "shared/recorded/advisories"


@pytest.fixture(scope="module")
def ground() -> Ground:
    places = gazetteer.open()
    return Ground(places, borders.open(), from_places(places.places()))


def against(what: str, where: str) -> str:
    return f"FCDO advises against {what} travel to {where}"


# (what is said, country, whether all travel is meant, admin-1s named, admin-1s a strip touches)
SAID = [
    (against("all", "the Amhara region."), "ET", True, {"ET.46"}, set()),
    (against("all but essential", "Tigray"), "ET", False, {"ET.53"}, set()),
    (
        against("all", "Borno State; Yobe State, and Adamawa"),
        "NG",
        True,
        {"NG.27", "NG.44", "NG.35"},
        set(),
    ),
    (against("all", "North Kivu and South Kivu"), "CD", True, {"CD.11", "CD.12"}, set()),
    (
        against("all", "within 20km of Ethiopia's borders with Eritrea"),
        "ET",
        True,
        set(),
        {"ET.45", "ET.53"},
    ),
    (
        against("all", "areas within 5 miles of the Afghan border, and Balochistan Province"),
        "PK",
        True,
        {"PK.02"},
        {"PK.02", "PK.03"},
    ),
    # the Somali region is neither Somalia nor named whole: it cuts the strip
    (
        against("all", "within 100 km of the border with Kenya and Somalia in the Somali region"),
        "ET",
        True,
        set(),
        {"ET.52"},
    ),
    (
        against("all", "within 20km of the border with Niger in Sokoto and Kebbi"),
        "NG",
        True,
        set(),
        {"NG.51", "NG.40"},
    ),
    # what is excepted, or a town, is not the admin-1 of that name
    (against("all", "Oromia (except the Tigray region)"), "ET", True, {"ET.51"}, set()),
    (against("all", "the city of Diyarbakir"), "TR", True, set(), set()),
    (against("all", "the towns of Sirnak and Hakkari"), "TR", True, set(), set()),
    (against("all", "within 30km of the town of Mardin"), "TR", True, set(), set()),
    # a direction alone is no province; beside the word it is
    (against("all", "Northern areas"), "ZM", True, set(), set()),
    (against("all", "the Northern and Central provinces"), "ZM", True, {"ZM.05", "ZM.02"}, set()),
    (against("all", "the Line of Control"), "PK", True, set(), set()),
]


@pytest.mark.parametrize(("text", "country", "everything", "named", "touched"), SAID)
def test_a_passage_names(
    ground: Ground, text: str, country: str, everything: bool, named: set[str], touched: set[str]
) -> None:
    ((all_travel, part),) = parts(text, country, ground, "r1")
    assert (all_travel, part.admin1s, part.touched) == (everything, named, touched)
    assert bool(part.strip) == bool(touched)
    assert part.known == bool(named | touched)
    assert (part.words, part.report) == (text, "r1")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "No part of the country is named in a warning against travel.",
        "FCDO no longer advises against all travel to the Amhara region.",
        "FCDO does not advise against all travel to Tigray",
        "There was fighting in Tigray. Take care in Amhara.",
        # the country's own level says this
        "FCDO advises against all but essential travel to the rest of Ethiopia.",
        "FCDO advises against all travel to Ethiopia",
    ],
)
def test_what_is_no_advice_names_nothing(ground: Ground, text: str) -> None:
    assert parts(text, "ET", ground) == []


def test_two_levels_in_one_sentence_are_told_apart(ground: Ground) -> None:
    text = "FCDO advises against all travel to Amhara and all but essential travel to Tigray."
    assert [(everything, part.admin1s) for everything, part in parts(text, "ET", ground)] == [
        (True, {"ET.46"}),
        (False, {"ET.53"}),
    ]
    assert len(parts(f"{text}\n{text}", "ET", ground)) == 2


def test_a_strip_holds_the_cells_that_reach_into_it(ground: Ground) -> None:
    ((_, part),) = parts(against("all", "within 10 km of the border with Syria"), "TR", ground)
    assert part.touched == {"TR.31", "TR.63", "TR.72", "TR.80", "TR.83", "TR.90"}
    grid, edge = ground.grid, h3.average_hexagon_edge_length(5, unit="km")
    away = {
        name: ground.borders.distance_to_country_km(grid.lat[row], grid.lon[row], "SY")
        for row in grid.members("country:TR")
        for name in [grid.place[row]]
    }
    assert part.strip == {name for name, km in away.items() if km <= 10 + edge}


def floor(advisories: list[Advisory], place: str, ground: Ground) -> tuple[int | None, str]:
    level, told = advice(advisories, area_of(place, ground.grid), NOW, published())
    return level, "\n".join(told)


def test_a_part_sets_a_floor_there_alone(ground: Ground) -> None:
    made = datetime(2026, 5, 1, tzinfo=UTC)
    ((_, border),) = parts(
        against("all", "within 10 km of the border with Syria"), "TR", ground, "r7"
    )
    siirt = Part("against all but essential travel to Siirt", frozenset({"TR.74"}))
    vague = Part("against all travel to the mountains")
    given = [
        Advisory("ca", "TR", 5, made),
        Advisory("gb", "TR", 1, made),
        Advisory("gb", "TR", 5, made, None, border),
        Advisory("gb", "TR", 4, made, None, siirt),
        Advisory("gb", "TR", 5, made, None, vague),
    ]
    for order in (given, given[::-1]):
        assert floor(order, "country:TR", ground)[0] == 1
        assert floor(order, "admin1:TR.74", ground)[0] == 4
        assert floor(order, "admin1:TR.31", ground)[0] == 5  # the strip runs through it
        assert floor(order, "admin1:TR.34", ground)[0] == 1
        near = sorted(border.strip)[0]
        level, told = floor(order, near, ground)
        assert level == 5
        assert "a border strip in TR.31" in told
        assert "within 10 km of the border with Syria" in told
        assert "2026-05-01, report r7" in told
        assert 'for a part that is no admin-1 known here: "against all travel to the moun' in told
    # of Hatay only the cells in the strip are under it
    rows = ground.grid.members("admin1:TR.31")
    cells = {ground.grid.place[row] for row in rows}
    far = sorted(cells - border.strip)
    assert {floor(given, cell, ground)[0] for cell in far} == {1}


def test_one_government_alone_sets_no_floor_for_a_part(ground: Ground) -> None:
    part = Part("against all travel to Tigray", frozenset({"ET.53"}))
    alone = [Advisory("gb", "ET", 5, NOW, None, part)]
    level, told = floor(alone, "admin1:ET.53", ground)
    assert level is None
    assert "one government only" in told
    assert "the United Kingdom 5 is for ET.53" in told
    assert floor(alone, "admin1:ET.46", ground) == (None, "")


@pytest.mark.skipif(not FCDO.is_dir(), reason="the recorded advisories are not at hand")
def test_the_recorded_advice_on_turkey(ground: Ground) -> None:
    data = (FCDO / "fcdo_alt-country.json").read_bytes()
    document = Document(catalogue.load()["fcdo"], "turkey", data, NOW)
    _, told = fcdo.read(document)
    text: Any = getattr(told, "text", None)
    found = parts(text, "TR", ground)
    strip, remaining, *_ = found
    assert (strip[0], strip[1].admin1s, len(strip[1].touched)) == (True, frozenset(), 6)
    assert not remaining[0]
    assert len(remaining[1].admin1s) == 10
    # towns "in" which operations took place are no advice
    assert [part.words[:60] for everything, part in found if everything and not part.known] == [
        "The FCO advise against all travel to the city of Diyarbakir "
    ]


PIECES = [
    *["FCDO advises against all travel to", "all but essential travel", "; ", " within ", "10 km"],
    *["999999999 km", " of the border with ", "Sudan", "Niger", " and to ", " except ", "("],
    *[
        "the Amhara region",
        "Tigray",
        "the city of ",
        "Mekelle",
        ".",
        "\n",
        " in ",
        "İ",
        "no longer",
    ],
]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=25),
       st.sampled_from(["ET", "FJ", "NG", "AQ", "QQ"]))  # fmt: skip
@settings(max_examples=60)
def test_any_words_name_parts_of_the_country_alone(
    ground: Ground, words: list[str], country: str
) -> None:
    for _, part in parts(" ".join(words), country, ground):
        assert all(code.startswith(f"{country}.") for code in part.admin1s | part.touched)
        assert bool(part.strip) or not part.touched
