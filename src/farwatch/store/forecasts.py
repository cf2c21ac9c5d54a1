"""Models with their skill, the last two forecasts of each place, and watch notices."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.model.forecast import Driver, Forecast, ModelCard, Month, WatchNotice
from farwatch.store import schema
from farwatch.store.bodies import pack, unpack
from farwatch.store.rows import changed_at, upsert

_KEPT = 2  # forecasts of a place


@dataclass(frozen=True, slots=True)
class _Body:
    """A forecast without its card, which many share."""

    country: str
    cutoff: int
    months: tuple[Month, ...]
    drivers: tuple[Driver, ...]
    history: tuple[tuple[int, float | None], ...]
    vintage: datetime | None


def put_card(conn: Connection, card: ModelCard) -> None:
    """Keep a model; the same id again replaces it."""
    row = {"id": card.id, "trained": card.trained, "body": pack(card)}
    upsert(conn, schema.model_cards, [row])


def newest_card(conn: Connection) -> ModelCard | None:
    """The model trained last; None if none was."""
    table = schema.model_cards
    query = sa.select(table.c.body).order_by(table.c.trained.desc(), table.c.id).limit(1)
    body = conn.execute(query).scalar()
    return None if body is None else unpack(ModelCard, body)


def card(conn: Connection, name: str) -> ModelCard | None:
    """A model by its id."""
    table = schema.model_cards
    body = conn.execute(sa.select(table.c.body).where(table.c.id == name)).scalar()
    return None if body is None else unpack(ModelCard, body)


def put(conn: Connection, made: Iterable[Forecast]) -> None:
    """Keep forecasts made at one time; of each place the two newest are left."""
    rows = [
        {"place": one.place, "made": one.made, "card": one.card.id, "body": pack(_body(one))}
        for one in made
    ]
    upsert(conn, schema.forecasts, rows)
    table = schema.forecasts
    times = sa.select(table.c.made).distinct().order_by(table.c.made.desc())
    kept = list(conn.execute(times.limit(_KEPT)).scalars())
    if len(kept) == _KEPT:
        conn.execute(sa.delete(table).where(table.c.made < kept[-1]))


def times(conn: Connection, until: datetime) -> list[datetime]:
    """When forecasts were made, newest first."""
    table = schema.forecasts
    query = sa.select(table.c.made).where(table.c.made <= until).distinct()
    return list(conn.execute(query.order_by(table.c.made.desc())).scalars())


def of_place(conn: Connection, place: str, until: datetime) -> Forecast | None:
    """The newest forecast of a place made by a time."""
    table = schema.forecasts
    query = sa.select(table).where(table.c.place == place, table.c.made <= until)
    row = conn.execute(query.order_by(table.c.made.desc()).limit(1)).first()
    if row is None:
        return None
    model = card(conn, row.card)
    return None if model is None else _forecast(row.place, row.made, model, row.body)


def of_places(conn: Connection, places: Collection[str], until: datetime) -> dict[str, Forecast]:
    """Of each of the places the newest forecast made by a time; those without one are left out."""
    table = schema.forecasts
    query = sa.select(table).where(table.c.place.in_(places), table.c.made <= until)
    newest = {row.place: row for row in conn.execute(query.order_by(table.c.made))}
    models = {name: card(conn, name) for name in {row.card for row in newest.values()}}
    return {
        place: _forecast(place, row.made, model, row.body)
        for place, row in newest.items()
        if (model := models[row.card]) is not None
    }


def made_at(conn: Connection, when: datetime) -> list[Forecast]:
    """All forecasts made at one time, by place."""
    table = schema.forecasts
    rows = conn.execute(sa.select(table).where(table.c.made == when).order_by(table.c.place)).all()
    models = {name: card(conn, name) for name in {row.card for row in rows}}
    return [
        _forecast(row.place, row.made, model, row.body)
        for row in rows
        if (model := models[row.card]) is not None
    ]


def put_notices(conn: Connection, notices: Iterable[WatchNotice]) -> None:
    """Keep notices; the same id again replaces it."""
    rows = [
        {
            "id": one.id, "made": one.made, "outcome": one.outcome, "updated": changed_at(),
            "body": pack(one),
        }
        for one in notices
    ]  # fmt: skip
    upsert(conn, schema.watch_notices, rows)


def notice(conn: Connection, name: str) -> WatchNotice | None:
    """A notice by its id."""
    table = schema.watch_notices
    body = conn.execute(sa.select(table.c.body).where(table.c.id == name)).scalar()
    return None if body is None else unpack(WatchNotice, body)


def notices(conn: Connection, outcome: str | None = None) -> list[WatchNotice]:
    """Notices (with this outcome), newest first."""
    table = schema.watch_notices
    query = sa.select(table.c.body).order_by(table.c.made.desc(), table.c.id)
    if outcome is not None:
        query = query.where(table.c.outcome == outcome)
    return [unpack(WatchNotice, body) for body in conn.execute(query).scalars()]


def _body(one: Forecast) -> _Body:
    return _Body(one.country, one.cutoff, one.months, one.drivers, one.history, one.vintage)


def _forecast(place: str, made: datetime, model: ModelCard, body: str) -> Forecast:
    told = unpack(_Body, body)
    return Forecast(
        place, told.country, made, told.cutoff, model, told.months, told.drivers, told.history,
        told.vintage,
    )  # fmt: skip
