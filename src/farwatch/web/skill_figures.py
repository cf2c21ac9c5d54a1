"""Pictures of a model's skill as SVG made here: reliability with its counts, the PIT histogram."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from markupsafe import Markup

from farwatch.model.forecast import Bin
from farwatch.web.forecast_figures import Say, svg, text

_LEFT, _TOP, _SIDE, _BELOW = 44, 8, 260, 56
_WIDE = _LEFT + _SIDE + 12
_EVEN = 0.1  # of ten parts


def reliability_svg(bins: Sequence[Bin], name: str, say: Say) -> Markup:
    """How often it came by what was forecast, on the diagonal where the two agree; below it the
    number of forecasts, on a log scale."""
    known = [one for one in bins if one.count]
    base = _TOP + _SIDE
    parts = [*_grid(), Markup('<path class="now" d="M{} {}L{} {}"/>').format(
        _LEFT, base, _LEFT + _SIDE, _TOP)]  # fmt: skip
    spots = [(_LEFT + _SIDE * one.forecast, base - _SIDE * one.observed) for one in known]
    if spots:
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in spots)
        parts.append(Markup('<path class="past" d="M{}"/>').format(path))
    for (x, y), one in zip(spots, known, strict=True):
        parts.append(Markup(
            '<circle class="spot" cx="{:.1f}" cy="{:.1f}" r="4"><title>{:.0%} / {:.0%}</title>'
            "</circle>"
        ).format(x, y, one.forecast, one.observed))  # fmt: skip
    parts.append(text(_LEFT + 6, _TOP + 13, "start dim named", say("how often it came")))
    parts.append(text(_LEFT + _SIDE - 4, base - 7, "end dim named", say("forecast probability")))
    parts += _counts(known, base + 36, say)
    title = say("Reliability: %(name)s") % {"name": name}
    return svg(_WIDE, base + 36 + _BELOW + 20, "reliability", title, parts)


def pit_svg(shares: Sequence[float], say: Say) -> Markup:
    """Ten bars; a model that is honest about its spread has them even, at the rule."""
    wide, high, base = 480, 200, 164
    most = max([1.5 * _EVEN, *shares])
    left = 72
    slot = (wide - left - 8) / max(1, len(shares))

    def y(share: float) -> float:
        return round(base - (base - 20) * share / most, 1)

    parts = []
    for n, share in enumerate(shares):
        x = left + n * slot
        parts.append(Markup(
            '<rect class="bar" x="{:.1f}" y="{}" width="{:.1f}" height="{:.1f}"/>'
        ).format(x + 2, y(share), slot - 4, base - y(share)))  # fmt: skip
        parts.append(text(x + slot / 2, base - 8, "mid", f"{share * 100:.0f}"))
    even = y(_EVEN)
    parts.append(Markup('<path class="now" d="M{} {}H{}"/>').format(left, even, wide - 8))
    parts.append(text(left - 6, even + 4, "end dim", f"{say('even')}: 10 %"))
    parts.append(text(left, base + 18, "start dim", say("lower part of the forecast")))
    parts.append(text(wide - 8, base + 18, "end dim", say("upper part")))
    return svg(wide, high, "pit", say("Randomised PIT histogram"), parts)


def _grid() -> Iterator[Markup]:
    base = _TOP + _SIDE
    for n in range(5):
        share = n / 4
        x, y = _LEFT + _SIDE * share, base - _SIDE * share
        yield Markup('<path class="rule" d="M{} {}H{}M{} {}V{}"/>').format(
            _LEFT, y, _LEFT + _SIDE, x, base, _TOP)  # fmt: skip
        yield text(_LEFT - 6, y + 4, "end dim", f"{share * 100:.0f} %")
        if n:
            yield text(x, base + 16, "mid dim" if n < 4 else "end dim", f"{share * 100:.0f} %")


def _counts(known: Sequence[Bin], top: float, say: Say) -> Iterator[Markup]:
    most = math.log1p(max((one.count for one in known), default=1))
    for one in known:
        high = round(max(1.0, (_BELOW - 18) * math.log1p(one.count) / most), 1)
        x = round(_LEFT + _SIDE * one.forecast - 4, 1)
        yield Markup('<rect class="bar" x="{}" y="{}" width="8" height="{}"/>').format(
            x, top + _BELOW - high, high)  # fmt: skip
    yield Markup('<path class="rule" d="M{} {}H{}"/>').format(
        _LEFT, top + _BELOW, _LEFT + _SIDE)  # fmt: skip
    yield text(_LEFT, top + 8, "start dim", say("forecasts, log scale"))
