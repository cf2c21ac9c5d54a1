"""What is restricted as a column: of reports, of events, of alerts upon them."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_KEYS = {"reports": "id", "events": "id", "alerts": "key"}


def _table(name: str, *columns: str) -> sa.TableClause:
    return sa.table(name, *map(sa.column, columns), sa.column("restricted", sa.Boolean()))


_REPORTS, _EVENTS = _table("reports", "id", "body"), _table("events", "id", "body")
_ALERTS = _table("alerts", "key", "event", "body")
_VERSIONS = sa.table("event_versions", sa.column("id"), sa.column("body"))
_REDIRECTS = sa.table("redirects", sa.column("old"), sa.column("surviving"))
_MARK = '%"restricted":true%'  # no text inside a body can hold it: its quotes are escaped there


def upgrade() -> None:
    for table, key in _KEYS.items():
        op.add_column(
            table,
            sa.Column("restricted", sa.Boolean(), nullable=False, server_default=sa.false()),
        )
        op.create_index(
            f"ix_{table}_restricted", table, [key],
            sqlite_where=sa.text("restricted = 1"), postgresql_where=sa.text("restricted"),
        )  # fmt: skip
    conn = op.get_bind()
    for told in (_REPORTS, _EVENTS):
        conn.execute(sa.update(told).where(told.c.body.like(_MARK)).values(restricted=sa.true()))
    _mark_alerts(conn)


def _mark_alerts(conn: sa.Connection) -> None:
    """Those made from any version of an event that was restricted: their words are from there."""
    then = sa.select(_VERSIONS.c.id).where(_VERSIONS.c.body.like(_MARK))
    moved = sa.select(_REDIRECTS.c.old).join(_EVENTS, _EVENTS.c.id == _REDIRECTS.c.surviving)
    about = sa.or_(
        _ALERTS.c.event.in_(then), _ALERTS.c.event.in_(moved.where(_EVENTS.c.restricted))
    )
    for key, body in conn.execute(sa.select(_ALERTS.c.key, _ALERTS.c.body).where(about)).all():
        told = json.dumps(json.loads(body) | {"restricted": True}, separators=(",", ":"))
        change = sa.update(_ALERTS).where(_ALERTS.c.key == key)
        conn.execute(change.values(restricted=sa.true(), body=told))


def downgrade() -> None:
    for table in _KEYS:
        op.drop_index(f"ix_{table}_restricted", table)
        op.drop_column(table, "restricted")
