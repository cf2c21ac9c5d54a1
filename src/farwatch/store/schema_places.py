"""The tables of places: the level that stands at each, and those that persons set."""

from __future__ import annotations

import sqlalchemy as sa

from farwatch.store.columns import Time, boolean, metadata, optional, text, time

overrides = sa.Table(
    "overrides",
    metadata,
    text("id", primary_key=True),
    text("place"),
    text("category"),
    time("made"),
    time("until"),
    optional("ended", Time),  # a person ended it before its time
    time("updated"),
    text("body"),
    sa.Index(None, "place"),
    sa.Index(None, "until"),
    sa.Index(None, "updated"),
)

# The newest assessment of each place, without its body: what lists of places show.
place_levels = sa.Table(
    "place_levels",
    metadata,
    text("place", primary_key=True),
    time("as_of"),
    optional("overall", sa.Integer),
    optional("decided_by", sa.Text),
    boolean("at_least"),
    text("trend"),  # of the category that decides
    time("updated"),
    sa.Index(None, "updated"),
)
