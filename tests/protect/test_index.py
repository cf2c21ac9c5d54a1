import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farwatch.model.place import EARTH_KM, Geometry
from farwatch.model.protect import Site
from farwatch.protect import index as index_module
from farwatch.protect.area import Area
from farwatch.protect.index import SiteIndex, unit_code

LAT = st.one_of(st.floats(-90, 90), st.sampled_from([-90.0, 90.0, 0.0, 89.99]))
LON = st.one_of(st.floats(-180, 180), st.sampled_from([-180.0, 180.0, 179.999, -179.999]))


def great_circle(lat: float, lon: float, lats: np.ndarray, lons: np.ndarray) -> np.ndarray:
    """Haversine, the long way: what the index is held against."""
    p, q = np.radians(lat), np.radians(lats)
    h = np.sin((q - p) / 2) ** 2
    h += np.cos(p) * np.cos(q) * np.sin(np.radians(lons - lon) / 2) ** 2
    return 2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(h, 0, 1)))


def spots(count: int, seed: int) -> list[Site]:
    rng = np.random.default_rng(seed)
    lat = np.degrees(np.arcsin(rng.uniform(-1, 1, count)))
    lon = rng.uniform(-180, 180, count)
    edge = [(90.0, 0.0), (-90.0, 50.0), (0.0, 180.0), (0.0, -180.0), (10.0, 179.9), (10.0, -179.9)]
    pairs = [*zip(lat.tolist(), lon.tolist(), strict=True), *edge]
    return [Site(f"s{i}", f"Site {i}", la, lo) for i, (la, lo) in enumerate(pairs)]


SITES = spots(3000, 7)
INDEX = SiteIndex.of(SITES)


@given(LAT, LON, st.one_of(st.floats(0, 500), st.floats(0, 20_100)))
@settings(max_examples=150)
def test_finds_just_what_lies_within(lat: float, lon: float, km: float):
    rows, away = INDEX.within(lat, lon, km)
    true = great_circle(lat, lon, INDEX.lat, INDEX.lon)
    assert set(np.flatnonzero(true <= km - 0.001)) <= set(rows.tolist())
    assert set(rows.tolist()) <= set(np.flatnonzero(true <= km + 0.001))
    assert len(set(rows.tolist())) == len(rows)
    assert away == pytest.approx(true[rows], abs=0.001)
    assert (np.diff(away) >= 0).all()


def test_small_batches_find_the_same(monkeypatch: pytest.MonkeyPatch):
    circles = (
        np.array([0.0, 10.0, -60.0]),
        np.array([0.0, 179.95, 20.0]),
        np.array([3000.0, 400, 2000]),
    )
    whole = {(c, s) for p in INDEX.pairs(*circles) for c, s in zip(p.circle, p.site, strict=True)}
    monkeypatch.setattr(index_module, "_MOST_CANDIDATES", 50)
    batches = list(INDEX.pairs(*circles))
    assert len(batches) > 5
    assert {(c, s) for p in batches for c, s in zip(p.circle, p.site, strict=True)} == whole


def test_knows_rows_names_and_units():
    sites = [Site("a", "Alpha", 1, 1, "ZM", "ZM.08"), Site("b", "Beta", 2, 2, "ZM", "09")]
    index = SiteIndex.of(sites)
    assert (index.row("b"), index.row("c"), index.name(0), len(index)) == (1, None, "Alpha", 2)
    assert index.units[("ZM", "08")] == [0]
    assert index.units[("ZM", None)] == [0, 1]


def test_no_sites_are_no_trouble():
    rows, _ = SiteIndex.of([]).within(0, 0, 1000)
    assert len(rows) == 0


@pytest.mark.parametrize(("code", "unit"), [("ZM.08", "08"), ("08", "08"), (None, None)])
def test_unit_code(code: str | None, unit: str | None):
    assert unit_code(code) == unit


BOX = ((-1.0, 179.0), (-1.0, -179.0), (1.0, -179.0), (1.0, 179.0), (-1.0, 179.0))
CAP = tuple((85.0, lon) for lon in (0.0, 90.0, 180.0, -90.0, 0.0))


@pytest.mark.parametrize(
    ("ring", "centre", "point", "km"),
    [
        (BOX, (0.0, 180.0), (0.0, -179.9), 0),  # over the antimeridian
        (BOX, (0.0, 180.0), (0.0, 178.0), 111.2),
        (BOX, (0.0, 180.0), (0.0, -178.0), 111.2),
        (CAP, (90.0, 0.0), (90.0, 0.0), 0),  # around the pole
        (CAP, (90.0, 0.0), (84.0, 45.0), 111.2),
    ],
)
def test_distance_to_an_area(ring, centre, point, km):
    area = Area(Geometry(*centre, rings=(ring,)))
    found = area.distance_km(np.array([point[0]]), np.array([point[1]]))
    assert float(found[0]) == pytest.approx(km, rel=0.01, abs=0.01)


def wrapped(lon: np.ndarray | float) -> np.ndarray | float:
    return (lon + 180) % 360 - 180


@given(
    st.floats(-89, 89), LON, st.floats(0.1, 40), st.floats(0.1, 80), st.floats(0, 1),
    st.integers(0, 10**6),
)  # fmt: skip
@settings(max_examples=100)
def test_a_box_in_degrees_holds_what_lies_in_it(
    lat: float, lon: float, tall: float, wide: float, at: float, seed: int
):
    """Over the antimeridian and up to the poles, wherever in the box its point is."""
    south, north = max(lat - tall / 2, -90.0), min(lat + tall / 2, 90.0)
    west, east = wrapped(lon - wide / 2), wrapped(lon + wide / 2)
    ring = ((south, west), (south, east), (north, east), (north, west), (south, west))
    centre = (south + (north - south) * at, wrapped(lon + wide * (at - 0.5)))
    area = Area(Geometry(*centre, rings=(ring,)))
    rng = np.random.default_rng(seed)
    lats = rng.uniform(max(south - 5, -90), min(north + 5, 90), 40)
    lons = wrapped(lon + rng.uniform(-wide / 2 - 5, wide / 2 + 5, 40))
    away, off = area.distance_km(lats, lons), np.abs(wrapped(lons - lon))
    inside = (lats > south + 0.02) & (lats < north - 0.02) & (off < wide / 2 - 0.02)
    outside = (lats < south - 0.02) | (lats > north + 0.02) | (off > wide / 2 + 0.02)
    assert (away[inside] == 0).all()
    # at a pole all longitudes meet
    assert (away[outside & (np.abs(lats) < 88)] > 0).all()


@pytest.mark.parametrize(("km", "share"), [(300, 0.01), (1400, 0.01), (2900, 0.05)])
def test_distance_to_an_area_is_as_right_as_it_says(km: float, share: float):
    """A spot is measured from another: an area far from its centre, across the line between."""
    for bearing in range(0, 360, 30):
        lat, lon = moved(52.0, 179.0, km, bearing)
        corners = [moved(lat, lon, 0.05, turn) for turn in (0, 120, 240, 0)]
        area = Area(Geometry(52.0, 179.0, rings=(tuple(corners),)))
        spot = moved(52.0, 179.0, km, bearing + 20)
        found = float(area.distance_km(np.array([spot[0]]), np.array([spot[1]]))[0])
        true = float(great_circle(lat, lon, np.array([spot[0]]), np.array([spot[1]]))[0])
        assert found == pytest.approx(true, rel=share)


def moved(lat: float, lon: float, km: float, bearing: float) -> tuple[float, float]:
    p, t, d = np.radians(lat), np.radians(bearing), km / EARTH_KM
    q = np.arcsin(np.sin(p) * np.cos(d) + np.cos(p) * np.sin(d) * np.cos(t))
    east = np.arctan2(np.sin(t) * np.sin(d) * np.cos(p), np.cos(d) - np.sin(p) * np.sin(q))
    return float(np.degrees(q)), float(wrapped(lon + np.degrees(east)))
