"""The tables of the API's frame: kept answers, webhooks and their posts."""

from __future__ import annotations

import sqlalchemy as sa

from farwatch.store.columns import (
    Time,
    belongs_to,
    boolean,
    integer,
    metadata,
    optional,
    serial,
    text,
    time,
)  # fmt: skip

# What a write was answered, so that the same request sent again is not carried out again.
answers = sa.Table(
    "answers",
    metadata,
    text("id", primary_key=True),  # a digest of account and idempotency key
    belongs_to("account", "accounts.id"),
    text("fingerprint"),  # a digest of what was asked
    time("at"),
    optional("status", sa.Integer),  # none while it is being carried out
    optional("sealed", sa.LargeBinary),  # headers and body; the idempotency key opens it
    sa.Index(None, "account"),
    sa.Index(None, "at"),
)

webhooks = sa.Table(
    "webhooks",
    metadata,
    text("id", primary_key=True),
    belongs_to("account", "accounts.id"),
    boolean("active"),
    text("secret"),
    text("stands"),  # JSON: up to when each followed list was looked through
    optional("failing_since", Time),
    time("created"),
    time("updated"),
    text("body"),
    sa.Index(None, "account"),
    sa.Index(None, "updated"),
)

webhook_posts = sa.Table(
    "webhook_posts",
    metadata,
    serial("id"),
    belongs_to("webhook", "webhooks.id"),
    text("message"),  # the same for every try
    text("kind"),
    text("state"),  # waiting | claimed | sent | given_up
    integer("attempts", "0"),
    time("next_attempt"),
    optional("claimed_until", Time),
    optional("posted_at", Time),
    optional("status", sa.Integer),  # of the last answer
    optional("last_error", sa.Text),
    time("created"),
    time("updated"),
    text("body"),
    sa.UniqueConstraint("webhook", "message"),
    sa.Index(None, "state", "next_attempt"),
    sa.Index(None, "webhook", "updated"),
    sqlite_autoincrement=True,
)
