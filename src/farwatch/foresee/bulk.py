"""Bulk: levels of every cell with evidence, every admin-1 and country, as one Arrow table."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pyarrow as pa

from farwatch.foresee import rates as gamma
from farwatch.foresee.grid import Floats, Grid, Ints
from farwatch.foresee.rates import Rates
from farwatch.foresee.survey import Ears, Survey, survey

LEVELS = pa.schema(
    [
        pa.field("place", pa.string(), nullable=False),
        pa.field("category", pa.string(), nullable=False),
        pa.field("mu", pa.float64(), nullable=False),
        pa.field("probability", pa.float64(), nullable=False),
        pa.field("level", pa.int8(), nullable=False),
    ]
)
_EVIDENCE = 1e-3  # summed weight under which a cell has no evidence of its own


def assess_table(
    events: pa.Table, grid: Grid, as_of: datetime, ears: Ears | None = None
) -> pa.Table:
    """Model levels (LEVELS' schema) from rates of events alone: conflict, terrorism, unrest, crime.

    One row for each category of each cell with evidence in its disc or ring, of each admin-1 and
    each country (the population-weighted 80th percentile of all its cells). Floors, baselines and
    the rules on stepping down are `assess`'s. Raises InputError as `survey` does.
    """
    return levels_table(survey(events, grid, as_of, ears))


def levels_table(seen: Survey) -> pa.Table:
    """The same from a survey already made."""
    tables = [_category(seen, word.value, rates) for word, rates in seen.rates.items()]
    return pa.concat_tables(tables)


def _category(seen: Survey, word: str, rates: Rates) -> pa.Table:
    grid = seen.grid
    mu = np.asarray(gamma.mean(rates, seen.constants), dtype=float)
    told = np.asarray(rates.fast) + rates.slow + np.asarray(rates.near) * rates.fast_months
    cells = np.flatnonzero(told > _EVIDENCE)
    share = seen.constants.people_quantile
    areas = [
        ([grid.place[i] for i in cells.tolist()], mu[cells]),
        _areas("admin1", grid.admin1s, grid.admin1, mu, grid, share),
        _areas("country", grid.countries, grid.country, mu, grid, share),
    ]
    rate = np.concatenate([values for _, values in areas])
    p = np.asarray(gamma.probability(rate, seen.constants), dtype=float)
    names = [name for part, _ in areas for name in part]
    return pa.table(
        {
            "place": names,
            "category": pa.DictionaryArray.from_arrays(
                np.zeros(len(names), dtype=np.int8), [word]
            ).cast(pa.string()),
            "mu": rate,
            "probability": p,
            "level": gamma.level_of(p, seen.constants).astype(np.int8),
        },
        schema=LEVELS,
    )


def _areas(
    kind: str, codes: tuple[str, ...], number: Ints, mu: Floats, grid: Grid, share: float
) -> tuple[list[str], Floats]:
    """Name and deciding rate of every area that has cells."""
    order = np.lexsort((mu, number))
    order = order[number[order] >= 0]
    if not len(order):
        return [], np.zeros(0)
    area, people = number[order], np.cumsum(grid.population[order])
    first = np.flatnonzero(np.r_[True, area[1:] != area[:-1]])
    last = np.r_[first[1:], len(area)] - 1
    before = people[first] - grid.population[order][first]
    wanted = before + share * (people[last] - before) * (1 - 1e-12)
    at = np.minimum(np.maximum(np.searchsorted(people, wanted), first), last)
    return [f"{kind}:{codes[i]}" for i in area[first].tolist()], mu[order][at]
