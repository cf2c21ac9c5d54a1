"""Earthquake feeds of an exercise: complete snapshots, revisions, deletions, aftershocks."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from farwatch.exercise import feeds
from farwatch.exercise.scenario import Scenario

Add = Callable[[str, datetime, str, bytes], None]
_DAY = timedelta(days=1)


def quake_documents(
    add: Add, rng: random.Random, scenario: Scenario, told: list[dict[str, Any]]
) -> None:
    """Write the snapshots of both earthquake feeds, if the scenario has earthquakes."""
    if not told:
        return
    changes = [_change(quake) for quake in told if quake["via"] == "usgs"]
    changes += _aftershocks(rng, scenario)
    _usgs_snapshots(add, scenario, changes)
    states = [quake for quake in told if quake["via"] == "gdacs"]
    for number, quake in enumerate(states, start=1):
        latest = {state["quake"]: state for state in states[:number]}
        data = feeds.gdacs(
            {**state, "id": state["quake"], "time": state["inject_at"]} for state in latest.values()
        )
        add("x-gdacs", quake["when"], "geojson", data)


def _change(quake: dict[str, Any]) -> dict[str, Any]:
    deleted = quake.get("deleted_after_s")
    return {
        "when": quake["when"],
        "deleted": None if deleted is None else quake["when"] + timedelta(seconds=deleted),
        "solution": feeds.Quake(
            quake["quake"], quake["inject_at"], quake["when"], quake["mag"], quake["lat"],
            quake["lon"], quake["depth"], quake["status"],
        ),
    }  # fmt: skip


def _aftershocks(rng: random.Random, scenario: Scenario) -> list[dict[str, Any]]:
    """Omori's law with p = 1: times log-uniform; magnitudes by Gutenberg-Richter with b = 1."""
    told = scenario.body.get("aftershocks")
    if not told:
        return []
    first, span = scenario.moment(told["from"]), (scenario.days - 1) * 86400.0
    out = []
    for number in range(told["count"]):
        time = first + timedelta(seconds=math.floor(3600 * (span / 3600) ** rng.random()))
        mag = round(min(told["max"], 4.0 - math.log10(1 - rng.random())), 1)
        lat = round(told["lat"] + rng.gauss(0, told["spread_km"] / 3 / 111), 3)
        lon = round(told["lon"] - abs(rng.gauss(0, told["spread_km"] / 3 / 111)), 3)
        when = time + timedelta(minutes=4)
        solution = feeds.Quake(
            f"us-shock{number:03}",
            time,
            when,
            mag,
            lat,
            lon,
            float(rng.randint(15, 35)),
            "reviewed",
        )
        out.append({"when": when, "deleted": None, "solution": solution})
    return out


def _usgs_snapshots(add: Add, scenario: Scenario, changes: list[dict[str, Any]]) -> None:
    """A snapshot at each change and at the two next minutes, and every hour."""
    moments = {scenario.start + timedelta(hours=hour) for hour in range(scenario.days * 24)}
    for change in changes:
        for at in filter(None, (change["when"], change["deleted"])):
            moments |= {at + timedelta(minutes=minute) for minute in range(3)}
    for moment in sorted(m for m in moments if m < scenario.end):
        current: dict[str, feeds.Quake] = {}
        for change in sorted(changes, key=lambda c: c["when"]):
            gone = change["deleted"] is not None and change["deleted"] <= moment
            if change["when"] <= moment and not gone:
                current[change["solution"].key] = change["solution"]
        shown = [quake for quake in current.values() if moment - quake.time < _DAY]
        add("x-usgs", moment, "geojson", feeds.usgs(shown, moment))
