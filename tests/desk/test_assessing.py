"""Levels on the desk: what was known then, how well it was heard, rises, commands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from assessing_desk import DAY, NOW, advise, clash, desk_in, fight, listen, remember
from click.testing import CliRunner
from tests.foresee.forecast_made import MADE, WORSE, card, forecast

from farwatch.cli.main import cli
from farwatch.desk import assessing, explaining
from farwatch.desk.assessing import (
    Rise,
    assess_place,
    assess_places,
    cell_at,
    changes,
    knowledge,
    level_event,
    place_of,
)
from farwatch.desk.hearing import ears, heard
from farwatch.desk.levels import tell_rises
from farwatch.desk.opening import Desk
from farwatch.desk.telling import tell
from farwatch.desk.trending import country_trends
from farwatch.errors import NotFound, UsageError
from farwatch.model.assessment import Assessment, Coverage, Level, assessment_id
from farwatch.model.codec import from_plain, to_plain
from farwatch.model.event import State
from farwatch.model.kinds import Category, Kind
from farwatch.model.protect import Site
from farwatch.model.report import Figure, Report
from farwatch.protect.index import SiteIndex
from farwatch.protect.screen import screen
from farwatch.store import assessments, events, forecasts, reports

FORECAST = "forecast:ET@2026-05-20T06:30:00Z"
TIGRAY, CITY = "admin1:ET.53", cell_at(13.4967, 39.4753)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_in(tmp_path) as found:
        yield found


def level(found: Assessment, category: Category) -> Level:
    return next(one for one in found.levels if one.category == category)


def test_an_empty_desk_assesses_nothing(desk: Desk) -> None:
    found = assess_place(desk, "country:ET", NOW)
    assert {one.level for one in found.levels} == {None}
    assert found.overall is None
    assert level(found, Category.CONFLICT).coverage.missing == ("global news",)


def test_war_in_a_city_that_is_listened_to(desk: Desk) -> None:
    fight(desk)
    listen(desk, 60)
    found = level(assess_place(desk, CITY, NOW), Category.CONFLICT)
    assert (found.level, found.at_least) == (6, False)
    assert found.coverage.q == pytest.approx(1.0)
    assert any(factor.evidence for factor in found.factors)
    quiet = level(assess_place(desk, CITY, NOW), Category.UNREST)
    assert quiet.level == 1


def test_a_forecast_is_applied_from_when_it_was_made_and_explained(desk: Desk) -> None:
    fight(desk, weeks=4)
    listen(desk, 60)
    before = level(assess_place(desk, CITY, NOW), Category.CONFLICT)
    with desk.database.begin() as conn:
        forecasts.put_card(conn, card())
        forecasts.put(conn, [forecast(median=100.0)])
    found = level(assess_place(desk, CITY, NOW), Category.CONFLICT)
    factor = next(one for one in found.factors if one.name == "forecast ratio")
    assert factor.value == pytest.approx(2.5)
    assert factor.evidence == (FORECAST,)
    assert found.probability == pytest.approx((before.probability or 0) + factor.effect)
    assert factor.effect > 0
    earlier = level(assess_place(desk, CITY, MADE - DAY), Category.CONFLICT)
    assert "no forecast of the country was made by then" in earlier.factors[-1].note
    with desk.database.begin() as conn:
        (kept,) = assess_places(desk, conn, [CITY], NOW)
        text = "\n".join(tell(explaining.explain(desk, conn, kept.id), width=400))
        assert f"forecast ratio 2.5, changes P by {factor.effect:+.4f}" in text
        assert f"[{FORECAST}]" in text
        assert f"forecast {FORECAST}\n  made 2026-05-20 06:30 UTC of data through 2026-04" in text
        alone = "\n".join(tell(explaining.explain(desk, conn, FORECAST)))
        assert "better than the baseline here, CRPS 21 against 30" in alone
        assert "25 or more 31% (unlikely)" in alone
        with pytest.raises(NotFound, match="of each country the two newest"):
            explaining.explain(desk, conn, FORECAST.replace("06:30", "06:31"))


def test_a_forecast_that_is_worse_here_than_its_baseline_is_not_applied(desk: Desk) -> None:
    fight(desk, weeks=4)
    listen(desk, 60)
    before = level(assess_place(desk, CITY, NOW), Category.CONFLICT)
    with desk.database.begin() as conn:
        forecasts.put_card(conn, card(WORSE))
        forecasts.put(conn, [forecast(median=100.0, record=WORSE)])
    found = level(assess_place(desk, CITY, NOW), Category.CONFLICT)
    assert (found.probability, found.level) == (before.probability, before.level)
    assert "worse than the baseline here" in found.factors[-1].note


def test_what_was_told_later_is_not_known_before(desk: Desk) -> None:
    with desk.database.begin() as conn:
        late = replace(clash(1, days=20), first_reported=NOW - 5 * DAY)
        withdrawn = replace(clash(2, days=20), state=State.WITHDRAWN)
        events.put(conn, [late, withdrawn, replace(clash(3, days=20), exercise=True)])
        assert knowledge(desk, conn, NOW).events["id"].to_pylist() == ["e0001"]
        assert knowledge(desk, conn, NOW - 10 * DAY).events.num_rows == 0


def test_a_published_history_counts_for_conflict_alone(desk: Desk) -> None:
    remember(desk, datetime(2016, 1, 1, tzinfo=UTC), 200, timedelta(days=12))
    then = datetime(2022, 6, 1, tzinfo=UTC)
    found = assess_place(desk, CITY, then)
    conflict = level(found, Category.CONFLICT)
    assert conflict.level is not None
    assert conflict.level >= 4
    assert conflict.at_least
    assert level(found, Category.UNREST).level is None
    assert (found.overall, found.decided_by) == (conflict.level, "conflict")
    assert any("not assessed: terrorism, unrest" in reason for reason in found.reasons)
    before = assess_place(desk, CITY, datetime(2015, 1, 1, tzinfo=UTC))
    assert level(before, Category.CONFLICT).level is None


def test_a_history_that_became_an_event_counts_once(desk: Desk) -> None:
    remember(desk, datetime(2022, 1, 1, tzinfo=UTC), 1, DAY)
    with desk.database.begin() as conn:
        events.put(conn, [replace(clash(1, days=900), statements=("ucdp\t0",))])
        assert knowledge(desk, conn, NOW).events["id"].to_pylist() == ["e0001"]


def test_figures_and_advice_of_two_governments(desk: Desk) -> None:
    year = datetime(2026, 1, 1, tzinfo=UTC)
    advise(
        desk,
        ("inform", "HA", 7.0, year),
        ("worldbank", "VC.IHR.PSRC.P5", 9.0, year),
        ("canada", "canada.level", 3.0, year),
        ("fcdo", "fcdo.level", 3.0, year),
    )
    found = assess_place(desk, "country:ET", NOW)
    assert level(found, Category.HAZARD).level == 4
    assert level(found, Category.CRIME).level == 4
    assert (found.overall, found.decided_by) == (5, "advisory")
    assert assess_place(desk, "country:ET", datetime(2025, 1, 1, tzinfo=UTC)).overall is None


def test_advice_on_a_part_is_a_floor_there(desk: Desk) -> None:
    when = datetime(2026, 5, 1, tzinfo=UTC)
    advise(desk, ("canada", "canada.level", 3.0, when), ("fcdo", "fcdo.level", 1.0, when))
    words = "FCDO advises against all travel to Tigray. It is tense in Amhara."
    said = Report(
        "fcdo", "/foreign-travel-advice/ethiopia#parts", when, b"parts", published=when,
        text=words, figure=Figure("fcdo.parts", "ET", when, 3.0),
    )  # fmt: skip
    with desk.database.begin() as conn:
        reports.accept(conn, [said], batch="test")
    for place in (TIGRAY, CITY):
        found = assess_place(desk, place, NOW)
        assert (found.overall, found.floor, found.decided_by) == (5, 5, "advisory")
        (told,) = [reason for reason in found.reasons if "ET.53" in reason]
        assert "against all travel to Tigray" in told
        assert said.id in told
    for place in ("admin1:ET.46", "country:ET"):
        assert assess_place(desk, place, NOW).floor == 1
    assert assess_place(desk, TIGRAY, when - DAY).floor is None
    assert assess_place(desk, TIGRAY, when + 366 * DAY).floor is None


def test_advice_holds_where_a_history_lowers_a_level(desk: Desk) -> None:
    def conflict(number: int) -> Level:
        return Level(Category.CONFLICT, number, 0.3, False, "steady", Coverage(0.5))

    by_feeds = Assessment(
        "x", TIGRAY, NOW, 5, "conflict", (conflict(5),), ("overall 5 is decided by conflict",), 4
    )
    joined = assessing.joined(by_feeds, replace(by_feeds, levels=(conflict(2),)))
    assert (joined.overall, joined.decided_by) == (4, "advisory")
    assert joined.reasons == ("overall 4 is decided by advisory",)


def test_an_assessment_asked_for_is_explained_by_its_id(tmp_path: Path) -> None:
    with desk_in(tmp_path) as desk:
        fight(desk)
        listen(desk, 60)
    asked = ("assess", "--admin1", "et.53", "--as-of", "2026-06-01T14:00+02:00")
    plain = json.loads(run(tmp_path, *asked, "--json"))
    assert plain["id"] == f"{TIGRAY}@2026-06-01T12:00:00Z"
    assert f"farwatch explain {plain['id']}" in run(tmp_path, *asked)
    told = json.loads(run(tmp_path, "explain", plain["id"], "--json"))
    assert told["assessment"] == plain
    assert told["events"][0]["event"]["id"].startswith("e0")
    # the very assessment, not the place's newest, and another zone is the same time
    with desk_in(tmp_path) as desk, desk.database.begin() as conn:
        kept = assess_places(desk, conn, [TIGRAY], NOW + 40 * DAY)
        assert assessments.latest(conn, [TIGRAY])[TIGRAY] == kept[0]
    again = run(tmp_path, "explain", f"{TIGRAY}@2026-06-01T14:00:00+02:00", "--json")
    assert json.loads(again) == told
    newest = json.loads(run(tmp_path, "explain", kept[0].id, "--json"))
    assert newest["assessment"] == to_plain(kept[0])


@pytest.mark.parametrize("name", ["country:QQ@2026-06-01T12:00Z", "cell:nonsense@2026-06-01T12:00Z",
                                  "country:ET@soon", "e1@2026-06-01T12:00Z"])  # fmt: skip
def test_an_id_of_no_place_or_time_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotFound, match=name.partition("@")[0]):
        run(tmp_path, "explain", name)


def test_a_little_of_a_feed_is_little_heard(desk: Desk) -> None:
    listen(desk, 30, accepted=2_000)
    with desk.database.read() as conn:
        (news,) = heard(ears(desk, conn, NOW), ["ET"])["ET"]
    assert news.q == pytest.approx(0.1)
    assert news.slow_q < 0.01


def test_silence_is_not_heard(desk: Desk) -> None:
    listen(desk, 30)
    listen(desk, 3, source="cap-no", accepted=1)
    with desk.database.read() as conn:
        found = heard(ears(desk, conn, NOW), ["NO", "SE"])
    assert [one.source_class for one in found["SE"]] == ["global news"]
    official = found["NO"][1]
    assert official.q == pytest.approx(2.5 / 30, abs=0.01)


def test_assessments_are_kept_and_rises_told(desk: Desk) -> None:
    listen(desk, 60)
    with desk.database.begin() as conn:
        calm = assess_places(desk, conn, [TIGRAY, CITY], NOW - 10 * DAY)
        events.put(conn, [clash(n, days=0.5 + n / 2) for n in range(16)])
        worse = assess_places(desk, conn, [TIGRAY, CITY], NOW)
        assert assessments.latest(conn, [CITY])[CITY] == worse[1]
    rises = changes({one.place: one for one in calm}, worse)
    assert {rise.level.category for rise in rises} == {Category.CONFLICT}
    rise = next(one for one in rises if one.assessment.place == TIGRAY)
    told = level_event(desk, rise, NOW)
    assert told.kind is Kind.LEVEL_CHANGE
    assert told.place is not None
    assert (told.place.precision, told.place.country, told.place.admin1) == ("admin1", "ET", "53")
    assert told.measures == {
        "level": float(rise.level.level or 0), "from": float(rise.before or 0),
        "category": "conflict", "assessment": rise.assessment.id,
    }  # fmt: skip
    sites = SiteIndex.of([Site("s1", "Office", 13.5, 39.5, "ET", "53")])
    assert [exposure.site for exposure in screen([told], sites, NOW)] == ["s1"]


def risen(place: str, category: Category, number: int, before: int, at: datetime) -> Rise:
    level = Level(category, number, 0.3, False, "rising", Coverage(0.5))
    named = Assessment(assessment_id(place, at), place, at, number, category.value, (level,))
    return Rise(named, level, before)


@pytest.mark.parametrize(
    ("hours", "place", "category", "number", "version"),
    [
        (1, TIGRAY, Category.UNREST, 5, 2),  # further
        (1, TIGRAY, Category.UNREST, 6, 2),
        (1, TIGRAY, Category.UNREST, 4, None),  # fell and rose to the same: a flicker
        (30, TIGRAY, Category.UNREST, 4, 2),  # and a day later: worth saying again
        (1, TIGRAY, Category.CRIME, 4, 1),  # another category
        (1, "admin1:ET.46", Category.UNREST, 4, 1),  # another place
        (15 * 24, TIGRAY, Category.UNREST, 4, 1),  # the alert of then is long over
    ],
)
def test_rises_of_one_place_and_category_are_one_event(
    desk: Desk, hours: int, place: str, category: Category, number: int, version: int | None
) -> None:
    later = NOW + timedelta(hours=hours)
    with desk.database.begin() as conn:
        (first,) = tell_rises(desk, conn, [risen(TIGRAY, Category.UNREST, 4, 2, NOW)], NOW)
        events.put(conn, [first])
        told = list(tell_rises(desk, conn, [risen(place, category, number, 3, later)], later))
    assert [one.version for one in told] == ([version] if version else [])
    assert all((one.id == first.id) is (version == 2) for one in told)
    assert all(one.first_reported == (NOW if version == 2 else later) for one in told)


def test_no_rise_without_a_level_before(desk: Desk) -> None:
    fight(desk)
    listen(desk, 60)
    found = assess_place(desk, CITY, NOW)
    assert changes({}, [found]) == []
    silent = replace(found, levels=tuple(replace(one, level=None) for one in found.levels))
    assert changes({CITY: silent}, [found]) == []
    low = replace(found, levels=tuple(replace(one, level=2) for one in found.levels))
    assert [rise.before for rise in changes({CITY: low}, [found])] == [2]


def test_places_by_name(desk: Desk) -> None:
    assert place_of(desk, "country:ET").name == "Ethiopia"
    assert place_of(desk, "admin1:ZM.08").name == "Copperbelt"
    assert place_of(desk, CITY).country == "ET"
    for unknown in ("country:QQ", "admin1:ET.999", "cell:nonsense"):
        with pytest.raises(NotFound, match=unknown):
            place_of(desk, unknown)
        with pytest.raises(NotFound, match=unknown):
            assess_place(desk, unknown, NOW)


def test_a_place_nobody_lives_in_stops_no_watch(desk: Desk) -> None:
    with desk.database.begin() as conn:
        found = assess_places(desk, conn, ["admin1:ET.999", TIGRAY, TIGRAY, "country:AQ"], NOW)
        assert assess_places(desk, conn, [], NOW) == ()
    assert [one.place for one in found] == [TIGRAY]


def test_a_point_at_sea_has_no_country(desk: Desk) -> None:
    found = assess_place(desk, cell_at(-30.0, -20.0), NOW)
    assert found.overall is None


def test_months_nobody_listened_are_no_peace(desk: Desk) -> None:
    remember(desk, datetime(2016, 1, 1, tzinfo=UTC), 200, timedelta(days=6))
    advise(desk, ("ucdp", "ucdp.ged_sb", 12.0, datetime(2019, 1, 1, tzinfo=UTC)))
    found = {one.series.name: one for one in country_trends(desk, "ET", NOW)}
    assert set(found) == {"events: attacks", "ged_sb"}
    assert found["events: attacks"].series.starts[-1] == datetime(2019, 4, 1, tzinfo=UTC)
    assert found["ged_sb"].direction == "unknown"


def run(folder: Path, *arguments: str) -> str:
    done = CliRunner(env={"FARWATCH_DATA_DIR": str(folder)}).invoke(
        cli, list(arguments), catch_exceptions=False, standalone_mode=False
    )
    assert done.exception is None
    return done.output


def test_the_command_prints_a_table_and_json(tmp_path: Path) -> None:
    with desk_in(tmp_path) as desk:
        fight(desk)
        listen(desk, 60)
    table = run(tmp_path, "assess", "--at", "13.4967,39.4753", "--as-of", "2026-06-01T12:00Z")
    assert "conflict    6 extreme" in table
    plain = json.loads(run(tmp_path, "assess", "--admin1", "et.53", "--json"))
    assert from_plain(Assessment, plain).place == TIGRAY
    why = run(tmp_path, "assess", "--country", "Ethiopia", "--as-of", "2026-06-01", "--explain")
    assert "half-life 30 days" in why
    shown = run(tmp_path, "trends", "--country", "ETH", "--as-of", "2026-06-01")
    assert "events: attacks" in shown
    assert "political: nothing is known" in shown
    assert (
        json.loads(run(tmp_path, "trends", "--country", "et", "--json"))[0]["changes"] is not None
    )


def test_the_command_on_an_empty_desk(tmp_path: Path) -> None:
    said = run(tmp_path, "assess", "--country", "ETH")
    assert said.count("not assessed  ") >= 7
    assert "missing global news" in said


@pytest.mark.parametrize(
    "arguments",
    [[], ["--country", "ET", "--at", "1,2"], ["--at", "x"], ["--at", "91,0"],
     ["--country", "ET", "--as-of", "soon"]],
)  # fmt: skip
def test_wrong_arguments_are_named(tmp_path: Path, arguments: list[str]) -> None:
    with pytest.raises(UsageError):
        run(tmp_path, "assess", *arguments)


def test_an_unknown_country_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="Zork"):
        run(tmp_path, "assess", "--country", "Zork")


def test_the_grid_is_made_once(desk: Desk) -> None:
    assert assessing.grid_of(desk.gazetteer) is assessing.grid_of(desk.gazetteer)
