"""The column beside the map: which sites were alerted, and the key to every mark."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from farwatch.desk import picture_style as style
from farwatch.desk.picture_plot import Plot, Told
from farwatch.model.event import Event
from farwatch.model.protect import Site

_SIDE = (0.748, 0.045, 0.242, 0.835)
_ROW = 0.0335
_MOST = 9  # alerted sites listed


class _Column:
    """Writes rows from the top down; x and y run 0 to 1."""

    def __init__(self, axes: Any) -> None:
        self.axes = axes
        self.y = 0.985

    def head(self, text: str) -> None:
        self.y -= 0.012
        self.text(0.0, text.upper(), size=8.5, color=style.QUIET, weight="bold")
        self.y -= _ROW * 1.05

    def text(self, x: float, text: str, **looks: Any) -> None:
        self.axes.text(
            x, self.y, text, va="center", ha=looks.get("ha", "left"),
            fontsize=looks.get("size", 9), color=looks.get("color", style.INK),
            fontweight=looks.get("weight", "normal"),
        )  # fmt: skip

    def mark(self, x: float, **looks: Any) -> None:
        self.axes.scatter([x], [self.y], clip_on=False, **looks)

    def down(self, rows: float = 1.0) -> None:
        self.y -= _ROW * rows


def draw_side(
    plot: Plot, sites: Sequence[Site], events: Sequence[Event], shown: Mapping[str, Told]
) -> None:
    """Draw the column: alerted sites worst first, then the key, then what is not on the map."""
    axes = plot.figure.add_axes(_SIDE)
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    column = _Column(axes)
    _alerted(column, shown)
    _categories(column, plot.events)
    _severities(column)
    _sites(column, sites)
    _reach(column)
    for line in absent(plot, sites, events):
        column.text(0.0, line, size=8, color=style.QUIET)
        column.down(0.85)


def absent(plot: Plot, sites: Sequence[Site], events: Sequence[Event]) -> list[str]:
    """What the reader does not see, in words."""
    placed = {event.id for event in plot.events}
    hidden = [event for event in events if event.id not in placed]
    lines = []
    if hidden:
        lines.append(f"Not on the map: {len(hidden)} {_many('event', len(hidden))} elsewhere,")
        lines.append("or placed no better than a country.")
    outside = sum(not plot.view.holds(site.lat, site.lon) for site in sites)
    if outside:
        lines.append(f"{outside} {_many('site', outside)} off the map.")
    return lines


def _many(noun: str, count: int) -> str:
    return noun if count == 1 else noun + "s"


def _alerted(column: _Column, shown: Mapping[str, Told]) -> None:
    count = len(shown)
    column.head(f"{count} {_many('site', count)} alerted")
    ordered = sorted(
        shown.values(), key=lambda t: (style.LOUDEST.index(t.worst), -t.happenings, t.site.name)
    )
    for told in ordered[:_MOST]:
        color, words = style.ROUTE[told.worst]
        column.mark(0.035, s=165, marker="o", color=color)
        column.text(
            0.035, str(told.happenings), size=8, color=style.PAPER, weight="bold", ha="center"
        )
        name = told.site.name if len(told.site.name) <= 25 else told.site.name[:24] + "…"
        column.text(0.095, name)
        column.text(1.0, words, size=8, color=color, ha="right")
        column.down(1.12)
    if count > _MOST:
        column.text(0.095, f"and {count - _MOST} more", color=style.QUIET)
        column.down()
    column.text(
        0.0, "number: happenings told; worst route beside" if count else "No alert was sent.",
        size=7.5, color=style.QUIET,
    )  # fmt: skip
    column.down(1.3)


def _categories(column: _Column, events: Sequence[Event]) -> None:
    counts = Counter(event.kind.category for event in events)
    column.head(f"{len(events)} {_many('event', len(events))} on the map")
    for category, (color, marker, words) in style.LOOK.items():
        if counts[category]:
            column.mark(0.035, s=62, marker=marker, color=color)
            column.text(0.095, words)
            column.text(1.0, str(counts[category]), ha="right", color=style.QUIET)
            column.down()
    column.text(0.0, "drawn around the place where they crowd", size=7.5, color=style.QUIET)
    column.down(1.3)


def _severities(column: _Column) -> None:
    column.head("Severity")
    for severity in range(1, 6):
        x = 0.035 + 0.16 * (severity - 1)
        column.mark(x, s=style.area(severity), marker="o", color=style.QUIET)
        column.text(x + 0.05, str(severity), size=8.5)
    column.down(1.15)
    column.mark(0.035, s=62, marker="o", facecolor=style.PAPER, edgecolor=style.QUIET)
    column.text(0.095, "known to a district or province only", size=8.5)
    column.down(1.3)


def _sites(column: _Column, sites: Sequence[Site]) -> None:
    column.head(f"{len(sites)} {_many('site', len(sites))}")
    for place, tier in enumerate((1, 2, 3)):
        x = 0.035 + 0.27 * place
        column.mark(x, s=style.TIER[tier], marker="s", color=style.INK)
        column.text(x + 0.05, f"tier {tier}", size=8.5)
    column.down(1.3)


def _reach(column: _Column) -> None:
    column.axes.plot(
        [0.0, 0.07], [column.y, column.y], color=style.QUIET, linewidth=1.2, linestyle=(0, (4, 3))
    )
    column.text(0.095, "reach of an alerted happening", size=8.5)
    column.down(1.4)
