"""Sites on the map: marks by tier, halos where alerted, and names that keep clear of each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from farwatch.desk import picture_style as style
from farwatch.desk.picture_layout import Box, Point, place_labels
from farwatch.desk.picture_plot import Plot, Told
from farwatch.model.protect import Site

NAMED = 40  # more names than this make no map; the alerted and the critical go first
_LONGEST = 34
_KEPT_CLEAR = 200  # names keep off the marks of so many sites, no more
_DRAWN_AS_SHAPES = 1_000  # beyond, an SVG holds the marks as one image and stays small


def label_sites(plot: Plot, sites: Sequence[Site], shown: Mapping[str, Told]) -> None:
    """Draw every site on the map and name up to NAMED of them."""
    inside = weighty([s for s in sites if plot.view.holds(s.lat, s.lon)], shown)
    _marks(plot, inside)
    for site in inside:
        if site.id in shown:
            _halo(plot, site, shown[site.id])
    for site in inside[:_KEPT_CLEAR]:
        plot.take(plot.pixel(site.lat, site.lon), 13.0)
    named = inside[:NAMED]
    texts = [label(site, shown.get(site.id)) for site in named]
    anchors = [plot.pixel(site.lat, site.lon) for site in named]
    sizes = [
        _size(plot, text, bold=site.id in shown) for site, text in zip(named, texts, strict=True)
    ]
    boxes = place_labels(anchors, sizes, plot.taken, plot.frame())
    plot.taken.extend(boxes)
    for site, text, anchor, box in zip(named, texts, anchors, boxes, strict=True):
        _write(plot, text, anchor, box, shown.get(site.id))


def label(site: Site, told: Told | None) -> str:
    """A site's name and, where it was alerted, its worst route and how many happenings."""
    name = site.name if len(site.name) <= _LONGEST else site.name[: _LONGEST - 1] + "…"
    if told is None:
        return name
    return f"{name}  {told.worst.value} · {told.happenings}"


def weighty(sites: Sequence[Site], shown: Mapping[str, Told]) -> list[Site]:
    """Sites in the order in which a map owes them room: alerted, loudest first, then by tier."""
    return sorted(sites, key=lambda s: _weight(s, shown))


def _weight(site: Site, shown: Mapping[str, Told]) -> tuple[int, int, str, str]:
    told = shown.get(site.id)
    loud = style.LOUDEST.index(told.worst) if told else len(style.LOUDEST)
    return loud, site.tier, site.name, site.id


def _halo(plot: Plot, site: Site, told: Told) -> None:
    size = style.TIER.get(site.tier, style.TIER[3])
    plot.axes.scatter(
        plot.view.lon(site.lon), site.lat, s=size + 190, marker="o", facecolor="none",
        edgecolor=style.ROUTE[told.worst][0], linewidth=2.4, zorder=6,
    )  # fmt: skip


def _marks(plot: Plot, sites: Sequence[Site]) -> None:
    if sites:
        plot.axes.scatter(
            [plot.view.lon(s.lon) for s in sites], [s.lat for s in sites], marker="s", zorder=7,
            s=[style.TIER.get(s.tier, style.TIER[3]) for s in sites], facecolor=style.INK,
            edgecolor=style.PAPER, linewidth=1.3, rasterized=len(sites) > _DRAWN_AS_SHAPES,
        )  # fmt: skip


def _size(plot: Plot, text: str, *, bold: bool) -> Point:
    wide, high = plot.text_size(text, fontsize=9, fontweight="bold" if bold else "normal")
    return wide + 12, high + 9


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
