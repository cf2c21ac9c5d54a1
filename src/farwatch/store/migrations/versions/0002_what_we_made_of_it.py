"""What we made of it: readings, judgements, events, assessments."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _readings()
    _judgements()
    _events()
    _event_versions()
    _event_statements()
    _redirects()
    _assessments()
    _levels()


def downgrade() -> None:
    op.drop_table("levels")
    op.drop_table("assessments")
    op.drop_table("redirects")
    op.drop_table("event_statements")
    op.drop_table("event_versions")
    op.drop_table("events")
    op.drop_table("judgements")
    op.drop_table("readings")


def _readings() -> None:
    op.create_table(
        "readings",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("precision", sa.Text(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("radius_km", sa.Float(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("admin1", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source", "key", "part", name=op.f("pk_readings")),
    )
    op.create_index(
        op.f("ix_readings_country_start"), "readings", ["country", "start"], unique=False
    )
    op.create_index(op.f("ix_readings_lat_lon"), "readings", ["lat", "lon"], unique=False)
    op.create_index(op.f("ix_readings_start_kind"), "readings", ["start", "kind"], unique=False)


def _judgements() -> None:
    op.create_table(
        "judgements",
        sa.Column("left", sa.Text(), nullable=False),
        sa.Column("right", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("left", "right", "by", name=op.f("pk_judgements")),
    )
    op.create_index(op.f("ix_judgements_right"), "judgements", ["right"], unique=False)


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("credibility", sa.Integer(), nullable=False),
        sa.Column("official", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_reported", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_reported", sa.DateTime(timezone=True), nullable=False),
        sa.Column("exercise", sa.Boolean(), nullable=False),
        sa.Column("first_source", sa.Text(), nullable=True),
        sa.Column("precision", sa.Text(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("radius_km", sa.Float(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("admin1", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index(op.f("ix_events_country_start"), "events", ["country", "start"], unique=False)
    op.create_index(op.f("ix_events_last_reported"), "events", ["last_reported"], unique=False)
    op.create_index(op.f("ix_events_start"), "events", ["start"], unique=False)
    op.create_index(op.f("ix_events_state_expires"), "events", ["state", "expires"], unique=False)


def _event_versions() -> None:
    op.create_table(
        "event_versions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", "version", name=op.f("pk_event_versions")),
    )


def _event_statements() -> None:
    op.create_table(
        "event_statements",
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event"], ["events.id"], name=op.f("fk_event_statements_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event", "statement", name=op.f("pk_event_statements")),
    )
    op.create_index(
        op.f("ix_event_statements_statement"), "event_statements", ["statement"], unique=False
    )


def _redirects() -> None:
    op.create_table(
        "redirects",
        sa.Column("old", sa.Text(), nullable=False),
        sa.Column("surviving", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("old", name=op.f("pk_redirects")),
    )
    op.create_index(op.f("ix_redirects_surviving"), "redirects", ["surviving"], unique=False)


def _assessments() -> None:
    op.create_table(
        "assessments",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("overall", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessments")),
    )
    op.create_index(
        op.f("ix_assessments_place_as_of"), "assessments", ["place", "as_of"], unique=False
    )


def _levels() -> None:
    op.create_table(
        "levels",
        sa.Column("assessment", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("at_least", sa.Boolean(), nullable=False),
        sa.Column("trend", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment"],
            ["assessments.id"],
            name=op.f("fk_levels_assessment"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("assessment", "category", name=op.f("pk_levels")),
    )
    op.create_index(
        op.f("ix_levels_place_category_as_of"),
        "levels",
        ["place", "category", "as_of"],
        unique=False,
    )
