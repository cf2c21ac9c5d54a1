"""The forecasts' pages: what changed since last month, one country's fan with its drivers, and how
good the model is. None of them shows a forecast without its skill."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from farwatch.desk import forecasting
from farwatch.errors import UsageError
from farwatch.model.forecast import (
    OLD,
    Forecast,
    Month,
    Reach,
    Record,
    Score,
    Skill,
    WatchNotice,
    in_words,
)
from farwatch.model.history import month_of, month_start
from farwatch.web import forecast_asked, forecast_figures, i18n
from farwatch.web import forecast_words as words
from farwatch.web.forecast_figures import NARROW, WIDE, Say
from farwatch.web.render import page
from farwatch.web.skill_figures import pit_svg, reliability_svg
from farwatch.web.visitor import Serving, Visiting

router = APIRouter()
FIRST_MONTHS = 12  # of a country's table; the others are folded
LONGEST = 1_000  # characters of a step
_TEMPLATE: dict[str, Any] = {
    "words": words, "percent": words.percent, "points": words.points, "in_words": in_words,
    "figure": words.figure, "signed": words.signed, "RANGES": words.ranges(), "OLD": OLD,
}  # fmt: skip


@router.get("/forecasts", name="forecasts.list")
def show_list(
    request: Request, desk: Serving, visitor: Visiting,
    horizon: Annotated[str, Query(pattern="^[0-9]{0,3}$", description="Months ahead.")] = "",
    country: Annotated[str, Query(pattern="^([A-Za-z]{2})?$")] = "",
) -> Response:  # fmt: skip
    """The map of change, the countries by their rise, and what is watched."""
    chosen = int(horizon) if horizon else None
    found = forecast_asked.changes(desk, visitor.scope, visitor.now, chosen)
    rows = [one for one in found.rows if not country or one.country == country.upper()]
    notices = forecast_asked.notices(desk, visitor.scope) if found.card else ()
    context = {
        "found": found, "rows": rows, "steps": words.STEPS, "step_of": words.step_of,
        "old": _old(found.cutoff, visitor.now), "month_now": month_of(visitor.now.date()),
        "months": [(one, found.cutoff + one) for one in found.card.horizons]
        if found.card and found.cutoff is not None else [],
        "brier": _score(found.card.skill, found.horizon) if found.card else None,
        "worse": _worse(found.card.skill.records) if found.card else (),
        "notices": notices, "judged": _judged(notices), "country": country,
        **_TEMPLATE,
    }  # fmt: skip
    return page(request, "forecasts.html", context)


@router.get("/forecasts/skill", name="forecasts.skill")
def show_skill(request: Request, desk: Serving, visitor: Visiting) -> Response:
    """How good the model is, how that was found out, and where it is worse than the baseline."""
    card, say = forecasting.card(desk), _say(request)
    context: dict[str, Any] = {"card": card, **_TEMPLATE}
    if card is not None:
        seen = [one for one in card.skill.records if visitor.scope.holds_country(one.country)]
        context |= {
            "skill": card.skill, "tested": seen, "worse": _worse(seen),
            "figures": [
                (name, bins, reliability_svg(bins, say(words.THRESHOLDS.get(name, name)), say))
                for name, bins in card.skill.reliability.items()
            ],
            "pit": pit_svg(card.skill.pit, say),
        }  # fmt: skip
    return page(request, "forecast_skill.html", context)


@router.get("/forecasts/{country}", name="forecasts.show")
def show_country(request: Request, desk: Serving, visitor: Visiting, country: str) -> Response:
    """One country: what is expected, how good the model is here, why, and what it rests on."""
    code, found = forecast_asked.forecast_of(desk, country, visitor.scope, visitor.now)
    seen = forecast_asked.notices(desk, visitor.scope) if found else ()
    notices = [one for one in seen if one.country == code]
    context: dict[str, Any] = {
        "code": code, "found": found, "notices": notices, "card": forecasting.card(desk),
        **_TEMPLATE,
    }  # fmt: skip
    if found is not None:
        today = month_of(visitor.now.date())
        context |= _figures(found, today, _say(request))
        context["old"] = _old(found.cutoff, visitor.now)
    return page(request, "forecast.html", context)


@router.post("/forecasts/notices/{id}/steps", name="forecasts.step")
def record_step(
    desk: Serving, visitor: Visiting, id: str,  # noqa: A002 (the URL's word)
    step: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Record a step that a person decided on, and show the country's notices."""
    if not step.strip() or len(step) > LONGEST:
        raise UsageError(
            f"step {step[:60]!r}: say what was decided, in at most {LONGEST} characters"
        )
    of = forecast_asked.notice(desk, id, visitor.scope)
    forecasting.record_step(desk, of.id, step.strip(), visitor.known.name, visitor.now)
    to = f"/forecasts/{quote(of.country)}#notices"
    return RedirectResponse(to, status_code=HTTPStatus.SEE_OTHER)


def _figures(found: Forecast, today: int, say: Say) -> dict[str, Any]:
    """What the page of a country draws."""
    most = max((abs(one.effect) for one in found.drivers), default=0.0)
    title = say("Change of the probability: %(points)s points")
    ahead = next((one for one in found.months if one.month == today + 1), None)
    first = ahead or (found.months[0] if found.months else None)
    return {
        "fans": [forecast_figures.fan_svg(found, today, frame, say) for frame in (WIDE, NARROW)],
        "rate": forecast_figures.base_rate(found.history), "first": first, "today": today,
        "parts": [
            (part, _stretched(found, part))
            for part in (found.months[:FIRST_MONTHS], found.months[FIRST_MONTHS:])
        ],
        "untested": [one[:2] for one in found.card.stretches if one[2] is None],
        "has_onset": any(one.onset is not None for one in found.months),
        "drivers": [
            (one, {name: f"{n:,}" for name, n in one.figures.items()},
             forecast_figures.effect_svg(
                 one.effect, most, title % {"points": words.points(one.effect)}))
            for one in sorted(found.drivers, key=lambda one: -abs(one.effect))
        ],
        "years": _years(found),
    }  # fmt: skip


def _stretched(
    found: Forecast, months: Sequence[Month]
) -> list[tuple[int, int, Reach | None, list[Month]]]:
    """Months under the stretch of months ahead that they were tested in, as the card has them."""
    parted = [
        (first, last, reach, [one for one in months if first <= one.horizon <= last])
        for first, last, reach in found.card.stretches
    ]
    return [one for one in parted if one[3]]


def _years(found: Forecast) -> list[tuple[int, list[tuple[bool, float | None]]]]:
    """History by year, newest first: of each month whether it lies in the history, and deaths."""
    known = dict(found.history)
    years = sorted({month_start(month).year for month in known}, reverse=True)
    return [
        (year, [((n := (year - 1980) * 12 + m) in known, known.get(n)) for m in range(1, 13)])
        for year in years
    ]


def _worse(records: Sequence[Record]) -> list[Record]:
    """Where the baseline served better, the worst first."""
    worse = [one for one in records if one.worse]
    return sorted(worse, key=lambda one: one.baseline - one.crps)


def _score(skill: Skill, horizon: int) -> Score | None:
    """How good the chance of 25 deaths or more was so far ahead; None where it was not tested."""
    reach = skill.at(horizon)
    return reach.score("brier_at_least_25") if reach else None


def _judged(notices: Sequence[WatchNotice]) -> dict[str, int]:
    """How many notices came true, and how many did not."""
    outcomes = [one.outcome for one in notices]
    return {"hits": outcomes.count("hit"), "alarms": outcomes.count("false alarm")}


def _old(cutoff: int | None, now: Any) -> int:
    """Months from the end of the data to now where that is long, else 0."""
    found = forecast_asked.months_old(cutoff, now) if cutoff is not None else 0
    return found if found > OLD else 0


def _say(request: Request) -> Say:
    return i18n.translations(i18n.language_of(request)).gettext
