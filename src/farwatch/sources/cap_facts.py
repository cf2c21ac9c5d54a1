"""What a CAP alert states outright: kind, severity, area, time, advice, as Facts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import datetime

from lxml import etree

from farwatch.model.cap import SEVERITY_LEVEL
from farwatch.model.document import Document
from farwatch.model.kinds import Kind
from farwatch.model.report import Facts, Span
from farwatch.model.safe_xml import child_text, children
from farwatch.sources import quake
from farwatch.sources.cap_area import area_of
from farwatch.sources.cap_geocodes import coded_place
from farwatch.sources.cap_info import Alert, values, words, worst
from farwatch.sources.cap_words import kind_of

# Words of a message between systems (Ack, Error) warn nobody.
_NO_WARNING = ("Ack", "Error")
_CERTAINTY_10 = {"Very Likely": "Likely"}


def facts(document: Document, alert: Alert, sent: datetime, happening: str) -> Facts:
    """The facts of the worst info block; area, times and advice of all chosen blocks.

    `happening` is told even where no info block says what it is, as in most cancellations.
    """
    info = worst(alert)
    official = document.source.official
    if info is None or alert.said("msgType") in _NO_WARNING:
        silent = Kind.OTHER if info is not None else None
        return Facts(kind=silent, official=official, happening=happening)
    codes = [value for _, value in values(info, "eventCode")]
    categories = words(info, "category")
    kind = kind_of(child_text(info, "event"), codes, categories)
    geometry, unreadable = area_of(alert.infos)
    place = coded_place(alert.infos) if geometry is None else None
    measures = _measures(alert.infos, info) | (
        {"area_unreadable": unreadable} if unreadable else {}
    )
    starts = [alert.time(one, "onset") or alert.time(one, "effective") for one in alert.infos]
    certainty = child_text(info, "certainty")
    return Facts(
        kind=kind,
        severity=_severity(info, kind, measures),
        code=f"cap:{categories[0]}" if categories else None,
        geometry=geometry,
        place=place,
        happened=Span(min((s for s in starts if s is not None), default=sent)),
        urgency=child_text(info, "urgency"),
        certainty=_CERTAINTY_10.get(certainty, certainty),
        advice=_advice(alert.infos),
        official=official,
        happening=happening,
        measures=measures,
    )


def _advice(infos: Iterable[etree._Element]) -> tuple[str, ...]:
    said = (word for info in infos for word in words(info, "responseType"))
    return tuple(word for word in dict.fromkeys(said) if word != "None")


def _severity(info: etree._Element, kind: Kind | None, measures: dict[str, float | str]) -> int:
    """As stated; an earthquake whose severity is Unknown goes by its magnitude."""
    stated = child_text(info, "severity")
    magnitude, depth = measures.get("magnitude"), measures.get("depth_km")
    if stated == "Unknown" and kind is Kind.EARTHQUAKE and isinstance(magnitude, float):
        known = quake.severity(magnitude, depth if isinstance(depth, float) else None)
        return known or SEVERITY_LEVEL[stated]
    return SEVERITY_LEVEL[stated]


def _measures(infos: Sequence[etree._Element], worst: etree._Element) -> dict[str, float | str]:
    found: dict[str, float | str] = {"event": child_text(worst, "event")}
    found["severity_stated"] = child_text(worst, "severity")
    if len(infos) > 1:
        found["infos"] = float(len(infos))
    for name, value in values(worst, "eventCode"):
        if name == "SAME":
            found["same"] = value
    for name, value in values(worst, "parameter"):
        measure = {"Magnitude": "magnitude", "Depth": "depth_km"}.get(name)
        figure = _leading_number(value)
        if measure is None or figure is None:
            continue
        if measure != "magnitude" or abs(figure) <= quake.MOST:
            found[measure] = figure
    for name, codes in _geocodes(infos).items():
        found[f"geocode:{name}"] = " ".join(codes)[:2000]
    return found


def _leading_number(value: str) -> float | None:
    """The number that a value such as "66.5 km (41.3 miles)" begins with."""
    try:
        figure = float(value.split()[0])
    except (ValueError, IndexError):
        return None
    return figure if math.isfinite(figure) else None


def _geocodes(infos: Iterable[etree._Element]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for info in infos:
        for area in children(info, "area"):
            for name, value in values(area, "geocode"):
                if value and value not in found.setdefault(name, []):
                    found[name].append(value)
    return found
