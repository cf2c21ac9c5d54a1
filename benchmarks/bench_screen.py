"""Screen a million positions against ten thousand events; beside it two plain ways of doing it.

    python -m benchmarks.bench_screen [--sites N] [--events N]

All three get the same reaches. shapely's STRtree alone finds bounding boxes and measures no
distance; PostgreSQL joins the same boxes over a B-tree (server at FARWATCH_TEST_POSTGRES, else
127.0.0.1:5432, else one that `pgserver` brings along). Positions and events: half spread over the
inhabited latitudes, half in the same two hundred districts.
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import os
import resource
import tempfile
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from benchmarks.aims import Figure, printed

from farwatch.model.kinds import Kind
from farwatch.model.tables import EVENTS, SITES, TIME
from farwatch.protect.bulk import screen_table
from farwatch.protect.reach import builtin_reach

if TYPE_CHECKING:
    import psycopg

KINDS = [Kind.ARMED_CLASH, Kind.EXPLOSION, Kind.RIOT, Kind.GUN_ATTACK, Kind.CRIME, Kind.SHELLING]
POSTGRES = os.environ.get("FARWATCH_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
AIM = 2.0  # seconds
Spots = tuple[np.ndarray, np.ndarray]


def spots(rng: np.random.Generator, count: int) -> Spots:
    fixed = np.random.default_rng(1)
    towns = fixed.uniform(-55, 70, 200), fixed.uniform(-180, 180, 200)
    town = rng.integers(0, 200, count // 2)
    near = [towns[i][town] + rng.normal(0, 1.0, count // 2) for i in (0, 1)]
    wide = rng.uniform(-60, 75, count - count // 2), rng.uniform(-180, 180, count - count // 2)
    lat = np.clip(np.concatenate((near[0], wide[0])), -90, 90)
    lon = (np.concatenate((near[1], wide[1])) + 180) % 360 - 180
    return lat, lon


def site_table(lat: np.ndarray, lon: np.ndarray) -> pa.Table:
    count = len(lat)
    empty = {name: pa.nulls(count, pa.string()) for name in ("country", "admin1")}
    measures = {name: pa.nulls(count, pa.float64()) for name in ("coast_km", "height_m")}
    ids = pc.binary_join_element_wise("s", pa.array(np.arange(count)).cast(pa.string()), "")
    columns = {"id": ids, "lat": lat, "lon": lon, "tier": np.full(count, 2, np.int8)}
    return pa.table(columns | empty | measures).select(SITES.names).cast(SITES)


def event_table(rng: np.random.Generator, lat: np.ndarray, lon: np.ndarray) -> pa.Table:
    count = len(lat)
    columns = {
        "id": pc.binary_join_element_wise("e", pa.array(np.arange(count)).cast(pa.string()), ""),
        "kind": rng.choice([kind.value for kind in KINDS], count),
        "category": pa.nulls(count, pa.string()),
        "severity": rng.integers(2, 6, count).astype(np.int8),
        "credibility": np.full(count, 3, np.int8),
        "official": np.zeros(count, dtype=bool),
        "lat": lat,
        "lon": lon,
        "radius_km": np.zeros(count),
        "precision": np.full(count, "point"),
        "country": pa.nulls(count, pa.string()),
        "admin1": pa.nulls(count, pa.string()),
        "start": pa.array([datetime(2026, 6, 1, tzinfo=UTC)] * count, TIME),
        "expires": pa.nulls(count, TIME),
        "source_class": pa.nulls(count, pa.string()),
    }
    return pa.table(columns).cast(EVENTS)


def boxes(events: pa.Table) -> np.ndarray:
    """West, south, east, north of each event's reach, in degrees (not wrapped: a plain box)."""
    table = builtin_reach()
    kinds, severities = events["kind"].to_pylist(), events["severity"].to_pylist()
    km = np.array(
        [table.kinds[Kind(k)].radius_km(s) for k, s in zip(kinds, severities, strict=True)]
    )
    lat, lon = (events[name].to_numpy() for name in ("lat", "lon"))
    high = km / 111.19
    wide = high / np.maximum(np.cos(np.radians(np.minimum(np.abs(lat) + high, 89))), 0.01)
    return np.stack((lon - wide, lat - high, lon + wide, lat + high), axis=1)


def by_strtree(lat: np.ndarray, lon: np.ndarray, box: np.ndarray) -> int:
    tree = shapely.STRtree(shapely.points(lon, lat))
    return int(tree.query(shapely.box(*box.T)).shape[1])


def by_postgres(lat: np.ndarray, lon: np.ndarray, box: np.ndarray) -> tuple[int, float] | None:
    """Pairs, and seconds of the join alone: loading and indexing are not counted."""
    import psycopg

    try:
        with psycopg.connect(POSTGRES, connect_timeout=3) as connection:
            return _joined(connection, lat, lon, box)
    except psycopg.OperationalError:
        if importlib.util.find_spec("pgserver") is None:
            return None
    import pgserver

    with tempfile.TemporaryDirectory() as folder:
        server = pgserver.get_server(folder, cleanup_mode="stop")
        try:
            with psycopg.connect(server.get_uri()) as connection:
                return _joined(connection, lat, lon, box)
        finally:
            server.cleanup()


def _joined(
    connection: psycopg.Connection, lat: np.ndarray, lon: np.ndarray, box: np.ndarray
) -> tuple[int, float]:
    with connection.cursor() as cursor:
        for name, columns, rows in (
            ("bench_sites", "lat float8, lon float8", np.stack((lat, lon), axis=1)),
            ("bench_boxes", "west float8, south float8, east float8, north float8", box),
        ):
            cursor.execute(f"create temporary table {name} ({columns})")
            text = io.StringIO()
            np.savetxt(text, rows, fmt="%.9f", delimiter="\t")
            with cursor.copy(f"copy {name} from stdin") as copy:
                copy.write(text.getvalue())
        cursor.execute("create index on bench_sites (lat, lon)")
        cursor.execute("analyze bench_sites")
        cursor.execute("analyze bench_boxes")
        start = time.perf_counter()
        cursor.execute(
            "select count(*) from bench_boxes b join bench_sites s"
            " on s.lat between b.south and b.north and s.lon between b.west and b.east"
        )
        row = cursor.fetchone()
        return int(row[0]) if row else 0, time.perf_counter() - start


def figures(sites: int = 1_000_000, events: int = 10_000) -> list[Figure]:
    """Seconds of each way, index included for the first two, and how many times faster ours is."""
    rng = np.random.default_rng(20260601)
    lat, lon = spots(rng, sites)
    site_rows, event_rows = site_table(lat, lon), event_table(rng, *spots(rng, events))
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        found = screen_table(event_rows, site_rows)
        seconds.append(time.perf_counter() - start)
    ours = sorted(seconds)[1]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    box = boxes(event_rows)
    start = time.perf_counter()
    pairs = by_strtree(lat, lon, box)
    tree = time.perf_counter() - start
    told = [
        Figure(f"{sites:,} positions x {events:,} events", ours, "s", most=AIM, form=",.2f"),
        Figure("exposures found", found.num_rows),
        Figure("peak memory", peak, "MiB"),
        Figure("shapely's STRtree, boxes only", tree, "s", form=",.2f"),
        Figure("pairs of boxes it finds", pairs),
        Figure("STRtree's time over ours", tree / ours, "x", form=",.2f"),
    ]
    answer = by_postgres(lat, lon, box)
    if answer is None:
        print("no PostgreSQL server at hand, and none brought along: its join is left out")
        return told
    return [
        *told,
        Figure("PostgreSQL, join of boxes, indexed beforehand", answer[1], "s", form=",.2f"),
        Figure("pairs of boxes it finds", answer[0]),
        Figure("PostgreSQL's time over ours", answer[1] / ours, "x", form=",.2f"),
    ]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sites", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=10_000)
    asked = parser.parse_args()
    printed("screen: positions against events", figures(asked.sites, asked.events))


if __name__ == "__main__":
    main()
