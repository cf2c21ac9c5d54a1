"""Paging by what was last seen: a page costs the same at the end of a list as at its beginning.

A cursor holds the sort values of the last row. Rows that come in between move no page.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from farwatch.errors import UsageError
from farwatch.model.times import parse_utc
from farwatch.store.columns import Time

T = TypeVar("T")
MOST = 1_000  # rows of a page


@dataclass(frozen=True, slots=True)
class Order:
    """How a list is sorted: columns that together are unique, and which way. None may be empty."""

    columns: tuple[sa.ColumnElement[Any], ...]
    descending: bool = True


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which page: at most `limit` rows after the cursor `after`."""

    limit: int = 50
    after: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= MOST:
            raise UsageError(f"limit {self.limit} is not from 1 to {MOST}")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a list; `next` asks for those after them, None at its end."""

    items: tuple[T, ...]
    next: str | None


def page(
    conn: Connection,
    query: sa.Select[Any],
    order: Order,
    wanted: Wanted,
    made: Callable[[Row[Any]], T],
) -> Page[T]:
    """One page of a query. Raises UsageError for a cursor that is not of this list."""
    keyed = query.add_columns(*(c.label(f"key{n}") for n, c in enumerate(order.columns)))
    turned = (c.desc() if order.descending else c.asc() for c in order.columns)
    keyed = keyed.order_by(*turned).limit(wanted.limit + 1)
    if wanted.after is not None:
        values = read_cursor(wanted.after, order.columns)
        here = sa.tuple_(*order.columns)
        there = sa.tuple_(*(
            sa.literal(v, c.type) for v, c in zip(values, order.columns, strict=True)
        ))  # fmt: skip
        keyed = keyed.where(here < there if order.descending else here > there)
    rows = conn.execute(keyed).all()
    shown = rows[: wanted.limit]
    last = [shown[-1]._mapping[f"key{n}"] for n in range(len(order.columns))] if shown else []
    following = cursor(last) if len(rows) > wanted.limit else None
    return Page(tuple(made(row) for row in shown), following)


def cursor(values: Sequence[Any]) -> str:
    """What asks for the rows after the one with these sort values."""
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def read_cursor(text: str, columns: Sequence[sa.ColumnElement[Any]]) -> list[Any]:
    """The sort values that a cursor holds; raises UsageError for one that is not of this list."""
    try:
        plain = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(plain, list) or len(plain) != len(columns):
            raise ValueError("of another list")
        return [_typed(value, column) for value, column in zip(plain, columns, strict=True)]
    except (binascii.Error, ValueError, TypeError) as error:
        raise UsageError(f"cursor {text[:60]!r} is not one that this list gave") from error


def _typed(value: Any, column: sa.ColumnElement[Any]) -> Any:
    if isinstance(column.type, Time):
        return parse_utc(value)
    kind = column.type.python_type
    if not isinstance(value, kind) or isinstance(value, bool):
        raise ValueError(f"{value!r} is no {kind.__name__}")
    return value
