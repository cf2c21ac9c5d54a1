"""Who may be told, what each was told and confirmed, what officers decided, the desk's pulse."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_TIME = sa.DateTime(timezone=True)
_ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_RECEIPTS = (
    ("notice", _ROW),
    ("provider", sa.Text()),
    ("receipt", sa.Text()),
    ("receipt_at", _TIME),
)


def upgrade() -> None:
    op.create_table(
        "recipients",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("updated", _TIME, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipients")),
    )
    op.create_index(op.f("ix_recipients_updated"), "recipients", ["updated"])
    op.create_table(
        "rotas",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("updated", _TIME, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_rotas")),
    )
    op.create_index(op.f("ix_rotas_updated"), "rotas", ["updated"])
    op.create_table(
        "notices",
        sa.Column("id", _ROW, autoincrement=True, nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("in_turn", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due", _TIME, nullable=True),
        sa.Column("asked", _TIME, nullable=False),
        sa.Column("confirmed_at", _TIME, nullable=True),
        sa.Column("updated", _TIME, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["alerts.key"], name=op.f("fk_notices_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint(
            "event", "recipient", "revision", name=op.f("uq_notices_event_recipient_revision")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_notices_due"), "notices", ["due"])
    op.create_index(op.f("ix_notices_key"), "notices", ["key"])
    op.create_index(op.f("ix_notices_state_asked"), "notices", ["state", "asked"])
    op.create_index(op.f("ix_notices_asked_id"), "notices", ["asked", "id"])
    op.create_index(op.f("ix_notices_updated"), "notices", ["updated"])
    op.create_table(
        "decided",
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("until", _TIME, nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("event", "what", name=op.f("pk_decided")),
    )
    op.create_table(
        "pulses",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_pulses")),
    )
    op.create_table(
        "secrets",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secrets")),
    )
    for name, kind in _RECEIPTS:
        op.add_column("outbox", sa.Column(name, kind, nullable=True))
    op.create_index(op.f("ix_outbox_notice"), "outbox", ["notice"])
    op.create_index(op.f("ix_outbox_provider"), "outbox", ["provider"])


def downgrade() -> None:
    op.drop_index(op.f("ix_outbox_provider"), table_name="outbox")
    op.drop_index(op.f("ix_outbox_notice"), table_name="outbox")
    for name, _ in _RECEIPTS:
        op.drop_column("outbox", name)
    for table in ("secrets", "pulses", "decided", "notices", "rotas", "recipients"):
        op.drop_table(table)
