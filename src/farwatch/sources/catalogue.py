"""The catalogue: every source's YAML, read strictly. The file's name is the registration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields
from datetime import date
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import yaml

from farwatch.errors import NotFound, TermsError
from farwatch.model.grade import RELIABILITY
from farwatch.model.terms import Limits, Source, Terms
from farwatch.sources import FORMATS
from farwatch.world.codes import alpha2

BUILT_IN = Path(__file__).parent / "terms"

SOURCE_CLASSES = ("global_news", "local_news", "official", "staff", "data")
REDISTRIBUTION = ("yes", "attribution", "no")
PERSONAL_DATA = ("none", "incidental", "staff")
COVERS = ("country", "admin1", "site", "place")

T = TypeVar("T", Source, Terms, Limits)


def load(folder: Path | None = None) -> dict[str, Source]:
    """Every source of a folder of YAML files (default: the built-in ones), by id, sorted.

    Raises TermsError naming the source and the field for a field that is unknown, missing or of
    a bad value, for an id that is not the file's name, and for a folder that does not exist.
    """
    folder = BUILT_IN if folder is None else folder
    if not folder.is_dir():
        raise TermsError(f"folder of sources {str(folder)!r} does not exist")
    return {path.stem: load_file(path) for path in sorted(folder.glob("*.yaml"))}


def load_file(path: Path) -> Source:
    """One source's YAML; raises TermsError as `load` does."""
    plain = _parsed(path)
    source = _noun(Source, plain, path.stem, "")
    if source.id != path.stem:
        raise _wrong(path.stem, "id", source.id, f"is not the file's name {path.stem!r}")
    return source


# Written in C where there is one: seven times as fast, and every start reads the catalogue.
_SafeLoader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _StrictLoader(_SafeLoader):  # type: ignore[misc,valid-type]  # chosen at run time
    """YAML in which a repeated key is an error, not a silent overwriting."""


def _mapping(loader: _StrictLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [loader.construct_object(key) for key, _ in node.value]
    for key in keys:
        if keys.count(key) > 1:
            raise yaml.constructor.ConstructorError(
                None, None, f"repeated key {key!r}", node.start_mark
            )
    return dict(loader.construct_mapping(node, deep=True))


_StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def _parsed(path: Path) -> Mapping[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
        plain = yaml.load(text, Loader=_StrictLoader)  # noqa: S506 (a SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError, OSError, ValueError, TypeError) as error:
        said = " ".join(str(error).split())
        raise TermsError(f"source {path.stem!r}: its file is no YAML: {said}") from error
    if not isinstance(plain, dict):
        raise TermsError(f"source {path.stem!r}: its file holds no fields")
    return plain


def _noun(kind: type[T], plain: object, source: str, within: str) -> T:
    """A dataclass from a mapping whose keys are exactly its fields."""
    if not isinstance(plain, Mapping):
        raise _wrong(source, within.rstrip("."), plain, "holds no fields")
    known = {field.name: field for field in fields(kind)}
    for name in plain:
        if name not in known:
            raise TermsError(f"source {source!r}: field {within + str(name)!r} is unknown")
    for name, field in known.items():
        if name not in plain and field.default is MISSING:
            raise TermsError(f"source {source!r}: field {within + name!r} is missing")
    values: dict[str, Any] = {
        name: _value(known[name], value, source, within) for name, value in plain.items()
    }
    return kind(**values)


def _value(field: Field[Any], value: object, source: str, within: str) -> object:
    if field.name == "terms":
        return _noun(Terms, value, source, "terms.")
    if field.name == "limits":
        return _noun(Limits, value, source, "limits.")
    name = within + field.name
    shaped = _TYPES[str(field.type)](value)
    if shaped is _BAD:
        raise _wrong(source, name, value, f"is not {_WORDS[str(field.type)]}")
    why = _RULES[name](shaped) if name in _RULES else None
    if why:
        raise _wrong(source, name, value, why)
    return shaped


def _wrong(source: str, field: str, value: object, why: str) -> TermsError:
    return TermsError(f"source {source!r}: {field} {value!r} {why}")


_BAD: Any = object()


def _text(value: object) -> Any:
    return value.strip() if isinstance(value, str) else _BAD


def _flag(value: object) -> Any:
    return value if isinstance(value, bool) else _BAD


def _whole(value: object) -> Any:
    return value if isinstance(value, int) and not isinstance(value, bool) else _BAD


def _number(value: object) -> Any:
    good = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if good and 0 <= float(value) < float("inf") else _BAD  # type: ignore[arg-type]


def _day(value: object) -> Any:
    # YAML reads 2026-01-31 as a date; a time would be a datetime, which is a date too
    return value if type(value) is date else _BAD


def _texts(value: object) -> Any:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        return _BAD
    return tuple(value)


def _pair(value: object) -> Any:
    if not isinstance(value, list) or len(value) != 2:
        return _BAD
    numbers = tuple(_number(one) for one in value)
    return _BAD if _BAD in numbers else numbers


def _optional_number(value: object) -> Any:
    return None if value is None else _number(value)


_TYPES: dict[str, Callable[[object], Any]] = {
    "str": _text,
    "bool": _flag,
    "int": _whole,
    "float": _number,
    "date": _day,
    "tuple[str, ...]": _texts,
    "tuple[float, float]": _pair,
    "float | None": _optional_number,
}
_WORDS = {
    "str": "text",
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number of zero or more",
    "date": "a date like 2026-01-31",
    "tuple[str, ...]": "a list of texts",
    "tuple[float, float]": "a list of two numbers, low and high",
    "float | None": "a number of zero or more, nor null",
}


def _one_of(*words: str) -> Callable[[Any], str | None]:
    return lambda value: None if value in words else f"is none of {', '.join(words)}"


def _filled(value: str) -> str | None:
    return None if value else "is empty"


def _positive(value: float) -> str | None:
    return None if value > 0 else "is not more than zero"


def _countries(value: tuple[str, ...]) -> str | None:
    for code in value:
        try:
            known = alpha2(code)
        except NotFound:
            known = ""
        if known != code:
            return f"holds {code!r}, no ISO alpha-2 code"
    return None


def _urls(value: tuple[str, ...]) -> str | None:
    for url in value:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            return f"holds {url!r}, no http address"
    return None


def _range(value: tuple[float, float]) -> str | None:
    return None if value[0] <= value[1] else "is not low, then high"


def _covers(value: tuple[str, ...]) -> str | None:
    for place in value:
        sort, _, name = place.partition(":")
        if sort not in COVERS or not name:
            return f"holds {place!r}, none of {', '.join(f'{one}:...' for one in COVERS)}"
    return None


_RULES: dict[str, Callable[[Any], str | None]] = {
    "id": _filled,
    "title": _filled,
    "format": _one_of(*FORMATS),
    "urls": _urls,
    "reliability": _one_of(*RELIABILITY),
    "source_class": _one_of(*SOURCE_CLASSES),
    "expected_per_day": _range,
    "silent_after_hours": _positive,
    "countries": _countries,
    "covers": _covers,
    "terms.publisher": _filled,
    "terms.owner": _filled,
    "terms.licence": _filled,
    "terms.legal_basis": _filled,
    "terms.redistribution": _one_of(*REDISTRIBUTION),
    "terms.personal_data": _one_of(*PERSONAL_DATA),
    "terms.retention_days": _positive,
    "terms.not_permitted_in": _countries,
    "limits.every_seconds": _positive,
    "limits.max_bytes": _positive,
    "limits.timeout_seconds": _positive,
    "limits.requests_per_minute": _positive,
}
