"""Sites on the map: marks by tier, halos where alerted, and names that keep clear of each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from farwatch.desk import picture_style as style
from farwatch.desk.picture_layout import Box, Point, place_labels
from farwatch.desk.picture_plot import Plot, Told
from farwatch.model.protect import Site

NAMED = 40  # more names than this make no map; the alerted and the critical go first
_LONGEST = 34


def label_sites(plot: Plot, sites: Sequence[Site], shown: Mapping[str, Told]) -> None:
    """Draw every site on the map and name up to NAMED of them."""
    inside = [site for site in sites if plot.view.holds(site.lat, site.lon)]
    for site in inside:
        _mark(plot, site, shown.get(site.id))
    named = sorted(inside, key=lambda s: _weight(s, shown))[:NAMED]
    texts = [label(site, shown.get(site.id)) for site in named]
    anchors = [plot.pixel(site.lat, site.lon) for site in named]
    sizes = [
        _size(plot, text, bold=site.id in shown) for site, text in zip(named, texts, strict=True)
    ]
    boxes = place_labels(anchors, sizes, _taken(plot, inside), _frame(plot))
    for site, text, anchor, box in zip(named, texts, anchors, boxes, strict=True):
        _write(plot, text, anchor, box, shown.get(site.id))


def label(site: Site, told: Told | None) -> str:
    """A site's name and, where it was alerted, its worst route and how many happenings."""
    name = site.name if len(site.name) <= _LONGEST else site.name[: _LONGEST - 1] + "…"
    if told is None:
        return name
    return f"{name}  {told.worst.value} · {told.happenings}"


def _weight(site: Site, shown: Mapping[str, Told]) -> tuple[int, int, str]:
    told = shown.get(site.id)
    loud = style.LOUDEST.index(told.worst) if told else len(style.LOUDEST)
    return loud, site.tier, site.name


def _mark(plot: Plot, site: Site, told: Told | None) -> None:
    x = plot.view.lon(site.lon)
    size = style.TIER.get(site.tier, style.TIER[3])
    if told:
        color = style.ROUTE[told.worst][0]
        plot.axes.scatter(
            x, site.lat, s=size + 190, marker="o", facecolor="none", edgecolor=color,
            linewidth=2.4, zorder=6,
        )  # fmt: skip
    plot.axes.scatter(
        x, site.lat, s=size, marker="s", facecolor=style.INK, edgecolor=style.PAPER,
        linewidth=1.3, zorder=7,
    )  # fmt: skip


def _size(plot: Plot, text: str, *, bold: bool) -> Point:
    trial = plot.axes.text(0, 0, text, fontsize=9, fontweight="bold" if bold else "normal")
    box = trial.get_window_extent(plot.figure.canvas.get_renderer())
    trial.remove()
    return float(box.width) + 10, float(box.height) + 8


def _taken(plot: Plot, sites: Sequence[Site]) -> list[Box]:
    """What labels keep clear of: the marks of sites and of events, and the scale bar."""
    spots = [(*plot.pixel(site.lat, site.lon), 13.0) for site in sites]
    for event in plot.events:
        if event.place:
            at = plot.pixel(event.place.geometry.lat, event.place.geometry.lon)
            spots.append((*at, 12.0))
    left, bottom, right, top = _frame(plot)
    bar = (left, bottom, left + 0.3 * (right - left), bottom + 0.08 * (top - bottom))
    return [bar, *((x - r, y - r, x + r, y + r) for x, y, r in spots)]


def _frame(plot: Plot) -> Box:
    box = plot.axes.get_window_extent()
    return float(box.x0) + 4, float(box.y0) + 4, float(box.x1) - 4, float(box.y1) - 4


def _write(plot: Plot, text: str, anchor: Point, box: Box, told: Told | None) -> None:
    color = style.ROUTE[told.worst][0] if told else style.INK
    middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    edge = (
        min(max(anchor[0], box[0]), box[2]),
        min(max(anchor[1], box[1]), box[3]),
    )
    if abs(edge[0] - anchor[0]) + abs(edge[1] - anchor[1]) > 22:
        line = [plot.degrees(anchor), plot.degrees(edge)]
        plot.axes.plot(*zip(*line, strict=True), color=color, linewidth=0.9, zorder=6)
    plot.axes.text(
        *plot.degrees(middle), text, ha="center", va="center", fontsize=9, zorder=8,
        fontweight="bold" if told else "normal", color=color,
        bbox={"facecolor": style.PAPER, "alpha": 0.86, "edgecolor": color if told else "none",
              "linewidth": 0.9, "boxstyle": "round,pad=0.25"},
    )  # fmt: skip
