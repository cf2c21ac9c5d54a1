"""Admiralty grades: independent origins, officials, denials, stated grades."""

from __future__ import annotations

import random

import pytest
from understand_made import report, source

from farwatch.model.report import Action, Facts
from farwatch.understand.grade import grade_of, initial
from farwatch.understand.origins import Evidence, near_copy, origin_keys, runs

ATTACK = "Armed men raided a village 18 km north of the town before dawn and killed six people."
OTHER = "At least six villagers died when gunmen came at night, a council member told our reporter."
THIRD = (
    "The governor put the dead at six and sent two companies of soldiers to the northern hamlet."
)


def said(name: str, text: str = "", **more: object) -> Evidence:
    reliability = str(more.pop("reliability", "C"))
    owner = str(more.pop("owner", ""))
    official, denial = bool(more.pop("official", False)), bool(more.pop("denial", False))
    made = source(name, owner=owner, reliability=reliability)
    return Evidence(report(name, text=text, **more), made, official, denial)


@pytest.mark.parametrize(
    ("evidence", "credibility", "origins"),
    [
        ([said("a", ATTACK)], 3, 1),
        ([said("a", ATTACK), said("b", OTHER)], 2, 2),
        ([said("a", ATTACK), said("b", OTHER), said("c", THIRD)], 1, 3),
        ([said("a", ATTACK, official=True)], 2, 1),
        ([said("a", ATTACK, official=True), said("b", OTHER)], 1, 2),
        # the same text, nearly the same text, one owner, one agency, one outlet
        ([said("a", ATTACK), said("b", ATTACK)], 3, 1),
        ([said("a", ATTACK), said("b", "BREAKING: " + ATTACK + " Share this.")], 3, 1),
        ([said("a", ATTACK, owner="Group"), said("b", OTHER, owner="group")], 3, 1),
        ([said("a", ATTACK, origin="reuters"), said("b", OTHER, origin="reuters")], 3, 1),
        ([said("a", ATTACK, origin="x.org"), said("b", OTHER, origin="X.org")], 3, 1),
        ([said(f"m{n}", ATTACK) for n in range(20)], 3, 1),
        # denied
        ([said("a", ATTACK), said("b", OTHER, denial=True)], 5, 1),
        ([said("a", ATTACK), said("b", OTHER), said("c", THIRD, denial=True)], 4, 2),
        ([said("a", ATTACK, denial=True)], 5, 0),
    ],
)
def test_credibility(evidence: list[Evidence], credibility: int, origins: int) -> None:
    for seed in range(4):
        random.Random(seed).shuffle(evidence)
        grade, found = grade_of(evidence)
        assert (grade.credibility, len(found)) == (credibility, origins), grade.reasons
        assert grade.reasons


def test_copies_never_confirm() -> None:
    grade, _ = grade_of([said(f"m{n}", ATTACK, reliability="A") for n in range(30)])
    assert str(grade) == "A3"


def test_a_relayed_outlet_counts_as_the_outlet() -> None:
    coder = [
        said("coder", origin="daily.example", owner="Coder", key="1"),
        said("coder", origin="else.example", owner="Coder", key="2"),
        said("coder", origin="more.example", owner="Coder", key="3"),
    ]
    keys = origin_keys([*coder, said("daily", ATTACK)])
    assert keys[0] == keys[3] == "daily.example"
    assert keys[1] == keys[2] != keys[0]


def test_two_outlets_stay_two_though_one_coder_relays_both() -> None:
    coder = [said("coder", origin=f"{o}.example", owner="Coder", key=o) for o in ("a", "b")]
    _, origins = grade_of([*coder, said("a", ATTACK), said("b", OTHER)])
    assert origins == ("a.example", "b.example")


def test_own_staff_grade_stands_and_others_may_confirm_it() -> None:
    eyes = said("staff", "Tyres burning at our gate", facts=Facts(grade="b2"), reliability="A")
    assert str(grade_of([eyes])[0]) == "B2"
    assert grade_of([eyes, said("a", ATTACK), said("b", OTHER)])[0].credibility == 1
    low = said("staff", "Strangers in the village market", facts=Facts(grade="C3"))
    assert str(grade_of([low])[0]) == "C3"


def test_an_unreadable_stated_grade_is_an_error() -> None:
    with pytest.raises(ValueError, match="'Z9' is not A1-F6"):
        grade_of([said("staff", facts=Facts(grade="Z9"))])


def test_nothing_to_grade_is_an_error() -> None:
    with pytest.raises(ValueError, match="nothing to grade"):
        grade_of([])


def test_the_best_letter_counts_and_not_knowing_is_none() -> None:
    unknown = Evidence(report("x", text=OTHER), None)
    grade, _ = grade_of([unknown, said("a", ATTACK, reliability="E")])
    assert grade.reliability == "E"
    assert grade_of([unknown])[0].reliability == "F"


def test_a_cancelled_statement_supports_nothing() -> None:
    grade, origins = grade_of([said("a", ATTACK, action=Action.CANCEL)])
    assert (grade.credibility, origins) == (5, ())


def test_a_report_alone() -> None:
    assert str(initial(report("a", text=ATTACK), source("a"))) == "C3"
    assert str(initial(report("u"), source("u", reliability="A", official=True))) == "A2"


def test_short_texts_are_no_copies() -> None:
    assert not near_copy(runs("riot in town"), runs("riot in town"))
    assert near_copy(runs(ATTACK), runs(ATTACK.lower()))
    assert not near_copy(runs(ATTACK), runs(OTHER))
