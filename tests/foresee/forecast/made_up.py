"""A made-up history: two towns with unlike bouts of violence, one quiet one."""

import numpy as np

from farwatch.foresee.forecast.happenings import Happenings

START, END = 10_000.0, 15_500.0  # days since 1970: fifteen years to June 2012
TOWNS = (np.array([10.0, 10.0, 14.0]), np.array([40.0, 41.0, 40.0]))


def happenings(**columns: object) -> Happenings:
    """Events with the given columns; the rest is a deadly clash on a day in the first town."""
    count = max(len(one) for one in columns.values())  # type: ignore[arg-type]
    began = np.asarray(columns.get("began", np.full(count, 14_000.0)), dtype=float)
    words = np.empty(count, dtype=object)
    words[:] = [f"e{n}" for n in range(count)]
    named = np.empty(count, dtype=object)
    named[:] = list(columns.get("admin1", ["North"] * count))  # type: ignore[call-overload]
    return Happenings(
        id=words,
        began=began,
        known=np.asarray(columns.get("known", began + 1), dtype=float),
        lat=np.asarray(columns.get("lat", np.full(count, 10.0)), dtype=float),
        lon=np.asarray(columns.get("lon", np.full(count, 40.0)), dtype=float),
        where=np.asarray(columns.get("where", np.ones(count)), dtype=np.int64),
        sort=np.asarray(columns.get("sort", np.ones(count)), dtype=np.int64),
        deaths=np.asarray(columns.get("deaths", np.full(count, 3.0)), dtype=float),
        admin1=named,
    )


def history(seed: int = 3, every: tuple[int, int] = (200, 400)) -> Happenings:
    """Bouts of some weeks at the first two towns, now and then one by the way."""
    rng = np.random.default_rng(seed)
    days: list[float] = []
    town: list[int] = []
    for at, gap in enumerate(every):
        day = START
        while day < END - 80:
            day += rng.exponential(gap)
            shots = day + np.cumsum(rng.exponential(8, rng.integers(3, 12)))
            days += np.floor(shots[shots < END - 1]).tolist()
            town += [at] * int((shots < END - 1).sum())
    where = np.array(town)
    size = len(days)
    return happenings(
        began=days,
        lat=TOWNS[0][where] + rng.normal(0, 0.05, size),
        lon=TOWNS[1][where] + rng.normal(0, 0.05, size),
        deaths=np.floor(rng.lognormal(1, 1.2, size)),
        admin1=[("North", "South")[n] for n in where],
    )
