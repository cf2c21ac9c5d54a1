"""Delivery rules: who of the recipients is told, how long they have, who decides; strict YAML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from farwatch.errors import SettingsError
from farwatch.model.protect import Alert, Route
from farwatch.model.recipient import PERSONAL
from farwatch.protect import strict
from farwatch.protect.reach import URGENCIES

ACTIONS = ("release", "edit", "hold")
IN_TURN, EACH = "in turn", "each"
DESK, SITES, RESTRICTED, ALL = "desk", "sites", "restricted", "all"


@dataclass(frozen=True, slots=True)
class TellRule:
    """Recipients of these roles hear of alerts to these audiences, from this severity on."""

    name: str
    audience: tuple[str, ...]
    roles: tuple[str, ...]
    in_turn: bool
    severity: int = 0


@dataclass(frozen=True, slots=True)
class Deadline:
    """Minutes to confirm and between channels, for alerts of these urgencies, routes, severity."""

    minutes: int
    channel_minutes: int
    urgency: tuple[str, ...] | None = None
    routes: tuple[str, ...] | None = None
    severity: int = 0

    def fits(self, alert: Alert) -> bool:
        """Whether it is this alert's."""
        return (
            alert.level >= self.severity
            and (self.urgency is None or alert.urgency in self.urgency)
            and (self.routes is None or alert.route.value in self.routes)
        )


@dataclass(frozen=True, slots=True)
class AuthorityRow:
    """These roles may do this for alerts up to this severity to these audiences."""

    roles: tuple[str, ...]
    severity: int
    audience: tuple[str, ...]
    may: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeliveryRules:
    """Everything delivery goes by."""

    tell: tuple[TellRule, ...]
    deadlines: tuple[Deadline, ...]
    channels: Mapping[str, tuple[str, ...]]
    supervisors: tuple[str, ...]
    keepers: tuple[str, ...]
    link_hours: int
    authority: tuple[AuthorityRow, ...]

    def deadline(self, alert: Alert) -> Deadline:
        """The first that fits; none that fits asks nobody."""
        return next((one for one in self.deadlines if one.fits(alert)), Deadline(0, 0))

    def may(self, action: str, role: str, severity: int, audience: str) -> bool:
        """Whether a role may decide this."""
        return any(
            action in row.may and role in row.roles and severity <= row.severity
            and (audience in row.audience or ALL in row.audience)
            for row in self.authority
        )  # fmt: skip


_TOP = ("tell", "deadlines", "channels", "supervisors", "keepers", "link_hours", "authority")


def parse_delivery(text: str, source: str) -> DeliveryRules:
    """The rules from YAML; raises SettingsError with the path and value of what is wrong."""
    plain = strict.load(text, source)
    strict.known(plain, _TOP, source)
    for key in _TOP:
        if key not in plain:
            raise SettingsError(f"{source}: {key!r} is missing")
    channels = strict.mapping(plain["channels"], f"{source}: channels")
    strict.known(channels, [route.value for route in Route], f"{source}: channels")
    return DeliveryRules(
        tell=tuple(_tell(part, path) for part, path in _parts(plain, "tell", source)),
        deadlines=tuple(_deadline(part, at) for part, at in _parts(plain, "deadlines", source)),
        channels={
            route.value: strict.words(
                channels.get(route.value, []), PERSONAL, f"{source}: channels.{route.value}"
            )
            for route in Route
        },
        supervisors=_texts(plain["supervisors"], f"{source}: supervisors"),
        keepers=_texts(plain["keepers"], f"{source}: keepers"),
        link_hours=_whole(plain["link_hours"], f"{source}: link_hours", least=1),
        authority=tuple(_authority(part, at) for part, at in _parts(plain, "authority", source)),
    )


@lru_cache(maxsize=1)
def builtin_delivery() -> DeliveryRules:
    """The rules that come with the program."""
    text = files("farwatch.protect").joinpath("rules/delivery.yaml").read_text(encoding="utf-8")
    return parse_delivery(text, "delivery.yaml")


def audience_of(group: str, restricted: str) -> str:
    """The audience that an alert's recipient group belongs to."""
    if group.startswith("site:"):
        return SITES
    return RESTRICTED if group == restricted else group


def _tell(part: dict[str, Any], path: str) -> TellRule:
    strict.known(part, ("name", "audience", "roles", "how", "severity"), path)
    how = strict.word(part.get("how"), (EACH, IN_TURN), f"{path}.how")
    return TellRule(
        name=_texts([part.get("name")], f"{path}.name")[0],
        audience=_texts(part.get("audience"), f"{path}.audience"),
        roles=_texts(part.get("roles"), f"{path}.roles"),
        in_turn=how == IN_TURN,
        severity=_whole(part.get("severity", 0), f"{path}.severity"),
    )


def _deadline(part: dict[str, Any], path: str) -> Deadline:
    strict.known(part, Deadline.__dataclass_fields__, path)
    return Deadline(
        minutes=_whole(part.get("minutes"), f"{path}.minutes"),
        channel_minutes=_whole(part.get("channel_minutes"), f"{path}.channel_minutes"),
        urgency=_words(part, "urgency", URGENCIES, path),
        routes=_words(part, "routes", tuple(route.value for route in Route), path),
        severity=_whole(part.get("severity", 0), f"{path}.severity"),
    )


def _authority(part: dict[str, Any], path: str) -> AuthorityRow:
    strict.known(part, AuthorityRow.__dataclass_fields__, path)
    return AuthorityRow(
        roles=_texts(part.get("roles"), f"{path}.roles"),
        severity=_whole(part.get("severity"), f"{path}.severity"),
        audience=_texts(part.get("audience"), f"{path}.audience"),
        may=strict.words(part.get("may"), ACTIONS, f"{path}.may"),
    )


def _parts(plain: Mapping[str, Any], key: str, source: str) -> list[tuple[dict[str, Any], str]]:
    value = plain[key]
    if not isinstance(value, list):
        raise SettingsError(f"{source}: {key} is {value!r}, not a list")
    paths = [f"{source}: {key}[{i}]" for i in range(len(value))]
    return [(strict.mapping(one, path), path) for one, path in zip(value, paths, strict=True)]


def _words(
    part: Mapping[str, Any], key: str, allowed: tuple[str, ...], path: str
) -> tuple[str, ...] | None:
    return strict.words(part[key], allowed, f"{path}.{key}") if key in part else None


def _texts(value: object, path: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        raise SettingsError(f"{path} is {value!r}, not a list of words")
    return tuple(value)


def _whole(value: object, path: str, *, least: float = 0) -> int:
    number = strict.number(value, path, least=least)
    if not number.is_integer():
        raise SettingsError(f"{path} is {value!r}, not a whole number")
    return int(number)
