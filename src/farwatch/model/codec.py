"""Nouns to and from JSON, the same everywhere: database columns, filters, API."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, TypeVar

from cattrs.preconf.json import make_converter

from farwatch.model.times import parse_utc

T = TypeVar("T")

_converter = make_converter()
_converter.register_structure_hook(datetime, lambda value, _: parse_utc(value))
_converter.register_unstructure_hook(datetime, lambda value: value.isoformat())
_converter.register_structure_hook(date, lambda value, _: date.fromisoformat(value))
# A measure is a number or a word; JSON already tells which.
_converter.register_structure_hook(float | str, lambda value, _: value)


def to_plain(noun: object) -> Any:
    """The noun as dicts, lists, strings and numbers; bytes become base85, times ISO 8601 UTC."""
    return _converter.unstructure(noun)


def from_plain(kind: type[T], plain: Any) -> T:
    """The noun back from `to_plain`'s shape; raises cattrs' ClassValidationError with the path."""
    return _converter.structure(plain, kind)
