"""The info blocks of a CAP alert: those in the reader's tongue, and what stands in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from farwatch.errors import UnreadableReport
from farwatch.model.cap import SEVERITY_LEVEL, parse_time
from farwatch.model.safe_xml import child_text, children, text


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert that passed the check: its element, where it stands, the info blocks in one tongue.

    `infos` are those of the chosen language that still warn; empty where the alert has none.
    """

    source: str
    at: str
    element: etree._Element
    infos: tuple[etree._Element, ...]
    language: str
    over: bool  # every info says AllClear

    def said(self, name: str) -> str:
        """A field of the alert itself."""
        return child_text(self.element, name)

    def time(self, element: etree._Element, name: str) -> datetime | None:
        """A time of the alert or an info; None where it is left out."""
        value = child_text(element, name)
        if not value:
            return None
        try:
            return parse_time(value)
        except ValueError as error:
            raise UnreadableReport(
                self.source, str(error), field=name, value=value, position=self.at
            ) from error


def chosen(source: str, at: str, element: etree._Element) -> Alert:
    """English info blocks if there are any, else those of the first one's language.

    Among them an info that says AllClear warns no more, unless all of them do.
    """
    infos = list(children(element, "info"))
    tongues = [(child_text(info, "language") or "en-US").lower() for info in infos]
    tongue = next((t for t in tongues if t.split("-")[0] == "en"), tongues[0] if tongues else "")
    own = [info for info, t in zip(infos, tongues, strict=True) if t == tongue]
    warning = [info for info in own if "AllClear" not in words(info, "responseType")]
    return Alert(source, at, element, tuple(warning or own), tongue, over=bool(own) and not warning)


def words(info: etree._Element, name: str) -> list[str]:
    """The texts of every child of that name."""
    return [text(child).strip() for child in children(info, name)]


def values(info: etree._Element, name: str) -> list[tuple[str, str]]:
    """(valueName, value) of eventCode or parameter; CAP 1.0 writes them as name=value."""
    found = []
    for child in children(info, name):
        key, value = child_text(child, "valueName"), child_text(child, "value")
        if not key and not len(child):
            key, _, value = (part.strip() for part in text(child).partition("="))
        found.append((key, value))
    return found


def worst(alert: Alert) -> etree._Element | None:
    """The info of the highest severity, the first of equals."""
    return max(
        alert.infos,
        key=lambda info: SEVERITY_LEVEL[child_text(info, "severity")],
        default=None,
    )
