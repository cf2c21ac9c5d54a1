"""Examples of what the API takes and gives, made from its schemas: none can fall behind them.

A property whose name says what it holds (a country, a time, a coordinate) gets a value that reads
true; any other the least that its schema allows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Schema = Mapping[str, Any]
_DEEPEST = 8
_TIME = "2026-03-01T12:00:00+00:00"
# A property's name -> what an example says, where the schema allows it.
_KNOWN: Mapping[str, Any] = {
    "country": "ZM", "countries": "ZM", "admin1": "ZM.08", "site": "kitwe", "sites": "kitwe",
    "lat": -12.8175, "lon": 28.2046, "radius_km": 5.0, "distance_km": 4.3,
    "key": "e4bf0bc8fbdeaf1122c15/desk", "event": "e4bf0bc8fbdeaf1122c15",
    "headline": "Riot in Kitwe, ZM; 4 km from Kitwe plant", "title": "Crowd at the gate in Kitwe",
    "name": "kitwe", "next": "WyIyMDI2LTAzLTAxVDEyOjAwOjAwKzAwOjAwIl0", "cursor": "",
    "url": "https://desk.example/hooks/farwatch", "email": "duty@desk.example", "label": "board",
    "by": "amina", "reason": "heard from the site", "place": "country:ZM", "language": "en",
    "events": "alert.changed", "may": "read", "version": 1, "revision": 1, "limit": 50,
    "severity": 3, "level": 3, "bbox": "21,-18,34,-8",
}  # fmt: skip


def example(schema: Schema, schemas: Mapping[str, Schema], name: str = "", depth: int = 0) -> Any:
    """A value that the schema allows. `schemas` are what its references name."""
    if "$ref" in schema:
        schema = schemas.get(str(schema["$ref"]).rpartition("/")[2], {})
    for given in ("example", "const", "default"):
        if schema.get(given) is not None:
            return schema[given]
    if schema.get("examples"):
        return schema["examples"][0]
    if schema.get("enum"):
        return schema["enum"][0]
    for several in ("anyOf", "oneOf", "allOf"):
        if schema.get(several):
            return _of_several(schema[several], schemas, name, depth)
    make = _MAKERS.get(str(schema.get("type")))
    return make(schema, schemas, name, depth) if make and depth < _DEEPEST else None


def _of_several(choices: Any, schemas: Mapping[str, Schema], name: str, depth: int) -> Any:
    """The first that is something; where it nests too deep, nothing."""
    full = [one for one in choices if one.get("type") != "null"]
    nothing = len(full) < len(choices)
    if nothing and depth >= _DEEPEST - 1:
        return None
    return example(full[0], schemas, name, depth) if full else None


def _object(schema: Schema, schemas: Mapping[str, Schema], _: str, depth: int) -> Any:
    properties = schema.get("properties", {})
    if not properties and isinstance(schema.get("additionalProperties"), Mapping):
        return {}
    return {
        name: example(one, schemas, name, depth + 1)
        for name, one in properties.items()
        if depth < _DEEPEST - 1 or name in schema.get("required", ())
    }


def _array(schema: Schema, schemas: Mapping[str, Schema], name: str, depth: int) -> Any:
    if schema.get("prefixItems"):
        return [example(one, schemas, "", depth + 1) for one in schema["prefixItems"]]
    if depth >= _DEEPEST - 1 and not schema.get("minItems"):
        return []
    count = max(1, int(schema.get("minItems", 1)))
    return [example(schema.get("items", {}), schemas, name, depth + 1)] * count


def _string(schema: Schema, _: Mapping[str, Schema], name: str, __: int) -> Any:
    form = schema.get("format")
    known = _KNOWN.get(name)
    if form == "date-time" or name.endswith(("_since", "_at", "_until")):
        return _TIME
    if form == "date":
        return _TIME[:10]
    if form == "binary":
        return ""
    if isinstance(known, str) and len(known) <= int(schema.get("maxLength", 1_000)):
        return known
    shortest = int(schema.get("minLength", 0))
    return "text".ljust(shortest, "x") if shortest > 4 else "text"


def _number(schema: Schema, _: Mapping[str, Schema], name: str, __: int) -> Any:
    known = _KNOWN.get(name)
    low = schema.get("minimum", schema.get("exclusiveMinimum", 1))
    value = known if isinstance(known, int | float) else max(1, low)
    high = schema.get("maximum")
    value = value if high is None or value <= high else high
    return int(value) if schema.get("type") == "integer" else value


def _boolean(*_: Any) -> bool:
    return False


_MAKERS: Mapping[str, Callable[..., Any]] = {
    "object": _object, "array": _array, "string": _string, "number": _number, "integer": _number,
    "boolean": _boolean, "null": lambda *_: None,
}  # fmt: skip
