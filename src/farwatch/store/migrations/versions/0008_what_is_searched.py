"""Search over events and reports; what is not indexed yet; grades that persons gave."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0008"
down_revision = "0010"

_TIME = sa.DateTime(timezone=True)
_ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WORDS = sa.Text().with_variant(TSVECTOR(), "postgresql")
_SEARCHED = ("search_events", "search_reports")

# The FTS5 table keeps the words' places only; what it indexes stands in the table beside it.
# Beginnings are indexed too: without, a common one gathers all its rows before the first is given.
_FTS = """
    CREATE VIRTUAL TABLE {0}_fts USING fts5(
        words, content = '{0}', content_rowid = 'id', detail = 'none', tokenize = 'ascii',
        prefix = '4 5 6 7 8 9 10 11 12'
    )
"""
_TRIGGERS = (
    "CREATE TRIGGER {0}_put AFTER INSERT ON {0} BEGIN"
    " INSERT INTO {0}_fts (rowid, words) VALUES (new.id, new.words); END",
    "CREATE TRIGGER {0}_drop AFTER DELETE ON {0} BEGIN"
    " INSERT INTO {0}_fts ({0}_fts, rowid, words) VALUES ('delete', old.id, old.words); END",
)


def upgrade() -> None:
    op.create_table(
        "search_events",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("words", _WORDS, nullable=False),
        sa.ForeignKeyConstraint(
            ["event"], ["events.id"], name=op.f("fk_search_events_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_events")),
        sa.UniqueConstraint("event", name=op.f("uq_search_events_event")),
    )
    op.create_table(
        "search_reports",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("words", _WORDS, nullable=False),
        sa.ForeignKeyConstraint(
            ["source", "key"], ["statements.source", "statements.key"],
            name=op.f("fk_search_reports_source_key"), ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_reports")),
        sa.UniqueConstraint("source", "key", name=op.f("uq_search_reports_source_key")),
    )  # fmt: skip
    op.create_table(
        "unindexed",
        sa.Column("noun", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("noun", "name", name=op.f("pk_unindexed")),
    )
    op.create_table(
        "regrades",
        sa.Column("id", _ROW, autoincrement=True, nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("reliability", sa.Text(), nullable=False),
        sa.Column("credibility", sa.Integer(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("undone", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regrades")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_regrades_event"), "regrades", ["event"])
    op.create_table(
        "regrade_statements",
        sa.Column("regrade", _ROW, autoincrement=False, nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["regrade"], ["regrades.id"], name=op.f("fk_regrade_statements_regrade"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("regrade", "statement", name=op.f("pk_regrade_statements")),
    )  # fmt: skip
    op.create_index(op.f("ix_regrade_statements_statement"), "regrade_statements", ["statement"])
    _searched()
    op.execute("INSERT INTO unindexed (noun, name) SELECT 'event', id FROM events")
    op.execute(
        "INSERT INTO unindexed (noun, name) SELECT 'report', source || '\t' || key FROM statements"
    )


def _searched() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in _SEARCHED:
        if sqlite:
            for statement in (_FTS, *_TRIGGERS):
                op.execute(statement.format(table))
        else:
            op.execute(f"CREATE INDEX fts_{table} ON {table} USING gin (words)")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in _SEARCHED:
            op.execute(f"DROP TABLE {table}_fts")
    for table in ("regrade_statements", "regrades", "unindexed", "search_reports", "search_events"):
        op.drop_table(table)
