"""A map of a watch: borders, sites by tier, events by kind and severity, reach, alerts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from farwatch.model.event import Event
from farwatch.model.protect import Alert, Site
from farwatch.world.borders import Borders


def draw(  # noqa: PLR0913 - a drawing's contents, each of its own noun
    title: str,
    sites: Sequence[Site],
    events: Sequence[Event],
    alerts: Sequence[Alert],
    borders: Borders,
    path: Path,
    *,
    exercise: bool,
) -> None:
    """Draw the map to `path`, a PNG or an SVG by its suffix; ValueError for another suffix."""
    raise NotImplementedError
