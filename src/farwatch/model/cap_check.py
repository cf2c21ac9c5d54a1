"""The strict check of a CAP alert, versions 1.0, 1.1 and 1.2: the schema's verdict, in words.

The tables below say what the OASIS schemas say: which elements stand in which order, how often, and
what each may hold. The tests compare the verdict with those schemas over real and mutated alerts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from lxml import etree

from farwatch.model.safe_xml import local, namespace, parse, text

NAMESPACES = {
    "http://www.incident.com/cap/1.0": "1.0",
    "urn:oasis:names:tc:emergency:cap:1.1": "1.1",
    "urn:oasis:names:tc:emergency:cap:1.2": "1.2",
}
SIGNATURE = "http://www.w3.org/2000/09/xmldsig#"
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"

STATUS = ("Actual", "Exercise", "System", "Test", "Draft")
MSG_TYPE = ("Alert", "Update", "Cancel", "Ack", "Error")
SCOPE = ("Public", "Restricted", "Private")
URGENCY = ("Immediate", "Expected", "Future", "Past", "Unknown")
SEVERITY = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
CERTAINTY = ("Observed", "Likely", "Possible", "Unlikely", "Unknown")
_CERTAINTY_10 = ("Very Likely", "Likely", "Possible", "Unlikely", "Unknown")
RESPONSE_TYPE = (
    *("Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear"),
    "None",
)
_RESPONSE_11 = tuple(word for word in RESPONSE_TYPE if word not in ("Avoid", "AllClear"))
CATEGORY = (
    *("Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport"),
    *("Infra", "CBRNE", "Other"),
)
_CATEGORY_10 = tuple(word for word in CATEGORY if word != "CBRNE")

MANY = 10**9


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing wrong with an alert: where (a path), what stands there, what is wrong with it."""

    path: str
    reason: str
    value: str | None = None

    def __str__(self) -> str:
        shown = "" if self.value is None else f" {self.value[:80]!r}"
        return f"{self.path}{shown} {self.reason}"


@dataclass(frozen=True, slots=True)
class Rule:
    """One element of a sequence: its name, what it holds, how often it stands."""

    name: str
    holds: str | frozenset[str] | tuple[Rule, ...] = "string"
    least: int = 0
    most: int = 1


def _words(name: str, words: tuple[str, ...], least: int = 1, most: int = 1) -> Rule:
    return Rule(name, frozenset(words), least, most)


_PAIR = (Rule("valueName", least=1), Rule("value", least=1))


def _info(version: str) -> tuple[Rule, ...]:
    old = version == "1.0"
    coded: str | tuple[Rule, ...] = "string" if old else _PAIR
    time = "offset_time" if version == "1.2" else "time"
    number = "decimal" if version == "1.2" else "string"
    resource = (
        Rule("resourceDesc", least=1),
        Rule("mimeType", least=1 if version == "1.2" else 0),
        Rule("size", "integer"),
        Rule("uri", "uri"),
        *(() if old else (Rule("derefUri"),)),
        Rule("digest"),
    )
    area = (
        Rule("areaDesc", least=1),
        Rule("polygon", most=MANY),
        Rule("circle", most=MANY),
        Rule("geocode", coded, most=MANY),
        Rule("altitude", number),
        Rule("ceiling", number),
    )
    response = RESPONSE_TYPE if version == "1.2" else _RESPONSE_11
    return (
        Rule("language", "language"),
        _words("category", _CATEGORY_10 if old else CATEGORY, 0 if old else 1, MANY),
        Rule("event", least=1),
        *(() if old else (_words("responseType", response, 0, MANY),)),
        _words("urgency", URGENCY),
        _words("severity", SEVERITY),
        _words("certainty", _CERTAINTY_10 if old else CERTAINTY),
        Rule("audience"),
        Rule("eventCode", coded, most=MANY),
        *(Rule(name, time) for name in ("effective", "onset", "expires")),
        *(Rule(name) for name in ("senderName", "headline", "description", "instruction")),
        Rule("web", "uri"),
        Rule("contact"),
        Rule("parameter", coded, most=MANY),
        Rule("resource", resource, most=MANY),
        Rule("area", area, most=MANY),
    )


def _alert(version: str) -> tuple[Rule, ...]:
    old = version == "1.0"
    return (
        Rule("identifier", least=1),
        Rule("sender", least=1),
        Rule("sent", "offset_time" if version == "1.2" else "time", least=1),
        _words("status", STATUS[:-1] if old else STATUS),
        _words("msgType", MSG_TYPE),
        *((Rule("password"),) if old else ()),
        Rule("source"),
        _words("scope", SCOPE, 0 if old else 1),
        Rule("restriction"),
        Rule("addresses"),
        Rule("code", most=MANY),
        *(Rule(name) for name in ("note", "references", "incidents")),
        Rule("info", _info(version), most=MANY),
    )


ALERT: Mapping[str, tuple[Rule, ...]] = {name: _alert(name) for name in NAMESPACES.values()}


def version(alert: etree._Element) -> str | None:
    """ "1.0", "1.1" or "1.2" by the alert's namespace; None where it is none of them."""
    return NAMESPACES.get(namespace(alert))


def check(alert: etree._Element | bytes) -> list[Violation]:
    """Everything wrong with an alert, in document order; empty means that it is valid.

    The verdict is that of the OASIS schema of the alert's own version. Polygons, circles,
    references and identifiers are plain strings to the schema, so their form is not judged here.
    """
    if isinstance(alert, bytes):
        try:
            alert = parse(alert)
        except ValueError as error:
            return [Violation("alert", str(error))]
    known = version(alert)
    if local(alert) != "alert" or known is None:
        return [Violation("alert", "is no alert of CAP 1.0, 1.1 or 1.2", str(alert.tag))]
    return list(_sequence(alert, ALERT[known], "alert", signed=known == "1.2"))


def _sequence(
    element: etree._Element, rules: tuple[Rule, ...], path: str, *, signed: bool = False
) -> Iterator[Violation]:
    """Children of `element` against the rules in order; the first misplaced child ends it."""
    yield from _attributes(element, path)
    if text(element).strip(" \t\r\n"):
        yield Violation(path, "holds text between its elements", text(element).strip())
    space, at, count = namespace(element), 0, 0
    for child in element.iterchildren(tag=etree.Element):
        name = local(child) if namespace(child) == space else str(child.tag)
        if signed and namespace(child) == SIGNATURE and not _missing(rules, at, count):
            at, count = len(rules), 0
            continue
        ahead = _advance(rules, at, count, name)
        if ahead is None:
            yield Violation(f"{path}/{name}", _misplaced(rules, at, count))
            return
        count = count + 1 if ahead == at else 1
        at = ahead
        where = f"{path}/{name}" + (f"[{count}]" if rules[at].most > 1 else "")
        yield from _content(child, rules[at], where)
    missing = _missing(rules, at, count)
    if missing:
        yield Violation(path, f"lacks {missing}")


def _advance(rules: tuple[Rule, ...], at: int, count: int, name: str) -> int | None:
    """Index of the rule that takes `name` next, or None where it may not stand."""
    while at < len(rules):
        rule = rules[at]
        if rule.name == name:
            return at if count < rule.most else None
        if count < rule.least:
            return None
        at, count = at + 1, 0
    return None


def _missing(rules: tuple[Rule, ...], at: int, count: int) -> str | None:
    if at < len(rules) and count < rules[at].least:
        return rules[at].name
    return next((rule.name for rule in rules[at + 1 :] if rule.least), None)


def _misplaced(rules: tuple[Rule, ...], at: int, count: int) -> str:
    missing = _missing(rules, at, count)
    return f"stands where {missing} must come first" if missing else "may not stand here"


def _attributes(element: etree._Element, path: str) -> Iterator[Violation]:
    for name, value in element.attrib.items():
        if name not in (f"{_XSI}schemaLocation", f"{_XSI}noNamespaceSchemaLocation"):
            yield Violation(f"{path}/@{name!s}", "is an attribute CAP does not have", str(value))


def _content(element: etree._Element, rule: Rule, path: str) -> Iterator[Violation]:
    if isinstance(rule.holds, tuple):
        yield from _sequence(element, rule.holds, path)
        return
    yield from _attributes(element, path)
    nested = next(element.iterchildren(tag=etree.Element), None)
    if nested is not None:
        yield Violation(f"{path}/{local(nested)}", "stands where only text may stand")
        return
    value = text(element)
    if isinstance(rule.holds, frozenset):
        if value not in rule.holds:
            yield Violation(path, f"is none of {', '.join(sorted(rule.holds))}", value)
    elif not SIMPLE[rule.holds](value):
        yield Violation(path, f"is no {rule.holds.replace('_', ' ')}", value)


_TIME = re.compile(
    r"-?(?P<year>[1-9]\d{3,}|0\d{3})-(?P<month>\d\d)-(?P<day>\d\d)"
    r"T(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?P<fraction>\.\d+)?"
    r"(?P<zone>Z|[+-](?P<zh>\d\d):(?P<zm>\d\d))?\Z",
    re.ASCII,
)
_OFFSET = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d\Z", re.ASCII)
# URI reference of RFC 3986, with characters of every script let through as XML Schema does.
_URI = re.compile(
    r"(?:[A-Za-z][A-Za-z0-9+.-]*:|(?![^/?#]*:))"  # without a scheme, no colon in the first part
    r"(?://(?:(?:{c}|:)*@)?(?:\[[^\]/?#]*\]|{c}*)(?::\d*)?(?=[/?#]|\Z)|(?!//))"
    r"(?:{c}|[:@/])*(?:\?(?:{c}|[:@/?])*)?(?:\#(?:{c}|[:@/?\[\]])*)?\Z".replace(
        "{c}", r"(?:[^/?#\[\]@:%]|%[0-9A-Fa-f]{2})"
    ),
    re.ASCII,
)


def _collapsed(value: str) -> str:
    return re.sub(r"[ \t\r\n]+", " ", value).strip(" ")


def _is_time(value: str) -> bool:
    """A dateTime of XML Schema 1.0: any zone or none, a day that exists, 24:00:00 allowed."""
    found = _TIME.match(_collapsed(value))
    if not found:
        return False
    year, month, day = (int(found[part]) for part in ("year", "month", "day"))
    hour, minute, second = (int(found[part]) for part in ("hour", "minute", "second"))
    zone = int(found["zh"] or 0) * 60 + int(found["zm"] or 0)
    midnight = hour == 24 and not (minute or second or (found["fraction"] or "").strip(".0"))
    clock = (hour < 24 or midnight) and minute < 60 and second < 60
    return (
        year > 0
        and clock
        and zone <= 14 * 60
        and int(found["zm"] or 0) < 60
        and _day(year, month, day)
    )


def _day(year: int, month: int, day: int) -> bool:
    try:
        date(2000 + year % 400, month, day)  # the calendar repeats every 400 years
    except ValueError:
        return False
    return True


SIMPLE: Mapping[str, Callable[[str], bool]] = {
    "string": lambda value: True,
    "time": _is_time,
    "offset_time": lambda value: bool(_OFFSET.match(_collapsed(value))) and _is_time(value),
    # an empty language takes the schema's default, en-US
    "language": lambda value: (
        not value
        or bool(re.match(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*\Z", _collapsed(value), re.ASCII))
    ),
    "integer": lambda value: bool(re.match(r"[+-]?\d+\Z", _collapsed(value), re.ASCII)),
    "decimal": lambda value: bool(
        re.match(r"[+-]?(\d+(\.\d*)?|\.\d+)\Z", _collapsed(value), re.ASCII)
    ),
    "uri": lambda value: bool(_URI.match(_collapsed(value))),
}
