"""The tables of forecasts: models with their skill, what they said last of each place, notices."""

from __future__ import annotations

import sqlalchemy as sa

from farwatch.store.columns import Time, metadata, text, time

# A trained model: its card, with the skill that was measured.
model_cards = sa.Table(
    "model_cards",
    metadata,
    text("id", primary_key=True),
    time("trained"),
    text("body"),
    sa.Index(None, "trained"),
)

# The last two forecasts of each place; the lake keeps them all.
forecasts = sa.Table(
    "forecasts",
    metadata,
    text("place", primary_key=True),
    sa.Column("made", Time, primary_key=True),
    text("card"),
    text("body"),
    sa.Index(None, "made"),
)

watch_notices = sa.Table(
    "watch_notices",
    metadata,
    text("id", primary_key=True),
    time("made"),
    text("outcome"),
    time("updated"),
    text("body"),
    sa.Index(None, "outcome"),
    sa.Index(None, "made"),
)
