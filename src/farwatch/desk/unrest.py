"""Unrest ahead on the desk: a country's weekly series, from GDELT's counts and the desk's events.

found = unrest_outlook(desk, "ET", now)   # an UnrestOutlook, or Withheld with its reasons
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from farwatch.desk.history import gdelt_heard_as_of, gdelt_weeks_as_of
from farwatch.desk.opening import Desk
from farwatch.errors import UsageError
from farwatch.foresee.forecast.unrest import Listened, Weekly, outlook
from farwatch.model.kinds import CATEGORY, Category
from farwatch.model.unrest import SeriesOutlook, UnrestOutlook, Why, Withheld
from farwatch.store import health, unrest

GDELT_SERIES = ("gdelt_protest", "gdelt_coerce", "gdelt_assault")  # PLOVER has riots in protest
KINDS = tuple(kind for kind, category in CATEGORY.items() if category is Category.UNREST)
SLOTS = 672  # quarter-hours in a week
_NEWS = frozenset({"global_news", "local_news"})
_BACK = timedelta(days=3653)  # of the desk's own events
_WEEK = timedelta(weeks=1)


def unrest_outlook(
    desk: Desk, country: str, now: datetime, dataset: str | None = None
) -> UnrestOutlook | Withheld:
    """Events of unrest in each of the eight weeks after the last whole one before `now`.

    `country` is alpha-2. Only what was known at `now` counts, and only whole weeks. Where no series
    has skill all of it is withheld, with each series' reason in `parts`. Raises UsageError if
    history holds several datasets of GDELT and none is named, or none has the name.
    """
    found = [outlook(one, now) for one in weekly_series(desk, country, now, dataset)]
    given = tuple(one for one in found if isinstance(one, SeriesOutlook))
    withheld = tuple(one for one in found if isinstance(one, Withheld))
    if given:
        return UnrestOutlook(country, now, given, withheld)
    whys = {one.why for one in withheld}
    why = next(one for one in reversed(Why) if one in whys)  # the one that came nearest
    told = "; ".join(f"{one.series}: {one.told}" for one in withheld)
    return Withheld(country, now, "unrest", why, told, parts=withheld)


def weekly_series(
    desk: Desk, country: str, now: datetime, dataset: str | None = None
) -> Iterator[Weekly]:
    """The weekly series known of a country at a time, to the last whole week.

    GDELT's rows count in the week in which they were heard, brought to a whole week by the
    quarter-hours heard; the desk's events in the week of their first report.
    """
    until = _monday(now.date()) - _WEEK
    yield from _gdelt(desk, country, now, until, dataset)
    yield from _own(desk, country, now, until)


def _gdelt(
    desk: Desk, country: str, now: datetime, until: date, dataset: str | None
) -> Iterator[Weekly]:
    heard = _one_dataset(gdelt_heard_as_of(desk, now), dataset)
    shares = {row["week"]: min(1.0, row["slots"] / SLOTS) for row in heard.to_pylist()}
    listened = Listened(shares, scaled=True)
    named = set(heard["dataset"].to_pylist())
    weeks = gdelt_weeks_as_of(desk, now)
    mine = weeks.filter(pc.equal(weeks["country"], country)).to_pylist()
    for series in GDELT_SERIES:
        told = {
            row["week"]: row["value"]
            for row in mine
            if row["series"] == series and row["dataset"] in named
        }
        yield listened.weekly(series, country, told, until)


def _one_dataset(heard: pa.Table, dataset: str | None) -> pa.Table:
    names = sorted(pc.unique(heard["dataset"]).to_pylist())
    if dataset is None and len(names) > 1:
        raise UsageError(f"history holds several datasets of GDELT: name one of {names}")
    if dataset is not None and dataset not in names:
        raise UsageError(f"history holds no dataset {dataset!r} of GDELT at that time, of {names}")
    return heard if dataset is None else heard.filter(pc.equal(heard["dataset"], dataset))


def _own(desk: Desk, country: str, now: datetime, until: date) -> Iterator[Weekly]:
    """The desk's own events: a week was heard by the days on which a news source brought any."""
    with desk.database.read() as conn:
        days = {
            hour.date()
            for name, source in desk.sources.items()
            if source.source_class in _NEWS
            and (not source.countries or country in source.countries)
            for hour, volume in health.per_hour(conn, name, now - _BACK, now).items()
            if volume.accepted
        }
        told = unrest.first_told(conn, country, now, exercise=desk.settings.exercise)
    shares = {week: count / 7 for week, count in Counter(map(_monday, days)).items()}
    counts = Counter((kind, _monday(at.date())) for kind, at in told)
    for kind in KINDS:
        mine = {week: float(count) for (one, week), count in counts.items() if one is kind}
        yield Listened(shares, scaled=False).weekly(f"desk_{kind.value}", country, mine, until)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
