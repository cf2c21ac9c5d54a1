"""Severity 1-5 of a happening from what the text states, each step with its reason.

Deaths set it as the recorded conflict data are banded: 1-4 dead at least 3, 5-24 at least 4, 25 and
more 5; an outbreak counts deaths ten times lighter. Without them the kind's own severity stands,
one lower for small words or where nobody was hurt, one higher for large words.
"""

from __future__ import annotations

import re

from farwatch.model.kinds import Category, Kind
from farwatch.understand.casualties import Casualties

_MAGNITUDE = re.compile(
    r"\b(?:magnitude|magnitud|m|mw|ml|mag)[\s-]*(?:of |de )?(\d(?:[.,]\d\d?)?)(?![\w.,]*\d)"
    r"(?!\s*(?:motorway|highway|road|junction|rifle|pistol)\b)|\b(\d[.,]\d\d?)[\s-]*(?:magnitude|magnitud)"
)
_SCALED_DOWN = {Kind.OUTBREAK: 10}
_GENTLE = frozenset({Kind.PROTEST, Kind.CRIME, Kind.THREAT, Kind.RIOT, Kind.STORM, Kind.FLOOD})
_ARMED = frozenset({Category.CONFLICT, Category.TERRORISM, Category.CRIME})
_LEAST_ARMED = 2


def of_magnitude(magnitude: float) -> int:
    """A rough severity where only the magnitude is known (depth and distance decide later)."""
    for severity, bound in ((1, 4.5), (2, 5.5), (3, 6.5), (4, 7.5)):
        if magnitude < bound:
            return severity
    return 5


def magnitude(text: str) -> float | None:
    """The largest magnitude a flat text states, None if it states none on 2-9.9."""
    found = [float((match[1] or match[2]).replace(",", ".")) for match in _MAGNITUDE.finditer(text)]
    fit = [value for value in found if 2 <= value < 10]
    return max(fit) if fit else None


def severity(
    kind: Kind, start: int, told: Casualties, cues: frozenset[str], text: str
) -> tuple[int, list[str]]:
    """The severity and its reasons. `start` is the kind's own, `cues` the labels found nearby."""
    if kind is Kind.EARTHQUAKE and (size := magnitude(text)) is not None:
        level = of_magnitude(size)
        reasons = [f"severity {level} from magnitude {size}"]
    else:
        level, reasons = start, [f"severity {start} is usual for {kind}"]
        level = _by_words(kind, level, told, cues, reasons)
    floor = _by_deaths(kind, told)
    if floor > level:
        reasons.append(f"severity {floor} because {_counted(told)}")
        level = floor
    return max(1, min(5, level)), reasons


def _by_words(
    kind: Kind, level: int, told: Casualties, cues: frozenset[str], reasons: list[str]
) -> int:
    if kind is Kind.ABDUCTION and "foreigners" in cues:
        reasons.append("one higher: people like our staff were taken")
        return level + 1
    if kind is Kind.ROAD_CLOSED and "hazards_of_roads" in cues:
        reasons.append("one higher: nature closed it, so the ways round it may be cut too")
        return level + 1
    if "unhurt" in cues and not told.dead and kind.category in _ARMED:
        reasons.append("one lower: nobody was hurt")
        return max(level - 1, 1)
    if "large" in cues and "small" not in cues:
        reasons.append("one higher: words of great scale")
        return min(level + 1, 4)
    if "small" in cues and "large" not in cues and not told.dead:
        armed = kind not in _GENTLE and kind.category is not Category.HAZARD
        if not armed or level > _LEAST_ARMED:
            reasons.append("one lower: words of small scale")
            return level - 1
    return level


def _by_deaths(kind: Kind, told: Casualties) -> int:
    scale = _SCALED_DOWN.get(kind, 1)
    dead = (told.dead or 0) / scale
    by_dead = 5 if dead >= 25 else 4 if dead >= 5 else 3 if dead >= 1 else 0
    hurt = (told.hurt or 0) / scale
    by_hurt = 4 if hurt >= 50 else 3 if hurt >= 10 else 0
    return max(by_dead, by_hurt)


def _counted(told: Casualties) -> str:
    parts = [f"{told.dead} dead" if told.dead else "", f"{told.hurt} hurt" if told.hurt else ""]
    return " and ".join(part for part in parts if part) + " are stated"
