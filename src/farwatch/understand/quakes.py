"""Whether two readings tell of one earthquake: origin time, distance and magnitude.

Two instruments agree within minutes, a hundred kilometres or two and about one magnitude (first
automatic solutions err that much); an aftershock differs in time. A text carries no origin time: it
belongs to a shock heard before it, within the distance at which such a shock is felt.
"""

from __future__ import annotations

from datetime import timedelta

from farwatch.model.event import Reading
from farwatch.understand.apart import heard, hours_apart, km_apart
from farwatch.understand.resemble import likeness
from farwatch.understand.severity import magnitude
from farwatch.understand.text import flat

_MINUTES = 3.0
_KM = 200.0
_MAGNITUDES = 1.2
_TEXT_MAGNITUDES = 0.4
_TEXT_HOURS = 48.0
_EARLY = timedelta(minutes=5)  # clocks of publishers


def felt_km(size: float) -> float:
    """Roughly how far a shock is felt: 45 km at M5, 355 km at M7 (IPE of Allen 2012 at MMI 4)."""
    return float(10 ** (0.45 * size - 0.6))


def size_of(reading: Reading) -> float | None:
    """The magnitude that a source states, else the text."""
    stated = reading.report.facts.measures.get("magnitude")
    return (
        float(stated) if isinstance(stated, int | float) else magnitude(flat(reading.report.body))
    )


def _instrument(reading: Reading) -> bool:
    """It states an origin time of its own."""
    return reading.happened is not None and reading.happened.precision in ("second", "minute")


def instruments_disagree(left: Reading, right: Reading) -> bool:
    """Both state an origin time, and these lie minutes apart."""
    if not (_instrument(left) and _instrument(right)) or not (left.happened and right.happened):
        return False
    return abs((left.happened.start - right.happened.start).total_seconds()) > 60 * _MINUTES


def judge_quakes(left: Reading, right: Reading) -> tuple[float, tuple[str, ...]]:
    """A score 0-1 (0.6 and more: the same) and its reasons."""
    if left.place is None or right.place is None:
        return 0.3, ("a place is missing",)
    if _instrument(left) and _instrument(right):
        return _instruments(left, right)
    if _instrument(left) or _instrument(right):
        shock, text = (left, right) if _instrument(left) else (right, left)
        return _felt(shock, text)
    return _texts(left, right)


def _instruments(left: Reading, right: Reading) -> tuple[float, tuple[str, ...]]:
    assert left.happened and right.happened and left.place and right.place  # noqa: S101
    minutes = abs((left.happened.start - right.happened.start).total_seconds()) / 60
    km = km_apart(left.place, right.place)
    sizes = size_of(left), size_of(right)
    reasons = [f"{minutes:.1f} min and {km:.0f} km apart"]
    step = abs(sizes[0] - sizes[1]) if sizes[0] is not None and sizes[1] is not None else 0.3
    reasons.append(f"magnitudes {sizes[0]} and {sizes[1]}")
    if minutes > _MINUTES or km > _KM or step > _MAGNITUDES:
        return 0.0, tuple(reasons)
    score = 1 - 0.4 * (minutes / _MINUTES + km / _KM + step / _MAGNITUDES) / 3
    return score, tuple(reasons)


def _felt(shock: Reading, text: Reading) -> tuple[float, tuple[str, ...]]:
    """A text without magnitude fits the stronger of two shocks better."""
    assert shock.happened and shock.place and text.place  # noqa: S101
    size, said = size_of(shock), size_of(text)
    if heard(text) < shock.happened.start - _EARLY:
        return 0.0, ("reported before the shock",)
    hours = (heard(text) - shock.happened.start).total_seconds() / 3600
    stated = text.happened is not None and hours_apart(shock, text) > 12
    if hours > _TEXT_HOURS or stated:
        return 0.0, (f"reported {hours:.0f} h after the shock",)
    if size is None or (said is not None and abs(size - said) > _TEXT_MAGNITUDES):
        return 0.1, (f"magnitudes {size} and {said}",)
    km = km_apart(shock.place, text.place)
    reach = felt_km(size) if said is None else max(felt_km(size), 300.0)
    reasons = (f"M{size} {hours:.1f} h before and {km:.0f} km away, felt within {reach:.0f} km",)
    if km > reach or (said is None and size < 4.5):
        return 0.0, reasons
    closeness = 0.5 * (1 - hours / _TEXT_HOURS) + 0.5 * (1 - km / reach)
    strength = min(size, 9.0) / 9 if said is None else 1.0
    return min(0.97, 0.6 + 0.15 * closeness + 0.2 * strength), reasons


def _texts(left: Reading, right: Reading) -> tuple[float, tuple[str, ...]]:
    assert left.place and right.place  # noqa: S101
    sizes = size_of(left), size_of(right)
    if None not in sizes and abs((sizes[0] or 0) - (sizes[1] or 0)) > _TEXT_MAGNITUDES:
        return 0.0, (f"magnitudes {sizes[0]} and {sizes[1]}",)
    hours, km = hours_apart(left, right), km_apart(left.place, right.place)
    alike = likeness(left.report.body, right.report.body) or 0.0
    reasons = (f"{hours:.1f} h and {km:.0f} km apart", f"texts {alike:.2f} alike")
    if hours > 36 or km > 400:
        return 0.0, reasons
    return min(0.97, 0.55 + 0.2 * (1 - hours / 36) + 0.1 * (1 - km / 400) + 0.2 * alike), reasons
