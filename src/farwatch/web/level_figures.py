"""Pictures of levels as SVG made here: factors as a waterfall, levels over time. No style
attributes, which the Content-Security-Policy forbids: classes, and numbers where things are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from markupsafe import Markup, escape

from farwatch.desk.level_strips import Span
from farwatch.desk.waterfall import Waterfall
from farwatch.model.assessment import LEVELS
from farwatch.web.place_words import CATEGORIES, FACTORS

Say = Callable[[str], str]  # a text in the reader's language

_WIDE, _ROW, _HEAD = 440, 36, 34
_LEFT, _TOP, _STEPS, _STRIP = 84, 8, 108, 20


def waterfall_svg(found: Waterfall, say: Say) -> Markup:
    """The steps as bars, the total below, and lines where the levels begin."""
    within = [(n, at) for n, at in found.bounds if at <= found.total]
    # The next level is drawn only where it does not squeeze the bars.
    above = [(n, at) for n, at in found.bounds if found.total < at <= 1.8 * found.total][:1]
    most = max([found.total, *(at for _, at in above), 1e-9]) * 1.1
    rows = len(found.steps) + 1
    height = _HEAD + rows * _ROW + 4

    def at(value: float) -> float:
        return round(4 + (_WIDE - 8) * value / most, 1)

    parts = [*_bounds([*within, *above], at, height, say)]
    for n, one in enumerate(found.steps):
        y = _HEAD + n * _ROW
        added = one.end - one.start
        parts.append(_line(y, say(FACTORS.get(one.name, one.name)), _number(added, found.unit)))
        parts.append(_bar("step", at(one.start), at(one.end), y + 18))
        if n + 1 < len(found.steps):
            parts.append(_joint(at(one.end), y + 28, y + _ROW + 18))
    y = _HEAD + len(found.steps) * _ROW
    parts.append(_line(y, say("Together"), _number(found.total, found.unit)))
    parts.append(_bar("total", at(0), at(found.total), y + 18))
    return _svg(height, "waterfall", say("What makes the level, step by step"), parts)


def history_svg(
    strips: Mapping[str, Sequence[Span]], since: datetime, until: datetime, say: Say
) -> Markup:
    """The overall level as steps, each category as a strip of levels below, what is missing
    hatched, the present a line at the right."""
    names = [name for name in CATEGORIES if name in strips]
    base = _TOP + _STEPS
    height = base + 26 + len(names) * (_STRIP + 4) + 8
    whole = (until - since) / timedelta(seconds=1)

    def at(when: datetime) -> float:
        return round(
            _LEFT + (_WIDE - _LEFT - 10) * ((when - since) / timedelta(seconds=1)) / whole, 1
        )

    def high(level: int) -> float:
        return round(_TOP + _STEPS * (6.5 - level) / 6, 1)

    parts = [_HATCH]
    for level in LEVELS:
        y = high(level)
        parts.append(Markup('<path class="rule" d="M{} {}H{}"/>').format(_LEFT, y, _WIDE - 10))
        parts.append(Markup('<text x="{}" y="{}" class="end">{} {}</text>').format(
            _LEFT - 6, y + 4, level, say(LEVELS[level])))  # fmt: skip
    parts += _steps(strips.get("", ()), at, high, say)
    for n, name in enumerate(names):
        y = base + 26 + n * (_STRIP + 4)
        parts.append(Markup('<text x="{}" y="{}" class="end">{}</text>').format(
            _LEFT - 6, y + 14, say(CATEGORIES[name])))  # fmt: skip
        parts += _strip(strips[name], at, y)
    parts += _ticks(since, until, at, base)
    edge = at(until)
    parts.append(Markup('<path class="now" d="M{0} {1}V{2}"/>').format(edge, _TOP, height - 8))
    return _svg(height, "history", say("Levels over time"), parts)


def _steps(
    spans: Sequence[Span], at: Callable[[datetime], float], high: Callable[[int], float], say: Say
) -> Iterator[Markup]:
    """The overall level; a gap is hatched over the whole height and named where it has room."""
    before: float | None = None
    for span in spans:
        x, end = at(span.start), at(span.end)
        if span.level is None:
            before = None
            yield _box("missing", x, end, _TOP, _STEPS)
            word = say("not assessed") if span.kept else say("nothing kept")
            if end - x > 76:
                yield Markup('<text x="{}" y="{}" class="mid named">{}</text>').format(
                    (x + end) / 2, _TOP + _STEPS / 2, word
                )
            continue
        y = high(span.level)
        rise = f"M{x} {before}V{y}" if before is not None and before != y else f"M{x} {y}"
        yield Markup('<path class="line" d="{}H{}"/>').format(rise, end)
        before = y


def _strip(spans: Sequence[Span], at: Callable[[datetime], float], y: float) -> Iterator[Markup]:
    for span in spans:
        x, end = at(span.start), at(span.end)
        name = f"l{span.level}" if span.level else "missing"
        yield _box(name, x, end, y, _STRIP)
        if span.level and end - x > 14:
            yield Markup('<text x="{}" y="{}" class="mid on-l{}">{}</text>').format(
                (x + end) / 2, y + 14, span.level, span.level
            )


def _ticks(
    since: datetime, until: datetime, at: Callable[[datetime], float], base: float
) -> Iterator[Markup]:
    for n in range(3):
        when = since + (until - since) * n / 2
        place = ("start", "mid", "end")[n]
        yield Markup('<text x="{}" y="{}" class="{} dim">{:%Y-%m-%d}</text>').format(
            at(when), base + 16, place, when
        )


def _bounds(
    bounds: Sequence[tuple[int, float]], at: Callable[[float], float], height: float, say: Say
) -> Iterator[Markup]:
    last = -99.0
    for number, value in bounds:
        x = at(value)
        yield Markup('<path class="rule" d="M{} 18V{}"/>').format(x, height)
        if x - last < 16:
            continue
        last, word = x, f"{number}"
        yield Markup('<text x="{}" y="13" class="mid dim">{}</text>').format(x, word)


def _line(y: float, left: str, right: str) -> Markup:
    return Markup(
        '<text x="4" y="{0}">{1}</text><text x="{2}" y="{0}" class="end">{3}</text>'
    ).format(y + 13, left, _WIDE - 4, right)


def _bar(name: str, start: float, end: float, y: float) -> Markup:
    return _box(name, start, max(end, start + 1.5), y, 10)


def _box(name: str, start: float, end: float, y: float, height: float) -> Markup:
    return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>').format(
        name, start, y, round(max(end - start, 0.5), 1), height
    )


def _joint(x: float, start: float, end: float) -> Markup:
    return Markup('<path class="joint" d="M{} {}V{}"/>').format(x, start, end)


def _number(value: float, unit: str) -> str:
    return f"+{value:.0f}" if unit == "level" else f"{value:.3f}"


_HATCH = Markup(
    '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><path d="M0 0V6" class="hatch"/></pattern></defs>'
)


def _svg(height: float, name: str, title: str, parts: Sequence[Markup]) -> Markup:
    body = Markup("").join(parts)
    return Markup(
        '<svg class="figure {}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    ).format(name, _WIDE, height, escape(title), body)
