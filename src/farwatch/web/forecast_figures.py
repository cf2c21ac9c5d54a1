"""Pictures of a forecast as SVG made here: the fan with its history on one axis, a driver's bar.
No style attributes, which the Content-Security-Policy forbids: classes, and numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from farwatch.model.forecast import Forecast
from farwatch.model.history import month_start

Say = Callable[[str], str]  # a text in the reader's language
TICKS = (0, 1, 5, 25, 100, 1_000, 10_000, 100_000, 1_000_000)


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture's size and margins, and how many months of history it has room for."""

    name: str
    wide: int
    high: int
    left: int
    right: int
    top: int
    bottom: int
    history: int


WIDE = Frame("wide", 960, 340, 60, 12, 26, 26, 120)
NARROW = Frame("narrow", 400, 300, 56, 6, 26, 26, 48)


class _Axes:
    """Where months and deaths are: months a slot each, deaths by log(1 + deaths)."""

    def __init__(self, found: Forecast, frame: Frame) -> None:
        self.frame = frame
        self.start = found.cutoff + 1
        self.months = [m for m, _ in found.history if m > found.cutoff - frame.history]
        ends = [one.month for one in found.months]
        self.first = min([*self.months, self.start])
        self.last = max([*ends, self.start])
        self.slot = (frame.wide - frame.left - frame.right) / (self.last - self.first + 1)
        seen = [deaths for m, deaths in found.history if deaths is not None and m >= self.first]
        self.most = max([40.0, *seen, *(one.at(0.95) for one in found.months)]) * 1.15
        self.base = frame.high - frame.bottom

    def edge(self, month: float) -> float:
        """The beginning of a month."""
        return round(self.frame.left + (month - self.first) * self.slot, 1)

    def mid(self, month: int) -> float:
        """The middle of a month."""
        return self.edge(month + 0.5)

    def y(self, deaths: float) -> float:
        """The height of a number of deaths."""
        share = math.log1p(max(0.0, deaths)) / math.log1p(self.most)
        return round(self.base - (self.base - self.frame.top) * share, 1)


def fan_svg(found: Forecast, today: int, frame: Frame, say: Say) -> Markup:
    """History, the end of the data as a line, 50 and 90 % bands, the median, the base rate; months
    that were not coded are hatched, and so are those so far ahead that the model was not tested on
    them. `today` is VIEWS's number of this month."""
    axes = _Axes(found, frame)
    parts = [_hatch(frame.name), *_scale(axes), *_years(axes)]
    parts += _missing(found, axes, say)
    for low, high, name in ((0.05, 0.95, "band-90"), (0.25, 0.75, "band-50")):
        parts += _band(found, axes, (low, high), name)
    rate = base_rate(found.history)
    if rate is not None:
        parts.append(Markup('<path class="base-rate" d="M{} {}H{}"/>').format(
            frame.left, axes.y(rate), frame.wide - frame.right))  # fmt: skip
    parts += _lines(found, axes)
    parts += _untested(found, axes, say)
    parts += _present(found, today, axes, say)
    title = say("Deaths a month: what was, and what is forecast")
    return svg(frame.wide, frame.high, f"fan {frame.name}", title, parts)


def base_rate(history: Iterable[tuple[int, float | None]]) -> float | None:
    """Mean deaths a month of the last twelve that were coded; None where none was."""
    coded = [deaths for _, deaths in sorted(history) if deaths is not None][-12:]
    return sum(coded) / len(coded) if coded else None


def effect_svg(effect: float, most: float, title: str) -> Markup:
    """One driver's bar from the middle: to the right it raises the probability, to the left (and
    hollow) it lowers it. `most` is the greatest effect beside it."""
    half, share = 78, min(1.0, abs(effect) / most) if most else 0.0
    long = max(1.0, round(half * share, 1))
    x, name = (80.0, "raises") if effect >= 0 else (80 - long, "lowers")
    bar = Markup('<rect class="{}" x="{}" y="3" width="{}" height="10"/>').format(name, x, long)
    return svg(160, 16, "effect", title, [bar, Markup('<path class="axis" d="M80 0V16"/>')])


def svg(wide: float, high: float, name: str, title: str, parts: Sequence[Markup]) -> Markup:
    """A whole picture with its title."""
    return Markup(
        '<svg class="figure {}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    ).format(name, wide, high, title, Markup("").join(parts))


def text(x: float, y: float, name: str, said: object) -> Markup:
    """Some words at a place."""
    return Markup('<text x="{}" y="{}" class="{}">{}</text>').format(round(x, 1), y, name, said)


def _hatch(name: str) -> Markup:
    # One a picture: a pattern of a picture that is not shown fills nothing.
    return Markup(
        '<defs><pattern id="hatch-{}" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><path d="M0 0V6" class="hatch"/></pattern></defs>'
    ).format(name)


def _scale(axes: _Axes) -> Iterator[Markup]:
    frame = axes.frame
    for deaths in TICKS:
        if deaths > axes.most:
            return
        y = axes.y(deaths)
        yield Markup('<path class="rule" d="M{} {}H{}"/>').format(
            frame.left, y, frame.wide - frame.right)  # fmt: skip
        yield text(frame.left - 8, y + 4, "end dim", f"{deaths:,}")


def _years(axes: _Axes) -> Iterator[Markup]:
    every = 1 if axes.slot * 12 >= 44 else 2 if axes.slot * 12 >= 22 else 5
    for month in range(axes.first, axes.last + 1):
        year = month_start(month).year
        if (month - 1) % 12 or year % every:
            continue
        x = axes.edge(month)
        yield Markup('<path class="rule" d="M{} {}v5"/>').format(x, axes.base)
        if x < axes.frame.wide - axes.frame.right - 16:
            yield text(x, axes.base + 18, "mid dim", year)


def _missing(found: Forecast, axes: _Axes, say: Say) -> Iterator[Markup]:
    coded = {month for month, deaths in found.history if deaths is not None}
    gap: list[int] = []
    for month in range(axes.first, axes.start + 1):
        if month < axes.start and month not in coded:
            gap.append(month)
        elif gap:
            yield from _hatched(axes, gap, "gap", say("not coded"))
            gap = []


def _untested(found: Forecast, axes: _Axes, say: Say) -> Iterator[Markup]:
    """The months ahead that the model was not tested on, hatched over what it says of them."""
    known = {month.month: month.horizon for month in found.months}
    for first, last, reach in found.card.stretches:
        months = [month for month, horizon in known.items() if first <= horizon <= last]
        if reach is None and months:
            yield from _hatched(axes, sorted(months), "untested", say("not tested"))
            if not _has_room(axes, months):  # its name stands over it
                yield text(axes.edge(max(months) + 1), 16, "end", say("not tested"))


def _hatched(axes: _Axes, months: Sequence[int], name: str, said: str) -> Iterator[Markup]:
    """Months under hatching, named; in words where there is room."""
    x, end = axes.edge(months[0]), axes.edge(months[-1] + 1)
    yield Markup(
        '<rect class="{}" fill="url(#hatch-{})" x="{}" y="{}" width="{}" height="{}">'
        "<title>{}</title></rect>"
    ).format(name, axes.frame.name, x, axes.frame.top, round(end - x, 1),
             axes.base - axes.frame.top, said)  # fmt: skip
    if _has_room(axes, months):
        yield text((x + end) / 2, axes.frame.top + 60, "mid named", said)


def _has_room(axes: _Axes, months: Sequence[int]) -> bool:
    """Whether words fit over so many months."""
    return axes.slot * len(months) > 60


def _band(found: Forecast, axes: _Axes, levels: tuple[float, float], name: str) -> Iterator[Markup]:
    if not found.months:
        return
    low, high = (_spread(found, axes, level) for level in levels)
    corners = " ".join(f"{x},{y}" for x, y in [*high, *reversed(low)])
    yield Markup('<polygon class="{}" points="{}"/>').format(name, corners)


def _spread(found: Forecast, axes: _Axes, level: float) -> list[tuple[float, float]]:
    """A quantile by month, drawn out to the edges of the first and the last."""
    inner = [(axes.mid(one.month), axes.y(one.at(level))) for one in found.months]
    return [
        (axes.edge(found.months[0].month), inner[0][1]), *inner,
        (axes.edge(found.months[-1].month + 1), inner[-1][1]),
    ]  # fmt: skip


def _lines(found: Forecast, axes: _Axes) -> Iterator[Markup]:
    run: list[str] = []
    before: int | None = None
    for month, deaths in [*found.history, (axes.last + 9, None)]:
        if month < axes.first:
            continue
        if run and (deaths is None or before is None or month != before + 1):
            # A month alone is a dot, which round ends of a line without length make.
            yield Markup('<path class="past" d="M{}h0"/>').format("L".join(run))
            run = []
        if deaths is not None:
            run.append(f"{axes.mid(month)} {axes.y(deaths)}")
        before = month
    if found.months:
        path = "L".join(f"{x} {y}" for x, y in _spread(found, axes, 0.5))
        yield Markup('<path class="median" d="M{}"/>').format(path)


def _present(found: Forecast, today: int, axes: _Axes, say: Say) -> Iterator[Markup]:
    x = axes.edge(axes.start)
    yield Markup('<path class="now" d="M{} 6V{}"/>').format(x, axes.base)
    yield text(x - 6, 16, "end", say("data end"))
    if not found.months:
        return
    yield text(x + 6, 16, "start", say("forecast"))
    if found.cutoff + 1 < today <= axes.last:
        at = axes.edge(today)
        yield Markup('<path class="today" d="M{} {}V{}"/>').format(at, axes.frame.top, axes.base)
        yield text(at + 4, axes.base - 6, "start dim", say("today"))
