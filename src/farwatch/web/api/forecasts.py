"""Forecasts by the API: changes by country, one country's distribution, the model's skill, watch
notices with the steps that persons recorded."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from farwatch.desk import forecasting
from farwatch.errors import NotFound
from farwatch.model.forecast import TARGET
from farwatch.web import forecast_asked
from farwatch.web.asked import Wants, moment
from farwatch.web.forecast_bodies import (
    ForecastBody,
    ForecastPage,
    NoticeBody,
    NoticePage,
    SkillBody,
    forecast_body,
    model_body,
    month_text,
    notice_body,
    row,
    skill_body,
)
from farwatch.web.visitor import Serving, Visiting

router = APIRouter(tags=["forecasts"])
LONGEST = 1_000  # characters of a step
_SINCE = Query(description="ISO 8601 with a zone: what was made since.")
_CHANGED = Query(
    description="ISO 8601 with a zone: what was made, scored or given a step since, the oldest "
    "change first."
)


class StepGiven(BaseModel):
    """A pre-emptive step that a person decided on."""

    step: str = Field(
        min_length=1, max_length=LONGEST, pattern=r"\S", examples=["Staff leave Mekelle by Friday."]
    )


@router.get("/forecasts", name="api.forecasts.list")
def list_forecasts(
    desk: Serving, visitor: Visiting, wanted: Wants,
    horizon: Annotated[
        int | None, Query(ge=1, le=120, description="Months after the data; else next month's.")
    ] = None,
    updated_since: Annotated[str | None, _SINCE] = None,
) -> ForecastPage:  # fmt: skip
    """Countries by the change of their chance of 25 deaths or more in a month, largest rise first;
    nothing is given without the model's skill."""
    found = forecast_asked.changes(desk, visitor.scope, visitor.now, horizon)
    since, rows = moment(updated_since), found.rows
    if since is not None and (found.made is None or found.made < since):
        rows = ()
    page = forecast_asked.page_of(rows, lambda one: one.country, wanted)
    return ForecastPage(
        items=[row(one, found) for one in page.items], next=page.next, total=len(rows),
        target=TARGET, horizon=found.horizon,
        data_through=month_text(found.cutoff) if found.cutoff is not None else None,
        model=model_body(found.card) if found.card else None,
    )  # fmt: skip


@router.get("/forecasts/skill", name="api.forecasts.skill")
def show_skill(desk: Serving, visitor: Visiting) -> SkillBody:
    """What a test on past years measured of the model, and what the model was made from; 404 until
    one was trained."""
    card = forecasting.card(desk)
    if card is None:
        raise NotFound("no model was trained yet; `farwatch forecast train` trains one")
    seen = [one for one in card.skill.records if visitor.scope.holds_country(one.country)]
    return skill_body(card, seen)


@router.get("/forecasts/{country}", name="api.forecasts.show")
def show_forecast(desk: Serving, visitor: Visiting, country: str) -> ForecastBody:
    """The newest forecast of a country (alpha-2); 404 where none was made, which does not mean
    that it is safe."""
    code, found = forecast_asked.forecast_of(desk, country, visitor.scope, visitor.now)
    if found is None:
        raise NotFound(f"no forecast of {code!r} was made; unknown is not safe")
    return forecast_body(found, forecast_asked.months_old(found.cutoff, visitor.now))


@router.get("/forecast-notices", name="api.forecasts.notices")
def list_notices(
    desk: Serving, visitor: Visiting, wanted: Wants,
    updated_since: Annotated[str | None, _CHANGED] = None,
) -> NoticePage:  # fmt: skip
    """Watch notices, newest first, with what became of them; nobody has to acknowledge one."""
    found, since = forecast_asked.notices(desk, visitor.scope), moment(updated_since)
    if since is not None:
        found = forecast_asked.changed_since(found, since)
    page = forecast_asked.page_of(found, lambda one: one.id, wanted)
    return NoticePage(items=[notice_body(one) for one in page.items], next=page.next)


@router.post(
    "/forecast-notices/{id}/steps", name="api.forecasts.step", status_code=HTTPStatus.CREATED
)
def record_step(
    desk: Serving, visitor: Visiting, id: str, given: StepGiven  # noqa: A002 (the URL's word)
) -> NoticeBody:  # fmt: skip
    """Record a pre-emptive step that a person decided on; it goes into the audit."""
    of = forecast_asked.notice(desk, id, visitor.scope)
    kept = forecasting.record_step(desk, of.id, given.step, visitor.known.name, visitor.now)
    return notice_body(kept)
