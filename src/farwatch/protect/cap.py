"""An Alert as a CAP 1.2 message (OASIS, ITU-T X.1303bis): UTF-8 XML, checked before it leaves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from lxml import etree

from farwatch.model.cap import NAMESPACE, check, format_circle, format_polygon, format_time
from farwatch.model.event import Event
from farwatch.model.kinds import Category, Kind
from farwatch.model.protect import Alert, Message, Site
from farwatch.protect.wording import kind_name

_CATEGORY = {
    Kind.EARTHQUAKE: "Geo", Kind.TSUNAMI: "Geo", Kind.VOLCANO: "Geo", Kind.LANDSLIDE: "Geo",
    Kind.CYCLONE: "Met", Kind.FLOOD: "Met", Kind.STORM: "Met", Kind.DROUGHT: "Met",
    Kind.HEAT: "Met", Kind.COLD: "Met", Kind.WILDFIRE: "Fire", Kind.OUTBREAK: "Health",
    Kind.ROAD_CLOSED: "Transport", Kind.INDUSTRIAL: "CBRNE", Kind.CYBER: "Infra",
    Kind.SILENCE: "Other", Kind.OTHER: "Other",
}  # fmt: skip
_NAMESPACES: Any = {None: NAMESPACE}  # the default namespace has no prefix
_LEAST_RADIUS_KM = 0.1  # CAP readers drop circles of no size


def to_cap(
    alert: Alert,
    event: Event,
    sites: Sequence[Site],
    *,
    sender: str,
    sender_name: str,
    earlier: Sequence[Alert] = (),
) -> bytes:
    """The alert's message; `sites` are those it speaks of, `earlier` its revisions before.

    `sender` is the desk's own name on the wire, without spaces, commas, "<" and "&". An Update or
    Cancel refers to the earlier revisions. Raises ValueError if the message would break CAP.
    """
    root = etree.Element(f"{{{NAMESPACE}}}alert", nsmap=_NAMESPACES)
    before = [old for old in earlier if old.key == alert.key and old.revision < alert.revision]
    if alert.message is not Message.ALERT and not before:
        raise ValueError(f"{alert.message} of {alert.key!r} refers to no earlier revision")
    _texts(
        root,
        ("identifier", identifier(alert)),
        ("sender", sender),
        ("sent", format_time(alert.sent)),
        ("status", "Exercise" if alert.exercise else "Actual"),
        ("msgType", alert.message.value),
        ("scope", "Private"),
        ("addresses", f'"{alert.recipient}"' if " " in alert.recipient else alert.recipient),
        ("code", f"farwatch-route-{alert.route.value}"),
        ("note", "Exercise: invented for practice, not real." if alert.exercise else None),
        ("references", _references(before, sender)),
        ("incidents", event.id),
    )
    _info(root, alert, event, sites, sender_name)
    data: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    wrong = check(data)
    if wrong:
        raise ValueError(f"alert {alert.id} would break CAP 1.2: {wrong[0]}")
    return data


def identifier(alert: Alert) -> str:
    """The message's own name: key and revision, without what CAP forbids in it."""
    kept = "".join(
        c if c.isascii() and c.isprintable() and c not in " ,<&" else "-" for c in alert.key
    )
    return f"{kept}/{alert.revision}"


def _references(before: Sequence[Alert], sender: str) -> str | None:
    latest = {old.revision: old for old in before}
    named = [
        f"{sender},{identifier(latest[revision])},{format_time(latest[revision].sent)}"
        for revision in sorted(latest)
    ]
    return " ".join(named) or None


def _info(
    root: etree._Element, alert: Alert, event: Event, sites: Sequence[Site], sender_name: str
) -> None:
    info = etree.SubElement(root, f"{{{NAMESPACE}}}info")
    _texts(info, ("language", "en"), ("category", _category(alert.kind)))
    _texts(info, ("event", kind_name(alert.kind)))
    _texts(info, *(("responseType", word) for word in alert.advice))
    _texts(
        info,
        ("urgency", alert.urgency),
        ("severity", alert.severity),
        ("certainty", alert.certainty),
    )
    _pair(info, "eventCode", "farwatch:kind", alert.kind.value)
    if alert.kind.glide:
        _pair(info, "eventCode", "GLIDE", alert.kind.glide)
    _texts(
        info,
        ("effective", format_time(alert.sent)),
        ("onset", _onset(event)),
        ("expires", format_time(alert.ends)),
        ("senderName", sender_name),
        ("headline", _clean(alert.headline)),
        ("description", _description(alert, event)),
    )
    _pair(info, "parameter", "farwatch:grade", str(event.grade))
    _pair(info, "parameter", "farwatch:level", str(alert.level))
    _pair(info, "parameter", "farwatch:released", "yes" if alert.released else "no")
    _area(info, event, sites)


def _onset(event: Event) -> str | None:
    when: datetime | None = event.happened.start if event.happened else None
    return format_time(when) if when else None


def _category(kind: Kind) -> str:
    return _CATEGORY.get(kind) or ("Health" if kind.category is Category.HEALTH else "Security")


def _description(alert: Alert, event: Event) -> str:
    near = [
        f"{exposure.site_name or exposure.site}: {exposure.distance_km:.1f} km, "
        f"severity {exposure.severity}"
        for exposure in alert.exposures
    ]
    lines = [event.title, *near, *alert.reasons]
    return _clean("\n".join(line for line in lines if line)) or kind_name(alert.kind)


def _area(info: etree._Element, event: Event, sites: Sequence[Site]) -> None:
    """The event's own area and each site as a point; CAP asks for a description of both."""
    place = event.place
    if place is not None:
        area = etree.SubElement(info, f"{{{NAMESPACE}}}area")
        _texts(area, ("areaDesc", _clean(place.name) or "place of the event"))
        geometry = place.geometry
        _texts(area, *(("polygon", format_polygon(ring)) for ring in geometry.rings))
        if not geometry.rings:
            radius = max(geometry.radius_km, _LEAST_RADIUS_KM)
            _texts(area, ("circle", format_circle(geometry.lat, geometry.lon, radius)))
    for site in sites:
        area = etree.SubElement(info, f"{{{NAMESPACE}}}area")
        circle = format_circle(site.lat, site.lon, _LEAST_RADIUS_KM)
        _texts(area, ("areaDesc", f"Site {_clean(site.name) or site.id}"), ("circle", circle))


def _pair(parent: etree._Element, tag: str, name: str, value: str) -> None:
    pair = etree.SubElement(parent, f"{{{NAMESPACE}}}{tag}")
    _texts(pair, ("valueName", name), ("value", value))


def _texts(parent: etree._Element, *pairs: tuple[str, str | None]) -> None:
    for tag, text in pairs:
        if text is not None:
            etree.SubElement(parent, f"{{{NAMESPACE}}}{tag}").text = text


def _clean(text: str) -> str:
    """Text from outside without the characters that XML cannot carry."""
    return "".join(c for c in text if _is_xml(ord(c))).strip()


def _is_xml(code: int) -> bool:
    ranges: Iterable[tuple[int, int]] = ((0x20, 0xD7FF), (0xE000, 0xFFFD), (0x10000, 0x10FFFF))
    return code in {0x9, 0xA, 0xD} or any(low <= code <= high for low, high in ranges)
