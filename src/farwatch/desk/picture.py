"""A map of a watch: borders, sites by tier, events by kind and severity, reach, alerts."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from farwatch.desk import picture_layout as layout
from farwatch.desk import picture_style as style
from farwatch.desk.picture_labels import NAMED, label_sites, weighty
from farwatch.desk.picture_plot import Plot, drawable, told
from farwatch.desk.picture_side import draw_side
from farwatch.errors import UsageError
from farwatch.model.event import Event
from farwatch.model.protect import Alert, Site
from farwatch.world.borders import Borders
from farwatch.world.codes import country_name

_SIZE, _DPI = (12.8, 8.0), 125  # 1600 x 1000 pixels
_MAP = (0.012, 0.045, 0.722, 0.835)  # left, bottom, width, height of the figure
_FORMATS = (".png", ".svg")
_RC: Any = {
    "font.family": ["DejaVu Sans"],
    "svg.hashsalt": "farwatch",  # the same map is the same file
    "svg.fonttype": "path",
    "text.parse_math": False,
}


def draw(  # noqa: PLR0913 - what a map shows, each of its own noun
    title: str,
    sites: Sequence[Site],
    events: Sequence[Event],
    alerts: Sequence[Alert],
    borders: Borders,
    path: Path,
    *,
    exercise: bool,
) -> None:
    """Draw the map to `path`: 1600 x 1000 pixels as .png, or .svg; UsageError for another suffix.

    The map is cut to the sites. Events known no better than to a country have no spot on it; they
    and those outside are counted beside it. Every revision of an alert may be given.
    """
    if path.suffix.lower() not in _FORMATS:
        raise UsageError(f"picture {str(path)!r}: the suffix must be one of {', '.join(_FORMATS)}")
    with mpl.rc_context(_RC), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # a name in another script
        figure = Figure(figsize=_SIZE, dpi=_DPI, facecolor=style.PAPER)
        FigureCanvasAgg(figure)
        shown = told(sites, alerts)
        shape = _SIZE[0] * _MAP[2] / (_SIZE[1] * _MAP[3])
        view = layout.extent([(site.lat, site.lon) for site in sites], shape)
        plot = _plot(figure, view, [e for e in events if drawable(e)])
        lands = _land(plot, borders, {site.country for site in sites if site.country})
        _scale(plot)
        _reach(plot, alerts)
        _events(plot, weighty(sites, shown)[:NAMED])
        label_sites(plot, sites, shown)
        for code, land in lands.items():
            _name(plot, code, land)
        draw_side(plot, sites, events, shown)
        _frame(figure, title, exercise=exercise)
        if exercise:
            _watermark(plot)
        path.parent.mkdir(parents=True, exist_ok=True)
        meta = {"Date": None} if path.suffix.lower() == ".svg" else None
        figure.savefig(path, dpi=_DPI, metadata=meta)


def _plot(figure: Figure, view: layout.Extent, events: Sequence[Event]) -> Plot:
    axes = figure.add_axes(_MAP)
    axes.set_facecolor(style.SEA)
    axes.set_xlim(view.west, view.east)
    axes.set_ylim(view.south, view.north)
    axes.set_aspect("auto" if view == layout.WORLD else view.stretch, adjustable="box")
    axes.set_xticks([])
    axes.set_yticks([])
    for edge in axes.spines.values():
        edge.set_color(style.BORDER)
    figure.canvas.draw()  # settles the axes, so that pixels can be asked for
    shown = [e for e in events if e.place and view.holds(*_at(e))]
    return Plot(figure, axes, view, tuple(shown))


def _at(event: Event) -> tuple[float, float]:
    assert event.place is not None  # noqa: S101 - drawable() asked before
    return event.place.geometry.lat, event.place.geometry.lon


def _land(plot: Plot, borders: Borders, own: set[str]) -> dict[str, Any]:
    view = plot.view
    fine = (view.east - view.west) / 1600
    lands: dict[str, Any] = {}
    for code in borders.codes:
        land = _country(borders, code, view)
        if land is None:
            continue
        color = style.OWN_LAND if code in own else style.LAND
        for part in shapely.get_parts(shapely.simplify(land, fine)):
            if part.geom_type == "Polygon" and part.area > fine * fine * 4:
                plot.fill(part, facecolor=color, edgecolor=style.BORDER, linewidth=0.8, zorder=1)
        lands[code] = land
    return lands


def _country(borders: Borders, code: str, view: layout.Extent) -> Any:
    """What of a country is on the map, as one shape; None where nothing is."""
    pieces = borders.polygons(code)
    cut = []
    for turn in (-360.0, 0.0, 360.0):
        west, east = view.west - turn, view.east - turn
        box = shapely.bounds(pieces)
        near = (box[:, 0] < east) & (box[:, 2] > west)
        near &= (box[:, 1] < view.north) & (box[:, 3] > view.south)
        if near.any():
            part = shapely.clip_by_rect(pieces[near], west, view.south, east, view.north)
            cut.append(shapely.transform(part, _Moved(turn)))
    if not cut:
        return None
    whole = shapely.union_all([shape for group in cut for shape in group])
    return None if whole.is_empty else whole


class _Moved:
    """Shapes moved by so many degrees of longitude."""

    def __init__(self, turn: float) -> None:
        self._shift = np.array([turn, 0.0])

    def __call__(self, coords: Any) -> Any:
        return coords + self._shift


def _name(plot: Plot, code: str, land: Any) -> None:
    """The country's name where it has room of its own, too quiet to be taken for a label."""
    largest = max(shapely.get_parts(land), key=lambda part: float(part.area))
    circle = shapely.maximum_inscribed_circle(largest, tolerance=0.02 * largest.length / 4)
    x, y = circle.coords[0]
    text = country_name(code).upper()
    wide, high = plot.text_size(text, fontsize=9)
    west, _, east, _ = largest.bounds
    if wide > 0.9 * (plot.pixel(y, east)[0] - plot.pixel(y, west)[0]):
        return
    at = plot.pixel(y, x)
    box = (at[0] - wide / 2, at[1] - high / 2, at[0] + wide / 2, at[1] + high / 2)
    if layout.overlap(box, plot.frame()) < 0.99 * wide * high:
        return
    if any(layout.overlap(box, other) > 0 for other in plot.taken):
        return
    plot.axes.text(x, y, text, ha="center", va="center", fontsize=9, color="#8f8a7c", zorder=2)
    plot.taken.append(box)


def _reach(plot: Plot, alerts: Sequence[Alert]) -> None:
    """How far each alerted happening reaches: its widest circle, or the authority's own area."""
    by_id = {event.id: event for event in plot.events}
    reach: dict[str, float] = {}
    for alert in alerts:
        for exposure in alert.exposures:
            reach[exposure.event] = max(reach.get(exposure.event, 0.0), exposure.reach_km)
    for name, radius in sorted(reach.items()):
        if (event := by_id.get(name)) is None or event.place is None:
            continue
        color = style.look(event.kind)[0]
        rings = event.place.geometry.rings or (layout.circle(*_at(event), radius),)
        for ring in rings:
            plot.outline(ring, color)


def _events(plot: Plot, sites: Sequence[Site]) -> None:
    ordered = sorted(plot.events, key=lambda e: (-e.severity, e.id))
    spots = [plot.pixel(*_at(event)) for event in ordered]
    centres = [plot.pixel(s.lat, s.lon) for s in sites if plot.view.holds(s.lat, s.lon)]
    for event, spot in zip(ordered, layout.fan(spots, centres, near=24.0), strict=True):
        plot.event(event, spot)
        plot.take(spot, 9.0)


def _scale(plot: Plot) -> None:
    view = plot.view
    length = layout.nice_km(view.width_km)
    start = view.west + 0.025 * (view.east - view.west)
    end = start + length / view.width_km * (view.east - view.west)
    y = view.south + 0.03 * (view.north - view.south)
    plot.axes.plot([start, end], [y, y], color=style.INK, linewidth=2.2, zorder=9)
    plot.axes.annotate(
        f"{length:g} km", ((start + end) / 2, y), (0, 4), textcoords="offset points",
        ha="center", va="bottom", fontsize=8, color=style.INK, zorder=9,
    )  # fmt: skip
    left, bottom, right, top = plot.frame()
    plot.taken.append((left, bottom, left + 0.3 * (right - left), bottom + 0.08 * (top - bottom)))


def _frame(figure: Figure, title: str, *, exercise: bool) -> None:
    if exercise:
        strip = Rectangle((0, 0.957), 1, 0.043, transform=figure.transFigure, color=style.BANNER)
        figure.add_artist(strip)
        figure.text(
            0.5, 0.9775, "     ".join(["EXERCISE"] * 7), ha="center", va="center", fontsize=12,
            fontweight="bold", color="#000000",
        )  # fmt: skip
    figure.text(
        0.012, 0.918 if exercise else 0.94, title, va="center", fontsize=17, fontweight="bold",
        color=style.INK,
    )  # fmt: skip
    figure.text(0.012, 0.021, style.ATTRIBUTION, va="center", fontsize=7.5, color=style.QUIET)


def _watermark(plot: Plot) -> None:
    plot.axes.text(
        0.5, 0.5, "EXERCISE", transform=plot.axes.transAxes, ha="center", va="center", rotation=24,
        fontsize=92, fontweight="bold", color="#000000", alpha=0.05, zorder=3,
    )  # fmt: skip
