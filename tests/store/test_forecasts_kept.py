"""Models, forecasts and watch notices come back as they were kept, on either database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.errors import StoreError
from farwatch.model.forecast import (
    LEVELS,
    Bin,
    Driver,
    Forecast,
    ModelCard,
    Month,
    Reach,
    Record,
    Score,
    Skill,
    WatchNotice,
)
from farwatch.store import forecasts, schema

MADE = datetime(2023, 1, 20, 6, 30, tzinfo=UTC)
SKILL = Skill(
    windows=(2021, 2022), horizons=(3, 14), baseline="conflictology_12",
    scores=(Score("crps", 2.5, 3.0, -1.0, -0.1),), coverage=0.91,
    reliability={"at_least_1": (Bin(0.25, 0.2, 40),), "onset": ()}, pit=(0.1,) * 10,
    auc={"at_least_1": 0.97, "onset": None},
    records=(Record("ET", 24, 4.5, 5.0, 0.9), Record(None, 24, 1.0, 0.5, 1.0)),
    reaches=(Reach(1, 2, (2021,), (Score("ign", 0.5, 0.6, -0.2, 0.1),), None),),
)  # fmt: skip
CARD = ModelCard(
    id="farwatch-1-2022-12-0a", trained=MADE, vintage=None, panel_digest="0a" * 32, cutoff=516,
    horizons=(1, 2), seed=7, parameters={"method": "x", "trees": 200, "share": 0.35},
    libraries={"numpy": "2.1.0"}, skill=SKILL,
)  # fmt: skip


def forecast(country: str = "ET", made: datetime = MADE, card: ModelCard = CARD) -> Forecast:
    month = Month(517, 1, tuple(float(n) for n in range(len(LEVELS))), 4.2, 0.9, 0.4, None)
    return Forecast(
        place=f"country:{country}", country=country, made=made, cutoff=516, card=card,
        months=(month, replace(month, month=518, horizon=2, onset=0.05)),
        drivers=(Driver("now", "31 in three", -0.1, "%(n)s in three", {"n": 31}),),
        history=((515, None), (516, 12.0)), vintage=MADE - timedelta(days=9),
    )  # fmt: skip


def notice(name: str, **other: object) -> WatchNotice:
    first = WatchNotice(name, "ET", 517, MADE, 0.1, 0.5, 0.3, 25, updated=MADE, steps=("gone",))
    return replace(first, **other)  # type: ignore[arg-type]


def test_a_model_comes_back_whole(conn: Connection) -> None:
    assert forecasts.newest_card(conn) is None and forecasts.card(conn, CARD.id) is None
    forecasts.put_card(conn, CARD)
    later = replace(CARD, id="b", trained=MADE + timedelta(days=1), vintage=MADE)
    forecasts.put_card(conn, later)
    assert forecasts.card(conn, CARD.id) == CARD
    assert [type(one) for one in CARD.parameters.values()] == [
        type(one) for one in forecasts.card(conn, CARD.id).parameters.values()  # type: ignore[union-attr]
    ]  # fmt: skip
    assert forecasts.newest_card(conn) == later
    forecasts.put_card(conn, replace(CARD, seed=8))  # the same id again replaces it
    again = forecasts.card(conn, CARD.id)
    assert again is not None and again.seed == 8 and forecasts.newest_card(conn) == later


def test_a_forecast_comes_back_with_its_card(conn: Connection) -> None:
    forecasts.put_card(conn, CARD)
    forecasts.put(conn, [forecast("ET"), forecast("SD")])
    assert forecasts.of_place(conn, "country:ET", MADE) == forecast("ET")
    assert forecasts.of_place(conn, "country:ET", MADE - timedelta(seconds=1)) is None
    assert forecasts.of_place(conn, "country:FR", MADE) is None
    assert forecasts.made_at(conn, MADE) == [forecast("ET"), forecast("SD")]
    assert forecasts.times(conn, MADE) == [MADE]


def test_the_last_two_are_kept(conn: Connection) -> None:
    forecasts.put_card(conn, CARD)
    times = [MADE + timedelta(days=30 * n) for n in range(4)]
    for when in times:
        forecasts.put(conn, [forecast("ET", when), forecast("SD", when)])
    assert forecasts.times(conn, times[-1]) == [times[3], times[2]]
    assert forecasts.made_at(conn, times[1]) == []
    newest = forecasts.of_place(conn, "country:SD", times[-1])
    assert newest is not None and newest.made == times[3]
    older = forecasts.of_place(conn, "country:SD", times[3] - timedelta(days=1))
    assert older is not None and older.made == times[2]
    forecasts.put(conn, [replace(forecast("ET", times[3]), cutoff=515)])  # made again
    assert {one.cutoff for one in forecasts.made_at(conn, times[3])} == {515, 516}


def test_a_forecast_without_its_card_is_none(conn: Connection) -> None:
    """Nothing is given without its skill."""
    forecasts.put(conn, [forecast()])
    assert forecasts.of_place(conn, "country:ET", MADE) is None
    assert forecasts.made_at(conn, MADE) == []


def test_notices_come_back_newest_first(conn: Connection) -> None:
    later = notice("c", made=MADE + timedelta(days=1), outcome="hit")
    forecasts.put_notices(conn, [notice("b"), notice("a"), later])
    assert [one.id for one in forecasts.notices(conn)] == ["c", "a", "b"]
    assert forecasts.notices(conn, "open") == [notice("a"), notice("b")]
    assert forecasts.notices(conn, "hit") == [later]
    scored = notice("a", outcome="false alarm", updated=MADE + timedelta(days=60))
    forecasts.put_notices(conn, [scored])
    assert forecasts.notice(conn, "a") == scored and forecasts.notice(conn, "x") is None
    assert [one.id for one in forecasts.notices(conn, "open")] == ["b"]
    forecasts.put_notices(conn, [])


def test_another_versions_shape_is_an_error(conn: Connection) -> None:
    forecasts.put_card(conn, CARD)
    conn.execute(sa.update(schema.model_cards).values(body='{"id": "x"}'))
    with pytest.raises(StoreError, match="stored ModelCard"):
        forecasts.newest_card(conn)
