"""An alert's words: headline, certainty and the names of kinds. Plain, short, active."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from farwatch.model.event import Event
from farwatch.model.kinds import Kind
from farwatch.model.protect import Alert, Exposure, Message

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
AT_MOST_NAMED = 3


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
        named = _listed([exposure.site_name or exposure.site for exposure in exposures])
        return f"{start}: {event.title}{f'; concerns {named}' if named else ''}"
    where = f", {place}" if place else ""
    ours = reached(exposures)
    about = f": {event.title}" if not ours and event.title else ""
    return f"{start}{where}{f'; {ours}' if ours else ''}{about}"


def worded_for(alert: Alert, event: Event | None, sites: Collection[str]) -> Alert:
    """The alert for a reader who may know of these sites alone: of the others not a word."""
    within = tuple(one for one in alert.exposures if one.site in sites)
    outside = {one.site for one in alert.exposures if one.site not in sites}
    outside |= {site for site in alert.sites if site not in sites}
    names = outside | {one.site_name for one in alert.exposures if one.site in outside}
    told = kind_name(alert.kind)
    if event is not None:
        verify = "Unconfirmed: " in alert.headline
        told = headline(event, within, alert.severity, verify=verify)
    if alert.message is Message.CANCEL and alert.reasons:
        why = alert.reasons[0]
        told = f"{why[:1].upper()}{why[1:]}: {told}"
    return replace(
        alert,
        headline=told,
        sites=tuple(site for site in alert.sites if site in sites),
        exposures=within,
        reasons=tuple(r for r in alert.reasons if not any(n and n in r for n in names)),
    )


def reached(exposures: Sequence[Exposure]) -> str:
    """Where ours lies: "4.3 km from Kitwe depot, at Ndola and 2 more sites"."""
    return _listed([_near(exposure) for exposure in exposures])


def _listed(names: Sequence[str]) -> str:
    more = len(names) - AT_MOST_NAMED
    rest = f" and {more} more {'site' if more == 1 else 'sites'}" if more > 0 else ""
    return ", ".join(names[:AT_MOST_NAMED]) + rest


def _near(exposure: Exposure) -> str:
    name = exposure.site_name or exposure.site
    if exposure.distance_km <= 0:
        return f"at {name}"
    away = exposure.distance_km
    return f"{away:.1f} km from {name}" if away < 10 else f"{away:.0f} km from {name}"
