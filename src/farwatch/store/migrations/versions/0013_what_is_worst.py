"""Indexes by severity: the worst events of a country, the sites that are reached worst."""

from alembic import op

revision = "0013"
down_revision = "0012"

_INDEXES = (
    ("events", ["state", "country", "severity", "last_reported"]),
    ("exposures", ["severity", "site", "event"]),
)


def upgrade() -> None:
    for table, columns in _INDEXES:
        op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, columns)


def downgrade() -> None:
    for table, columns in _INDEXES:
        op.drop_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table)
