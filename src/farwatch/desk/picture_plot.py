"""The map's surface: degrees to pixels, and the few marks that a map is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.patches import PathPatch, Polygon
from matplotlib.path import Path as Outline

from farwatch.desk import picture_style as style
from farwatch.desk.picture_layout import Extent, Point
from farwatch.model.event import Event
from farwatch.model.place import Precision
from farwatch.model.protect import Alert, Message, Route, Site

_SPOTS = {Precision.POINT, Precision.CITY, Precision.ADMIN2, Precision.ADMIN1}
_EXACT = {Precision.POINT, Precision.CITY}


@dataclass(frozen=True, slots=True)
class Told:
    """What the desk was told of a site: how many happenings, and its worst route."""

    site: Site
    happenings: int
    worst: Route


def told(sites: Sequence[Site], alerts: Sequence[Alert]) -> dict[str, Told]:
    """Each alerted site by id. Revisions and recipients of one happening count once."""
    found: dict[str, Told] = {}
    for site in sites:
        own = [a for a in alerts if site.id in a.sites and a.message is not Message.CANCEL]
        if own:
            worst = min((a.route for a in own), key=style.LOUDEST.index)
            found[site.id] = Told(site, len({a.event for a in own}), worst)
    return found


def drawable(event: Event) -> bool:
    """Whether the event has a spot: a country's middle is no place where anything happened."""
    return event.place is not None and event.place.precision in _SPOTS


@dataclass(frozen=True, slots=True)
class Plot:
    """A figure with its map and what of the events is on it."""

    figure: Any
    axes: Any
    view: Extent
    events: tuple[Event, ...]

    def pixel(self, lat: float, lon: float) -> Point:
        """Where a place is drawn (x, y), in pixels from the figure's lower left."""
        x, y = self.axes.transData.transform((self.view.lon(lon), lat))
        return float(x), float(y)

    def degrees(self, pixel: Point) -> Point:
        """The (x, y) of the axes at a pixel."""
        x, y = self.axes.transData.inverted().transform(pixel)
        return float(x), float(y)

    def fill(self, shape: Any, **looks: Any) -> None:
        """A shapely polygon with its holes."""
        parts = [Outline(ring.coords, closed=True) for ring in (shape.exterior, *shape.interiors)]
        self.axes.add_patch(PathPatch(Outline.make_compound_path(*parts), **looks))

    def outline(self, ring: Sequence[Point], color: str) -> None:
        """A reach: a faint fill and a dashed edge around a ring of (lat, lon)."""
        corners = [(self.view.lon(lon), lat) for lat, lon in ring]
        self.axes.add_patch(
            Polygon(corners, facecolor=color, edgecolor="none", alpha=0.07, zorder=3)
        )
        self.axes.add_patch(
            Polygon(
                corners, fill=False, edgecolor=color, linewidth=1.2, linestyle=(0, (4, 3)), zorder=4
            )
        )

    def event(self, event: Event, pixel: Point) -> None:
        """A mark: filled where the place is known to a town, hollow where only to a region."""
        color, marker, _ = style.look(event.kind)
        exact = event.place is not None and event.place.precision in _EXACT
        self.axes.scatter(
            *self.degrees(pixel), s=style.area(event.severity), marker=marker, zorder=5,
            facecolor=color if exact else style.PAPER, alpha=0.92,
            edgecolor=style.PAPER if exact else color, linewidth=0.8 if exact else 1.4,
        )  # fmt: skip
