"""YAML mappings read strictly: an unknown, missing or ill-typed key is an error with its path."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from farwatch.errors import SettingsError


def load(text: str, source: str) -> dict[str, Any]:
    """The YAML mapping in `text`; raises SettingsError naming `source`."""
    try:
        plain = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise SettingsError(f"{source} is not YAML: {error}") from error
    return mapping(plain, source)


def mapping(value: object, path: str) -> dict[str, Any]:
    """`value` as a dict with string keys."""
    if not isinstance(value, dict):
        raise SettingsError(f"{path} is {value!r}, not a mapping")
    return {str(key): item for key, item in value.items()}


def known(plain: Mapping[str, Any], keys: Iterable[str], path: str) -> None:
    """Refuse a key that nothing reads: it is a typing error or a wish nobody fulfils."""
    allowed = sorted(keys)
    for key in plain:
        if key not in allowed:
            raise SettingsError(f"{path}: {key!r} is unknown; known are {', '.join(allowed)}")


def number(value: object, path: str, *, least: float = 0.0) -> float:
    """`value` as a float of at least `least`."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= least:
        raise SettingsError(f"{path} is {value!r}, not a number of at least {least:g}")
    return float(value)


def flag(value: object, path: str) -> bool:
    """`value` as a bool."""
    if not isinstance(value, bool):
        raise SettingsError(f"{path} is {value!r}, neither true nor false")
    return value


def word(value: object, allowed: Iterable[str], path: str) -> str:
    """`value` as one of the allowed words."""
    options = list(allowed)
    if value not in options:
        raise SettingsError(f"{path} is {value!r}; it is one of {', '.join(options)}")
    return str(value)


def words(value: object, allowed: Iterable[str], path: str) -> tuple[str, ...]:
    """`value` as a list of allowed words."""
    if not isinstance(value, list):
        raise SettingsError(f"{path} is {value!r}, not a list")
    options = list(allowed)
    return tuple(word(item, options, f"{path}[{i}]") for i, item in enumerate(value))


def by_severity(value: object, path: str, *, severities: Iterable[int]) -> dict[int, float]:
    """A mapping severity -> number that names every one of `severities` and no other."""
    plain = value if isinstance(value, dict) else {}
    wanted = list(severities)
    if sorted(plain, key=str) != sorted(wanted, key=str):
        raise SettingsError(f"{path} is {value!r}; it needs a number for each severity {wanted}")
    return {key: number(plain[key], f"{path}.{key}") for key in wanted}
