"""Windows of the VIEWS prediction challenge: data through October, the next year's twelve months.

A window sees nothing of the panel after its October, not even which countries came to be later.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from farwatch.errors import UsageError
from farwatch.foresee.forecast import baselines
from farwatch.foresee.forecast.method import NAME, SEED, Borders, Fitted
from farwatch.foresee.forecast.panel import Floats, Panel

HORIZONS = tuple(range(3, 15))  # January to December, from October
DRAWS = 1000
BASELINE = "conflictology_12"
BASELINES: dict[str, Callable[..., NDArray[np.int64]]] = {
    "zero": baselines.zero,
    "last_poisson": baselines.last_poisson,
    BASELINE: baselines.conflictology_12,
}


@dataclass(frozen=True)
class Window:
    """A year that is forecast."""

    year: int

    @property
    def cutoff(self) -> int:
        """VIEWS's number of October of the year before."""
        return (self.year - 1 - 1980) * 12 + 10

    @property
    def months(self) -> NDArray[np.int64]:
        """VIEWS's numbers of January to December."""
        return np.asarray(self.cutoff + np.asarray(HORIZONS))


@dataclass(frozen=True)
class Tested:
    """One window's draws by method, and what came.

    `draws[method]` (countries, 12, draws); `came` (countries, 12), NaN where it is not known;
    `active` (countries,): a death in the 60 months to the cut-off; `quiet`: none in the last 12.
    """

    window: Window
    countries: tuple[int, ...]
    codes: tuple[str | None, ...]
    draws: dict[str, NDArray[np.int64]]
    came: Floats
    active: NDArray[np.bool_]
    quiet: NDArray[np.bool_]


def windows(said: str) -> tuple[Window, ...]:
    """ "2018:2022" or "2018"; raises UsageError for anything else."""
    found = re.fullmatch(r"(\d{4})(?::(\d{4}))?", said.strip())
    if not found:
        raise UsageError(f"windows {said!r} are no years: write 2018:2022, or 2018")
    first, last = int(found[1]), int(found[2] or found[1])
    if last < first:
        raise UsageError(f"windows {said!r} end before they begin")
    return tuple(Window(year) for year in range(first, last + 1))


def run(
    panel: Panel, borders: Callable[[Panel], Borders], years: Sequence[Window], seed: int = SEED
) -> Iterator[Tested]:
    """Fit and draw each window on what it may see, one at a time, so that memory stays flat.

    Raises NotFound where the panel ends before a window's October.
    """
    for window in years:
        yield test(panel, borders, window, seed)


def test(
    panel: Panel, borders: Callable[[Panel], Borders], window: Window, seed: int = SEED
) -> Tested:
    """One window."""
    past = panel.through(window.cutoff)
    live = past.live
    fitted = Fitted(past, borders(past), HORIZONS, seed)
    draws = {NAME: fitted.draw(DRAWS).draws}
    there = _only(past, live)
    for number, (name, baseline) in enumerate(BASELINES.items()):
        rng = np.random.default_rng((seed, window.year, number))
        draws[name] = baseline(there, HORIZONS, DRAWS, rng)
    deaths = past.deaths[live]
    return Tested(
        window=window,
        countries=tuple(past.countries[i] for i in live),
        codes=tuple(past.codes[i] for i in live),
        draws=draws,
        came=_came(panel, [past.countries[i] for i in live], window),
        active=deaths[:, -60:].sum(axis=1) > 0,
        quiet=deaths[:, -12:].sum(axis=1) == 0,
    )


def _only(panel: Panel, rows: NDArray[np.int64]) -> Panel:
    return Panel(
        countries=tuple(panel.countries[i] for i in rows),
        codes=tuple(panel.codes[i] for i in rows),
        first=panel.first,
        sb=panel.sb[rows],
        ns=panel.ns[rows],
        os=panel.os[rows],
    )


def _came(panel: Panel, countries: Sequence[int], window: Window) -> Floats:
    """What came: NaN beyond the panel's end and where a country was not coded."""
    out = np.full((len(countries), len(HORIZONS)), np.nan)
    known = [n for n, month in enumerate(window.months) if month <= panel.last]
    rows = np.array([panel.row(country) for country in countries])
    columns = window.months[known] - panel.first
    out[:, known] = panel.sb[np.ix_(rows, columns)]
    return out
