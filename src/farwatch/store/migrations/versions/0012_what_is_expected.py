"""Models with their skill, the last forecasts of each place, and watch notices."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "model_cards",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("trained", _TIME, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_cards")),
    )
    op.create_index(op.f("ix_model_cards_trained"), "model_cards", ["trained"])
    op.create_table(
        "forecasts",
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("made", _TIME, nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("place", "made", name=op.f("pk_forecasts")),
    )
    op.create_index(op.f("ix_forecasts_made"), "forecasts", ["made"])
    op.create_table(
        "watch_notices",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("made", _TIME, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("updated", _TIME, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch_notices")),
    )
    for column in ("outcome", "made"):
        op.create_index(op.f(f"ix_watch_notices_{column}"), "watch_notices", [column])


def downgrade() -> None:
    for table in ("watch_notices", "forecasts", "model_cards"):
        op.drop_table(table)
