"""Recipients and rotas from CSV or YAML: each row becomes one, or a Rejected that says why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from farwatch.errors import InputError, NotFound
from farwatch.model.recipient import LANGUAGES, PERSONAL, Recipient, Rota, Shift, StandIn
from farwatch.model.times import parse_utc
from farwatch.protect.rota import minute_of
from farwatch.protect.rows import read_rows
from farwatch.protect.sites import Rejected
from farwatch.world.codes import alpha2

_FIELDS = frozenset({
    "id", "name", "role", *PERSONAL, "language", "zone", "quiet_from", "quiet_to", "longest",
    "sites", "countries", "severity", "supervisor", "active",
})  # fmt: skip
_PHONE = re.compile(r"\+[1-9]\d{6,14}")
_MAIL = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+")
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_LIST = re.compile(r"[;,|\s]+")


@dataclass(frozen=True, slots=True)
class RecipientList:
    """What a file held: good recipients and rotas, and every rejected row."""

    recipients: tuple[Recipient, ...]
    rotas: tuple[Rota, ...]
    rejected: tuple[Rejected, ...]


class WrongValue(Exception):
    """One value of a row is wrong; its arguments are field, value, reason."""


def read_recipients(data: bytes, source: str) -> RecipientList:
    """The recipients (and, in YAML, rotas) of a file's bytes; nothing is guessed or skipped.

    A file named .yaml or .yml is a mapping of `recipients` and `rotas`, any other a table with one
    recipient a row. Line numbers of YAML count its entries. Raises InputError for what is neither.
    """
    rotas: list[tuple[int, Mapping[str, Any]]] = []
    if PurePath(source).suffix.lower() in {".yaml", ".yml"}:
        rows, rotas = _yaml(data, source)
    else:
        rows = _table(data, source)
    made, rejected = _each(rows, recipient)
    turns, more = _each(rotas, rota)
    recipients, twice = _once(made, [line for line, _ in rows])
    rejected += more + twice
    return RecipientList(
        tuple(recipients), tuple(one for _, one in turns),
        tuple(sorted(rejected, key=lambda one: one.line)),
    )  # fmt: skip


def recipient(row: Mapping[str, Any]) -> Recipient:
    """One recipient of plain values, as a form or a row gives them; raises WrongValue."""
    unknown = sorted(set(row) - _FIELDS)
    if unknown:
        raise WrongValue(unknown[0], str(row[unknown[0]]), "is no field of a recipient")
    addresses = {name: _address(name, _text(row, name)) for name in PERSONAL if _text(row, name)}
    if not addresses:
        raise WrongValue(
            ", ".join(PERSONAL), "", "are all empty: nothing could reach this recipient"
        )
    return Recipient(
        id=_needed(row, "id"), name=_text(row, "name") or _needed(row, "id"),
        role=_needed(row, "role").casefold(), addresses=addresses,
        language=_one_of(row, "language", LANGUAGES, "en"), zone=_zone(row), quiet=_quiet(row),
        longest=_longest(row), sites=tuple(_many(row, "sites")),
        countries=tuple(_country(one) for one in _many(row, "countries")),
        severity=_severity(row), supervisor=_text(row, "supervisor") or None,
        active=_one_of(row, "active", ("yes", "no", "true", "false"), "yes") in {"yes", "true"},
    )  # fmt: skip


def unknown_names(
    recipients: Iterable[Recipient], rotas: Iterable[Rota], sites: Iterable[str]
) -> list[str]:
    """Names that lead nowhere, as sentences: supervisors, persons of a rota, sites."""
    people = {one.id: one for one in recipients}
    known = set(sites)
    found = []
    for one in people.values():
        if one.supervisor and one.supervisor not in people:
            found.append(f"{one.id}: supervisor {one.supervisor!r} is no recipient")
        found += [f"{one.id}: site {site!r} is not in our care" for site in one.sites
                  if site not in known]  # fmt: skip
    for turns in rotas:
        named = {s.person for s in turns.shifts} | {s.by for s in turns.stand_ins}
        found += [
            f"rota {turns.name}: {name!r} is no recipient" for name in sorted(named - {*people})
        ]
    return found


def _yaml(
    data: bytes, source: str
) -> tuple[list[tuple[int, Mapping[str, Any]]], list[tuple[int, Mapping[str, Any]]]]:
    try:
        plain = yaml.safe_load(data.decode("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(source, f"is not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(plain, dict) or set(plain) - {"recipients", "rotas"}:
        raise InputError(source, "is no mapping of recipients and rotas")
    return _entries(plain, "recipients", source), _entries(plain, "rotas", source)


def _entries(plain: Mapping[str, Any], key: str, source: str) -> list[tuple[int, Any]]:
    value = plain.get(key) or []
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise InputError(source, f"{key} is not a list of mappings")
    return list(enumerate(value, 1))


def _table(data: bytes, source: str) -> list[tuple[int, Mapping[str, Any]]]:
    table = read_rows(data, source)
    names = [name.strip().casefold().replace(" ", "_") for name in table.header]
    for name in names:
        if name not in _FIELDS:
            reason = f"is no column of recipients; they are {', '.join(sorted(_FIELDS))}"
            raise InputError(source, reason, field="column", value=name)
    rows: list[tuple[int, Mapping[str, Any]]] = []
    for line, values in table.rows:
        row = dict(zip(names, values, strict=False))
        if len(values) != len(names):
            row = {"row": f"{len(values)} fields, {len(names)} in the header"}
        rows.append((line, row))
    return rows


def _each(
    rows: Sequence[tuple[int, Mapping[str, Any]]], make: Any
) -> tuple[list[tuple[int, Any]], list[Rejected]]:
    made, rejected = [], []
    for line, row in rows:
        try:
            made.append((line, make(row)))
        except WrongValue as wrong:
            rejected.append(Rejected(line, *wrong.args))
    return made, rejected


def _once(
    made: Sequence[tuple[int, Recipient]], lines: Sequence[int]
) -> tuple[list[Recipient], list[Rejected]]:
    seen: dict[str, int] = {}
    kept, rejected = [], []
    for line, one in made:
        if one.id in seen:
            rejected.append(Rejected(line, "id", one.id, f"stands on line {seen[one.id]} already"))
            continue
        seen[one.id] = line
        kept.append(one)
    return kept, rejected


def _text(row: Mapping[str, Any], field: str) -> str:
    value = row.get(field)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value).strip()


def _needed(row: Mapping[str, Any], field: str) -> str:
    text = _text(row, field)
    if not text:
        raise WrongValue(field, "", "is missing")
    return text


def _one_of(row: Mapping[str, Any], field: str, allowed: Sequence[str], missing: str) -> str:
    text = _text(row, field) or missing
    for one in allowed:
        if text.casefold() == one.casefold():
            return one
    raise WrongValue(field, text, f"is none of {', '.join(allowed)}")


def _many(row: Mapping[str, Any], field: str) -> list[str]:
    value = row.get(field)
    if isinstance(value, list):
        return [str(one) for one in value]
    return [one for one in _LIST.split(_text(row, field)) if one]


def _address(channel: str, text: str) -> str:
    if channel in {"sms", "voice"}:
        plain = re.sub(r"[\s().-]", "", text)
        if not _PHONE.fullmatch(plain):
            raise WrongValue(channel, text, "is no international number such as +260211123456")
        return plain
    if channel == "email" and not (_MAIL.fullmatch(text) and text.isprintable()):
        raise WrongValue(channel, text, "is no e-mail address")
    if channel == "chat" and not re.match(r"[a-z]+s?://\S", text):
        raise WrongValue(
            channel, text.partition("://")[0], "is no Apprise address such as matrixs://…"
        )
    return text


def _zone(row: Mapping[str, Any], field: str = "zone") -> str:
    text = _text(row, field) or "UTC"
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise WrongValue(field, text, "is no zone such as Europe/Paris") from error
    return text


def _quiet(row: Mapping[str, Any]) -> tuple[str, str] | None:
    start, end = _text(row, "quiet_from"), _text(row, "quiet_to")
    if not start and not end:
        return None
    for field, text in (("quiet_from", start), ("quiet_to", end)):
        if not _CLOCK.fullmatch(text):
            raise WrongValue(field, text, "is no time in quotes such as '22:00'")
    return start, end


def _longest(row: Mapping[str, Any]) -> dict[str, int]:
    """Most characters by channel: a mapping, or "sms=140 email=2000"."""
    value = row.get("longest")
    pairs = value.items() if isinstance(value, dict) else [
        (one.partition("=")[0], one.partition("=")[2]) for one in _many(row, "longest")
    ]  # fmt: skip
    found = {}
    for channel, number in pairs:
        if channel not in PERSONAL or not str(number).isdigit() or int(number) < 70:
            raise WrongValue(
                "longest", f"{channel}={number}", "is not channel=characters, at least 70"
            )
        found[str(channel)] = int(number)
    return found


def _country(text: str) -> str:
    try:
        return alpha2(text)
    except NotFound as error:
        raise WrongValue("countries", text, "is no country code or name") from error


def _severity(row: Mapping[str, Any]) -> int:
    text = _text(row, "severity") or "1"
    if text not in {"1", "2", "3", "4", "5"}:
        raise WrongValue("severity", text, "is none of 1 to 5")
    return int(text)


def rota(row: Mapping[str, Any]) -> Rota:
    """One rota of plain values; raises WrongValue."""
    unknown = sorted(set(row) - {"name", "role", "zone", "shifts", "stand_ins"})
    if unknown:
        raise WrongValue(unknown[0], str(row[unknown[0]]), "is no field of a rota")
    return Rota(
        name=_needed(row, "name"), role=_needed(row, "role").casefold(), zone=_zone(row),
        shifts=tuple(_shift(one) for one in row.get("shifts") or ()),
        stand_ins=tuple(_stand_in(one) for one in row.get("stand_ins") or ()),
    )  # fmt: skip


def _shift(one: Mapping[str, Any]) -> Shift:
    try:
        return Shift(str(one["person"]), minute_of(str(one["from"])), minute_of(str(one["to"])))
    except (KeyError, TypeError) as error:
        raise WrongValue("shifts", str(one), "needs person, from and to") from error
    except ValueError as error:
        raise WrongValue("shifts", str(one), str(error)) from error


def _stand_in(one: Mapping[str, Any]) -> StandIn:
    try:
        start, end = parse_utc(str(one["from"])), parse_utc(str(one["to"]))
        return StandIn(str(one["absent"]), str(one["by"]), start, end)
    except (KeyError, TypeError) as error:
        raise WrongValue("stand_ins", str(one), "needs absent, by, from and to") from error
    except ValueError as error:
        raise WrongValue("stand_ins", str(one), "holds no ISO 8601 time with a zone") from error
