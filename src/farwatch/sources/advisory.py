"""What governments' travel advisories have in common: levels, severities, whole-country figures."""

from __future__ import annotations

from datetime import datetime

from farwatch.errors import NotFound
from farwatch.model.kinds import Kind
from farwatch.model.report import Facts, Figure
from farwatch.world.codes import alpha2


def advisory_figure(series: str, country: str, since: datetime, level: int) -> Figure:
    """A government's level for a whole country, from the time it was stated."""
    return Figure(series, country, since, float(level), "level")


def advisory_facts(series: str, severity: int, **measures: float | str) -> Facts:
    """Facts of kind ADVISORY; `code` is the series, "fcdo.level"."""
    return Facts(
        kind=Kind.ADVISORY, severity=severity, code=series, official=True, measures=measures
    )


def country_of(*names: str) -> str | None:
    """The first name that is a country, as alpha-2."""
    for name in names:
        try:
            return alpha2(name)
        except NotFound:
            continue
    return None
