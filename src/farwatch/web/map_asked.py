"""What the map and its list may be asked, as query parameters of the page and the API alike."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import h3.api.basic_int as h3
from fastapi import Depends, Query

from farwatch.desk.map_cells import Box
from farwatch.desk.map_feed import Area
from farwatch.desk.map_room import Asking, MapChoice
from farwatch.errors import UsageError
from farwatch.model.event import State
from farwatch.model.kinds import Kind
from farwatch.model.times import parse_utc
from farwatch.web.visitor import Visiting

_SIDES = 4


async def _choice(
    kind: Annotated[list[Kind] | None, Query(description="Only of these kinds.")] = None,
    severity: Annotated[str | None, Query(pattern="^[1-5]?$", description="At least.")] = None,
    country: Annotated[
        str | None, Query(pattern="^([A-Z]{2})?$", description="ISO 3166-1 alpha-2.")
    ] = None,
    state: Annotated[
        list[State] | None, Query(description="Only in these states; live ones if none is named.")
    ] = None,
    days: Annotated[
        str | None, Query(pattern="^[0-9]{0,4}$", description="Reported in the last days.")
    ] = None,
    at: Annotated[
        str | None,
        Query(description="ISO 8601 with a zone: what was known and live then; none is now."),
    ] = None,
) -> MapChoice:
    return MapChoice(
        kinds=tuple(kind or ()), severity=int(severity) if severity else None,
        country=country or None, states=tuple(state or ()),
        days=int(days) if days and int(days) else None, at=_time(at, "at"),
    )  # fmt: skip


async def _since(
    updated_since: Annotated[
        str | None, Query(description="ISO 8601 with a zone: what changed since, oldest first.")
    ] = None,
) -> datetime | None:
    return _time(updated_since, "updated_since")


def _time(text: str | None, name: str) -> datetime | None:
    if not text:
        return None
    try:
        return parse_utc(text)
    except ValueError as error:
        raise UsageError(f"{name} {text!r} is not ISO 8601 with a zone") from error


async def _box(
    bbox: Annotated[
        str | None,
        Query(description="west,south,east,north in degrees; west over east: over 180 degrees."),
    ] = None,
) -> Box | None:
    if not bbox:
        return None
    try:
        sides = [float(side) for side in bbox.split(",")]
    except ValueError as error:
        raise UsageError(f"bbox {bbox[:60]!r} is not four numbers with commas") from error
    if len(sides) != _SIDES:
        raise UsageError(f"bbox {bbox[:60]!r} is not four numbers with commas")
    west, south, east, north = sides
    on_earth = -180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90
    if not on_earth:
        raise UsageError(f"bbox {bbox[:60]!r} is not west,south,east,north on the earth")
    return Box(west, south, east, north)


async def _area(
    box: BoxAsked,
    cell: Annotated[str | None, Query(description="An H3 cell: only what lies in it.")] = None,
) -> Area:
    if not cell:
        return Area(box)
    try:
        index = h3.str_to_int(cell)
    except ValueError as error:
        raise UsageError(f"cell {cell[:40]!r} is no H3 index") from error
    if not 0 <= index < 2**64 or not h3.is_valid_cell(index):
        raise UsageError(f"cell {cell[:40]!r} is no H3 cell")
    return Area(box, index)


async def _asking(visitor: Visiting) -> Asking:
    return Asking(visitor.scope, visitor.now)


BoxAsked = Annotated[Box | None, Depends(_box)]
AreaAsked = Annotated[Area, Depends(_area)]
ChoiceAsked = Annotated[MapChoice, Depends(_choice)]
SinceAsked = Annotated[datetime | None, Depends(_since)]
Asks = Annotated[Asking, Depends(_asking)]
Zoom = Annotated[float, Query(ge=0, le=24, description="The map's zoom, 512-pixel tiles.")]
