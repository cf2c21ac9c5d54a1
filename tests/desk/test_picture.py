from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib import image
from tests.desk.picture_nouns import ALERTS, COUNTRY, EVENTS, KITWE, LUSAKA, RIOT, SITES, STORE

from farwatch.desk.picture import draw
from farwatch.desk.picture_labels import label
from farwatch.desk.picture_plot import drawable, told
from farwatch.errors import UsageError
from farwatch.model.protect import Message, Route, Site
from farwatch.world import borders


def texts(svg: Path) -> set[str]:
    """What an SVG says: matplotlib notes every text as a comment beside its outline."""
    return {t.strip() for t in re.findall(r"<!--(.*?)-->", svg.read_text(encoding="utf-8"), re.S)}


def test_a_png_has_its_size_and_is_not_blank(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "map.png"
    draw("A quiet day", SITES, EVENTS, ALERTS, borders.open(), path, exercise=False)
    pixels = image.imread(path)
    assert pixels.shape[:2] == (1000, 1600)
    assert len(np.unique(pixels.reshape(-1, pixels.shape[2]), axis=0)) > 100


def test_an_svg_says_what_it_shows_and_stays_small(tmp_path: Path) -> None:
    path = tmp_path / "map.svg"
    draw("A day", SITES, EVENTS, ALERTS, borders.open(), path, exercise=False)
    said = texts(path)
    assert {"A day", "ZAMBIA", "Kitwe plant  I · 2", "Livingstone store"} <= said
    assert any("GeoNames (CC BY 4.0)" in text and "Natural Earth" in text for text in said)
    assert "Not on the map: 1 event elsewhere," in said
    assert path.stat().st_size < 500_000
    first = path.read_bytes()
    draw("A day", SITES, EVENTS, ALERTS, borders.open(), path, exercise=False)
    assert path.read_bytes() == first


@pytest.mark.parametrize("exercise", [True, False])
def test_an_exercise_is_marked_and_nothing_else_is(tmp_path: Path, *, exercise: bool) -> None:
    path = tmp_path / "map.svg"
    draw("A day", SITES, EVENTS, ALERTS, borders.open(), path, exercise=exercise)
    assert any("EXERCISE" in text for text in texts(path)) is exercise


def test_names_in_any_script_and_with_signs_are_drawn(tmp_path: Path) -> None:
    odd = [replace(KITWE, name="基特韦 $x_1$ <&>"), replace(STORE, name="N" * 90)]
    for suffix in ("png", "svg"):
        path = tmp_path / f"map.{suffix}"
        draw("50 % $of$ it", odd, [], [], borders.open(), path, exercise=False)
        assert path.stat().st_size > 10_000


def test_nothing_at_all_is_a_map_of_the_world(tmp_path: Path) -> None:
    path = tmp_path / "map.svg"
    draw("Nothing", [], [], [], borders.open(), path, exercise=False)
    assert "No alert was sent." in texts(path)
    assert path.stat().st_size < 500_000


def test_many_sites_over_the_antimeridian_are_drawn(tmp_path: Path) -> None:
    many = [
        Site(f"s{i}", f"Site {i}", -18 + i % 40 / 5, -179 - i // 40 / 5, "FJ") for i in range(1200)
    ]
    many = [replace(s, lon=s.lon + 360 if s.lon < -180 else s.lon) for s in many]
    path = tmp_path / "map.svg"
    draw("Pacific", many, [], [], borders.open(), path, exercise=False)
    assert path.stat().st_size < 500_000


def test_another_suffix_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"map\.pdf"):
        draw("A", SITES, [], [], borders.open(), tmp_path / "map.pdf", exercise=False)


def test_a_site_is_told_once_a_happening_at_its_worst_route() -> None:
    update = replace(ALERTS[0], message=Message.UPDATE, revision=2, route=Route.QUEUE)
    cancel = replace(ALERTS[1], message=Message.CANCEL, sites=("store",))
    found = told(SITES, [*ALERTS, update, cancel])
    assert found["kitwe"].happenings == 2 and found["kitwe"].worst is Route.INTERRUPT
    assert found["lusaka"].worst is Route.DIGEST
    assert "store" not in found
    assert label(KITWE, found["kitwe"]) == "Kitwe plant  I · 2"
    assert label(STORE, None) == "Livingstone store"
    assert label(replace(LUSAKA, name="L" * 60), None).endswith("…")


def test_a_country_has_no_spot() -> None:
    assert drawable(RIOT)
    assert not drawable(COUNTRY)
    assert not drawable(replace(RIOT, place=None))
