"""Understand one report: its kind, severity, place, time, groups and first grade, with reasons.

What a structured source states outright (`report.facts`) wins over what its text seems to say.
Pure: values and `now` in, a Reading out.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from farwatch.model.event import Reading
from farwatch.model.kinds import Category, Kind
from farwatch.model.place import Geometry, Place, Precision
from farwatch.model.report import Report, Span
from farwatch.model.terms import Source
from farwatch.understand.classify import Classification, classify
from farwatch.understand.grade import initial
from farwatch.understand.locate import Hint, locate
from farwatch.understand.place import Told, choose
from farwatch.understand.signs import LIMIT
from farwatch.world.gazetteer import Gazetteer

_FAR_KM = 300.0  # no town beyond it names a coordinate
_LOCAL = (Precision.POINT, Precision.CITY)
_PAST = timedelta(days=90)  # a dated attack or protest this old is history, not a happening of now
_PASSING = {Category.CONFLICT, Category.TERRORISM, Category.CRIME, Category.UNREST}


def understand(report: Report, source: Source, gazetteer: Gazetteer, now: datetime) -> Reading:
    """The Reading of one report. `now` only tells a time still to come from one that has passed.

    A report that tells nothing a desk acts on reads as Kind.OTHER, without a place.
    """
    told = classify(report.title, report.text, report.published)
    written = _written_place(report, source, gazetteer, told)
    kind, severity, why = _kind(report, told, written)
    text_told = kind is told.kind
    place = _place(report, gazetteer, written, prefer_text=kind is not report.facts.kind)
    happened = report.facts.happened or (told.happened if text_told else None)
    return Reading(
        report=report,
        kind=kind,
        severity=severity,
        place=place,
        happened=happened,
        grade=initial(report, source),
        code=(told.code if text_told else None) if kind is not report.facts.kind
        else report.facts.code or (told.code if text_told else None),
        actors=report.facts.actors or (told.actors if text_told else ()),
        historical=_historical(report, told, kind, happened),
        denial=told.denial and report.facts.kind is None,
        urgency=_urgency(report, told, kind, happened, now),
        ended=told.ended and text_told,
        reasons=(*why, *(place.reasons if place else ("no place is told",))),
    )  # fmt: skip


def _kind(
    report: Report, told: Classification, written: Place | None
) -> tuple[Kind, int, tuple[str, ...]]:
    facts = report.facts
    if facts.kind is None:
        return told.kind, facts.severity or told.severity, told.reasons
    if facts.kind is Kind.ADVISORY and _announces(told, written):
        why = "the advice announces something at a named place"
        return told.kind, told.severity, (why, *told.reasons)
    why = f"the source states {facts.kind}"
    if facts.severity is not None:
        return facts.kind, facts.severity, (why, f"the source states severity {facts.severity}")
    if told.kind is facts.kind:
        return facts.kind, told.severity, (why, *told.reasons)
    return facts.kind, 2, (why, "severity 2: the source states none")


def _announces(told: Classification, written: Place | None) -> bool:
    """General advice stays advice; something expected at named towns is a happening."""
    return told.expected and written is not None and written.precision in _LOCAL


def _written_place(
    report: Report, source: Source, gazetteer: Gazetteer, told: Classification
) -> Place | None:
    """The place that the text tells; not sought where the source states one or nothing is told."""
    facts = report.facts
    stated = facts.place is not None or facts.geometry is not None or facts.site is not None
    if told.kind is Kind.OTHER and facts.kind is None:
        return None
    if stated and not (facts.kind is Kind.ADVISORY and told.expected):
        return None
    body = report.body[:LIMIT]
    where = Told(told.start, told.end, told.focus, len(report.title) if report.text else 0)
    return choose(body, where, locate(body, gazetteer, _hint(source)))


def _hint(source: Source) -> Hint | None:
    """Where a source writes of, if that is one country."""
    units = [cover.removeprefix("admin1:") for cover in source.covers if cover[:7] == "admin1:"]
    if len(units) == 1:
        return Hint(country=units[0].partition(".")[0], admin1=units[0])
    return Hint(country=source.countries[0]) if len(source.countries) == 1 else None


def _place(
    report: Report, gazetteer: Gazetteer, written: Place | None, *, prefer_text: bool
) -> Place | None:
    facts = report.facts
    if facts.place is not None and not (prefer_text and written):
        return _with_units(facts.place, gazetteer)
    if facts.geometry is not None and not (prefer_text and written):
        return _of_geometry(facts.geometry, gazetteer)
    return written


def _with_units(place: Place, gazetteer: Gazetteer) -> Place:
    """A local place with the country and admin-1 it lies in, where its source named none."""
    if place.precision not in _LOCAL or (place.country and place.admin1):
        return place
    point = place.geometry
    (unit,) = gazetteer.admin1_of([point.lat], [point.lon], [place.country])
    if unit is None:
        return place
    country, _, admin1 = unit.partition(".")
    return replace(place, country=place.country or country, admin1=place.admin1 or admin1)


def _of_geometry(geometry: Geometry, gazetteer: Gazetteer) -> Place:
    """Bare coordinates: named by the nearest town, if one is near enough to say anything."""
    precision = Precision.POINT
    ((town, km),) = gazetteer.nearest(geometry.lat, geometry.lon)
    if km > _FAR_KM:
        name = f"{geometry.lat:.2f}, {geometry.lon:.2f}"
        return Place(name, precision, geometry, reasons=("the source states coordinates at sea",))
    if geometry.rings:
        name = f"area around {town.name}"
    else:
        name = town.name if km < 2 else f"{km:.0f} km from {town.name}"
    why = f"the source states coordinates; the nearest town is {town.name}, {km:.0f} km away"
    return Place(name, precision, geometry, town.country, town.admin1, reasons=(why,))


def _historical(report: Report, told: Classification, kind: Kind, happened: Span | None) -> bool:
    """A text's own word, or a structured date long before the report's own time."""
    if report.facts.kind is None:
        return told.historical
    if happened is None or kind.category not in _PASSING or kind is Kind.RESTRICTION:
        return False
    said = report.published or report.received
    return said - (happened.end or happened.start) > _PAST


def _urgency(
    report: Report, told: Classification, kind: Kind, happened: Span | None, now: datetime
) -> str | None:
    if told.expected and kind is told.kind:
        return "Future"
    if report.facts.urgency is not None:
        return report.facts.urgency
    return "Future" if happened is not None and happened.start > now else None
