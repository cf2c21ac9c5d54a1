"""Which readings are worth judging against each other: no comparison of all pairs."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from farwatch.model.event import Reading
from farwatch.model.kinds import Kind
from farwatch.model.place import Precision
from farwatch.understand.apart import heard, midpoint, span, statement
from farwatch.understand.judge import fit, window
from farwatch.understand.origins import runs
from farwatch.understand.quakes import felt_km, instruments_disagree, size_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MERGEABLE = [
    k
    for k in Kind
    if fit(k, k) and k not in {Kind.OTHER, Kind.ADVISORY, Kind.SILENCE, Kind.LEVEL_CHANGE}
]
_CROWDED = 300
_ALONG = 30
_SLACK_KM = 60.0  # towns' and points' own uncertainty, both sides


@dataclass(frozen=True, slots=True)
class Near:
    """Where stored readings that could tell of the same happening are to be sought.

    `lat`, `lon` None: no point is known; then `country` (or everywhere) is searched.
    """

    kinds: tuple[Kind, ...]
    since: datetime
    until: datetime
    lat: float | None
    lon: float | None
    km: float
    country: str | None


def near(reading: Reading) -> Near | None:
    """The search for candidates of one reading; None if it merges with nothing.

    It holds every reading that `judge` could find the same by kind, time and place.
    """
    if reading.historical or reading.kind not in _MERGEABLE:
        return None
    kinds = tuple(kind for kind in _MERGEABLE if fit(reading.kind, kind))
    hours = 4 * max(window(kind).hours for kind in kinds) + 54
    told = span(reading)
    place = reading.place
    since, until = (
        _shifted(told.start, -hours),
        _shifted(max(told.end or told.start, heard(reading)), hours),
    )
    if place is None:
        return Near(kinds, since, until, None, None, 0.0, None)
    geometry = place.geometry
    reach = max(window(kind).km for kind in kinds) + geometry.radius_km + _SLACK_KM
    if reading.kind is Kind.EARTHQUAKE:
        reach += felt_km(min(size_of(reading) or 7.5, 9.0))
    if geometry.rings:
        reach += max(
            (abs(lat - geometry.lat) + abs(lon - geometry.lon)) * 111
            for ring in geometry.rings
            for lat, lon in ring
        )
    whole = place.precision in (Precision.COUNTRY, Precision.REGION)
    if whole and place.country:
        return Near(kinds, since, until, None, None, 0.0, place.country)
    return Near(kinds, since, until, geometry.lat, geometry.lon, min(reach, 20000.0), place.country)


def _shifted(when: datetime, hours: float) -> datetime:
    try:
        return when + timedelta(hours=hours)
    except OverflowError:
        return when


def candidates(
    readings: Sequence[Reading], fresh: Set[int] | None = None
) -> Iterator[tuple[int, int]]:
    """Pairs of positions worth judging, each once: they share a block.

    Blocks: the publisher's id or page; kind family, window of time and cell of a degree (with its
    neighbours) or country; and runs of words that few others have. With `fresh`, only pairs that
    one of these positions takes part in: the others have been judged before.
    """
    seen: set[tuple[int, int]] = set()
    for found in _blocks(readings).values():
        if fresh is not None and fresh.isdisjoint(found):
            continue
        block = sorted(found, key=lambda n: (midpoint(readings[n]), statement(readings[n])))
        for one, other in _pairs(block, fresh):
            pair = (one, other) if one < other else (other, one)
            if pair not in seen and not _idle(readings[one], readings[other]):
                seen.add(pair)
                yield pair


def _pairs(block: Sequence[int], fresh: Set[int] | None) -> Iterator[tuple[int, int]]:
    """A crowded block (a whole country's day) is paired along time only, not all with all."""
    reach = len(block) if len(block) <= _CROWDED else _ALONG
    for n, one in enumerate(block):
        if fresh is None:
            yield from ((one, other) for other in block[n + 1 : n + 1 + reach])
        elif one in fresh:
            yield from ((one, other) for other in block[max(0, n - reach) : n])
            yield from ((one, other) for other in block[n + 1 : n + 1 + reach])


def _idle(one: Reading, other: Reading) -> bool:
    """Plainly different and many: two entries of one authority's list, two shocks minutes apart."""
    left, right = one.report, other.report
    if left.source == right.source:
        if left.key == right.key:
            return True
        ids = left.facts.happening, right.facts.happening
        listed = left.facts.official and right.facts.official and all(ids)
        if listed and not (left.references or right.references):
            return ids[0] != ids[1]
    return bool(one.kind is other.kind is Kind.EARTHQUAKE and instruments_disagree(one, other))


def _blocks(readings: Sequence[Reading]) -> dict[tuple[object, ...], list[int]]:
    blocks: dict[tuple[object, ...], list[int]] = defaultdict(list)
    by_run: dict[int, list[int]] = defaultdict(list)
    for n, reading in enumerate(readings):
        if near(reading) is None:
            continue
        for key in _keys(reading):
            blocks[key].append(n)
        for run in sorted(runs(reading.report.body))[:24]:  # a fixed sample of the text's runs
            by_run[run].append(n)
    blocks.update({("run", run): found for run, found in by_run.items() if 1 < len(found) <= 40})
    return blocks


# Kinds in one family are judged against each other; a reading stands in each family of its kind.
_FAMILIES: tuple[frozenset[Kind], ...] = (
    frozenset({Kind.PROTEST, Kind.RIOT, Kind.BLOCKADE, Kind.ROAD_CLOSED}),
    frozenset({Kind.GUN_ATTACK, Kind.ARMED_CLASH, Kind.EXPLOSION, Kind.ROAD_ATTACK, Kind.SHELLING,
               Kind.ABDUCTION, Kind.CRIME, Kind.SUSPECT_DEVICE, Kind.THREAT, Kind.INDUSTRIAL}),
    frozenset({Kind.STORM, Kind.CYCLONE, Kind.FLOOD, Kind.LANDSLIDE, Kind.ROAD_CLOSED}),
)  # fmt: skip


def _keys(reading: Reading) -> Iterator[tuple[object, ...]]:
    report = reading.report
    if report.facts.happening:
        yield ("happening", report.source, report.facts.happening)
    if report.url:
        yield ("url", report.url)
    for key in (report.key, *report.references):
        yield ("key", report.source, key)
    where = [*_cells(reading), *([("site", report.facts.site)] if report.facts.site else [])]
    for family in _families(reading.kind):
        hours = max(window(kind).hours for kind in family)
        name = min(family)
        for bucket in _buckets(reading, hours):
            for cell in where:
                yield (name, bucket, cell)


def _families(kind: Kind) -> list[frozenset[Kind]]:
    """The families a kind stands in; a family of its own if none."""
    return [kinds for kinds in _FAMILIES if kind in kinds] or [frozenset({kind})]


def _buckets(reading: Reading, hours: float) -> range:
    """Numbers of time buckets; two times within `hours` share one."""
    width = max(hours, 12.0) * 3600
    at = (midpoint(reading) - _EPOCH).total_seconds()
    reach = width * (1.5 if not (reading.ended or reading.denial) else 4)
    return range(math.floor((at - reach / 2) / width), math.floor((at + reach / 2) / width) + 1)


def _cells(reading: Reading) -> Iterator[tuple[object, ...]]:
    """Cells of a degree around a local place; the country for coarser ones, and for local ones too
    where a coarser report of the country could be meant."""
    place = reading.place
    if place is None:
        return
    if place.precision in (Precision.COUNTRY, Precision.REGION):
        yield ("whole", place.country or place.name)
        return
    if place.admin1:
        yield ("admin1", place.country, place.admin1)
    lat, lon = place.geometry.lat, place.geometry.lon
    wide = 4.0 if window(reading.kind).km > 60 or place.geometry.radius_km > 60 else 1.0
    for size in dict.fromkeys((wide, 4.0 if reading.kind.glide else wide)):
        row = math.floor(lat / size)
        for step in (-1, 0, 1):
            for turn in (-1, 0, 1):
                column = math.floor((lon / size) + turn) % math.ceil(360 / size)
                yield ("cell", size, row + step, column)
