"""Forecasts on the desk: models tested, kept and run; what is shown is shown with its skill.

    card = train(desk, now)         # a backtest of the last years, kept as the model's card
    made = run(desk, now)           # forecasts of every country, into database and lake
    forecast = shown(desk, "ET", now)

A model is its card: method, parameters, seed and the panel's digest. Fitting again from the same
panel gives the same draws, so trees are not kept.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import Connection

from farwatch.desk.deciding import Person
from farwatch.desk.history import held_vintages, panel_as_of, put_forecasts
from farwatch.desk.opening import Desk
from farwatch.errors import NotFound, UsageError
from farwatch.model.forecast import (
    LEVELS,
    Change,
    Forecast,
    ModelCard,
    WatchNotice,
)
from farwatch.model.history import FORECASTS, month_written
from farwatch.store import forecasts as kept

if TYPE_CHECKING:
    import pyarrow as pa

    from farwatch.foresee.forecast.method import Fitted
    from farwatch.foresee.forecast.panel import Panel

HORIZONS = tuple(range(1, 37))
WINDOWS = 5  # whole years that a model is tested on before it is used
CODED = 0.9  # share of the most countries ever coded at once that a cut-off needs
LONGEST_STEP = 1_000  # characters
TARGET = "sb_deaths"
Told = Callable[[str], None]


@dataclass(frozen=True)
class Made:
    """What a run made: forecasts, notices of rises, and earlier notices that time has told of."""

    forecasts: tuple[Forecast, ...]
    notices: tuple[WatchNotice, ...]
    scored: tuple[WatchNotice, ...]


def train(
    desk: Desk, now: datetime, as_of: datetime | None = None, told: Told = lambda _: None
) -> ModelCard:
    """Test the method on the last whole years of the panel known at `as_of`, and keep its card.

    Each window is forecast as far ahead as a run forecasts, and scored on what is known of it.

    Raises UsageError where no panel was imported, or it is too short to test on.
    """
    from farwatch.foresee.forecast import backtest, skill
    from farwatch.foresee.forecast.method import NAME, SEED, parameters
    from farwatch.foresee.forecast.panel import borders_of

    panel, vintage = _panel(desk, as_of or now)
    last = (panel.last - 12) // 12 + 1980  # the last year whose December the panel holds
    windows = [backtest.Window(year) for year in range(last - WINDOWS + 1, last + 1)]
    if windows[0].cutoff < panel.first:
        raise UsageError(
            f"testing on the {WINDOWS} years to {last} needs data from before "
            f"{month_written(windows[0].cutoff)}; the history begins in "
            f"{month_written(panel.first)}"
        )
    parts = []
    for window in windows:
        tested = backtest.test(panel, borders_of, window, SEED, HORIZONS)
        parts.append(skill.cells([tested], SEED))
        told(f"tested on {window.year}")
    digest = panel.digest()
    card = ModelCard(
        id=f"{NAME}-{month_written(panel.last)}-{digest[:8]}",
        trained=now,
        vintage=vintage,
        panel_digest=digest,
        cutoff=panel.last,
        horizons=HORIZONS,
        seed=SEED,
        parameters=parameters(),
        libraries=_libraries(),
        skill=skill.skill(skill.joined(parts)),
    )
    with desk.database.begin() as conn:
        kept.put_card(conn, card)
    return card


def run(desk: Desk, now: datetime, as_of: datetime | None = None) -> Made:
    """Forecast every country 1-36 months ahead of the panel known at `as_of`.

    Raises UsageError where no model was trained or no panel imported.
    """
    from farwatch.foresee.forecast.method import Fitted
    from farwatch.foresee.forecast.panel import borders_of

    model = card(desk)
    if model is None:
        raise UsageError("no model was trained: run `farwatch forecast train`")
    panel, vintage = _panel(desk, as_of or now)
    fitted = Fitted(panel, borders_of(panel), model.horizons, model.seed)
    made = _forecasts(fitted, model, vintage, now)
    put_forecasts(desk, _rows(made, vintage or now))
    with desk.database.begin() as conn:
        told = score_notices(conn, panel, now)
        rises = keep(desk, conn, made, now)
    return Made(made, rises, told)


def keep(
    desk: Desk, conn: Connection, made: Sequence[Forecast], now: datetime
) -> tuple[WatchNotice, ...]:
    """Keep forecasts made at `now`, and a watch notice of each chance that rose past the set one
    since the forecasts before."""
    from farwatch.foresee.forecast import notices as watching

    before = [one for one in kept.times(conn, now) if one < now]
    earlier = kept.made_at(conn, before[0]) if before else []
    kept.put(conn, made)
    found = watching.changes(made, earlier, HORIZONS[0])
    rises = tuple(watching.risen(found, desk.settings.forecast_notice, now))
    kept.put_notices(conn, rises)
    return rises


def score_notices(conn: Connection, panel: Panel, now: datetime) -> tuple[WatchNotice, ...]:
    """The open notices of which the panel tells what came: hits and false alarms, kept so."""
    from farwatch.foresee.forecast import notices as watching

    told = tuple(watching.scored(kept.notices(conn, "open"), panel, now))
    kept.put_notices(conn, told)
    return told


def card(desk: Desk) -> ModelCard | None:
    """The model in use, with its skill; None until one was trained."""
    with desk.database.read() as conn:
        return kept.newest_card(conn)


def shown(desk: Desk, country: str, now: datetime) -> Forecast | None:
    """The newest forecast of a country (alpha-2); None where none was made."""
    with desk.database.read() as conn:
        return kept.of_place(conn, f"country:{country}", now)


def changes(desk: Desk, now: datetime, horizon: int = 1) -> tuple[Change, ...]:
    """Every country forecast: its chance now and in the forecast before, largest rise first."""
    from farwatch.foresee.forecast import notices as watching

    with desk.database.read() as conn:
        times = kept.times(conn, now)
        newest = kept.made_at(conn, times[0]) if times else []
        before = kept.made_at(conn, times[1]) if len(times) > 1 else []
    return watching.changes(newest, before, horizon)


def notices(desk: Desk) -> tuple[WatchNotice, ...]:
    """Watch notices, newest first, with what became of them."""
    with desk.database.read() as conn:
        return tuple(kept.notices(conn))


def record_step(desk: Desk, notice: str, step: str, by: str, now: datetime) -> WatchNotice:
    """Keep a pre-emptive step that a person decided on; audited.

    Raises NotFound for an unknown notice, UsageError for a step without words.
    """
    words = " ".join(step.split())
    if not words or len(words) > LONGEST_STEP:
        raise UsageError(f"a step needs 1 to {LONGEST_STEP:,} characters, not {len(words):,}")
    person = Person(by, now)
    with desk.database.begin() as conn:
        found = kept.notice(conn, notice)
        if found is None:
            raise NotFound(f"no watch notice {notice!r}")
        told = f"{now:%Y-%m-%d %H:%M} UTC, {by.strip()}: {words}"
        found = replace(found, updated=now, steps=(*found.steps, told))
        kept.put_notices(conn, [found])
        person.decides(conn, "forecast.step", notice, {"step": words, "country": found.country})
    return found


def _panel(desk: Desk, as_of: datetime) -> tuple[Panel, datetime | None]:
    """The panel known at a time, through the last month that was coded nearly everywhere."""
    from farwatch.foresee.forecast.panel import panel_of
    from farwatch.world.country_names import VIEWS

    table = panel_as_of(desk, as_of)
    if not table.num_rows:
        raise UsageError("no history of violence was imported: run `farwatch history import FILE`")
    panel = panel_of(table, VIEWS)
    coded = np.isfinite(panel.sb).sum(axis=0)
    enough = np.flatnonzero(coded >= CODED * np.maximum.accumulate(coded))
    known = [one.vintage for one in held_vintages(desk) if one.vintage <= as_of]
    return panel.through(panel.first + int(enough[-1])), max(known, default=None)


def _forecasts(
    fitted: Fitted, model: ModelCard, vintage: datetime | None, now: datetime
) -> tuple[Forecast, ...]:
    from farwatch.foresee.forecast import summary

    panel, drawn = fitted.panel, fitted.draw()
    shares = fitted.shares(HORIZONS[0])
    out = []
    for n, row in enumerate(panel.live):
        code = panel.codes[row]
        if code is None:
            continue
        out.append(
            Forecast(
                place=f"country:{code}",
                country=code,
                made=now,
                cutoff=panel.last,
                card=model,
                months=summary.months(drawn.draws[n], HORIZONS, panel.last, panel.deaths[row]),
                drivers=summary.drivers(
                    panel, fitted.borders, row, {key: float(one[n]) for key, one in shares.items()}
                ),
                history=summary.history(panel, row),
                vintage=vintage,
            )
        )
    return tuple(out)


def _rows(made: tuple[Forecast, ...], vintage: datetime) -> pa.Table:
    import json

    import pyarrow as pa

    from farwatch.world.states import views_ids

    ids = views_ids()
    rows = [
        {
            "made": one.made, "vintage": vintage, "model": one.card.id, "target": TARGET,
            "place": one.place, "country_id": ids[one.country], "cutoff": one.cutoff,
            "month_id": month.month, "horizon": month.horizon, "levels": list(LEVELS),
            "quantiles": list(month.quantiles), "mean": month.mean, "p_ge_1": month.at_least_1,
            "p_ge_25": month.at_least_25, "p_onset": month.onset,
            "drivers": json.dumps({driver.name: driver.effect for driver in one.drivers}),
        }
        for one in made
        for month in one.months
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=FORECASTS)


def _libraries() -> dict[str, str]:
    names = ("lightgbm", "numpy", "scikit-learn")
    return {"python": platform.python_version(), **{name: version(name) for name in names}}
