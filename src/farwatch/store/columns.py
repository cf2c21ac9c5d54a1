"""Column shapes of the tables: an aware time, required and optional fields, a numbered row."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

# Constraints have names of their own, so that a migration can speak of them.
metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)


class Time(TypeDecorator[datetime]):
    """An aware UTC time; a naive one is a ValueError, never taken for UTC."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """SQLite keeps no zone: UTC is written, and nothing else can be."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError(f"time {value!r} has no zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware UTC, whatever zone the server's session shows."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


# SQLite numbers rows by itself only for a column of type INTEGER.
row_number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def serial(name: str) -> sa.Column[int]:
    """A number the database gives, rising."""
    return sa.Column(name, row_number, primary_key=True, autoincrement=True)


def text(name: str, **more: Any) -> sa.Column[str]:
    """A required text."""
    return sa.Column(name, sa.Text, nullable=False, **more)


def optional(name: str, kind: Any) -> sa.Column[Any]:
    """A column that may be empty."""
    return sa.Column(name, kind, nullable=True)


def time(name: str) -> sa.Column[datetime]:
    """A required time."""
    return sa.Column(name, Time, nullable=False)


def integer(name: str, default: str | None = None) -> sa.Column[int]:
    """A required whole number."""
    return sa.Column(name, sa.Integer, nullable=False, server_default=default)


def boolean(name: str) -> sa.Column[bool]:
    """A required yes or no."""
    return sa.Column(name, sa.Boolean, nullable=False)


def flag(name: str) -> sa.Column[bool]:
    """A yes or no that rows from before it was kept answer with no."""
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false())


def rare(table: str, column: str) -> sa.Index:
    """An index of the few rows that `restricted` marks, by their key: what lists leave out."""
    return sa.Index(
        f"ix_{table}_restricted", column,
        sqlite_where=sa.text("restricted = 1"), postgresql_where=sa.text("restricted"),
    )  # fmt: skip


def part_of(name: str, whole: str) -> sa.Column[str]:
    """A key that goes when the row it refers to goes."""
    return sa.Column(name, sa.Text, sa.ForeignKey(whole, ondelete="CASCADE"), primary_key=True)


def belongs_to(name: str, whole: str) -> sa.Column[str]:
    """A reference, not a key, that goes when the row it refers to goes."""
    return sa.Column(name, sa.Text, sa.ForeignKey(whole, ondelete="CASCADE"), nullable=False)


def where() -> tuple[sa.Column[Any], ...]:
    """Where a thing is; all of it may be unknown."""
    return (
        optional("precision", sa.Text),
        optional("lat", sa.Float),
        optional("lon", sa.Float),
        optional("radius_km", sa.Float),
        optional("country", sa.Text),
        optional("admin1", sa.Text),
    )
