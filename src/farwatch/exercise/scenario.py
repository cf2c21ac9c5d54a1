"""Scenarios: invented happenings on real geography, read strictly from YAML.

Times in a scenario are `d<day> HH:MM[:SS]` UTC, day 1 being `start`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import resources
from typing import Any

import yaml

from farwatch.errors import NotFound, UsageError

_MOMENT = re.compile(r"d(\d+) (\d\d):(\d\d)(?::(\d\d))?")
_FIELDS = {
    "name", "title", "seed", "days", "start", "country", "sites", "outlets", "warnings", "chatter",
    "background", "injects", "aftershocks", "checkins", "cuts", "expect", "forbid", "levels",
    "story", "forecasts", "counted", "notices",
}  # fmt: skip
_REQUIRED = {"name", "title", "seed", "days", "start", "country", "sites", "outlets", "injects"}


@dataclass(frozen=True, slots=True)
class Scenario:
    """One exercise outline. `body` is the rest of the YAML, read by the writers."""

    name: str
    title: str
    seed: int
    days: int
    start: datetime
    country: str
    body: dict[str, Any]

    @property
    def end(self) -> datetime:
        """The last moment of the exercise."""
        return self.start + timedelta(days=self.days)

    def moment(self, text: str) -> datetime:
        """`d6 11:30` as aware UTC; raises UsageError with the value."""
        match = _MOMENT.fullmatch(str(text))
        if match is None:
            raise UsageError(f"scenario {self.name}: {text!r} is no moment like 'd6 11:30'")
        day, hour, minute, second = (int(part or 0) for part in match.groups())
        return self.start + timedelta(days=day - 1, hours=hour, minutes=minute, seconds=second)

    def part(self, name: str) -> list[dict[str, Any]]:
        """A list of the outline, empty where the outline has none."""
        return list(self.body.get(name) or [])


def names() -> list[str]:
    """The scenarios that ship with Farwatch."""
    folder = resources.files("farwatch.exercise") / "scenarios"
    return sorted(
        entry.name.removesuffix(".yaml")
        for entry in folder.iterdir()
        if entry.name.endswith(".yaml")
    )


def load(name: str) -> Scenario:
    """Read a shipped scenario; raises NotFound with the name and the names there are."""
    if name not in names():
        raise NotFound(f"no scenario {name!r}; there are {', '.join(names())}")
    folder = resources.files("farwatch.exercise") / "scenarios"
    return parse((folder / f"{name}.yaml").read_text(encoding="utf-8"), name)


def parse(text: str, name: str) -> Scenario:
    """A scenario from YAML text; unknown and missing fields are errors."""
    body = yaml.safe_load(text)
    if not isinstance(body, dict):
        raise UsageError(f"scenario {name}: not a mapping")
    unknown, missing = set(body) - _FIELDS, _REQUIRED - set(body)
    if unknown or missing:
        raise UsageError(
            f"scenario {name}: unknown fields {sorted(unknown)}, missing fields {sorted(missing)}"
        )
    start = datetime.combine(body["start"], datetime.min.time(), tzinfo=UTC)
    return Scenario(
        body["name"], body["title"], body["seed"], body["days"], start, body["country"], body
    )
