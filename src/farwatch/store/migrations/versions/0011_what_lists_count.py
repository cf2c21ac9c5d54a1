"""Indexes that hold all that lists count and are sorted by, so that no row is opened for it."""

from alembic import op

revision = "0011"
down_revision = "0008"

# table -> what an index was over, and what it is over now
_WIDENED = (
    ("sites", ["country"], ["country", "admin1", "retired", "programme"]),
    ("exposures", ["site"], ["site", "event", "severity"]),
    ("events", ["updated"], ["updated", "id"]),
    ("sites", ["updated"], ["updated", "id"]),
    ("alerts", ["updated"], ["updated", "key"]),
)
# Live events, as they are counted by place, and as they are looked for around a point.
_LIVE = (["state", "country", "admin1", "expires"], ["state", "lat", "lon"])


def upgrade() -> None:
    for columns in _LIVE:
        _make("events", columns)
    for table, before, after in _WIDENED:
        _drop(table, before)
        _make(table, after)


def downgrade() -> None:
    for table, before, after in _WIDENED:
        _drop(table, after)
        _make(table, before)
    for columns in _LIVE:
        _drop("events", columns)


def _make(table: str, columns: list[str]) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, columns)


def _drop(table: str, columns: list[str]) -> None:
    op.drop_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table)
