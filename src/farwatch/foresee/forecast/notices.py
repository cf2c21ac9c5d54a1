"""Watch notices: a chance that rose past a set one; later a hit or a false alarm."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

import numpy as np

from farwatch.foresee.forecast.panel import Panel
from farwatch.model.forecast import Change, Forecast, WatchNotice

DEATHS = 25


def changes(
    now: Iterable[Forecast], before: Iterable[Forecast], horizon: int
) -> tuple[Change, ...]:
    """Each country's chance of 25 deaths or more, and what the forecast before said of that month.

    Largest rise first; countries that were not forecast before come last.
    """
    earlier = {
        (one.country, month.month): month.at_least_25 for one in before for month in one.months
    }
    found = [
        Change(
            country=one.country,
            month=month.month,
            before=earlier.get((one.country, month.month)),
            now=month.at_least_25,
            deaths_12=_mean([value for _, value in one.history[-12:]]),
            made=one.made,
        )
        for one in now
        for month in one.months
        if month.horizon == horizon
    ]
    return tuple(sorted(found, key=lambda one: (one.rise is None, -(one.rise or 0), one.country)))


def risen(found: Iterable[Change], threshold: float, made: datetime) -> Iterator[WatchNotice]:
    """A notice for each chance that was below the threshold before and is not now."""
    for one in found:
        if one.before is None or not one.before < threshold <= one.now:
            continue
        text = f"{one.country}\x1f{one.month}\x1f{made.isoformat()}"
        name = "w" + hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
        yield WatchNotice(
            name, one.country, one.month, made, one.before, one.now, threshold, DEATHS,
            updated=made,
        )  # fmt: skip


def scored(open_ones: Iterable[WatchNotice], panel: Panel, now: datetime) -> Iterator[WatchNotice]:
    """The notices of which the panel tells what came; the rest stay open."""
    rows = {code: row for row, code in enumerate(panel.codes) if code}
    for one in open_ones:
        if not panel.first <= one.month <= panel.last:
            continue
        row = rows.get(one.country)
        came = np.nan if row is None else panel.sb[row, one.month - panel.first]
        if not np.isfinite(came):
            yield replace(one, outcome="not coded", updated=now)
        else:
            yield replace(one, outcome="hit" if came >= one.deaths else "false alarm", updated=now)


def _mean(values: list[float | None]) -> float:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else 0.0
