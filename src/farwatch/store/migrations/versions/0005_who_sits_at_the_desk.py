"""Who sits at the desk; and when each thing in it last changed, for those who follow it."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_TIME = sa.DateTime(timezone=True)
_FOLLOWED = ("alerts", "events", "sites")


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("totp", sa.Text(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked_until", _TIME, nullable=True),
        sa.Column("updated", _TIME, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("name", name=op.f("uq_accounts_name")),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("expires", _TIME, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"], ["accounts.id"], name=op.f("fk_sessions_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_account"), "sessions", ["account"])
    op.create_index(op.f("ix_sessions_expires"), "sessions", ["expires"])
    op.create_table(
        "tokens",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("expires", _TIME, nullable=True),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.Column("last_used", _TIME, nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"], ["accounts.id"], name=op.f("fk_tokens_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
    )
    op.create_index(op.f("ix_tokens_account"), "tokens", ["account"])
    op.create_table(
        "invitations",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=True),
        sa.Column("expires", _TIME, nullable=False),
        sa.Column("used", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
    )
    op.create_table(
        "alert_sites",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["key"], ["alerts.key"], name=op.f("fk_alert_sites_key"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", "site", name=op.f("pk_alert_sites")),
    )
    op.create_index(op.f("ix_alert_sites_site"), "alert_sites", ["site"])
    _fill_alert_sites()
    for table in _FOLLOWED:
        op.add_column(table, sa.Column("updated", _TIME, nullable=True))
        op.create_index(op.f(f"ix_{table}_updated"), table, ["updated"])
    op.add_column("sites", sa.Column("programme", sa.Text(), nullable=True))


def _fill_alert_sites() -> None:
    """The sites of the alerts that stand already, from their bodies."""
    conn = op.get_bind()
    alerts = sa.table("alerts", sa.column("key"), sa.column("body"))
    alert_sites = sa.table("alert_sites", sa.column("key"), sa.column("site"))
    rows = [
        {"key": row.key, "site": site}
        for row in conn.execute(sa.select(alerts.c.key, alerts.c.body))
        for site in dict.fromkeys(json.loads(row.body)["sites"])
    ]
    if rows:
        conn.execute(sa.insert(alert_sites), rows)


def downgrade() -> None:
    op.drop_column("sites", "programme")
    for table in _FOLLOWED:
        op.drop_index(op.f(f"ix_{table}_updated"), table_name=table)
        op.drop_column(table, "updated")
    for table in ("alert_sites", "invitations", "tokens", "sessions", "accounts"):
        op.drop_table(table)
