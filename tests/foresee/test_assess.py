"""Levels from events, their factors, coverage, floors and steps."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farwatch.errors import InputError, NotFound
from farwatch.foresee import rates as gamma
from farwatch.foresee.advice import Advisory, Part, advisory_level
from farwatch.foresee.ahead import Ratio
from farwatch.foresee.assess import assess, assess_all
from farwatch.foresee.bulk import LEVELS, assess_table
from farwatch.foresee.constants import published, read
from farwatch.foresee.explain import explain
from farwatch.foresee.grid import Grid, cell_of, from_places
from farwatch.foresee.knowledge import Knowledge
from farwatch.foresee.listen import FULL, Heard
from farwatch.foresee.settle import Override
from farwatch.foresee.survey import survey
from farwatch.foresee.weigh import weigh
from farwatch.model.assessment import Assessment, Level
from farwatch.model.kinds import Category
from farwatch.model.place import EARTH_KM
from farwatch.model.report import Figure
from farwatch.model.tables import EVENTS

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
HOME = (9.0, 38.7)
HEARD = {"": FULL}


def places() -> pa.Table:
    rows = [
        (9.0, 38.7, "ET", "ET.44", 3_000_000),
        (9.6, 41.9, "ET", "ET.56", 300_000),
        (13.5, 39.5, "ET", "ET.53", 200_000),
        (11.6, 43.1, "DJ", "DJ.07", 600_000),
    ]
    names = ("lat", "lon", "country", "admin1", "population")
    return pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))


@pytest.fixture(scope="module")
def grid() -> Grid:
    return from_places(places())


def event(n: int = 0, days: float = 3.0, **changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": f"e{n}",
        "kind": "armed_clash",
        "category": None,
        "severity": 4,
        "credibility": 1,
        "official": False,
        "lat": HOME[0],
        "lon": HOME[1],
        "radius_km": 0.0,
        "precision": "point",
        "country": "ET",
        "admin1": "44",
        "start": NOW - timedelta(days=days),
        "expires": None,
        "source_class": "global news",
    }
    return row | changes


def table(*rows: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=EVENTS)


def home() -> str:
    return cell_of(*HOME)[0]


def level(found: Assessment, category: Category) -> Level:
    return next(one for one in found.levels if one.category == category)


def of(
    grid: Grid, category: Category, *rows: dict[str, Any], place: str = "", **known: Any
) -> Level:
    knowledge = Knowledge(table(*rows), **({"heard": HEARD} | known))
    return level(assess(place or home(), knowledge, grid, NOW), category)


def weekly(count: int, **changes: Any) -> list[dict[str, Any]]:
    return [event(n, days=1 + 7 * n, **changes) for n in range(count)]


def test_published_constants_carry_marks() -> None:
    assert set(published().marks.values()) == {"source", "computed", "judgement"}


def test_a_constant_without_a_mark_is_refused() -> None:
    with pytest.raises(InputError, match="severity 'guess' is no mark"):
        read({"severity": {"value": [1], "mark": "guess"}})


@pytest.mark.parametrize(
    ("p", "expected"),
    [(0, 1), (0.0099, 1), (0.01, 2), (0.03, 3), (0.08, 4), (0.2, 5), (0.45, 6), (1, 6)],
)
def test_level_bounds(p: float, expected: int) -> None:
    assert int(gamma.level_of(p, published())) == expected


@pytest.mark.parametrize("number", [2, 3, 4, 5, 6])
def test_mu_at_is_where_a_level_begins(number: int) -> None:
    p = gamma.probability(gamma.mu_at(number, published()), published())
    assert int(gamma.level_of(p, published())) == number


def test_war_is_extreme_and_elsewhere_is_not(grid: Grid) -> None:
    assert of(grid, Category.CONFLICT, *weekly(60)).level == 6
    far = cell_of(13.5, 39.5)[0]
    assert of(grid, Category.CONFLICT, *weekly(60), place=far).level in (1, 2, 3, 4)


def test_a_chronic_war_is_not_normal(grid: Grid) -> None:
    chronic = of(grid, Category.CONFLICT, *weekly(520))
    assert chronic.level == 6
    assert chronic.trend == "steady"


def test_trend_rises_and_falls(grid: Grid) -> None:
    burst = [event(n, days=1 + 3 * n) for n in range(9)]
    assert of(grid, Category.CONFLICT, *burst).trend == "rising"
    over = [event(n, days=400 + 3 * n) for n in range(200)]
    assert of(grid, Category.CONFLICT, *over).trend == "falling"


def test_factors_add_up_and_carry_evidence(grid: Grid) -> None:
    found = of(grid, Category.CONFLICT, *weekly(5), event(9, lat=9.4, lon=39.1))
    total = sum(factor.value * factor.weight for factor in found.factors)
    assert found.probability == pytest.approx(float(gamma.probability(total, published())))
    by_name = {factor.name: factor for factor in found.factors}
    assert by_name["A_fast"].evidence[0] == "e0"
    assert by_name["A_fast"].effect > 0
    assert by_name["neighbourhood"].value > 0
    assert by_name["forecast ratio"].value == 1
    assert by_name["forecast ratio"].effect == 0
    assert "no forecast" in by_name["forecast ratio"].note


def test_a_forecast_multiplies_the_countrys_slow_rate_of_conflict_alone(grid: Grid) -> None:
    rows = weekly(9)
    plain = survey(table(*rows), grid, NOW)
    raised = survey(table(*rows), grid, NOW, ratios={"ET": 3.0})
    ethiopia = grid.country == list(grid.countries).index("ET")
    for category, rates in plain.rates.items():
        told = raised.rates[category]
        if category is Category.CONFLICT:
            assert told.m0 == pytest.approx(np.where(ethiopia, 3.0, 1.0) * np.asarray(rates.m0))
            assert np.all(np.asarray(told.m1)[ethiopia] > np.asarray(rates.m1)[ethiopia])
        else:
            assert np.array_equal(told.m0, rates.m0)
        assert np.array_equal(told.fast, rates.fast)
        assert np.array_equal(told.slow, rates.slow)
    assert np.array_equal(raised.unforecast, plain.rates[Category.CONFLICT].m1)


def test_the_forecast_is_a_factor_with_what_leaving_it_out_changes(grid: Grid) -> None:
    said = Ratio(2.5, "by the forecast", ("forecast:ET@2026-05-20T06:30:00Z",))
    plain = of(grid, Category.CONFLICT, *weekly(5))
    found = of(grid, Category.CONFLICT, *weekly(5), ratios={"ET": said})
    factor = next(one for one in found.factors if one.name == "forecast ratio")
    assert (factor.value, factor.note, factor.evidence) == (2.5, said.note, said.evidence)
    assert found.probability is not None
    assert plain.probability is not None
    assert factor.effect == pytest.approx(found.probability - plain.probability)
    assert factor.effect > 0
    elsewhere = of(grid, Category.CONFLICT, *weekly(5), ratios={"DJ": said})
    assert elsewhere.probability == plain.probability
    assert of(grid, Category.UNREST, *weekly(5), ratios={"ET": said}) == of(
        grid, Category.UNREST, *weekly(5)
    )


def test_levels_are_the_same_where_every_ratio_is_1(grid: Grid) -> None:
    one = Ratio(1.0, "worse here: 1 stands")
    plain = of(grid, Category.CONFLICT, *weekly(5))
    found = of(grid, Category.CONFLICT, *weekly(5), ratios={"ET": one})
    assert (found.probability, found.level) == (plain.probability, plain.level)
    assert found.factors[:-1] == plain.factors[:-1]
    assert found.factors[-1].note == one.note


def test_nothing_heard_is_not_assessed(grid: Grid) -> None:
    found = of(grid, Category.CONFLICT, *weekly(9), heard={})
    assert (found.level, found.probability) == (None, None)
    assert found.reasons[0].startswith("not assessed")


def test_thin_coverage_says_at_least_and_never_less(grid: Grid) -> None:
    full = of(grid, Category.CONFLICT, *weekly(3))
    thin = of(grid, Category.CONFLICT, *weekly(3), heard={"ET": (Heard("official", 3, 10),)})
    assert thin.at_least
    assert not full.at_least
    assert (thin.probability or 0) > (full.probability or 1)


@settings(max_examples=25)
@given(q=st.floats(0.21, 1.0), count=st.integers(0, 12))
def test_silence_never_lowers_a_rate(q: float, count: int) -> None:
    grid = from_places(places())
    full = of(grid, Category.CONFLICT, *weekly(count))
    quiet = of(grid, Category.CONFLICT, *weekly(count), heard={"": (Heard("own staff", q, 1.0),)})
    assert (quiet.probability or 0) >= (full.probability or 0) - 1e-12


def test_petty_events_never_pass_level_three(grid: Grid) -> None:
    protests = [event(n, days=n / 20, kind="protest", severity=2) for n in range(600)]
    assert of(grid, Category.UNREST, *protests).level == 3


def test_the_future_is_not_looked_at(grid: Grid) -> None:
    assert of(grid, Category.CONFLICT, event(days=-1)).level == of(grid, Category.CONFLICT).level


@pytest.mark.parametrize(
    ("field", "value"),
    [("severity", 0), ("severity", 6), ("credibility", 7), ("kind", "picnic"), ("category", "x")],
)
def test_a_word_outside_its_table_is_an_error(grid: Grid, field: str, value: Any) -> None:
    with pytest.raises(InputError, match=f"events, row 1: {field} "):
        survey(table(event(), event(1, **{field: value})), grid, NOW)


def test_country_precision_counts_to_the_country_alone(grid: Grid) -> None:
    wide = {"precision": "country", "lat": None, "lon": None, "admin1": None}
    seen = survey(table(*weekly(20, **wide)), grid, NOW).rates[Category.CONFLICT]
    assert np.asarray(seen.fast).sum() == 0
    assert seen.at(grid.row[home()]).m0 > 0


def test_admin1_precision_spreads_over_its_cells(grid: Grid) -> None:
    wide = {"precision": "admin1", "lat": None, "lon": None, "admin1": "ET.44"}
    fast = np.asarray(survey(table(event(**wide)), grid, NOW).rates[Category.CONFLICT].fast)
    assert fast[grid.row[home()]] > 0
    assert np.count_nonzero(fast) == 1


def test_an_uncertain_point_counts_partly(grid: Grid) -> None:
    sums = [
        float(
            np.asarray(
                survey(table(event(radius_km=km)), grid, NOW).rates[Category.CONFLICT].fast
            ).max()
        )
        for km in (0, 12, 25, 50, 100)
    ]
    assert sums == sorted(sums, reverse=True)
    assert sums[0] > 5 * sums[-1]


def test_copies_of_one_bout_count_less_than_their_sum(grid: Grid) -> None:
    one = survey(table(event()), grid, NOW).rates[Category.CONFLICT]
    many = survey(table(*(event(n) for n in range(50))), grid, NOW).rates[Category.CONFLICT]
    assert np.asarray(many.fast).max() < 5 * np.asarray(one.fast).max()


def test_homicides_are_a_floor_for_crime(grid: Grid) -> None:
    figure = Figure("VC.IHR.PSRC.P5", "ET", datetime(2024, 1, 1, tzinfo=UTC), 22.0)
    assert of(grid, Category.CRIME, figures=(figure,)).level == 5
    assert of(grid, Category.CRIME).at_least


def warning(**changes: Any) -> dict[str, Any]:
    end = NOW + timedelta(days=1)
    return event(kind="flood", severity=4, official=True, radius_km=60.0, expires=end) | changes


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, 5),
        ({"severity": 3}, 3),
        ({"severity": 5}, 6),
        ({"expires": NOW}, 2),
        ({"official": False, "credibility": 3}, 2),
        ({"lat": 5.0}, 2),
    ],
)
def test_hazard_is_chronic_lifted_by_live_warnings(
    grid: Grid, changes: dict[str, Any], expected: int
) -> None:
    figure = Figure("HA.NAT", "ET", datetime(2025, 1, 1, tzinfo=UTC), 3.1)
    assert of(grid, Category.HAZARD, warning(**changes), figures=(figure,)).level == expected


def test_a_wide_warning_reaches_along_the_surface_of_the_earth(grid: Grid) -> None:
    lat, lon = (float(axis[grid.row[home()]]) for axis in (grid.lat, grid.lon))
    for km, reached in ((2990.0, True), (3010.0, False)):
        far = {"lat": lat - np.degrees(km / EARTH_KM), "lon": lon, "radius_km": 3000.0}
        found = of(grid, Category.HAZARD, warning(**far)).level
        assert (found == 5) is reached


def test_hazard_without_exposure_is_not_assessed(grid: Grid) -> None:
    assert of(grid, Category.HAZARD).level is None


def test_an_outbreak_of_a_country_reaches_its_cells(grid: Grid) -> None:
    outbreak = warning(kind="outbreak", precision="country", lat=None, lon=None, admin1=None)
    assert of(grid, Category.HEALTH, outbreak).level == 5
    assert of(grid, Category.HEALTH, outbreak, place="country:DJ").level is None


def test_cyber_is_of_a_country_only_and_not_in_overall(grid: Grid) -> None:
    rows = [event(n, days=n * 8, kind="cyber") for n in range(12)]
    knowledge = Knowledge(table(*rows), heard=HEARD)
    country, cell = assess_all(["country:ET", home()], knowledge, grid, NOW)
    assert (level(country, Category.CYBER).level or 0) >= 4
    assert country.decided_by != "cyber"
    assert all(one.category != Category.CYBER for one in cell.levels)


TIGRAY = Part("against travel to Tigray", frozenset({"ET.53"}))


def advisories(*levels: tuple[str, int], **changes: Any) -> tuple[Advisory, ...]:
    made = NOW - timedelta(days=30)
    return tuple(Advisory(who, "ET", n, made, **changes) for who, n in levels)


@pytest.mark.parametrize(
    ("given_", "place", "expected"),
    [
        (advisories(("ca", 5), ("us", 4)), "country:ET", 4),
        (advisories(("ca", 5)), "country:ET", 1),
        (advisories(("ca", 5), ("us", 4), part=TIGRAY), "country:ET", 1),
        (advisories(("ca", 5), ("us", 4), part=TIGRAY), "admin1:ET.53", 4),
        (advisories(("ca", 5), ("us", 4), expires=NOW), "country:ET", 1),
        (advisories(("ca", 5), ("us", 4)), "country:DJ", 1),
    ],
)
def test_advice_is_a_floor(
    grid: Grid, given_: tuple[Advisory, ...], place: str, expected: int
) -> None:
    knowledge = Knowledge(table(), advisories=given_, heard=HEARD)
    assert assess(place, knowledge, grid, NOW).overall == expected


def test_a_government_word_outside_its_table_is_an_error() -> None:
    assert advisory_level("ca", "2", published()) == 4
    with pytest.raises(InputError, match="level 'perhaps' is not known"):
        advisory_level("gb", "perhaps", published())


def before(grid: Grid, number: int) -> dict[str, Assessment]:
    found = assess(home(), Knowledge(table(), heard=HEARD), grid, NOW)
    levels = tuple(replace(one, level=number) for one in found.levels)
    return {home(): replace(found, levels=levels, as_of=NOW - timedelta(days=1))}


def test_unconfirmed_rises_are_proposed(grid: Grid) -> None:
    rows = weekly(30, credibility=3)
    found = of(grid, Category.CONFLICT, *rows, previous=before(grid, 2))
    assert found.level == 2
    assert any("proposed" in reason for reason in found.reasons)
    assert of(grid, Category.CONFLICT, *weekly(30), previous=before(grid, 2)).level == 6


@pytest.mark.parametrize(
    ("previous", "days", "extra", "expected"),
    [
        (4, 300, {}, 3),
        (4, 2, {}, 4),
        (6, 300, {}, 6),
        (6, 300, {"released": {"": ""}}, 6),
        (4, 300, {"heard": {"": (Heard("official", 4, 10),)}}, 4),
    ],
)
def test_down_one_step_at_a_time(
    grid: Grid, previous: int, days: float, extra: dict[str, Any], expected: int
) -> None:
    row = event(days=days, severity=3)
    assert (
        of(grid, Category.CONFLICT, row, previous=before(grid, previous), **extra).level == expected
    )


def test_a_named_person_lets_a_place_leave_six(grid: Grid) -> None:
    known = {"previous": before(grid, 6), "released": {home(): "duty officer"}}
    found = of(grid, Category.CONFLICT, event(days=300, severity=3), **known)
    assert found.level == 5
    assert any("duty officer" in reason for reason in found.reasons)


def test_an_override_is_shown_beside_the_model(grid: Grid) -> None:
    one = Override(home(), "conflict", 5, "A. Officer", "convoy", NOW, NOW + timedelta(days=2))
    found = of(grid, Category.CONFLICT, overrides=(one,))
    assert found.level == 5
    assert "(the model says 1)" in found.reasons[0]
    with pytest.raises(InputError, match="30 days"):
        of(grid, Category.CONFLICT, overrides=(replace(one, until=NOW + timedelta(days=40)),))


def test_areas_are_a_quantile_with_the_worst_cell_beside(grid: Grid) -> None:
    found = of(grid, Category.CONFLICT, *weekly(60, lat=9.6, lon=41.9), place="country:ET")
    assert found.level in (1, 2, 3, 4, 5)
    assert any(reason.startswith("worst cell") and "level 6" in reason for reason in found.reasons)
    assert any(reason.startswith("factors are those of cell:") for reason in found.reasons)


def test_overall_names_what_decides_and_what_is_missing(grid: Grid) -> None:
    found = assess(home(), Knowledge(table(*weekly(60)), heard=HEARD), grid, NOW)
    assert (found.overall, found.decided_by) == (6, "conflict")
    assert any(reason.startswith("not assessed: hazard") for reason in found.reasons)


def test_explain_names_every_category_and_its_evidence(grid: Grid) -> None:
    lines = explain(assess("country:ET", Knowledge(table(*weekly(3)), heard=HEARD), grid, NOW))
    text = "\n".join(lines)
    for category in Category:
        assert f"\n{category.value}: " in text
    assert "e0" in text
    assert "hazard: not assessed" in text


def test_unknown_places_are_not_found_and_points_are_added(grid: Grid) -> None:
    with pytest.raises(NotFound, match="country:XX"):
        assess("country:XX", Knowledge(table()), grid, NOW)
    wider, place = grid.with_point(9.3, 38.9)
    found = assess(place, Knowledge(table(*weekly(60)), heard=HEARD), wider, NOW)
    assert found.overall is not None
    sea, name = grid.with_point(0.0, -30.0)
    assert assess(name, Knowledge(table(), heard=HEARD), sea, NOW).place == name


def test_the_bulk_table_says_what_assess_says(grid: Grid) -> None:
    events = table(*weekly(9), event(50, lat=9.6, lon=41.9))
    found = assess_table(events, grid, NOW)
    assert found.schema == LEVELS
    rows = {(r["place"], r["category"]): r for r in found.to_pylist()}
    for place in (home(), "admin1:ET.56", "country:ET", "country:DJ"):
        one = level(assess(place, Knowledge(events, heard=HEARD), grid, NOW), Category.CONFLICT)
        assert rows[place, "conflict"]["level"] == one.level
        assert rows[place, "conflict"]["probability"] == pytest.approx(one.probability)


THURSDAY = datetime(2026, 4, 2, tzinfo=UTC)  # a week counted from 1970 begins on its first moment


def test_a_bout_does_not_change_as_time_passes(grid: Grid) -> None:
    """Happenings dated by their day stand on the very edge between two weeks."""
    days = [THURSDAY - timedelta(days=1), THURSDAY, THURSDAY + timedelta(days=1)]
    rows = [event(n) | {"start": when} for n, when in enumerate(days)]
    expected = [1.0, *[np.log2(1 + 4) / 2 / np.log2(1 + 2)] * 2]  # severity 4 weighs 2
    for number in range(60):
        as_of = NOW - timedelta(seconds=1_777.137_931 * number)
        found = weigh(table(*rows), grid, as_of, published()).weight
        assert found / found[0] == pytest.approx(expected)


def test_small_happenings_do_not_hide_a_grave_one(grid: Grid) -> None:
    """A hundred scuffles in the week of a massacre leave it as heavy as it was."""
    massacre = event(0, severity=5)
    scuffles = [event(n, severity=2) for n in range(1, 100)]
    alone, together = (
        survey(table(*rows), grid, NOW).rates[Category.CONFLICT].fast
        for rows in ([massacre], [massacre, *scuffles])
    )
    assert (np.asarray(together) >= np.asarray(alone) - 1e-12).all()


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(2, 5), st.integers(1, 6)), min_size=1,
                max_size=12), st.data())  # fmt: skip
@settings(max_examples=40)
def test_more_graver_or_surer_never_lowers_a_level(
    grid: Grid, told: list[tuple[int, int, int]], data: st.DataObject
) -> None:
    """At one place: one event more, one graver, one better confirmed."""
    which = data.draw(st.integers(0, len(told) - 1))
    days, severity, credibility = told[which]
    surer = {6: 3, 5: 4, 4: 3, 3: 2, 2: 1, 1: 1}[credibility]
    changed = [
        [*told, (days, 3, 2)],
        [*told[:which], (days, min(severity + 1, 5), credibility), *told[which + 1 :]],
        [*told[:which], (days, severity, surer), *told[which + 1 :]],
    ]
    before, *after = (_mu(grid, rows) for rows in [told, *changed])
    for mu in after:
        assert mu >= before - 1e-9


def _mu(grid: Grid, told: list[tuple[int, int, int]]) -> float:
    rows = [event(n, days=d, severity=s, credibility=c) for n, (d, s, c) in enumerate(told)]
    rates = survey(table(*rows), grid, NOW).rates[Category.CONFLICT]
    cell = grid.row[home()]
    return float(np.asarray(gamma.mean(rates, published()))[cell])


def test_a_state_smaller_than_a_cell_has_one_of_its_own() -> None:
    rome = pa.table(
        {
            "lat": [41.9, 41.903, 41.904], "lon": [12.48, 12.453, 12.455],
            "country": ["IT", "VA", "VA"], "admin1": ["IT.07", None, None],
            "population": [2_700_000, 800, 20],
        }
    )  # fmt: skip
    found = from_places(rome)
    (vatican,) = found.members("country:VA").tolist()
    (italy,) = found.members("country:IT").tolist()
    assert found.population[vatican] == 820
    assert abs(found.lat[vatican] - 41.903) < 0.02
    assert found.population[italy] == 2_700_820
    assert assess("country:VA", Knowledge(table()), found, NOW).overall is None
