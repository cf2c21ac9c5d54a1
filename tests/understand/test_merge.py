"""Merging: pairwise judgements, clusters that do not depend on order, events that keep their id."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from understand_made import KITWE, NDOLA, NOON, place, quake, reading, report, source

from farwatch.model.event import Judgement, Reading, State, Verdict
from farwatch.model.kinds import Kind
from farwatch.model.place import Geometry, Place, Precision
from farwatch.model.report import Action, Facts, Span, Status
from farwatch.understand.blocks import candidates, near
from farwatch.understand.event import to_event
from farwatch.understand.judge import judge
from farwatch.understand.merge import cluster, event_id, identify, judge_all, statement

SAME, DIFFERENT = Verdict.SAME, Verdict.DIFFERENT
HOUR = timedelta(hours=1)
CROWD = "A rioting crowd burned tyres and threw stones at police in the industrial area of Kitwe."
ZAMBIA = place((-13.4, 27.8), 500, name="Zambia", precision=Precision.COUNTRY, admin1=None)
COPPERBELT = place((-12.8, 28.4), 100, name="Copperbelt", precision=Precision.ADMIN1)


def pair(verdict: Verdict, left: Reading, right: Reading) -> Judgement:
    found = judge(left, right)
    assert found.verdict is verdict, found.reasons
    assert judge(right, left) == found
    assert found.reasons
    return found


STAFF = reading(
    "staff", "t1", text="Tyres burning at main gate",
    place=place(KITWE, 0.3, precision=Precision.POINT),
    published=NOON - 0.4 * HOUR, facts=Facts(kind=Kind.RIOT, grade="A2", site="kitwe_plant"),
)  # fmt: skip


def test_staff_and_news_tell_of_one_crowd() -> None:
    pair(SAME, STAFF, reading("daily", text=CROWD))


def test_shots_a_day_later_are_another_happening() -> None:
    shots = reading("staff", "t2", Kind.GUN_ATTACK, published=NOON + 32 * HOUR, place=STAFF.place)
    pair(DIFFERENT, STAFF, shots)


def test_another_town_is_another_happening() -> None:
    pair(DIFFERENT, reading("a"), reading("b", place=place(NDOLA, name="Ndola")))


def test_a_whole_country_does_not_swallow_a_town() -> None:
    pair(DIFFERENT, STAFF, reading("gdelt", "g", place=ZAMBIA))
    pair(SAME, reading("gdelt", "g1", place=ZAMBIA), reading("gdelt", "g2", place=ZAMBIA))


def test_a_province_and_its_polygon_are_one_curfew() -> None:
    ring = ((-12.2, 27.3), (-12.2, 29.1), (-13.6, 29.1), (-13.6, 27.3), (-12.2, 27.3))
    area = Place("Copperbelt", Precision.POINT, Geometry(-12.9, 28.2, 0.0, (ring,)), "ZM", "08")
    news = reading("daily", kind=Kind.RESTRICTION, place=COPPERBELT, published=NOON + HOUR)
    pair(SAME, reading("cap", kind=Kind.RESTRICTION, place=area), news)


def test_announced_and_under_way_are_two() -> None:
    ahead = reading("fcdo", kind=Kind.PROTEST, urgency="Future")
    pair(DIFFERENT, ahead, reading("daily", kind=Kind.PROTEST))
    pair(SAME, ahead, reading("canada", kind=Kind.PROTEST, urgency="Future"))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"historical": True}, "past"),
        ({"kind": Kind.ADVISORY}, "alone"),
        ({"kind": Kind.CYBER}, "different kinds"),
        ({"place": place((-1.28, 36.82), name="Nairobi", country="KE")}, "in ZM and in KE"),
        ({"published": NOON + 60 * HOUR}, "h apart"),
        ({"status": Status.EXERCISE}, "never mix"),
    ],
)
def test_what_is_certainly_different(change: dict[str, object], why: str) -> None:
    found = pair(DIFFERENT, reading("a"), reading("b", **change))
    assert found.score == 1.0
    assert why in found.reasons[0]


def test_what_a_publisher_states_decides() -> None:
    one = reading("cap", "1", facts=Facts(official=True, happening="h1"))
    later = NOON + 500 * HOUR
    pair(
        SAME, one, reading("cap", "2", facts=Facts(official=True, happening="h1"), published=later)
    )
    pair(DIFFERENT, one, reading("cap", "3", facts=Facts(official=True, happening="h2")))
    pair(SAME, reading("cap", "4"), reading("cap", "5", references=("4",), published=later))


MAIN = quake("usgs", "us-main", NOON, 7.4)


@pytest.mark.parametrize(
    ("other", "verdict"),
    [
        (quake("gdacs", "EQ1", NOON + timedelta(seconds=20), 7.2), SAME),
        (quake("gdacs", "EQ2", NOON + HOUR, 5.9), DIFFERENT),  # an aftershock
        (quake("gdacs", "EQ3", NOON, 7.3, spot=(-5.5, -80.9)), DIFFERENT),  # elsewhere
        (quake("usgs", "us-2", NOON + timedelta(seconds=30), 7.3), DIFFERENT),  # its own list
    ],
)
def test_instruments(other: Reading, verdict: Verdict) -> None:
    pair(verdict, MAIN, other)


def felt(text: str, after: timedelta) -> Reading:
    lima = place((-12.05, -77.04), 20, name="Lima", country="PE", admin1="LMA")
    return reading("wire", text, Kind.EARTHQUAKE, text=text, published=NOON + after, place=lima)


def test_news_of_a_shock_joins_the_shock_it_can_mean() -> None:
    news = felt("Strong earthquake felt in Lima", 0.5 * HOUR)
    pair(SAME, MAIN, news)
    pair(DIFFERENT, quake("usgs", "small", NOON, 4.4), news)
    pair(DIFFERENT, MAIN, felt("Strong earthquake felt in Lima", -HOUR))
    pair(DIFFERENT, MAIN, felt("Magnitude 5.1 earthquake felt in Lima", HOUR))


def test_news_that_could_mean_two_shocks_does_not_make_them_one() -> None:
    after = quake("usgs", "us-after", NOON + HOUR, 7.2)
    readings = [MAIN, after, felt("Strong earthquake felt in Lima", 2 * HOUR)]
    judged = judge_all(readings)
    assert len(judged) == 3
    groups = cluster([statement(r) for r in readings], judged)
    assert sorted(len(group) for group in groups) == [1, 2]
    assert not any({statement(MAIN), statement(after)} <= set(group) for group in groups)


def test_one_page_about_two_places_is_two_happenings() -> None:
    page = "https://daily.example/war"
    there = place((-1.28, 36.82), name="Nairobi", country="KE")
    pair(SAME, reading("gdelt", "1", url=page), reading("gdelt", "2", url=page))
    pair(DIFFERENT, reading("gdelt", "1", url=page), reading("gdelt", "3", url=page, place=there))


def test_a_tsunami_is_its_own_event() -> None:
    pair(DIFFERENT, MAIN, reading("navy", kind=Kind.TSUNAMI, place=MAIN.place))


def many() -> list[Reading]:
    towns = [KITWE, NDOLA, (-15.41, 28.28), (10.62, 1.27), (-1.28, 36.82)]
    found = []
    for n, at in enumerate(towns):
        for copy in range(4):
            for day in (0, 4):
                where = place(
                    at, name=f"town {n}", country="ZM" if n < 3 else f"X{n}", admin1=str(n)
                )
                when = NOON + timedelta(days=day, hours=copy)
                found.append(reading(f"s{copy}", f"{n}-{day}", place=where, published=when))
    return found


def test_clusters_are_the_happenings_and_do_not_depend_on_order() -> None:
    readings = many()
    names = [statement(r) for r in readings]
    wanted = cluster(names, judge_all(readings))
    assert len(wanted) == 10
    assert all(len({name.split("\t")[1] for name in group}) == 1 for group in wanted)
    for seed in range(5):
        random.Random(seed).shuffle(readings)
        judgements = judge_all(readings)
        random.Random(seed).shuffle(judgements)
        assert cluster([statement(r) for r in readings], judgements) == wanted


def test_candidates_hold_every_pair_that_is_the_same() -> None:
    readings = [
        *many(),
        STAFF,
        MAIN,
        reading("daily", text=CROWD),
        felt("Quake felt in Lima", HOUR),
    ]
    found = set(candidates(readings))
    same: set[tuple[int, int]] = set()
    for a in range(len(readings)):
        for b in range(a + 1, len(readings)):
            if judge(readings[a], readings[b]).verdict is SAME:
                same.add((a, b))
                assert (a, b) in found or (b, a) in found
    assert len(same) > 3  # so that there was something to miss


def test_a_crowded_block_is_not_all_pairs() -> None:
    rows = [reading("gdelt", str(n), place=ZAMBIA) for n in range(1500)]
    judged = list(candidates(rows))
    assert len(judged) <= 1500 * 31
    names = [statement(row) for row in rows]
    assert len(cluster(names, [judge(rows[a], rows[b]) for a, b in judged])) == 1


def test_the_search_for_candidates_covers_the_window() -> None:
    search = near(STAFF)
    assert search is not None
    assert Kind.PROTEST in search.kinds
    assert Kind.EARTHQUAKE not in search.kinds
    assert search.since < NOON - 24 * HOUR
    assert search.until > NOON + 24 * HOUR
    assert search.km >= 10
    assert near(replace(STAFF, historical=True)) is None
    assert near(reading("a", kind=Kind.ADVISORY)) is None


def by(person: str, left: str, right: str, verdict: Verdict, score: float = 1.0) -> Judgement:
    return Judgement(left, right, verdict, person, NOON, score)


def test_a_persons_word_outweighs_the_model_for_ever() -> None:
    model = [by("model", a, b, SAME, 0.95) for a, b in (("a", "b"), ("b", "c"), ("a", "c"))]
    assert cluster("abc", model) == (("a", "b", "c"),)
    parted = [*model, by("ada", "a", "c", DIFFERENT)]
    groups = cluster("abc", parted)
    assert not any({"a", "c"} <= set(group) for group in groups)
    assert cluster("abc", list(reversed(parted))) == groups
    joined = [by("model", "a", "b", DIFFERENT, 1.0), by("ada", "a", "b", SAME)]
    assert cluster("ab", joined) == (("a", "b"),)


def test_a_persons_later_word_replaces_the_earlier() -> None:
    first = by("ada", "a", "b", SAME)
    later = replace(first, verdict=DIFFERENT, at=NOON + HOUR)
    assert cluster("ab", [later, first]) == (("a",), ("b",))


judgements = st.lists(
    st.tuples(
        st.sampled_from("abcdef"), st.sampled_from("abcdef"), st.sampled_from([SAME, DIFFERENT]),
        st.sampled_from([0.4, 0.6, 0.8, 1.0]), st.sampled_from(["model", "model", "ada"]),
    ).filter(lambda j: j[0] < j[1]),
    max_size=20, unique_by=lambda j: (j[0], j[1], j[4] == "model"),
)  # fmt: skip


@given(judgements, st.randoms(use_true_random=False))
def test_any_judgements_give_one_partition(
    made: list[tuple[str, str, Verdict, float, str]], rng: random.Random
) -> None:
    said = [by(who, a, b, verdict, score) for a, b, verdict, score, who in made]
    groups = cluster("abcdef", said)
    assert sorted(name for group in groups for name in group) == list("abcdef")
    rng.shuffle(said)
    assert cluster("fedcba", said) == groups


def test_ids_last_over_merges_and_splits() -> None:
    first = {name: NOON + n * HOUR for n, name in enumerate("abcd")}
    ids, gone = identify([("a", "b"), ("c", "d")], first, {})
    assert ids == {event_id("a"): ("a", "b"), event_id("c"): ("c", "d")}
    assert gone == {}
    known = {name: held for held, names in ids.items() for name in names}
    merged, gone = identify([("a", "b", "c", "d")], first, known)
    assert merged == {event_id("a"): ("a", "b", "c", "d")}
    assert gone == {event_id("c"): event_id("a")}
    known = dict.fromkeys("abcd", event_id("a"))
    split, gone = identify([("c", "d"), ("a", "b")], first, known)
    assert split == {event_id("a"): ("a", "b"), event_id("c"): ("c", "d")}
    assert gone == {}


SOURCES = {
    "staff": source("staff", reliability="A"),
    "daily": source("daily"),
    "radio": source("radio", reliability="B"),
    "cap": source("cap", reliability="A", official=True),
}


def test_an_event_from_staff_and_news() -> None:
    news = [
        reading("daily", text=CROWD),
        reading("radio", text="Police face rioters in Kitwe, tear gas used on the crowd"),
    ]
    event = to_event([STAFF], SOURCES, None, NOON)
    assert (str(event.grade), event.site, event.version) == ("A2", "kitwe_plant", 1)
    more = to_event([*news, STAFF], SOURCES, event, NOON + HOUR)
    assert (str(more.grade), more.id, more.version) == ("A1", event.id, 2)
    assert len(more.origins) == 3
    assert more.place == STAFF.place
    assert more.kind is Kind.RIOT
    assert to_event([STAFF, *news], SOURCES, more, NOON + 2 * HOUR) is more


def test_an_event_needs_a_reading() -> None:
    with pytest.raises(ValueError, match="at least one"):
        to_event([], SOURCES, None, NOON)


def test_a_retracted_claim_is_withdrawn_and_a_denied_one_doubted() -> None:
    claim = reading("daily", text="40 soldiers killed in Kitwe", severity=5)
    denial = reading("radio", text="Army denies that soldiers were killed", denial=True)
    doubted = to_event([claim, denial], SOURCES, None, NOON)
    assert (doubted.state, doubted.grade.credibility) == (State.LIVE, 5)
    assert doubted.origins == ("daily.example",)
    gone = to_event([replace(claim, denial=True), denial], SOURCES, None, NOON)
    assert gone.state is State.WITHDRAWN


def test_a_cancelled_warning_has_ended() -> None:
    warning = reading("cap", "1", Kind.RESTRICTION, expires=NOON + 24 * HOUR)
    over = reading("cap", "2", Kind.RESTRICTION, action=Action.CANCEL, published=NOON + HOUR)
    assert to_event([warning], SOURCES, None, NOON).state is State.LIVE
    ended = to_event([warning, over], SOURCES, None, NOON)
    assert (ended.state, ended.official) == (State.ENDED, True)
    assert to_event([warning], SOURCES, None, NOON + 30 * HOUR).state is State.ENDED


def test_one_outlet_does_not_end_an_authoritys_warning() -> None:
    warning = reading("cap", "1", Kind.RESTRICTION)
    lifted = reading("daily", "2", Kind.RESTRICTION, ended=True, published=NOON + HOUR)
    assert to_event([warning, lifted], SOURCES, None, NOON).state is State.LIVE


def test_words_name_an_event_before_codes_do() -> None:
    coded = [
        reading("gdelt", str(n), Kind.EXPLOSION, origin="g.example", title="Bombing",
                facts=Facts(kind=Kind.EXPLOSION))
        for n in range(3)
    ]  # fmt: skip
    news = reading("daily", kind=Kind.ROAD_ATTACK, title="Roadside bomb kills two")
    event = to_event([*coded, news], SOURCES, None, NOON)
    assert (event.kind, event.title) == (Kind.ROAD_ATTACK, "Roadside bomb kills two")


def test_the_graver_of_two_counts_but_not_one_outlier_of_three() -> None:
    made = [
        reading("daily", severity=3, text="Three people died in the riot at the market hall"),
        reading("radio", severity=3, text="Crowd burnt two shops in the old town of Kitwe"),
        reading("x", severity=5, text="Dozens of dead after unrest according to a caller"),
    ]
    assert to_event(made[1:], SOURCES, None, NOON).severity == 5
    assert to_event(made, SOURCES, None, NOON).severity == 3


def test_exercise_and_restricted_stay_marked() -> None:
    event = to_event(
        [reading("daily", status=Status.EXERCISE, facts=Facts(restricted=True))],
        SOURCES,
        None,
        NOON,
    )
    assert event.exercise
    assert event.restricted


def test_a_stated_day_is_cut_at_the_report() -> None:
    day = Span(NOON - 12 * HOUR, NOON + 12 * HOUR, "day")
    pair(SAME, reading("a", happened=day), reading("b", published=NOON + 5 * HOUR))
    assert report("a").published == NOON


def test_the_parts_of_one_statement_are_no_pair() -> None:
    """A list in one report gives several readings: they are told by one, and never judged."""
    parts = [
        reading("wire", "1", text="riot in Kitwe and in Ndola", place=place(at))
        for at in (KITWE, NDOLA)
    ]
    other = reading("daily", "9", text="riot in Kitwe and in Ndola")
    judged = judge_all([*parts, other])
    assert all(found.left != found.right for found in judged)
    names = ("daily\t9", "wire\t1")
    assert cluster(names, judged) == (names,)
    alone = by("model", "wire\t1", "wire\t1", SAME)
    assert cluster(names, [*judged, alone]) == (names,)


stories = st.lists(
    st.builds(
        lambda source, at, text, hours, kind: (source, at, text, hours, kind),
        st.sampled_from(["wire", "daily", "herald"]), st.sampled_from([KITWE, NDOLA]),
        st.sampled_from(["riot at the market in town", "shots were fired at the market", ""]),
        st.integers(0, 30), st.sampled_from([Kind.RIOT, Kind.PROTEST, Kind.GUN_ATTACK]),
    ), max_size=8,
)  # fmt: skip


@given(stories, st.randoms(use_true_random=False))
def test_readings_merge_alike_in_any_order(made: list[Any], rng: random.Random) -> None:
    readings = [
        reading(
            source,
            str(n),
            kind,
            text=text,
            place=place(at),
            published=NOON + timedelta(hours=hours),
        )
        for n, (source, at, text, hours, kind) in enumerate(made)
    ]
    names = [statement(one) for one in readings]
    groups = cluster(names, judge_all(readings))
    rng.shuffle(readings)
    assert cluster(reversed(names), judge_all(readings)) == groups
