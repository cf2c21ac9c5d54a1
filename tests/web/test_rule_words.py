"""Texts of rules and exercises in Chinese: the bundled ones are translated, own ones stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from web_desk import KITWE, NOON, Enter, alert, event

from farwatch.desk.opening import Desk
from farwatch.exercise import scenario
from farwatch.exercise.score import Finding, Seen, score
from farwatch.model.account import Role
from farwatch.model.kinds import Kind
from farwatch.model.recipient import Recipient
from farwatch.protect.delivery_rules import builtin_delivery
from farwatch.protect.directing import Directory, direct
from farwatch.protect.routing import builtin_rules
from farwatch.web import exercise_words, i18n, rule_words

WORDS = i18n.translations("zh-Hans")
ENGLISH = i18n.translations("en")


def texts_of(body: dict[str, Any]) -> set[str]:
    """What a scenario says to its readers."""
    parts = ("expect", "forbid", "notices")
    marks = {one["id"] for part in parts for one in body.get(part) or []}
    traps = {one["trap"] for one in body["injects"] if one.get("trap")}
    return {str(body["title"]), str(body["story"]), *marks, *traps}


@pytest.mark.parametrize("name", scenario.names())
def test_every_text_of_a_bundled_scenario_has_its_words(name: str) -> None:
    said = texts_of(scenario.load(name).body)
    assert said <= set(exercise_words.TOLD)
    assert {text for text in said if exercise_words.told(text, WORDS) == text} == set()
    assert exercise_words.told("Flood at our own depot", WORDS) == "Flood at our own depot"


def test_names_of_bundled_rules_have_their_words() -> None:
    rules, delivery = builtin_rules(), builtin_delivery()
    assert {one.name for one in rules.routes} == set(rule_words.ROUTES)
    assert {one.name for one in delivery.tell} == set(rule_words.TELLS)
    roles = {role for one in delivery.tell for role in one.roles} | set(delivery.keepers)
    assert roles | set(delivery.supervisors) == set(rule_words.ROLES)
    for text in (*rule_words.ROUTES, *rule_words.TELLS, *rule_words.ROLES):
        assert WORDS.gettext(text) != text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("route I: immediate and severe", "等级 I：紧急且严重"),
        ("route II: pipeline <b>", "等级 II：pipeline &lt;b&gt;"),
        ("graded B2, <1> origin", '<span lang="en">graded B2, &lt;1&gt; origin</span>'),
    ],
)
def test_a_reason_is_said_where_it_quotes_a_rule(text: str, said: str) -> None:
    assert rule_words.reason(text, WORDS) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("the officer on duty: duty officer", "值班人员：值班员"),
        ("pipeline watch: pig <crew>", "pipeline watch：pig &lt;crew&gt;"),
        ("answers for site kitwe", "负责场所 kitwe"),
        ("severity 3, told from 2", "严重程度 3，自 2 起通知"),
        ("on duty by rota 'night' in place of wei, until Mon 06:00 UTC",
         "按轮值表 night 值班，至 UTC 周一 06:00; 代替 wei"),
        ("next on duty by rota 'day', until Sun 06:00 UTC; nobody is on duty now, a gap in the "
         "rota", "按轮值表 day 下一个值班，至 UTC 周日 06:00; 现在无人值班，轮值表有空缺"),
        ("by hand", "by hand"),
    ],
)  # fmt: skip
def test_why_somebody_is_told_is_said(text: str, said: str) -> None:
    assert rule_words.why(text, WORDS) == said


def test_every_reason_that_the_rules_give_is_said() -> None:
    person = Recipient("wei", "Wei", "site contact", {}, sites=("kitwe",))
    told = alert(event("e1", Kind.RIOT, "Riot", -12.8, 28.2, "ZM"), KITWE)
    told = replace(told, recipient="site:kitwe", released=True)
    found = direct(told, {"kitwe": "ZM"}, Directory.of([person], []), builtin_delivery(),
                   "duty officer", NOON)  # fmt: skip
    reasons = [text for one in found for who in one.candidates for text in who.reasons]
    assert len(reasons) == 3
    assert all(rule_words.why(text, WORDS) != text for text in reasons)


def test_a_score_is_said_with_what_it_quotes_left_as_it_is() -> None:
    start = datetime(2026, 5, 4, tzinfo=UTC)
    riot = alert(event("e1", Kind.RIOT, "Riot", -12.8, 28.2, "ZM"), KITWE)
    times = {"after": (riot.sent - timedelta(1)).isoformat(), "by": riot.sent.isoformat()}
    truth = {
        "expect": [{"id": "tyres", **times, "sites": ["kitwe", "lima"]},
                   {"id": "own <mark>", **times, "route": "I"}],
        "forbid": [{"id": "the vote alerts nobody", "any_site": True},
                   {"id": "no event in Brunei", "events_in": "BN"}],
        "levels": [{"place": "admin1:ZM.08", "category": "unrest", "at": start.isoformat(),
                    "min": 4, "max": 5}],
    }  # fmt: skip
    found = score(truth, Seen((riot,), (), lambda *_: None))
    marks = [str(exercise_words.mark(one, WORDS)) for one in found]
    results = [str(exercise_words.result(one, WORDS)) for one in found]
    assert marks[:3] == ["焚烧轮胎（kitwe）", "焚烧轮胎（lima）", "own &lt;mark&gt;"]
    assert marks[3:] == ["投票不得发警报", "文莱不得有事件",
                         "admin1:ZM.08 在 2026-05-04 00:00 UTC 的动乱级别"]  # fmt: skip
    assert results[0] == "及时" and results[1] == "从未出现"
    assert results[2].startswith('从未出现；出现的是：<span lang="en">Alert riot II')
    assert results[3].startswith('出现 1 个：<span lang="en">')
    assert results[4:] == ["没有出现", "未评估，应为 4 至 5"]
    assert str(exercise_words.mark(found[0], ENGLISH)) == "tyres at kitwe"


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ("90 s late", "迟到"), ("in time, false alarm", "及时，误报"),
        ("scored as hit, wanted false alarm", "结果为命中，应为误报"),
        ("somebody has to acknowledge it", "须有人确认"),
        ("an <older> version's", '<span lang="en">an &lt;older&gt; version&#39;s</span>'),
    ],
)  # fmt: skip
def test_what_was_found_is_said(detail: str, said: str) -> None:
    found = Finding("expect", "tyres", passed=False, detail=detail)
    assert exercise_words.result(found, WORDS) == said


def test_the_pages_say_them(enter: Enter, desk: Desk) -> None:
    client = enter(Role.VIEWER)
    client.headers["accept-language"] = "zh-Hans"
    page = client.get("/exercises").text
    for outline in (scenario.load(name) for name in scenario.names()):
        assert outline.title not in page and exercise_words.told(outline.title, WORDS) in page
    assert "一个出处多次转抄" in page
