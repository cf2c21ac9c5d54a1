"""The tables of who sits at the desk: accounts and what proves them, sign-ins, keys of programs,
one-time links, what waits for an answer, how often somebody tried."""

from __future__ import annotations

import sqlalchemy as sa

from farwatch.store.columns import (
    Time,
    belongs_to,
    boolean,
    integer,
    metadata,
    optional,
    part_of,
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
    optional("totp_step", sa.Integer),  # of the last code taken: none is taken twice
    sa.Column("subject", sa.Text, nullable=True, unique=True),  # issuer and name at a provider
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
    time("expires"),  # at the latest
    time("seen"),  # last used
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
    time("created"),
    time("updated"),
    text("body"),
    sa.Index(None, "account"),
)

invitations = sa.Table(
    "invitations",
    metadata,
    text("id", primary_key=True),  # the digest of the link's secret
    text("purpose"),  # set-up | invite | reset
    optional("account", sa.Text),
    time("expires"),
    optional("used", Time),
)

recovery_codes = sa.Table(
    "recovery_codes",
    metadata,
    part_of("account", "accounts.id"),
    text("id", primary_key=True),  # the digest of the code
    optional("used", Time),
)

passkeys = sa.Table(
    "passkeys",
    metadata,
    text("id", primary_key=True),  # the credential's own id, base64url
    belongs_to("account", "accounts.id"),
    text("body"),
    sa.Index(None, "account"),
)

# A sign-in or an enrolment that waits for its second half.
pending = sa.Table(
    "pending",
    metadata,
    text("id", primary_key=True),  # a digest: of a cookie, or of purpose and sign-in
    text("purpose"),
    time("expires"),
    text("body"),
    sa.Index(None, "expires"),
)

rates = sa.Table(
    "rates",
    metadata,
    text("key", primary_key=True),  # a digest of what is counted and for whom
    sa.Column("full_until", sa.Float, nullable=False),  # seconds since 1970
    sa.Index(None, "full_until"),
)
