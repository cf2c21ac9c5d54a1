"""Trends: political, economic and military series of a country with their dated change points.

A series is sums of events by month or published figures by period. Change points are found by PELT
(Killick, Fearnhead and Eckley 2012) in `ruptures`, least squares on the series in units of its own
noise, penalty 3 ln n (at least 8); noise is estimated from differences, so that a jump is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import numpy as np
import pyarrow as pa
import ruptures

from farwatch.foresee.constants import published
from farwatch.foresee.grid import Floats
from farwatch.foresee.weigh import encoded
from farwatch.model.kinds import CATEGORY, Category
from farwatch.model.report import Figure

LEAST = 12  # periods under which no change is looked for
SHORTEST = 3  # periods of the shortest stretch between changes
_MAD = 1.4826  # of a normal's median absolute deviation to its standard deviation
_MOST = 1.2816  # standard deviations within which four of five of a normal lie
_TREND = 0.05  # chance that a direction is noise, by Kendall's test


class Field(StrEnum):
    """What a series speaks of."""

    POLITICAL = "political"
    ECONOMIC = "economic"
    MILITARY = "military"


# Events by category; the economic ones are figures only.
EVENT_FIELDS: dict[Category, Field] = {
    Category.UNREST: Field.POLITICAL,
    Category.CONFLICT: Field.MILITARY,
    Category.TERRORISM: Field.MILITARY,
}
# Series by how their publisher's code begins; a longer beginning goes before a shorter one.
FIGURE_FIELDS: dict[str, Field] = {
    "MS.": Field.MILITARY,
    "ged_": Field.MILITARY,
    "VC.": Field.MILITARY,
    "VC.IHR.": Field.POLITICAL,
    "advisory": Field.POLITICAL,
    "NY.": Field.ECONOMIC,
    "FP.": Field.ECONOMIC,
    "SL.": Field.ECONOMIC,
    "PA.": Field.ECONOMIC,
    "NE.": Field.ECONOMIC,
    "BN.": Field.ECONOMIC,
    "GC.": Field.ECONOMIC,
    "DT.": Field.ECONOMIC,
    "PV.": Field.POLITICAL,
    "GE.": Field.POLITICAL,
}


@dataclass(frozen=True, slots=True)
class Series:
    """Values side by side with the starts of their periods (aware UTC, rising)."""

    name: str
    field: Field
    country: str
    starts: tuple[datetime, ...]
    values: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.starts) != len(self.values):
            raise ValueError(f"{self.name}: {len(self.values)} values, {len(self.starts)} periods")
        if any(b <= a for a, b in zip(self.starts, self.starts[1:], strict=False)):
            raise ValueError(f"{self.name}: periods do not rise")


@dataclass(frozen=True, slots=True)
class Change:
    """From `at` on the mean is `after`; it was `before` since the change before it."""

    at: datetime
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Trend:
    """A series' direction over its window since the last change, and its dated changes.

    `direction` is rising, falling, steady, or unknown where the series is too short to tell.
    """

    series: Series
    direction: str
    window: tuple[datetime, datetime] | None
    changes: tuple[Change, ...]
    reasons: tuple[str, ...]


def trends(
    events: pa.Table, figures: Sequence[Figure], country: str, as_of: datetime
) -> tuple[Trend, ...]:
    """Every series known of a country (alpha-2) at `as_of`, political, economic, military."""
    known = (*from_events(events, country, as_of), *from_figures(figures, country, as_of))
    order = list(Field)
    ranked = sorted(known, key=lambda one: (order.index(one.field), one.name))
    return tuple(trend(one) for one in ranked)


def trend(series: Series) -> Trend:
    """Change points and direction of one series; says so where it is too short."""
    count = len(series.values)
    if count < LEAST:
        told = f"{count} periods are too few: no change is looked for under {LEAST}"
        return Trend(series, "unknown", None, (), (told,))
    values = np.array(series.values)
    cuts = _cuts(values)
    means = [float(part.mean()) for part in np.split(values, cuts)]
    changes = tuple(
        Change(series.starts[cut], means[i], means[i + 1]) for i, cut in enumerate(cuts)
    )
    last = cuts[-1] if cuts else 0
    direction, told = _direction(values[last:], changes)
    return Trend(series, direction, (series.starts[last], series.starts[-1]), changes, (told,))


def _cuts(values: Floats) -> list[int]:
    noise = _noise(values)
    if noise == 0:
        return []
    scaled = (values - values.mean()) / noise
    penalty = max(3 * float(np.log(len(values))), 8.0)
    search = ruptures.Pelt(model="l2", min_size=SHORTEST, jump=1).fit(scaled.reshape(-1, 1))
    return [int(cut) for cut in search.predict(pen=penalty)[:-1]]


def _noise(values: Floats) -> float:
    """Standard deviation of the noise from differences; the spread where most are zero.

    The larger of two robust estimates, the median's and the 80th percentile's: a short series whose
    noise is taken too small would be full of changes.
    """
    steps = np.diff(values)
    median, most = np.quantile(np.abs(steps), [0.5, 0.8]) / np.sqrt(2)
    noise = max(_MAD * float(median), float(most) / _MOST)
    return noise or float(steps.std() / np.sqrt(2)) or float(values.std())


def _direction(values: Floats, changes: tuple[Change, ...]) -> tuple[str, str]:
    """Kendall's test since the last change; where that is too short, the change itself."""
    if len(values) < LEAST // 2:
        if not changes:
            return "unknown", "too short to tell a direction"
        word = "rising" if changes[-1].after > changes[-1].before else "falling"
        return word, f"{word} by the change of {changes[-1].at:%Y-%m-%d}"
    gaps = np.sign(values[None, :] - values[:, None])
    tau = float(np.triu(gaps, 1).sum())
    count = len(values)
    spread = float(np.sqrt(count * (count - 1) * (2 * count + 5) / 18))
    # 1.96 standard deviations: two-sided 5 %, the normal approximation (Mann 1945).
    if abs(tau) <= 1.96 * spread:
        return "steady", f"no direction in {count} periods at {_TREND:.0%}"
    word = "rising" if tau > 0 else "falling"
    return word, f"{word} over {count} periods (Mann-Kendall)"


def from_events(events: pa.Table, country: str, as_of: datetime) -> tuple[Series, ...]:
    """Serious-event equivalents by calendar month, from the first event to the last whole month.

    A month without a report counts zero: whether it was listened to stands with the assessment.
    """
    words, code = encoded(events["country"])
    start = np.asarray(events["start"].cast(pa.int64()).to_numpy())
    mine = np.array([*(word == country for word in words), False])[code]
    mine &= start < _month_start(as_of)
    if not mine.any():
        return ()
    chosen = events.filter(pa.array(mine))
    month = start[mine].astype("datetime64[us]").astype("datetime64[M]").astype(np.int64)
    last = np.datetime64(as_of.replace(tzinfo=None), "M").astype(np.int64) - 1
    fields = _fields(chosen)
    constants = published()
    weight = constants.severity[np.asarray(chosen["severity"].to_numpy(), dtype=np.int64)]
    weight = weight * constants.credibility[np.asarray(chosen["credibility"].to_numpy(), np.int64)]
    first = int(month.min())
    starts = tuple(_month(n) for n in range(first, int(last) + 1))
    found = []
    for name, field in (("events: unrest", Field.POLITICAL), ("events: attacks", Field.MILITARY)):
        picked = fields == field.value
        if picked.any():
            sums = np.bincount(month[picked] - first, weight[picked], minlength=len(starts))
            found.append(Series(name, field, country, starts, tuple(sums.tolist())))
    return tuple(found)


def _fields(events: pa.Table) -> np.ndarray[tuple[int], np.dtype[np.str_]]:
    kinds = {kind.value: category for kind, category in CATEGORY.items()}
    own, kind = events["category"].to_pylist(), events["kind"].to_pylist()
    counted = [Category(c) if c else kinds.get(k) for c, k in zip(own, kind, strict=True)]
    return np.array([EVENT_FIELDS.get(c, "") if c else "" for c in counted], dtype="U16")


def _month(number: int) -> datetime:
    return datetime(1970 + number // 12, number % 12 + 1, 1, tzinfo=UTC)


def _month_start(when: datetime) -> int:
    return round(datetime(when.year, when.month, 1, tzinfo=UTC).timestamp() * 1e6)


def from_figures(figures: Sequence[Figure], country: str, as_of: datetime) -> tuple[Series, ...]:
    """Published series whose field is known; of two values of a period the later given counts."""
    by_name: dict[str, dict[datetime, float]] = {}
    for one in figures:
        if one.country == country and one.period <= as_of and field_of(one.series):
            by_name.setdefault(one.series, {})[one.period] = one.value
    found = []
    for name, values in by_name.items():
        field = field_of(name)
        if field is not None:
            starts = tuple(sorted(values))
            found.append(Series(name, field, country, starts, tuple(values[s] for s in starts)))
    return tuple(found)


def field_of(series: str) -> Field | None:
    """The field of a publisher's code, None where it is of none."""
    fitting = [start for start in FIGURE_FIELDS if series.startswith(start)]
    return FIGURE_FIELDS[max(fitting, key=len)] if fitting else None
