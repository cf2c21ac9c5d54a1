"""Rules: who is told how loudly and what may leave the desk; read from `rules/alerts.yaml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from functools import lru_cache
from importlib.resources import files
from typing import Any

from farwatch.errors import SettingsError
from farwatch.model.kinds import Kind
from farwatch.model.protect import Route
from farwatch.protect import strict
from farwatch.protect.reach import URGENCIES, ReachTable, builtin_reach

_KINDS = tuple(kind.value for kind in Kind)
_CAP_SEVERITIES = ("Minor", "Moderate", "Severe", "Extreme")


@dataclass(frozen=True, slots=True)
class When:
    """What an exposure must be like. None: anything."""

    kinds: tuple[str, ...] | None = None
    severity: int = 0
    level: int = 0
    within_km: float | None = None
    tiers: tuple[int, ...] | None = None
    own_site: bool | None = None
    official: bool | None = None
    urgency: tuple[str, ...] | None = None
    credibility: int = 6


@dataclass(frozen=True, slots=True)
class RouteRule:
    """The first of these that fits decides; `route` None is silence."""

    name: str
    when: When
    route: Route | None


@dataclass(frozen=True, slots=True)
class FeedRelease:
    """A named official feed's event of these kinds (None: any) and severity is released."""

    kinds: tuple[str, ...] | None
    severity: int


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours in which a recipient is spared what can wait; `offset_hours` local minus UTC."""

    start: time
    end: time
    offset_hours: float


@dataclass(frozen=True, slots=True)
class RecipientRule:
    """A group. `name` may hold {site}: one group a site. Tiers None: all."""

    name: str
    before_release: bool = False
    severity: int = 0
    tiers: tuple[int, ...] | None = None
    kinds: tuple[str, ...] | None = None
    quiet: Quiet | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything `decide` goes by.

    `auto_release` names the official feeds (source ids) whose alerts may reach recipients
    unreleased, `exercise` says that this desk is an exercise: the caller sets both.
    """

    routes: tuple[RouteRule, ...]
    interrupt_probability: Mapping[int, float]
    interrupt_credibility: int
    level_at_least: int
    level_up_by: int
    release_credibility: int
    release_origins: int
    feed_releases: tuple[FeedRelease, ...]
    own_site_severity: int
    own_site_credibility: int
    own_site_except: tuple[str, ...]
    recipients: tuple[RecipientRule, ...]
    restricted: str
    quiet_severities: tuple[str, ...]
    quiet_urgencies: tuple[str, ...]
    reach: ReachTable
    auto_release: frozenset[str] = frozenset()
    exercise: bool = False


_TOP = (
    "routes", "interrupt", "level_change", "release", "recipients", "restricted", "quiet",
)  # fmt: skip


def parse_rules(text: str, source: str, reach: ReachTable | None = None) -> Rules:
    """The rules from YAML; raises SettingsError with the path and value of what is wrong."""
    plain = strict.load(text, source)
    strict.known(plain, _TOP, source)
    for key in _TOP:
        if key not in plain:
            raise SettingsError(f"{source}: {key!r} is missing")
    interrupt = _part(plain, "interrupt", ("probability", "credibility"), source)
    level = _part(plain, "level_change", ("at_least", "or_up_by"), source)
    release = _part(plain, "release", ("credibility", "origins", "feeds", "own_site"), source)
    own = _part(release, "own_site", ("severity", "credibility", "except"), f"{source}: release")
    quiet = _part(plain, "quiet", ("severities", "urgencies"), source)
    recipients = _list(plain["recipients"], f"{source}: recipients")
    return Rules(
        routes=_routes(plain["routes"], f"{source}: routes"),
        interrupt_probability=strict.by_severity(
            interrupt.get("probability"),
            f"{source}: interrupt.probability",
            severities=(2, 3, 4, 5),
        ),
        interrupt_credibility=_integer(interrupt, "credibility", f"{source}: interrupt"),
        level_at_least=_integer(level, "at_least", f"{source}: level_change"),
        level_up_by=_integer(level, "or_up_by", f"{source}: level_change"),
        release_credibility=_integer(release, "credibility", f"{source}: release"),
        release_origins=_integer(release, "origins", f"{source}: release"),
        feed_releases=_feeds(release.get("feeds"), f"{source}: release.feeds"),
        own_site_severity=_integer(own, "severity", f"{source}: release.own_site"),
        own_site_credibility=_integer(own, "credibility", f"{source}: release.own_site"),
        own_site_except=strict.words(
            own.get("except", []), _KINDS, f"{source}: release.own_site.except"
        ),
        recipients=tuple(
            _recipient(item, f"{source}: recipients[{i}]") for i, item in enumerate(recipients)
        ),
        restricted=_text(plain["restricted"], f"{source}: restricted"),
        quiet_severities=strict.words(
            quiet.get("severities"), _CAP_SEVERITIES, f"{source}: quiet.severities"
        ),
        quiet_urgencies=strict.words(
            quiet.get("urgencies"), URGENCIES, f"{source}: quiet.urgencies"
        ),
        reach=reach or builtin_reach(),
    )


@lru_cache(maxsize=1)
def builtin_rules() -> Rules:
    """The rules that come with the program: the desk always, a site's contacts once released."""
    text = files("farwatch.protect").joinpath("rules/alerts.yaml").read_text(encoding="utf-8")
    return parse_rules(text, "alerts.yaml")


def _routes(value: object, path: str) -> tuple[RouteRule, ...]:
    rules = []
    for i, item in enumerate(_list(value, path)):
        part = strict.mapping(item, f"{path}[{i}]")
        strict.known(part, ("name", "when", "route"), f"{path}[{i}]")
        route = strict.word(part.get("route"), ("I", "II", "III", "none"), f"{path}[{i}].route")
        rules.append(
            RouteRule(
                name=_text(part.get("name"), f"{path}[{i}].name"),
                when=_when(part.get("when"), f"{path}[{i}].when"),
                route=None if route == "none" else Route(route),
            )
        )
    return tuple(rules)


def _when(value: object, path: str) -> When:
    part = strict.mapping(value, path)
    strict.known(part, When.__dataclass_fields__, path)
    return When(
        kinds=_words(part, "kinds", _KINDS, path),
        severity=_integer(part, "severity", path, missing=0),
        level=_integer(part, "level", path, missing=0),
        within_km=strict.number(part["within_km"], f"{path}.within_km")
        if "within_km" in part
        else None,
        tiers=_tiers(part, path),
        own_site=_flag(part, "own_site", path),
        official=_flag(part, "official", path),
        urgency=_words(part, "urgency", URGENCIES, path),
        credibility=_integer(part, "credibility", path, missing=6),
    )


def _feeds(value: object, path: str) -> tuple[FeedRelease, ...]:
    found = []
    for i, item in enumerate(_list(value, path)):
        part = strict.mapping(item, f"{path}[{i}]")
        strict.known(part, ("kinds", "severity"), f"{path}[{i}]")
        kinds = _words(part, "kinds", _KINDS, f"{path}[{i}]")
        found.append(FeedRelease(kinds, _integer(part, "severity", f"{path}[{i}]")))
    return tuple(found)


def _recipient(value: object, path: str) -> RecipientRule:
    part = strict.mapping(value, path)
    strict.known(part, RecipientRule.__dataclass_fields__, path)
    name = _text(part.get("name"), f"{path}.name")
    if re.findall(r"{(?!site})", name):
        raise SettingsError(f"{path}.name is {name!r}; the only field it may hold is {{site}}")
    return RecipientRule(
        name=name,
        before_release=_flag(part, "before_release", path) or False,
        severity=_integer(part, "severity", path, missing=0),
        tiers=_tiers(part, path),
        kinds=_words(part, "kinds", _KINDS, path),
        quiet=_quiet(part.get("quiet"), f"{path}.quiet"),
    )


def _quiet(value: object, path: str) -> Quiet | None:
    if value is None:
        return None
    part = strict.mapping(value, path)
    strict.known(part, ("from", "to", "utc_offset_hours"), path)
    offset = strict.number(part.get("utc_offset_hours", 0), f"{path}.utc_offset_hours", least=-14)
    return Quiet(_clock(part.get("from"), path), _clock(part.get("to"), path), offset)


def _clock(value: object, path: str) -> time:
    # Without quotes YAML reads 22:00 as the number 1320, which is a time of its own: 13:20.
    if not isinstance(value, str) or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value, re.ASCII):
        raise SettingsError(f"{path} is {value!r}, not a time in quotes such as '22:00'")
    return time.fromisoformat(value)


def _part(plain: Mapping[str, Any], key: str, keys: tuple[str, ...], path: str) -> dict[str, Any]:
    part = strict.mapping(plain.get(key), f"{path}: {key}")
    strict.known(part, keys, f"{path}: {key}")
    return part


def _list(value: object, path: str) -> list[Any]:
    if not isinstance(value, list):
        raise SettingsError(f"{path} is {value!r}, not a list")
    return value


def _text(value: object, path: str) -> str:
    if not isinstance(value, str) or not value:
        raise SettingsError(f"{path} is {value!r}, not a text")
    return value


def _integer(part: Mapping[str, Any], key: str, path: str, missing: int | None = None) -> int:
    if key not in part and missing is not None:
        return missing
    value = strict.number(part.get(key), f"{path}.{key}")
    if not value.is_integer():
        raise SettingsError(f"{path}.{key} is {value!r}, not a whole number")
    return int(value)


def _flag(part: Mapping[str, Any], key: str, path: str) -> bool | None:
    return strict.flag(part[key], f"{path}.{key}") if key in part else None


def _words(
    part: Mapping[str, Any], key: str, allowed: tuple[str, ...], path: str
) -> tuple[str, ...] | None:
    return strict.words(part[key], allowed, f"{path}.{key}") if key in part else None


def _tiers(part: Mapping[str, Any], path: str) -> tuple[int, ...] | None:
    if "tiers" not in part:
        return None
    tiers = _list(part["tiers"], f"{path}.tiers")
    return tuple(int(strict.number(tier, f"{path}.tiers", least=1)) for tier in tiers)
