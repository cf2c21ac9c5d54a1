"""Windows of the VIEWS prediction challenge: data through October, the next year's twelve months.

A window sees nothing of the panel after its October, not even which countries came to be later.
Other months ahead can be asked for, 1 to 36 of them; the protocol's are 3 to 14.
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
FARTHEST = 36  # months ahead
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
        return self.ahead(HORIZONS)

    def ahead(self, horizons: Sequence[int]) -> NDArray[np.int64]:
        """VIEWS's numbers of the months so far after October."""
        return np.asarray(self.cutoff + np.asarray(horizons))


@dataclass(frozen=True)
class Tested:
    """One window's draws by method, and what came.

    `draws[method]` (countries, horizons, draws); `came` (countries, horizons), NaN where it is not
    known; `active` (countries,): a death in the 60 months to the cut-off; `quiet`: none in the last
    12. `left_out`: countries coded in the year to the cut-off, and not in its last month.
    """

    window: Window
    countries: tuple[int, ...]
    codes: tuple[str | None, ...]
    draws: dict[str, NDArray[np.int64]]
    came: Floats
    active: NDArray[np.bool_]
    quiet: NDArray[np.bool_]
    horizons: tuple[int, ...] = HORIZONS
    left_out: tuple[int, ...] = ()


def windows(said: str) -> tuple[Window, ...]:
    """ "2018:2022", "2018" or "2018,2020:2021", in order; raises UsageError for anything else."""
    years: set[int] = set()
    for part in said.split(","):
        found = re.fullmatch(r"(\d{4})(?::(\d{4}))?", part.strip())
        if not found:
            raise UsageError(f"windows {said!r} are no years: write 2018:2022, 2018 or 2018,2020")
        first, last = int(found[1]), int(found[2] or found[1])
        if last < first:
            raise UsageError(f"windows {said!r} end before they begin: write the first year first")
        years |= set(range(first, last + 1))
    return tuple(Window(year) for year in sorted(years))


def horizons(said: str) -> tuple[int, ...]:
    """ "3:14" or "1", months ahead; raises UsageError for what is none, or beyond 36."""
    found = re.fullmatch(r"(\d{1,2})(?::(\d{1,2}))?", said.strip())
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if not 1 <= first <= last <= FARTHEST:
        raise UsageError(
            f"horizons {said!r} are no months ahead: write 3:14, at least 1 and at most {FARTHEST}"
        )
    return tuple(range(first, last + 1))


def run(
    panel: Panel, borders: Callable[[Panel], Borders], years: Sequence[Window], seed: int = SEED
) -> Iterator[Tested]:
    """Fit and draw each window on what it may see, one at a time, so that memory stays flat.

    Raises NotFound where the panel ends before a window's October.
    """
    for window in years:
        yield test(panel, borders, window, seed)


def test(
    panel: Panel,
    borders: Callable[[Panel], Borders],
    window: Window,
    seed: int = SEED,
    horizons: tuple[int, ...] = HORIZONS,
) -> Tested:
    """One window; the model learns the months ahead that are asked, and no others."""
    past = panel.through(window.cutoff)
    live = past.live
    fitted = Fitted(past, borders(past), horizons, seed)
    draws = {NAME: fitted.draw(DRAWS).draws}
    there = _only(past, live)
    for number, (name, baseline) in enumerate(BASELINES.items()):
        rng = np.random.default_rng((seed, window.year, number))
        draws[name] = baseline(there, horizons, DRAWS, rng)
    deaths = past.deaths[live]
    lately = np.isfinite(past.sb[:, -12:]).any(axis=1)
    return Tested(
        window=window,
        countries=tuple(past.countries[i] for i in live),
        codes=tuple(past.codes[i] for i in live),
        draws=draws,
        came=_came(panel, [past.countries[i] for i in live], window.ahead(horizons)),
        active=deaths[:, -60:].sum(axis=1) > 0,
        quiet=deaths[:, -12:].sum(axis=1) == 0,
        horizons=horizons,
        left_out=tuple(past.countries[i] for i in np.setdiff1d(np.flatnonzero(lately), live)),
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


def _came(panel: Panel, countries: Sequence[int], months: NDArray[np.int64]) -> Floats:
    """What came: NaN beyond the panel's end and where a country was not coded."""
    out = np.full((len(countries), len(months)), np.nan)
    known = [n for n, month in enumerate(months) if month <= panel.last]
    rows = np.array([panel.row(country) for country in countries])
    columns = months[known] - panel.first
    out[:, known] = panel.sb[np.ix_(rows, columns)]
    return out
