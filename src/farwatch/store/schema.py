"""The database's tables: key fields as indexed columns, the whole noun beside them as JSON text.

`body` is always `bodies.pack(noun)`. Text rather than the server's JSON type: it is never queried
into, and feeds hold NUL characters and lone surrogates that PostgreSQL's jsonb refuses.
Times are aware UTC. `migrations/` must lead to exactly these tables (a test compares them).
"""

from __future__ import annotations

import sqlalchemy as sa

from farwatch.store.columns import (
    Time,
    boolean,
    flag,
    integer,
    optional,
    part_of,
    rare,
    serial,
    text,
    time,
    where,
)  # fmt: skip
from farwatch.store.columns import metadata as metadata
from farwatch.store.schema_accounts import accounts as accounts
from farwatch.store.schema_api import answers as answers
from farwatch.store.schema_api import webhook_posts as webhook_posts
from farwatch.store.schema_api import webhooks as webhooks
from farwatch.store.schema_care import alert_revisions as alert_revisions
from farwatch.store.schema_care import alert_sites as alert_sites
from farwatch.store.schema_care import alerts as alerts
from farwatch.store.schema_care import audit as audit
from farwatch.store.schema_care import exposures as exposures
from farwatch.store.schema_care import outbox as outbox
from farwatch.store.schema_care import site_lists as site_lists
from farwatch.store.schema_care import site_versions as site_versions
from farwatch.store.schema_care import sites as sites
from farwatch.store.schema_delivery import decided as decided
from farwatch.store.schema_delivery import notices as notices
from farwatch.store.schema_delivery import pulses as pulses
from farwatch.store.schema_delivery import recipients as recipients
from farwatch.store.schema_delivery import rotas as rotas
from farwatch.store.schema_delivery import secrets as secrets
from farwatch.store.schema_forecasts import forecasts as forecasts
from farwatch.store.schema_forecasts import model_cards as model_cards
from farwatch.store.schema_forecasts import watch_notices as watch_notices
from farwatch.store.schema_places import overrides as overrides
from farwatch.store.schema_places import place_levels as place_levels
from farwatch.store.schema_search import regrade_statements as regrade_statements
from farwatch.store.schema_search import regrades as regrades
from farwatch.store.schema_search import search_events as search_events
from farwatch.store.schema_search import search_reports as search_reports
from farwatch.store.schema_search import unindexed as unindexed

reports = sa.Table(
    "reports",
    metadata,
    text("id", primary_key=True),
    text("source"),
    text("key"),
    time("received"),
    optional("published", Time),
    text("batch"),
    text("body"),
    sa.Column("raw", sa.LargeBinary, nullable=False),
    flag("restricted"),
    rare("reports", "id"),
    sa.Index(None, "source", "key"),
    sa.Index(None, "source", "received"),
)

statements = sa.Table(
    "statements",
    metadata,
    text("source", primary_key=True),
    text("key", primary_key=True),
    text("current"),
    time("received"),  # of the current version
    optional("published", Time),
    boolean("withdrawn"),
    optional("flagged_at", Time),  # last withdrawal or reinstatement
    optional("flag_reason", sa.Text),
)

inbox = sa.Table(
    "inbox",
    metadata,
    serial("id"),
    text("action"),
    text("report"),
    text("source"),
    text("key"),
    time("received"),
    optional("reason", sa.Text),
    sqlite_autoincrement=True,  # a number is never given twice, even after rows moved to the lake
)

marks = sa.Table(
    "marks",
    metadata,
    text("name", primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
    optional("at", Time),
)

cursors = sa.Table("cursors", metadata, text("source", primary_key=True), text("body"))

rejects = sa.Table(
    "rejects",
    metadata,
    text("digest", primary_key=True),
    text("source"),
    text("document"),
    optional("position", sa.Text),
    optional("field", sa.Text),
    optional("value", sa.Text),
    text("reason"),
    time("at"),
    sa.Index(None, "source", "at"),
)

health = sa.Table(
    "health",
    metadata,
    text("source", primary_key=True),
    optional("last_heard", Time),
    optional("last_new", Time),
    optional("last_error", sa.Text),
    optional("last_error_at", Time),
    integer("failures", "0"),  # in a row
    optional("snapshot", sa.Text),
)

volumes = sa.Table(
    "volumes",
    metadata,
    text("source", primary_key=True),
    sa.Column("hour", Time, primary_key=True),
    integer("accepted", "0"),
    integer("unchanged", "0"),
    integer("rejected", "0"),
)

readings = sa.Table(
    "readings",
    metadata,
    text("source", primary_key=True),
    text("key", primary_key=True),
    sa.Column("part", sa.Integer, primary_key=True, autoincrement=False),
    text("report"),
    text("kind"),
    time("start"),
    *where(),
    text("body"),
    sa.Index(None, "start", "kind"),
    sa.Index(None, "country", "start"),
    sa.Index(None, "lat", "lon"),
)

judgements = sa.Table(
    "judgements",
    metadata,
    text("left", primary_key=True),
    text("right", primary_key=True),
    text("by", primary_key=True),
    text("verdict"),
    time("at"),
    text("body"),
    sa.Index(None, "right"),
)

events = sa.Table(
    "events",
    metadata,
    text("id", primary_key=True),
    integer("version"),
    text("kind"),
    optional("category", sa.Text),
    integer("severity"),
    integer("credibility"),
    boolean("official"),
    text("state"),
    text("title"),
    time("start"),
    optional("expires", Time),
    time("first_reported"),
    time("last_reported"),
    boolean("exercise"),
    optional("first_source", sa.Text),
    *where(),
    optional("updated", Time),
    text("body"),
    flag("restricted"),
    rare("events", "id"),
    sa.Index(None, "state", "expires"),
    sa.Index(None, "state", "country", "admin1", "expires"),  # live ones are counted by place
    sa.Index(None, "state", "lat", "lon"),  # and looked for around a point
    sa.Index(None, "state", "country", "severity", "last_reported"),  # the worst of a country
    sa.Index(None, "start"),
    sa.Index(None, "country", "start"),
    sa.Index(None, "last_reported"),
    sa.Index(None, "updated", "id"),
)

event_versions = sa.Table(
    "event_versions",
    metadata,
    text("id", primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    text("body"),
)

event_statements = sa.Table(
    "event_statements",
    metadata,
    part_of("event", "events.id"),
    text("statement", primary_key=True),
    sa.Index(None, "statement"),
)

redirects = sa.Table(
    "redirects",
    metadata,
    text("old", primary_key=True),
    text("surviving", index=True),
    time("at"),
)

tombstones = sa.Table(
    "tombstones",
    metadata,
    text("event", primary_key=True),
    text("source", primary_key=True),
    sa.Column("removed", Time, primary_key=True),
    integer("reports"),
    text("reason"),
)

assessments = sa.Table(
    "assessments",
    metadata,
    text("id", primary_key=True),
    text("place"),
    time("as_of"),
    optional("overall", sa.Integer),
    text("body"),
    sa.Index(None, "place", "as_of"),
)

levels = sa.Table(
    "levels",
    metadata,
    part_of("assessment", "assessments.id"),
    text("category", primary_key=True),
    text("place"),
    time("as_of"),
    optional("level", sa.Integer),
    boolean("at_least"),
    text("trend"),
    sa.Index(None, "place", "category", "as_of"),
)
