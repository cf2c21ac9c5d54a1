"""The tables of delivery: who may be told, what each was told, the desk's own pulse and secrets."""

from __future__ import annotations

import sqlalchemy as sa

from farwatch.store.columns import (
    Time,
    boolean,
    integer,
    metadata,
    optional,
    serial,
    text,
    time,
)  # fmt: skip

recipients = sa.Table(
    "recipients",
    metadata,
    text("id", primary_key=True),
    text("role"),
    boolean("active"),
    time("updated"),
    text("body"),
    sa.Index(None, "updated"),
)

rotas = sa.Table(
    "rotas",
    metadata,
    text("name", primary_key=True),
    text("role"),
    time("updated"),
    text("body"),
    sa.Index(None, "updated"),
)

notices = sa.Table(
    "notices",
    metadata,
    serial("id"),
    text("event"),
    sa.Column("key", sa.Text, sa.ForeignKey("alerts.key"), nullable=False),
    text("recipient"),
    integer("revision"),
    text("group"),
    boolean("in_turn"),
    text("state"),
    optional("due", Time),  # when to look again; none: nothing is awaited
    time("asked"),
    optional("confirmed_at", Time),
    time("updated"),
    text("body"),
    sa.UniqueConstraint("event", "recipient", "revision"),
    sa.Index(None, "due"),
    sa.Index(None, "key"),
    sa.Index(None, "state", "asked"),
    sa.Index(None, "asked", "id"),
    sa.Index(None, "updated"),
    sqlite_autoincrement=True,
)

decided = sa.Table(
    "decided",
    metadata,
    text("event", primary_key=True),
    text("what", primary_key=True),  # edit | hold
    text("by"),
    time("at"),
    optional("until", Time),
    text("body"),
)

pulses = sa.Table(
    "pulses",
    metadata,
    text("name", primary_key=True),
    time("at"),
    text("body"),
)

secrets = sa.Table(
    "secrets",
    metadata,
    text("name", primary_key=True),
    text("value"),
)
