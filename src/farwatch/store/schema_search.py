"""The tables of search and of grades that persons gave.

On SQLite an FTS5 table of the same name with `_fts` follows each of the two by triggers; on
PostgreSQL the words are a `tsvector` with a GIN index. `migrations` make both.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR

from farwatch.store.columns import Time, integer, metadata, optional, serial, text, time

_WORDS = sa.Text().with_variant(TSVECTOR(), "postgresql")

# `id` is the row's time and a number (`search.place_in_time`): the order of the lists.
search_events = sa.Table(
    "search_events",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column(
        "event", sa.Text, sa.ForeignKey("events.id", ondelete="CASCADE"),
        nullable=False, unique=True,
    ),
    sa.Column("words", _WORDS, nullable=False),
)  # fmt: skip

search_reports = sa.Table(
    "search_reports",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    text("source"),
    text("key"),
    sa.Column("words", _WORDS, nullable=False),
    sa.UniqueConstraint("source", "key"),
    sa.ForeignKeyConstraint(
        ["source", "key"], ["statements.source", "statements.key"], ondelete="CASCADE"
    ),
)

# What changed since it was last indexed.
unindexed = sa.Table(
    "unindexed",
    metadata,
    text("noun", primary_key=True),  # event | report
    text("name", primary_key=True),  # an event's id, a statement's name
)

regrades = sa.Table(
    "regrades",
    metadata,
    serial("id"),
    text("event", index=True),  # as it was called when the word was said
    text("reliability"),
    integer("credibility"),
    text("by"),
    time("at"),
    text("reason"),
    optional("undone", Time),
    sqlite_autoincrement=True,
)

# What the event rested on then.
regrade_statements = sa.Table(
    "regrade_statements",
    metadata,
    sa.Column(
        "regrade", sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
        sa.ForeignKey("regrades.id", ondelete="CASCADE"), primary_key=True, autoincrement=False,
    ),
    text("statement", primary_key=True),
    sa.Index(None, "statement"),
)  # fmt: skip
