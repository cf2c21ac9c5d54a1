"""The published constants of an assessment, read strictly from `constants.yaml`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from farwatch.errors import InputError
from farwatch.model.kinds import Category

MONTH = 30.0  # days
MARKS = frozenset({"source", "computed", "judgement"})


@dataclass(frozen=True, slots=True)
class HalfLife:
    """Half-lives in days of one category's fast and slow memory."""

    fast: float
    slow: float

    @property
    def fast_months(self) -> float:
        """Months listened to by the fast memory when nothing was missed."""
        return self.fast / (MONTH * math.log(2))

    @property
    def slow_months(self) -> float:
        """Months listened to by the slow memory when nothing was missed."""
        return self.slow / (MONTH * math.log(2))


@dataclass(frozen=True, slots=True, eq=False)
class Constants:
    """See `constants.yaml`. Arrays are indexed by severity (1..5) and credibility (1..6)."""

    severity: NDArray[np.float64]
    credibility: NDArray[np.float64]
    half_lives: dict[Category, HalfLife]
    disc_km: float
    near_km: float
    bout_days: float
    bout_km: float
    minor_severity: int
    minor_cap: float
    prior_months: dict[str, float]
    forecast_ratio: tuple[float, float]
    r: float
    bounds: tuple[float, ...]
    thin: float
    deaf: float
    thin_quantile: float
    trend: dict[str, float]
    people_quantile: float
    step_down: dict[str, float]
    override_days: float
    default_radius_km: dict[str, float]
    chronic_series: dict[str, list[str]]
    hazard_chronic: dict[str, list[float]]
    warning_level: dict[int, int]
    warning_days: dict[str, float]
    homicide: tuple[float, ...]
    advisory_days: float
    advisory: dict[str, dict[str, int]]
    marks: dict[str, str]

    @property
    def near_share(self) -> float:
        """Area of the disc over that of the ring around it."""
        disc = self.disc_km**2
        return disc / (self.near_km**2 - disc)


@lru_cache(maxsize=1)
def published() -> Constants:
    """The constants in force; raises InputError for a missing name or an unknown mark."""
    text = resources.files(__package__).joinpath("constants.yaml").read_text(encoding="utf-8")
    return read(yaml.safe_load(text))


def read(plain: dict[str, Any]) -> Constants:
    """Constants from their YAML's plain values; raises InputError naming what is wrong."""
    value: dict[str, Any] = {}
    marks = {}
    for name, entry in plain.items():
        mark = entry.get("mark") if isinstance(entry, dict) else None
        if mark not in MARKS:
            raise InputError("constants.yaml", "is no mark", field=name, value=mark)
        value[name], marks[name] = entry["value"], mark
    value["severity"] = np.array([0.0, *value["severity"]])
    value["credibility"] = np.array([0.0, *value["credibility"]])
    value["half_lives"] = {
        Category(name): HalfLife(float(fast), float(slow))
        for name, (fast, slow) in value["half_lives"].items()
    }
    value["bounds"] = tuple(value["bounds"])
    value["homicide"] = tuple(value["homicide"])
    value["forecast_ratio"] = tuple(value["forecast_ratio"])
    try:
        return Constants(**value, marks=marks)
    except TypeError as error:
        raise InputError("constants.yaml", f"is incomplete: {error}") from error
