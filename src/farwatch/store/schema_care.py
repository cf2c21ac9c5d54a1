"""The tables of what is in our care and what we told: sites, alerts, messages, audit."""

from __future__ import annotations

import sqlalchemy as sa

from farwatch.store.columns import (
    Time,
    boolean,
    flag,
    integer,
    metadata,
    optional,
    part_of,
    rare,
    row_number,
    serial,
    text,
    time,
)  # fmt: skip

sites = sa.Table(
    "sites",
    metadata,
    text("id", primary_key=True),
    sa.Column("lat", sa.Float, nullable=False),
    sa.Column("lon", sa.Float, nullable=False),
    optional("country", sa.Text),
    integer("tier"),
    optional("programme", sa.Text),
    optional("updated", Time),
    text("body"),
    text("name", server_default=""),  # folded: what is searched and sorted by
    optional("admin1", sa.Text),  # "ZM.08"
    optional("staff", sa.Integer),
    optional("retired", Time),  # out of our care since then
    integer("version", "1"),
    sa.Index(None, "country", "admin1", "retired", "programme"),  # all that counts ask
    sa.Index(None, "updated", "id"),
    sa.Index(None, "name", "id"),
    sa.Index(None, "admin1"),
)

site_versions = sa.Table(
    "site_versions",
    metadata,
    text("id", primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    time("at"),
    text("by"),
    text("how"),
    text("body"),
)

# Tables that were uploaded and wait to be imported.
site_lists = sa.Table(
    "site_lists",
    metadata,
    text("id", primary_key=True),
    text("account"),
    text("name"),
    time("expires"),
    optional("outcome", sa.Text),  # what the import came to, once it was done
    sa.Column("data", sa.LargeBinary, nullable=False),
    sa.Index(None, "expires"),
)

exposures = sa.Table(
    "exposures",
    metadata,
    text("event", primary_key=True),
    text("site", primary_key=True),
    integer("event_version"),
    integer("severity"),
    sa.Column("probability", sa.Float, nullable=False),
    text("body"),
    sa.Index(None, "site", "event", "severity"),
    sa.Index(None, "severity", "site", "event"),  # sites by the worst that reaches them
)

alerts = sa.Table(
    "alerts",
    metadata,
    text("key", primary_key=True),
    integer("revision"),
    text("id", index=True),
    text("event", index=True),
    text("recipient"),
    text("state"),
    text("route"),
    boolean("released"),
    time("sent"),
    time("ends"),
    boolean("exercise"),
    optional("disposition", sa.Text),
    optional("updated", Time),
    text("body"),
    flag("restricted"),
    rare("alerts", "key"),
    sa.Index(None, "state", "ends"),
    sa.Index(None, "updated", "key"),
)

alert_sites = sa.Table(
    "alert_sites",
    metadata,
    part_of("key", "alerts.key"),
    text("site", primary_key=True),
    sa.Index(None, "site"),
)

alert_revisions = sa.Table(
    "alert_revisions",
    metadata,
    part_of("key", "alerts.key"),
    sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
    text("id", index=True),
    text("body"),
)

outbox = sa.Table(
    "outbox",
    metadata,
    serial("id"),
    sa.Column("key", sa.Text, sa.ForeignKey("alerts.key"), nullable=False),
    text("recipient"),
    text("channel"),
    integer("revision"),
    text("state"),  # waiting | claimed | sent | given_up
    integer("attempts", "0"),
    integer("repeats", "0"),
    time("next_attempt"),
    optional("claimed_until", Time),
    optional("handed_over_at", Time),
    optional("last_error", sa.Text),
    text("body"),
    optional("notice", row_number),  # the notice to a person that this message carries
    optional("provider", sa.Text),  # the provider's own name for the message
    optional("receipt", sa.Text),  # what the provider said became of it
    optional("receipt_at", Time),
    sa.UniqueConstraint("key", "recipient", "channel", "revision"),
    sa.Index(None, "state", "next_attempt"),
    sa.Index(None, "notice"),
    sa.Index(None, "provider"),
    sqlite_autoincrement=True,
)

audit = sa.Table(
    "audit",
    metadata,
    serial("id"),
    time("at"),
    text("kind", index=True),
    text("by", index=True),
    text("subject", index=True),
    text("body"),
    text("previous"),
    text("hash"),
    sqlite_autoincrement=True,
)
