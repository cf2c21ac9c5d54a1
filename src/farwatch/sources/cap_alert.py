"""One CAP alert to one Report. Shared by single files, envelopes and indexes that embed alerts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from lxml import etree

from farwatch.errors import UnreadableFeed, UnreadableReport
from farwatch.model.cap import check, parse_time
from farwatch.model.cap_check import SIGNATURE
from farwatch.model.document import Document
from farwatch.model.report import Action, Report, Status
from farwatch.model.safe_xml import child_text, children, local, namespace, parse
from farwatch.sources.cap_facts import facts
from farwatch.sources.cap_info import Alert, chosen, values, worst
from farwatch.sources.cap_words import about_person
from farwatch.sources.text import domain_of, plain

ACTIONS = {"Alert": Action.ISSUE, "Update": Action.UPDATE, "Cancel": Action.CANCEL}
_TEXTS_OF_PERSONS = ("headline", "description", "instruction", "parameter", "resource", "note")
_EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Reference:
    """An earlier message that this one is about; `sent` None where its time cannot be read."""

    identifier: str
    sent: datetime | None


def root_of(document: Document) -> etree._Element:
    """The document's root element; UnreadableFeed if it is no XML or declares a document type."""
    try:
        return parse(document.data)
    except ValueError as error:
        raise UnreadableFeed(document.source.id, str(error), position=document.name) from error


def report(document: Document, element: etree._Element, at: str) -> Report:
    """The Report of one alert; UnreadableReport with the first violations if it fails the check."""
    source = document.source.id
    _strict(source, element, at)
    alert = chosen(source, at, element)
    identifier, sent = alert.said("identifier"), alert.time(element, "sent")
    if not identifier or sent is None:
        raise UnreadableReport(
            source,
            "lacks an identifier or a time",
            field="identifier",
            value=identifier,
            position=at,
        )
    references, unread = _references(element)
    made = Report(
        source=source,
        key=identifier,
        received=document.received,
        raw=document.data if element.getparent() is None else _bytes(element),
        published=sent,
        title=_title(alert),
        text=_text(alert),
        language=alert.language or None,
        url=next((url for info in alert.infos if (url := child_text(info, "web"))), None),
        origin=_origin(alert.said("sender")),
        status=Status(alert.said("status")),
        action=_action(alert),
        references=tuple(reference.identifier for reference in references),
        expires=_latest(alert, "expires"),
        facts=facts(document, alert, sent, _happening(identifier, references)),
        digest=_digest(element),
    )
    made = _noted(made, element, unread)
    return _without_person(made, element) if _about_person(alert) else made


def _strict(source: str, element: etree._Element, at: str) -> None:
    """UnreadableReport with the alert's identifier and its first violations, if it has any."""
    violations = check(element)
    if violations:
        shown = "; ".join(map(str, violations[:3]))
        more = f"; and {len(violations) - 3} more" if len(violations) > 3 else ""
        raise UnreadableReport(
            source,
            f"is no valid CAP alert: {shown}{more}",
            field="identifier",
            value=child_text(element, "identifier") or None,
            position=at,
        )


def _alone(element: etree._Element) -> etree._Element:
    """The alert without what stands after it in an envelope."""
    return parse(_bytes(element)) if element.getparent() is not None else element


def _bytes(element: etree._Element) -> bytes:
    return etree.tostring(element, encoding="UTF-8", with_tail=False)


def _digest(element: etree._Element) -> str:
    """Of the canonical form without comments: the same alert alone, in a feed, in an envelope."""
    form = etree.tostring(_alone(element), method="c14n", exclusive=True, with_comments=False)
    return hashlib.blake2b(form, digest_size=16).hexdigest()


def _title(alert: Alert) -> str:
    info = worst(alert)
    if info is None:
        return plain(alert.said("note"))[:300]
    return plain(child_text(info, "headline") or child_text(info, "event"))[:300]


def _text(alert: Alert) -> str:
    """Descriptions, instructions and the names of the areas, each once, for reader and locator."""
    lines = [
        plain(child_text(info, name))
        for name in ("description", "instruction")
        for info in alert.infos
    ]
    areas = [
        plain(child_text(area, "areaDesc"))
        for info in alert.infos
        for area in children(info, "area")
    ]
    lines += [f"Area: {name}." for name in dict.fromkeys(areas) if name]
    return "\n".join(dict.fromkeys(line for line in lines if line))


def _origin(sender: str) -> str:
    """The registrable domain of a sender, which is an e-mail address or a web address."""
    mail = sender.rpartition("@")[2] if "@" in sender and "://" not in sender else ""
    return domain_of(f"https://{mail}/" if mail else sender)


def _action(alert: Alert) -> Action:
    """By msgType; an Update that gives the all clear everywhere ends the danger like a Cancel."""
    action = ACTIONS.get(alert.said("msgType"), Action.ISSUE)
    return Action.CANCEL if alert.over and action is Action.UPDATE else action


def _references(element: etree._Element) -> tuple[tuple[Reference, ...], str]:
    """Messages of <references>, and those parts that cannot be read.

    "sender,identifier,sent" since 1.1, "identifier/sender" in 1.0.
    """
    found, unread = [], []
    for part in child_text(element, "references").split():
        pieces = part.split(",")
        if len(pieces) == 3 and pieces[1]:
            found.append(Reference(pieces[1], _sent(pieces[2])))
        elif len(pieces) == 1 and "/" in part and namespace(element).endswith("1.0"):
            found.append(Reference(part.partition("/")[0], None))
        else:
            unread.append(part)
    return tuple(found), " ".join(unread)[:200]


def _sent(value: str) -> datetime | None:
    try:
        return parse_time(value)
    except ValueError:
        return None


def _happening(identifier: str, references: Sequence[Reference]) -> str:
    """The earliest message referred to stands for the happening; the alert itself if none is."""
    dated = [reference for reference in references if reference.sent is not None]
    if dated:
        return min(dated, key=lambda reference: reference.sent or _EARLIEST).identifier
    return references[0].identifier if references else identifier


def _latest(alert: Alert, name: str) -> datetime | None:
    """The latest such time; None where any info leaves it open."""
    times = [alert.time(info, name) for info in alert.infos]
    known = [when for when in times if when is not None]
    return max(known) if known and len(known) == len(times) else None


def _noted(made: Report, element: etree._Element, unread: str) -> Report:
    """The Report with notes on what was left unread: bad references, a signature not checked."""
    notes: dict[str, float | str] = {"references_unreadable": unread} if unread else {}
    if any(namespace(child) == SIGNATURE for child in children(element)):
        notes["signature"] = "present, not checked"
    if not notes:
        return made
    return replace(made, facts=replace(made.facts, measures={**made.facts.measures, **notes}))


def _about_person(alert: Alert) -> bool:
    return any(
        about_person(child_text(info, "event"), [code for _, code in values(info, "eventCode")])
        for info in children(alert.element, "info")
    )


def _without_person(made: Report, element: etree._Element) -> Report:
    """A notice about a person is kept as having been heard, without its text."""
    bare = parse(_bytes(element))
    for found in list(bare.iter(etree.Element)):
        parent = found.getparent()
        if local(found) in _TEXTS_OF_PERSONS and parent is not None:
            parent.remove(found)
    event = str(made.facts.measures.get("event", "Notice about a person"))
    return replace(made, title=event, text="", raw=_bytes(bare))
