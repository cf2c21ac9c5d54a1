"""The tables of who sits at the desk: accounts, sign-ins, keys of programs, one-time links."""

from __future__ import annotations

import sqlalchemy as sa

from farwatch.store.columns import (
    Time,
    belongs_to,
    boolean,
    integer,
    metadata,
    optional,
    text,
    time,
)  # fmt: skip

accounts = sa.Table(
    "accounts",
    metadata,
    text("id", primary_key=True),
    text("name", unique=True),  # casefolded: two names that read alike are one
    text("role"),
    boolean("active"),
    optional("password", sa.Text),  # Argon2id, with its parameters and salt
    optional("totp", sa.Text),  # the secret that the authenticator shares
    integer("failures", "0"),  # wrong passwords in a row
    optional("locked_until", Time),
    time("updated"),
    text("body"),
)

sessions = sa.Table(
    "sessions",
    metadata,
    text("id", primary_key=True),
    belongs_to("account", "accounts.id"),
    time("expires"),
    text("body"),
    sa.Index(None, "account"),
    sa.Index(None, "expires"),
)

tokens = sa.Table(
    "tokens",
    metadata,
    text("id", primary_key=True),
    belongs_to("account", "accounts.id"),
    optional("expires", Time),
    boolean("revoked"),
    optional("last_used", Time),
    text("body"),
    sa.Index(None, "account"),
)

invitations = sa.Table(
    "invitations",
    metadata,
    text("id", primary_key=True),  # the digest of the link's secret
    text("purpose"),  # set-up | password
    optional("account", sa.Text),
    time("expires"),
    optional("used", Time),
)
