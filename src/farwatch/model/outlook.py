"""Outlook: what may happen at a site or in a part of a country, with what the forecast is worth.

A number without measured skill cannot be made: a `Skill` refuses to exist unless its forecast beat
the baseline on cases it had not seen, and every number asks for one. What cannot be told is
withheld, with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Score:
    """A mean score (less is better) beside the baseline's; the 95 % interval of the gain."""

    name: str
    ours: float
    baseline: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Cases forecast alike: how many, the mean forecast, the share in which it happened."""

    cases: int
    forecast: float
    observed: float


@dataclass(frozen=True, slots=True)
class Skill:
    """What a forecast was worth on cases after those it was made from, every input `late_days` old.

    The first of `scores` decides: the low end of its gain over `baseline` lies above 0, or there is
    no Skill (ValueError with the figure). `first` and `last` bound the times it was tried at.
    """

    target: str
    baseline: str
    cases: int
    first: datetime
    last: datetime
    late_days: int
    scores: tuple[Score, ...]
    auc: float | None = None
    bins: tuple[Bin, ...] = ()

    def __post_init__(self) -> None:
        if self.cases < 1 or not self.scores:
            raise ValueError(f"{self.target}: skill was never measured")
        least = self.scores[0]
        if not least.low > 0:
            raise ValueError(
                f"{self.target}: no skill: {least.name} {least.ours:.4f}, by {self.baseline}"
                f" {least.baseline:.4f}, gain {least.low:+.4f} to {least.high:+.4f}"
                f" over {self.cases} cases"
            )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Driver:
    """What a number rests on: `effect` is what leaving these events out takes from it.

    `share` is |effect| over the sum of all drivers' (0 where nothing changes it); `evidence` the
    latest events' ids.
    """

    name: str
    effect: float
    share: float
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """The past an outlook rests on, counted in `unit`, and when it was last so.

    `nearest_km` is the nearest event of the last year; None where nothing was.
    """

    told_until: datetime
    last_year: int
    three_years: int
    last: datetime | None
    nearest_km: float | None = None
    unit: str = "deadly events within 50 km"


@dataclass(frozen=True, slots=True)
class Chance:
    """P(a deadly event begins within `within_km` in the next `days`), beside the own rate's."""

    within_km: float
    days: int
    p: float
    own_rate: float
    skill: Skill
    drivers: tuple[Driver, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.p <= 1:
            raise ValueError(f"probability {self.p} is not between 0 and 1")


@dataclass(frozen=True, slots=True)
class SiteOutlook:
    """A site's chances. A farther reach or a longer time never has the smaller one.

    `withheld` says in a sentence each why a chance, or all, is not told.
    """

    place: str
    lat: float
    lon: float
    as_of: datetime
    history: History
    chances: tuple[Chance, ...]
    withheld: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.chances and not self.withheld:
            raise ValueError(f"outlook of {self.place} says neither a chance nor why there is none")
        for a in self.chances:
            for b in self.chances:
                if a.within_km <= b.within_km and a.days <= b.days and a.p > b.p:
                    raise ValueError(f"outlook of {self.place}: {a.p} within {b.p}")


@dataclass(frozen=True, slots=True)
class Month:
    """One month's battle deaths at a place: quantiles as (level, deaths), chances of 1 and 25."""

    start: datetime
    ahead: int  # months after the last one that is known
    quantiles: tuple[tuple[float, float], ...]
    mean: float
    p_any: float
    p_25: float
    skill: Skill

    def __post_init__(self) -> None:
        if not 0 <= self.p_25 <= self.p_any <= 1:
            raise ValueError(f"chances {self.p_any} of 1 and {self.p_25} of 25 deaths contradict")
        if any(b < a for (_, a), (_, b) in pairwise(self.quantiles)):
            raise ValueError("quantiles fall")


@dataclass(frozen=True, slots=True)
class Onset:
    """P(any battle death in the next `months`) of a place that had none in the last year."""

    months: int
    p: float
    skill: Skill


@dataclass(frozen=True, slots=True)
class PlaceOutlook:
    """Battle deaths by month in an admin-1 ("ged-adm1:Tigray state") or "priogrid:149474".

    `onset` is None where the last year was not quiet or where it is withheld.
    """

    place: str
    as_of: datetime
    history: History
    months: tuple[Month, ...]
    onset: Onset | None = None
    drivers: tuple[Driver, ...] = ()
    withheld: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.months and not self.withheld:
            raise ValueError(f"outlook of {self.place} says neither a month nor why there is none")
