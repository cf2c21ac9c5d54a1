"""A made-up panel of countries and months, and the method made small enough for tests.

Wars here last, rest and come again; one country is young, one ends, one has no code.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from farwatch.foresee.forecast.panel import Panel
from farwatch.world.states import views_ids

FIRST, MONTHS = 373, 144  # January 2011 to December 2022
LAST = FIRST + MONTHS - 1
CODES = (
    "AF", "BF", "BI", "CD", "CF", "CO", "DJ", "DZ", "EG", "ET", "FR", "IN", "KE", "LK", "ML", "MZ",
    "NE", "NG", "PE", "PK", "RW", "SD", "SO", "TD", "TZ", "UG", "YE", "ZM",
)  # fmt: skip
YOUNG, ENDED = 40, 70  # the month from which one is coded, and the one from which another is not


def panel(seed: int = 5, months: int = MONTHS) -> Panel:
    """Always the same for a seed."""
    rng = np.random.default_rng(seed)
    ids = views_ids()
    order = sorted(CODES, key=lambda code: ids[code])
    sb = np.stack([_deaths(rng, n % 4, months) for n in range(len(order))])
    ns, os = np.floor(sb * rng.random(sb.shape) / 3), np.floor(sb * rng.random(sb.shape) / 5)
    for series in (sb, ns, os):
        series[3, :YOUNG] = np.nan
        series[6, ENDED:] = np.nan
    return Panel(tuple(ids[code] for code in order), tuple(order), FIRST, sb, ns, os)


def _deaths(rng: np.random.Generator, sort: int, months: int) -> np.ndarray[Any, Any]:
    """0: at peace, 1: a rare clash, 2: a small war that comes and goes, 3: a great one."""
    if sort == 0:
        return np.zeros(months)
    turns = np.cumsum(rng.random(months) < 0.06 / (sort - 1)) if sort > 1 else 0
    at_war = turns % 2 == 0 if sort > 1 else rng.random(months) < 0.08
    size = np.exp((0.5, 2.5, 4.5)[sort - 1] + 0.8 * rng.standard_normal(months))
    return np.floor(1 + size) * at_war


def table(of: Panel) -> pa.Table:
    """Its rows as a file has them: what is not coded is null."""
    countries, months = of.sb.shape

    def told(values: Any) -> pa.Array:
        return pa.array(values.ravel(), pa.float64(), from_pandas=True)

    return pa.table(
        {
            "month_id": np.tile(np.arange(of.first, of.first + months), countries),
            "country_id": np.repeat(np.asarray(of.countries), months),
            "ged_sb": told(of.sb),
            "ged_ns": told(of.ns),
            "ged_os": told(of.os),
        }
    )


def write(of: Panel, path: Path) -> Path:
    """As Parquet."""
    pq.write_table(table(of), path)
    return path


def changed(of: Panel, change: Callable[[Any], Any]) -> Panel:
    """The panel with each series changed."""
    return replace(of, sb=change(of.sb), ns=change(of.ns), os=change(of.os))


def make_small(patch: pytest.MonkeyPatch) -> None:
    """Few trees, so that a fit takes a part of a second; whatever of it the method has."""

    def fewer(module: str, name: str, change: Callable[[Any], Any]) -> None:
        found = importlib.import_module(f"farwatch.foresee.forecast.{module}")
        if hasattr(found, name):
            patch.setattr(found, name, change(getattr(found, name)))

    fewer("forests", "KINDS", lambda kinds: tuple(replace(one, trees=5) for one in kinds))
    fewer("forests", "WARS", lambda kind: replace(kind, trees=5, each=1))
    fewer("ladder", "ROUNDS", lambda _: 6)
