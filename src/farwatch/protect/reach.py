"""Reach: how far each kind reaches, at which severity; read from `rules/reach.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any

from farwatch.model.kinds import Kind
from farwatch.protect import strict

URGENCIES = ("Immediate", "Expected", "Future")
ADVICE = (
    "Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None",
)  # fmt: skip
_SEVERITIES = (2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class Near:
    """Within `km` (at a probability of one half or more) the urgency is `urgency`."""

    km: float
    urgency: str


@dataclass(frozen=True, slots=True)
class Reach:
    """One kind's row of the table; kilometres and hours. `mark` says where the numbers are from."""

    km: Mapping[int, float]
    hold_hours: float
    urgency: str
    advice: tuple[str, ...]
    mark: str
    margin_km: float | None = None  # beyond a polygon; None: `km` of the severity
    issued: bool = False
    issued_hold_hours: float = 0.0
    announced_hold_hours: float | None = None
    announced_urgency: str | None = None
    near: Near | None = None
    lead_hours: tuple[float, float] | None = None
    from_severity: Mapping[int, str] = field(default_factory=dict)
    units: tuple[str, ...] = ()
    whole_unit: bool = False

    def radius_km(self, severity: int) -> float:
        """Reach at a severity; 0 for severity 1."""
        return self.km.get(min(severity, 5), 0.0)

    def beyond_polygon_km(self, severity: int) -> float:
        """The margin added to a polygon."""
        return self.radius_km(severity) if self.margin_km is None else self.margin_km


@dataclass(frozen=True, slots=True)
class Shaking:
    """Least MMI at a site for each severity, and what is assumed where a solution is silent."""

    bands: Mapping[int, float]
    depth_km: float
    rupture_from: float


@dataclass(frozen=True, slots=True)
class ReachTable:
    """The whole table. `floor` is the least probability worth reporting, by severity."""

    kinds: Mapping[Kind, Reach]
    city_km: float
    floor: Mapping[int, float]
    shaking: Shaking
    tsunami_coast_km: float
    tsunami_height_m: float
    wildfire_detections: float


_TOP = ("city_km", "floor", "shaking", "tsunami", "wildfire", "kinds")
_ROW = tuple(Reach.__dataclass_fields__)


def parse_reach(text: str, source: str) -> ReachTable:
    """The table from YAML; raises SettingsError with the path and value of what is wrong."""
    plain = strict.load(text, source)
    strict.known(plain, _TOP, source)
    missing = [key for key in _TOP if key not in plain]
    if missing:
        plain |= dict.fromkeys(missing)  # each part says what it wants of a None
    tsunami = _part(plain, "tsunami", ("mark", "coast_km", "height_m"), source)
    wildfire = _part(plain, "wildfire", ("mark", "detections"), source)
    kinds = strict.mapping(plain["kinds"], f"{source}: kinds")
    return ReachTable(
        kinds={_kind(name, source): _row(row, f"{source}: {name}") for name, row in kinds.items()},
        city_km=strict.number(plain["city_km"], f"{source}: city_km"),
        floor=strict.by_severity(plain["floor"], f"{source}: floor", severities=_SEVERITIES),
        shaking=_shaking(_part(plain, "shaking", _SHAKING, source), source),
        tsunami_coast_km=strict.number(tsunami.get("coast_km"), f"{source}: tsunami.coast_km"),
        tsunami_height_m=strict.number(tsunami.get("height_m"), f"{source}: tsunami.height_m"),
        wildfire_detections=strict.number(
            wildfire.get("detections"), f"{source}: wildfire.detections"
        ),
    )


@lru_cache(maxsize=1)
def builtin_reach() -> ReachTable:
    """The table that comes with the program."""
    text = files("farwatch.protect").joinpath("rules/reach.yaml").read_text(encoding="utf-8")
    return parse_reach(text, "reach.yaml")


_SHAKING = ("mark", "bands", "depth_km", "rupture_from")


def _part(
    plain: Mapping[str, Any], name: str, keys: tuple[str, ...], source: str
) -> dict[str, Any]:
    part = strict.mapping(plain[name], f"{source}: {name}")
    strict.known(part, keys, f"{source}: {name}")
    return part


def _shaking(part: Mapping[str, Any], source: str) -> Shaking:
    path = f"{source}: shaking"
    return Shaking(
        bands=strict.by_severity(part.get("bands"), f"{path}.bands", severities=(3, 4, 5)),
        depth_km=strict.number(part.get("depth_km"), f"{path}.depth_km"),
        rupture_from=strict.number(part.get("rupture_from"), f"{path}.rupture_from"),
    )


def _kind(name: str, source: str) -> Kind:
    return Kind(strict.word(name, [kind.value for kind in Kind], f"{source}: kinds"))


def _row(value: object, path: str) -> Reach:
    row = strict.mapping(value, path)
    strict.known(row, _ROW, path)
    return Reach(
        km=strict.by_severity(row.get("km"), f"{path}.km", severities=_SEVERITIES),
        hold_hours=strict.number(row.get("hold_hours"), f"{path}.hold_hours", least=1),
        urgency=strict.word(row.get("urgency"), URGENCIES, f"{path}.urgency"),
        advice=strict.words(row.get("advice"), ADVICE, f"{path}.advice"),
        mark=str(row.get("mark") or "J"),
        margin_km=_optional(row, "margin_km", path),
        issued=strict.flag(row.get("issued", False), f"{path}.issued"),
        issued_hold_hours=_optional(row, "issued_hold_hours", path) or 0.0,
        announced_hold_hours=_optional(row, "announced_hold_hours", path),
        announced_urgency=_urgency(row, "announced_urgency", path),
        near=_near(row.get("near"), f"{path}.near"),
        lead_hours=_lead(row.get("lead_hours"), f"{path}.lead_hours"),
        from_severity=_from_severity(row.get("from_severity", {}), f"{path}.from_severity"),
        units=strict.words(row.get("units", []), ("admin1", "country"), f"{path}.units"),
        whole_unit=strict.flag(row.get("whole_unit", False), f"{path}.whole_unit"),
    )


def _optional(row: Mapping[str, Any], key: str, path: str) -> float | None:
    return None if key not in row else strict.number(row[key], f"{path}.{key}")


def _urgency(row: Mapping[str, Any], key: str, path: str) -> str | None:
    return None if key not in row else strict.word(row[key], URGENCIES, f"{path}.{key}")


def _near(value: object, path: str) -> Near | None:
    if value is None:
        return None
    part = strict.mapping(value, path)
    strict.known(part, ("km", "urgency"), path)
    urgency = strict.word(part.get("urgency"), URGENCIES, f"{path}.urgency")
    return Near(strict.number(part.get("km"), f"{path}.km"), urgency)


def _lead(value: object, path: str) -> tuple[float, float] | None:
    if value is None:
        return None
    hours = value if isinstance(value, list) else [None]
    first, *rest = [strict.number(item, path) for item in hours]
    return first, rest[0] if rest else first


def _from_severity(value: object, path: str) -> dict[int, str]:
    part = value if isinstance(value, dict) else strict.mapping(value, path)
    wrong = [key for key in part if key not in _SEVERITIES]
    if wrong:
        strict.word(wrong[0], [str(severity) for severity in _SEVERITIES], path)
    return {int(key): strict.word(urgency, URGENCIES, path) for key, urgency in part.items()}
