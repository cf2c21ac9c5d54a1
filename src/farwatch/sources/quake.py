"""How severe an earthquake is, 1-5, by what seismologists state of it. One rule for all feeds."""

from __future__ import annotations

from farwatch.sources.shapes import number

# PAGER's estimate of losses: yellow is local, orange regional, red national or international.
# Green says that few losses are likely; it never lowers what the shaking says.
PAGER = {"green": 1, "yellow": 3, "orange": 4, "red": 5}

# Strongest shaking on land (MMI): V is felt by all, VI damages slightly, VII and up badly. The
# bands are those of the desk's reach table.
_MMI = ((6.5, 5), (5.5, 4), (4.5, 3), (3.5, 2))
# Without a shaking map: the magnitude at which, at 10 km depth, that shaking reaches out of the
# epicentre (Allen and others 2012).
_MAGNITUDE = ((7.0, 5), (6.0, 4), (5.0, 3), (4.0, 2))

MOST = 10.0  # no earthquake known had more than 9.5


def magnitude(value: object) -> float:
    """A magnitude as a feed states it; ValueError with the value for what none can be."""
    size = number(value)
    if not -MOST <= size <= MOST:
        raise ValueError(f"{value!r} is no magnitude of an earthquake")
    return size


def severity(
    magnitude: float | None,
    depth_km: float | None = None,
    mmi: float | None = None,
    pager: str | None = None,
) -> int | None:
    """The higher of PAGER's alert and the shaking; shaking by MMI, else by magnitude and depth.

    From 70 km down a quake counts one step less, from 300 km two, never below 1. None if neither
    magnitude nor MMI is known and there is no alert above green.
    """
    steps = [PAGER[pager]] if pager in PAGER and PAGER[pager] > 1 else []
    if mmi is not None:
        steps.append(_step(mmi, _MMI))
    elif magnitude is not None:
        steps.append(max(1, _step(magnitude, _MAGNITUDE) - _deep(depth_km)))
    return max(steps, default=None)


def _step(value: float, bands: tuple[tuple[float, int], ...]) -> int:
    return next((step for least, step in bands if value >= least), 1)


def _deep(depth_km: float | None) -> int:
    if depth_km is None or depth_km < 70:
        return 0
    return 1 if depth_km < 300 else 2
