"""What was removed: tombstones of reports past their retention, and an index that finds those."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "tombstones",
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("removed", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("event", "source", "removed", name=op.f("pk_tombstones")),
    )
    op.create_index(
        op.f("ix_reports_source_received"), "reports", ["source", "received"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_reports_source_received"), table_name="reports")
    op.drop_table("tombstones")
