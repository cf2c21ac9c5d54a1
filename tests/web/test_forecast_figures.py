"""Words and pictures of forecasts: never certain, missing months hatched, nothing out of frame."""

from __future__ import annotations

import re
from dataclasses import replace

import forecast_nouns as nouns
import pytest

from farwatch.model.forecast import WORDS, Bin, Reach
from farwatch.web import forecast_figures, skill_figures
from farwatch.web import forecast_words as words
from farwatch.web.forecast_figures import NARROW, WIDE

# ---- words


def test_the_words_are_icd_203s() -> None:
    assert list(words.CHANCES) == [word for _, word in WORDS]
    assert words.ranges()["roughly even chance"] == "45–55 %"
    assert (words.ranges()["almost no chance"], words.ranges()["almost certain"]) == (
        "0–5 %", "95–100 %"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("chance", "told"),
    [(0.0, "< 1 %"), (0.004, "< 1 %"), (0.01, "1 %"), (0.374, "37 %"), (0.99, "99 %"),
     (0.995, "> 99 %"), (1.0, "> 99 %")],
)  # fmt: skip
def test_a_chance_is_never_certain(chance: float, told: str) -> None:
    assert words.percent(chance) == told.replace(" ", "\u00a0")


@pytest.mark.parametrize(
    ("rise", "told", "step"),
    [(0.31, "+31", "s0"), (0.25, "+25", "s0"), (0.14, "+14", "s1"), (0.05, "+5", "s2"),
     (0.004, "0", "s3"), (-0.01, "−1", "s3"), (-0.04, "−4", "s4"), (-0.17, "−17", "s5"),
     (-1.0, "−100", "s5")],
)  # fmt: skip
def test_a_rise_is_told_in_points_and_has_its_shade(rise: float, told: str, step: str) -> None:
    assert (words.points(rise), words.step_of(rise)) == (told, step)


def test_what_was_not_forecast_before_has_no_shade() -> None:
    assert words.step_of(None) == "new"


@pytest.mark.parametrize(
    ("value", "told"), [(0.7, "0.700"), (402.0, "402"), (1234.4, "1,234"), (0.0, "0.00")]
)
def test_a_score_has_three_figures(value: float, told: str) -> None:
    assert words.figure(value) == told


# ---- pictures


def numbers(svg: str) -> list[float]:
    found = re.findall(r'(?:points|d|x|y|width|height|cx|cy)="([^"]*)"', svg)
    return [float(one) for text in found for one in re.findall(r"-?\d+(?:\.\d+)?", text)]


@pytest.mark.parametrize("frame", [WIDE, NARROW], ids=lambda one: one.name)
@pytest.mark.parametrize("country", sorted(nouns.COUNTRIES))
def test_a_fan_stays_in_its_frame(country: str, frame: forecast_figures.Frame) -> None:
    svg = str(forecast_figures.fan_svg(nouns.forecast(country), 518, frame, str))
    assert "nan" not in svg and "style=" not in svg
    assert all(-8 <= one <= max(frame.wide, frame.high) for one in numbers(svg))
    for part in ("band-90", "band-50", "median", "base-rate", "past", "now", "today"):
        assert f'class="{part}"' in svg, part
    assert ("not coded" in svg) is (frame is WIDE)  # the gap lies before the narrow one's years


def test_missing_months_break_the_line_and_are_hatched() -> None:
    whole = nouns.forecast("ET")
    cut = replace(whole, history=((510, 3.0), (511, None), (512, 7.0), (513, 8.0)))
    svg = str(forecast_figures.fan_svg(cut, 515, WIDE, str))
    assert svg.count('class="gap"') == 2  # what was not coded, and what is not there at all
    assert svg.count('class="past"') == 2
    empty = replace(whole, history=(), months=())
    assert 'class="now"' in str(forecast_figures.fan_svg(empty, 515, WIDE, str))


@pytest.mark.parametrize("frame", [WIDE, NARROW], ids=lambda one: one.name)
def test_months_that_were_not_tested_are_hatched_and_named(frame: forecast_figures.Frame) -> None:
    made = nouns.forecast("ET")
    svg = str(forecast_figures.fan_svg(made, 515, frame, str))
    (found,) = re.findall(r'<rect class="untested"[^>]* x="([\d.]+)"[^>]* width="([\d.]+)"', svg)
    x, width = map(float, found)
    assert x + width == pytest.approx(frame.wide - frame.right, abs=0.2)  # to the last month
    one_month = (frame.wide - frame.right - frame.left) / (frame.history + 36)
    assert width == pytest.approx(10 * one_month, abs=0.2) and "<title>not tested</title>" in svg
    skill = made.card.skill
    near = Reach(1, 36, skill.windows, skill.scores, 0.9)
    whole = replace(made, card=replace(made.card, skill=replace(skill, reaches=(near,))))
    assert "untested" not in str(forecast_figures.fan_svg(whole, 515, frame, str))
    nothing = replace(made, card=replace(made.card, skill=replace(skill, reaches=(), scores=())))
    assert str(forecast_figures.fan_svg(nothing, 515, frame, str)).count('class="untested"') == 1


def test_the_base_rate_is_of_coded_months_alone() -> None:
    history = [(n, None if n % 2 else 6.0) for n in range(100)]
    assert forecast_figures.base_rate(history) == 6.0
    assert forecast_figures.base_rate([(1, None)]) is None


def test_an_empty_bin_is_no_point_of_a_diagram() -> None:
    bins = (Bin(0.05, 0.04, 900), Bin(0.5, 0.0, 0))
    svg = str(skill_figures.reliability_svg(bins, "x", str))
    assert svg.count("<circle") == 1
    assert "<circle" not in str(skill_figures.reliability_svg((), "x", str))
    assert str(skill_figures.pit_svg((0.1,) * 10, str)).count('class="bar"') == 10
