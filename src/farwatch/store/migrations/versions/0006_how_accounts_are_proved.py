"""How accounts are proved: second factors, an outside provider's names, what waits for an answer,
how often somebody tried. Sign-ins and keys begin anew: everybody signs in again."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("accounts") as accounts:
        accounts.add_column(sa.Column("subject", sa.Text(), nullable=True))
        accounts.add_column(sa.Column("totp_step", sa.Integer(), nullable=True))
        accounts.create_unique_constraint(op.f("uq_accounts_subject"), ["subject"])
    for table in ("tokens", "sessions"):
        op.drop_table(table)
    _sessions(sa.Column("seen", _TIME, nullable=False))
    _tokens(
        sa.Column("created", _TIME, nullable=False), sa.Column("updated", _TIME, nullable=False)
    )
    op.create_table(
        "recovery_codes",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("used", _TIME, nullable=True),
        _of_account("recovery_codes"),
        sa.PrimaryKeyConstraint("account", "id", name=op.f("pk_recovery_codes")),
    )
    op.create_table(
        "passkeys",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        _of_account("passkeys"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
    )
    op.create_index(op.f("ix_passkeys_account"), "passkeys", ["account"])
    op.create_table(
        "pending",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("expires", _TIME, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending")),
    )
    op.create_index(op.f("ix_pending_expires"), "pending", ["expires"])
    op.create_table(
        "rates",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("full_until", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rates")),
    )
    op.create_index(op.f("ix_rates_full_until"), "rates", ["full_until"])
    op.create_index(op.f("ix_audit_kind"), "audit", ["kind"])
    op.create_index(op.f("ix_audit_by"), "audit", ["by"])


def downgrade() -> None:
    for column in ("by", "kind"):
        op.drop_index(op.f(f"ix_audit_{column}"), table_name="audit")
    for table in ("rates", "pending", "passkeys", "recovery_codes", "tokens", "sessions"):
        op.drop_table(table)
    _sessions()
    _tokens()
    with op.batch_alter_table("accounts") as accounts:
        accounts.drop_constraint(op.f("uq_accounts_subject"), type_="unique")
        accounts.drop_column("totp_step")
        accounts.drop_column("subject")


def _of_account(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_account")
    return sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=name, ondelete="CASCADE")


def _sessions(*more: sa.Column[Any]) -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("expires", _TIME, nullable=False),
        *more,
        sa.Column("body", sa.Text(), nullable=False),
        _of_account("sessions"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_account"), "sessions", ["account"])
    op.create_index(op.f("ix_sessions_expires"), "sessions", ["expires"])


def _tokens(*more: sa.Column[Any]) -> None:
    op.create_table(
        "tokens",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("expires", _TIME, nullable=True),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.Column("last_used", _TIME, nullable=True),
        *more,
        sa.Column("body", sa.Text(), nullable=False),
        _of_account("tokens"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
    )
    op.create_index(op.f("ix_tokens_account"), "tokens", ["account"])
