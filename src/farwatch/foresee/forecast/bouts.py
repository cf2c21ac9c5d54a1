"""Bouts: the events around places, by ring and ten-day bin, and their decayed sums.

Many events in one place and fortnight tell less than their number: the severity weights of a bin
and ring that sum to W count log2(1 + W). Nothing here looks past the bin it is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial import cKDTree

from farwatch.foresee.forecast.happenings import Bools, Happenings
from farwatch.foresee.grid import Floats, Ints, sphere

RINGS = (25.0, 50.0, 100.0, 200.0, 400.0)  # outer radii, km
BIN = 10  # days
HALF_LIVES = (20, 30, 60, 180, 540, 730, 1800)  # days
SEVERITY: Floats = np.array([0.3, 1.0, 2.0, 4.0])  # none dead, 1-4, 5-24, 25 and more
MONTH = 30.0
_AT_ONCE = 64  # places whose pairs with events are held together


@dataclass(frozen=True, eq=False)
class Bouts:
    """Arrays over (ring, place, bin); bin b ends on day `start + 10 (b + 1)`.

    `weight`: log2(1 + W) of what became known in (start + 10 b, start + 10 b + 10]. Of the two
    inner rings `struck` says whether a deadly event became known in the bin, and `began` how many
    deadly ones began in [start + 10 b, start + 10 b + 10). `deadly` (place, bin): how many deadly
    ones became known within the outermost ring.
    """

    start: float
    weight: Floats
    struck: Bools
    began: Ints
    deadly: Ints

    @property
    def ends(self) -> Floats:
        """The day each bin ends."""
        return np.asarray(self.start + BIN * (np.arange(self.weight.shape[2]) + 1.0))

    def without(self, rings: Sequence[int], chosen: Bools) -> Bouts:
        """The same as if nothing had been told of these rings in the chosen bins."""
        weight, struck = self.weight.copy(), self.struck.copy()
        for ring in rings:
            weight[ring][:, chosen] = 0.0
            if ring < len(struck):
                struck[ring][:, chosen] = False
        return replace(self, weight=weight, struck=struck)


def bouts(events: Happenings, lat: Floats, lon: Floats, cut: float) -> Bouts:
    """Bin the located events around places; bins end at `cut` and every ten days before it.

    Events that became known after `cut` are not looked at.
    """
    seen = events.located().known_by(cut)
    first = min(seen.began.min(), cut - BIN) if len(seen) else cut - BIN
    count = int(np.ceil((cut - first) / BIN))
    start = cut - BIN * count
    shape = (len(RINGS), len(lat), count)
    sums, fatal, began = np.zeros(shape), np.zeros(shape), np.zeros((2, *shape[1:]))
    told = np.ceil((seen.known - start) / BIN).astype(np.int64) - 1
    opened = np.floor((seen.began - start) / BIN).astype(np.int64)
    weight: Floats = SEVERITY[np.searchsorted([1, 5, 25], seen.deaths, side="right")]
    tree = cKDTree(sphere(seen.lat, seen.lon).reshape(-1, 3))
    for low in range(0, len(lat), _AT_ONCE):
        part = slice(low, low + _AT_ONCE)
        place, event, ring = _pairs(lat[part], lon[part], tree)
        size = (len(RINGS), len(lat[part]), count)
        sums[:, part] = _summed((ring, place, told[event]), weight[event], size)
        dead = (seen.deaths[event] >= 1).astype(np.float64)
        fatal[:, part] = _summed((ring, place, told[event]), dead, size)
        began[:, part] = _summed((ring, place, opened[event]), dead, size)[:2]
    deadly = fatal.sum(axis=0).astype(np.int64)
    return Bouts(start, np.log2(1 + sums), fatal[:2] > 0, began.astype(np.int64), deadly)


def _pairs(lat: Floats, lon: Floats, tree: cKDTree) -> tuple[Ints, Ints, Ints]:
    """Place, event and ring of every pair within the outermost ring."""
    near = cKDTree(sphere(lat, lon)).sparse_distance_matrix(tree, RINGS[-1], output_type="ndarray")
    ring = np.searchsorted(RINGS, near["v"], side="left")
    return near["i"].astype(np.int64), near["j"].astype(np.int64), ring


def _summed(at: tuple[Ints, Ints, Ints], weight: Floats, size: tuple[int, int, int]) -> Floats:
    flat = np.ravel_multi_index(at, size)
    return np.asarray(np.bincount(flat, weight, minlength=int(np.prod(size))).reshape(size), float)


def months_heard(half_life: float, elapsed: Floats) -> Floats:
    """Months that a memory of this half-life has listened after so many days of history."""
    whole = half_life / np.log(2) * (1 - 2.0 ** (-np.maximum(elapsed, 1.0) / half_life))
    return np.asarray(whole / MONTH)


def decayed(found: Bouts, cuts: Floats) -> dict[int, Floats]:
    """By half-life: (ring, place, cut) bouts a month, each weighing 2^(-age / half-life)."""
    age = cuts[None, :] - found.ends[:, None]
    rates = {}
    for half in HALF_LIVES:
        kernel = np.where(age >= -1e-6, 2.0 ** (-np.maximum(age, 0.0) / half), 0.0)
        rates[half] = found.weight @ kernel / months_heard(half, cuts - found.start)
    return rates


def struck_windows(found: Bouts, cuts: Floats, km: float, days: int, count: int) -> Floats:
    """(place, cut): in how many of the last `count` spans of `days` a deadly event was known."""
    inside = found.struck[0] | found.struck[1] if km > RINGS[0] else found.struck[0]
    spans = [_any(inside, found, cuts - days * (n + 1), cuts - days * n) for n in range(count)]
    return np.asarray(np.sum(spans, axis=0), dtype=float)


def outcomes(found: Bouts, nows: Floats, km: float, days: int) -> Bools:
    """(place, now): whether a deadly event begins within km in the next days.

    `nows` lie whole bins from the cut, and `days` is a number of whole bins.
    """
    inside = found.began[0] + found.began[1] if km > RINGS[0] else found.began[0]
    return _any(inside > 0, found, nows, nows + days)


def deadly_since(found: Bouts, cuts: Floats, days: int) -> Ints:
    """(place, cut): deadly events within the outermost ring that became known in the last days."""
    running = np.pad(np.cumsum(found.deadly, axis=1), ((0, 0), (1, 0)))
    low, high = _bin_at(found, cuts - days), _bin_at(found, cuts)
    return np.asarray(running[:, high] - running[:, low])


def _any(flags: Bools, found: Bouts, low: Floats, high: Floats) -> Bools:
    """Whether any bin that lies in [low, high) is set, by differences of a running count."""
    running = np.pad(np.cumsum(flags, axis=1), ((0, 0), (1, 0)))
    return np.asarray(running[:, _bin_at(found, high)] > running[:, _bin_at(found, low)])


def _bin_at(found: Bouts, day: Floats) -> Ints:
    """How many bins end by a day, at most all."""
    whole = np.round((day - found.start) / BIN)
    return np.clip(whole, 0, found.weight.shape[2]).astype(np.int64)
