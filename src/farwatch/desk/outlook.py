"""Local outlooks on the desk: where tables of conflict events meet sites and the gazetteer.

The table's columns: id, type_of_violence, date_start, date_end, lat, lon, where_prec, best, and
where it has them country, adm_1 and vintage (of an event told twice the newest vintage counts).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from farwatch.desk.hearing import LAG
from farwatch.errors import NotFound
from farwatch.foresee.forecast.happenings import Happenings, day_of, from_table, time_of
from farwatch.foresee.forecast.local import Panel, admin1s, cells, centre_of
from farwatch.foresee.forecast.local_outlook import LocalModel, fit_local, place_outlook
from farwatch.foresee.forecast.outlook import LATEST, SiteModel, fit, outlook
from farwatch.foresee.forecast.outlook_model import whole_bins
from farwatch.foresee.grid import Floats, Ints
from farwatch.model.outlook import PlaceOutlook, SiteOutlook
from farwatch.model.protect import Site
from farwatch.world import borders
from farwatch.world.gazetteer import Gazetteer

TOWN = 5000  # people; what is learned of a country is learned at such places
MOST_TOWNS = 400  # the largest ones
ADMIN1, CELL = "admin1", "cell"


@dataclass(frozen=True)
class Told:
    """A table of conflict events at one version; models are kept by the version's name."""

    version: str
    table: pa.Table = field(compare=False)


class Point(NamedTuple):
    """A place to look out from."""

    id: str
    lat: float
    lon: float
    country: str | None = None


def site_outlook(
    told: Told, sites: Sequence[Site | Point], now: datetime, places: Gazetteer
) -> list[SiteOutlook]:
    """Every site's outlook, in order; the model of its country is fitted once a version and a day,
    or ten days where the history ended more than 31 days before.

    What the history tells counts as known 31 days after it happened. A site without a country
    takes that of the nearest town. Raises InputError for a table that cannot be read.
    """
    found = []
    for site in sites:
        country = site.country or places.nearest(site.lat, site.lon)[0][0].country
        model = _site_model(told, country, _learned_on(told, now), _Towns(places))
        one = outlook(model, f"site:{site.id}", site.lat, site.lon)
        found.append(replace(one, as_of=now))
    return found


def place_outlooks(
    told: Told, country: str, now: datetime, kind: str = ADMIN1, months: int = 6
) -> list[PlaceOutlook]:
    """Battle deaths by month in a country's (alpha-2) admin-1s or cells ("admin1" or "cell").

    Raises NotFound where the table tells of nothing in the country, or for an unknown border.
    """
    model = _local_model(told, country, day_of(now), kind, months)
    found = [place_outlook(model, name) for name in model.panel.names]
    return [replace(one, as_of=now) for one in found]


def country_cells(country: str) -> Ints:
    """Numbers of the PRIO-GRID cells that touch a country (alpha-2); raises NotFound."""
    pieces = borders.open().polygons(country)
    gids = np.arange(1, 360 * 720 + 1)
    lat, lon = centre_of(gids)
    west, south, east, north = shapely.total_bounds(pieces)
    close = (lat > south - 0.5) & (lat < north + 0.5) & (lon > west - 0.5) & (lon < east + 0.5)
    gids, lat, lon = gids[close], lat[close], lon[close]
    boxes = shapely.box(lon - 0.25, lat - 0.25, lon + 0.25, lat + 0.25)
    touching = shapely.STRtree(pieces).query(boxes, predicate="intersects")[0]
    return np.asarray(gids[np.unique(touching)], dtype=np.int64)


def towns(country: str, places: Gazetteer) -> tuple[Floats, Floats]:
    """Coordinates of a country's largest towns, at most 400 of over 5,000 people."""
    table = places.places(TOWN)
    mine = table.filter(pc.equal(table["country"], country)).sort_by([("population", "descending")])
    lat, lon = (np.asarray(mine[name].to_numpy(), float)[:MOST_TOWNS] for name in ("lat", "lon"))
    return lat, lon


@dataclass(frozen=True)
class _Towns:
    """A gazetteer as a part of a cache's key: by its folder."""

    places: Gazetteer = field(compare=False)
    folder: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "folder", str(self.places.folder))


def _learned_on(told: Told, now: datetime) -> float:
    """A day on which the same would be learned as on that of `now`: inputs are taken in whole bins
    of ten days old, so of a history that ended long ago each model serves for ten days."""
    events, day = _happenings(told), day_of(now)
    if not len(events):
        return day
    last = float(events.known.max())
    alike = last + whole_bins(day - last)
    return alike if last <= day_of(now - LAG) and alike - last <= LATEST else day


@lru_cache(maxsize=32)
def _site_model(told: Told, country: str, day: float, known: _Towns) -> SiteModel:
    events = _happenings(told)
    now = time_of(day)
    last = time_of(float(events.known.max())) if len(events) else now
    return fit(events, towns(country, known.places), now, min(last, now - LAG))


@lru_cache(maxsize=16)
def _local_model(told: Told, country: str, day: float, kind: str, months: int) -> LocalModel:
    table = told.table
    if "country" in table.column_names:
        told = Told(f"{told.version} {country}", table.filter(pc.equal(table["country"], country)))
    events = _happenings(told)
    if not len(events):
        raise NotFound(f"no conflict event in country {country!r} is known")
    now = time_of(day)
    until = min(float(events.known.max()), day_of(now - LAG))
    panel: Panel = (
        admin1s(events, until) if kind == ADMIN1 else cells(events, country_cells(country), until)
    )
    return fit_local(panel, now, months)


@lru_cache(maxsize=4)
def _happenings(told: Told) -> Happenings:
    table = told.table
    if "vintage" in table.column_names:
        table = table.sort_by("vintage")
        ids = table["id"].to_pylist()
        newest = {name: row for row, name in enumerate(ids)}
        table = table.take(pa.array(sorted(newest.values()), pa.int64()))
    return from_table(table)
