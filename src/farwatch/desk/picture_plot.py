"""The map's surface: degrees to pixels, and the few marks that a map is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from matplotlib.patches import PathPatch, Polygon
from matplotlib.path import Path as Outline

from farwatch.desk import picture_style as style
from farwatch.desk.picture_layout import Box, Extent, Point
from farwatch.model.event import Event
from farwatch.model.place import Precision
from farwatch.model.protect import Alert, Message, Route, Site

_SPOTS = {Precision.POINT, Precision.CITY, Precision.ADMIN2, Precision.ADMIN1}
_EXACT = {Precision.POINT, Precision.CITY}
_DRAWN_AS_SHAPES = 250  # beyond, an SVG holds the marks as images and stays small


@dataclass(frozen=True, slots=True)
class Told:
    """What the desk was told of a site: how many happenings, and its worst route."""

    site: Site
    happenings: int
    worst: Route


def told(sites: Sequence[Site], alerts: Sequence[Alert]) -> dict[str, Told]:
    """Each alerted site by id. Revisions and recipients of one happening count once."""
    routes: dict[str, list[Route]] = {}
    happenings: dict[str, set[str]] = {}
    for alert in alerts:
        for site in alert.sites if alert.message is not Message.CANCEL else ():
            routes.setdefault(site, []).append(alert.route)
            happenings.setdefault(site, set()).add(alert.event)
    return {
        site.id: Told(site, len(happenings[site.id]), min(routes[site.id], key=style.LOUDEST.index))
        for site in sites
        if site.id in routes
    }


def drawable(event: Event) -> bool:
    """Whether the event has a spot: a country's middle is no place where anything happened."""
    return event.place is not None and event.place.precision in _SPOTS


@dataclass(frozen=True, slots=True)
class Plot:
    """A figure with its map and what of the events is on it.

    `taken` are the boxes, in pixels, that names keep clear of; whoever draws a mark adds to it.
    """

    figure: Any
    axes: Any
    view: Extent
    events: tuple[Event, ...]
    taken: list[Box] = field(default_factory=list)

    def take(self, pixel: Point, radius: float) -> None:
        """Keep a square around a pixel clear of names."""
        x, y = pixel
        self.taken.append((x - radius, y - radius, x + radius, y + radius))

    def frame(self) -> Box:
        """The map's edges in pixels, a little inside."""
        box = self.axes.get_window_extent()
        return float(box.x0) + 4, float(box.y0) + 4, float(box.x1) - 4, float(box.y1) - 4

    def text_size(self, text: str, **looks: Any) -> Point:
        """How wide and high a text will be, in pixels."""
        trial = self.axes.text(0, 0, text, **looks)
        box = trial.get_window_extent(self.figure.canvas.get_renderer())
        trial.remove()
        return float(box.width), float(box.height)

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
            rasterized=len(self.events) > _DRAWN_AS_SHAPES,
        )  # fmt: skip
