"""How well each country was listened to: what each class of source brought, over what was due."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
from sqlalchemy import Connection

from farwatch.desk.opening import Desk
from farwatch.foresee.listen import Heard
from farwatch.model.terms import Source
from farwatch.store import health

FAST_DAYS, SLOW_DAYS = 30, 730
LAG = timedelta(days=31)  # a history is taken as known so long after what it tells of
# A class of the catalogue -> as coverage names it. Staff and data are not required.
REQUIRED = {
    "global_news": "global news",
    "local_news": "local-language news",
    "official": "official",
}
# Formats that tell of no happenings: their silence says nothing of how well we listen.
_NO_EVENTS = frozenset({"fcdo", "canada", "state_department", "inform", "worldbank"})
_LONGEST_HOURS = 168.0  # one word from a source never stands for more than a week
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Ear:
    """One source we listen to: the share heard of the last 30 and of the last 730 days."""

    source: Source
    fast: float
    slow: float
    last: datetime | None


def ears(desk: Desk, conn: Connection, as_of: datetime) -> list[Ear]:
    """Every source that was ever tried and tells of happenings, as heard at `as_of`."""
    found = []
    for name in health.status(conn):
        source = desk.sources.get(name)
        if source is None or source.source_class not in REQUIRED or source.format in _NO_EVENTS:
            continue
        since = as_of - SLOW_DAYS * _DAY
        hours = health.per_hour(conn, name, since, as_of)
        spoke = [
            (hour, volume.accepted) for hour, volume in hours.items() if _spoke(source, volume)
        ]
        found.append(
            Ear(
                source,
                _share(source, spoke, as_of - FAST_DAYS * _DAY, as_of),
                _share(source, spoke, since, as_of),
                max((hour for hour, _ in spoke), default=None),
            )
        )
    return found


def heard(found: Iterable[Ear], countries: Iterable[str]) -> dict[str, tuple[Heard, ...]]:
    """The required classes by country, "" for all others.

    Global news is always required; another class where the desk listens to it. A class is heard as
    well as its sources on the average.
    """
    known = list(found)
    return {country: tuple(_classes(known, country)) for country in ("", *countries)}


def _classes(found: Sequence[Ear], country: str) -> Iterable[Heard]:
    for group, shown in REQUIRED.items():
        mine = [
            ear for ear in found
            if ear.source.source_class == group
            and (not ear.source.countries or country in ear.source.countries)
        ]  # fmt: skip
        if not mine and group != "global_news":
            continue
        count = max(len(mine), 1)
        yield Heard(
            shown,
            heard=FAST_DAYS * sum(ear.fast for ear in mine) / count,
            expected=FAST_DAYS,
            slow_heard=SLOW_DAYS * sum(ear.slow for ear in mine) / count,
            slow_expected=SLOW_DAYS,
            last=max((ear.last for ear in mine if ear.last), default=None),
        )


def with_history(
    known: Mapping[str, Sequence[Heard]], past: pa.Table, as_of: datetime
) -> dict[str, tuple[Heard, ...]]:
    """The same where a published history stands in for news over the time that it covers."""
    spans = history_spans(past)
    found = {country: tuple(classes) for country, classes in known.items()}
    for country, (first, last) in spans.items():
        end = min(last, as_of)
        fast = _overlap(first, end, as_of - FAST_DAYS * _DAY, as_of) / FAST_DAYS
        slow = _remembered(first, end, as_of)
        found[country] = tuple(
            _filled(one, fast, slow, end) for one in found.get(country, found.get("", ()))
        )
    return found


def history_spans(past: pa.Table) -> dict[str, tuple[datetime, datetime]]:
    """First and last start that a history tells of in each country."""
    told = past.group_by("country").aggregate([("start", "min"), ("start", "max")]).to_pylist()
    return {row["country"]: (row["start_min"], row["start_max"]) for row in told if row["country"]}


def _filled(one: Heard, fast: float, slow: float, end: datetime) -> Heard:
    if fast <= one.q and slow <= one.slow_q:
        return one
    return replace(
        one,
        source_class=f"{one.source_class} or a published history",
        heard=max(fast, one.q) * one.expected,
        slow_heard=max(slow, one.slow_q) * SLOW_DAYS,
        slow_expected=SLOW_DAYS,
        last=max(when for when in (one.last, end) if when is not None),
    )


def _overlap(first: datetime, last: datetime, since: datetime, until: datetime) -> float:
    """Days of [first, last] within [since, until]."""
    return max(0.0, (min(last, until) - max(first, since)) / _DAY)


def _remembered(first: datetime, last: datetime, as_of: datetime) -> float:
    """The share of a memory's weight, half of it younger than 730 days, that a time has."""
    old, young = (max(0.0, (as_of - when) / _DAY) for when in (first, last))
    return float(max(0.0, 2.0 ** (-young / SLOW_DAYS) - 2.0 ** (-old / SLOW_DAYS)))


def _spoke(source: Source, volume: health.Volume) -> bool:
    """News must bring something; an authority that answers has nothing to warn of."""
    return volume.accepted > 0 or (source.source_class == "official" and volume.unchanged > 0)


def _share(
    source: Source, spoke: Sequence[tuple[datetime, int]], since: datetime, until: datetime
) -> float:
    """Share of a time that a source was heard: by what is due a day, else by its silence bound."""
    hours = [(hour, count) for hour, count in spoke if hour >= since]
    days = (until - since) / _DAY
    least = source.expected_per_day[0]
    if least > 0:
        by_day: dict[int, float] = {}
        for hour, count in hours:
            day = (until - hour) // _DAY
            by_day[day] = by_day.get(day, 0.0) + count
        return sum(min(1.0, count / least) for count in by_day.values()) / days
    if not hours:
        return 0.0
    start = np.array([(hour - since) / _DAY for hour, _ in hours])
    bound = min(source.silent_after_hours, _LONGEST_HOURS) / 24
    ends = np.minimum(start + bound, np.append(start[1:], days))
    return float(min(1.0, np.maximum(ends - start, 0.0).sum() / days))
