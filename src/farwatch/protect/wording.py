"""An alert's words: headline, certainty and the names of kinds. Plain, short, active."""

from __future__ import annotations

from collections.abc import Sequence

from farwatch.model.event import Event
from farwatch.model.kinds import Kind
from farwatch.model.protect import Exposure

_NAMES: dict[Kind, str] = {
    Kind.GUN_ATTACK: "Gun attack",
    Kind.ARMED_CLASH: "Armed clash or raid",
    Kind.SHELLING: "Shelling or air strike",
    Kind.ROAD_ATTACK: "Road ambush or mine",
    Kind.RESTRICTION: "Restriction (curfew, closure)",
    Kind.ROAD_CLOSED: "Road closed",
    Kind.LEVEL_CHANGE: "Threat level raised",
    Kind.SILENCE: "Silent feeds",
    Kind.INDUSTRIAL: "Industrial accident",
}
_CERTAINTY = {1: "Observed", 2: "Likely", 3: "Possible", 4: "Unlikely", 5: "Unlikely", 6: "Unknown"}
_AT_MOST_NAMED = 3


def kind_name(kind: Kind) -> str:
    """The kind as a reader says it."""
    return _NAMES.get(kind, kind.value.replace("_", " ").capitalize())


def certainty(event: Event) -> str:
    """CAP certainty by the grade; what an authority says is at least likely."""
    word = _CERTAINTY[event.grade.credibility]
    return "Likely" if event.official and word in {"Possible", "Unknown"} else word


def headline(event: Event, exposures: Sequence[Exposure], severity: str, *, verify: bool) -> str:
    """One line: what, where, how far from what of ours.

    The desk's own findings say it in their title: whose silence, which level.
    """
    place = event.place.name if event.place else None
    start = f"{'Unconfirmed: ' if verify else ''}{kind_name(event.kind)}, {severity}"
    if event.kind is Kind.SILENCE and event.title:
        return f"{start}: {event.title}"
    if event.kind is Kind.LEVEL_CHANGE and event.title:
        reached = _listed([exposure.site_name or exposure.site for exposure in exposures])
        return f"{start}: {event.title}{f'; concerns {reached}' if reached else ''}"
    where = f", {place}" if place else ""
    ours = _ours(exposures)
    about = f": {event.title}" if not ours and event.title else ""
    return f"{start}{where}{f'; {ours}' if ours else ''}{about}"


def _ours(exposures: Sequence[Exposure]) -> str:
    return _listed([_near(exposure) for exposure in exposures])


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _AT_MOST_NAMED
    rest = f" and {more} more {'site' if more == 1 else 'sites'}" if more > 0 else ""
    return ", ".join(names[:_AT_MOST_NAMED]) + rest


def _near(exposure: Exposure) -> str:
    name = exposure.site_name or exposure.site
    if exposure.distance_km <= 0:
        return f"at {name}"
    away = exposure.distance_km
    return f"{away:.1f} km from {name}" if away < 10 else f"{away:.0f} km from {name}"
