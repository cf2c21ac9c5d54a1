"""A seeded world: a scenario becomes a replay folder of documents in the real feed formats.

`build` writes FOLDER/replay.yaml, sources/*.yaml, sites.csv, feeds/<source>/<time>.<ext>,
forecasts.json and truth.json. The same scenario and seed give the same bytes.
"""

from __future__ import annotations

import csv
import json
import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from farwatch.errors import ExerciseError
from farwatch.exercise import declare, feeds, forecasts
from farwatch.exercise.quakes import quake_documents
from farwatch.exercise.scenario import Scenario

_KEPT_ITEMS = 8  # items a feed shows at once
_SITE_COLUMNS = ("id", "name", "lat", "lon", "country", "tier", "staff", "coast_km", "height_m")


@dataclass
class World:
    """What is being written: documents by source, and how far each inject was moved."""

    scenario: Scenario
    rng: random.Random
    items: dict[str, list[feeds.Item]] = field(default_factory=lambda: defaultdict(list))
    documents: list[tuple[str, datetime, str, bytes]] = field(default_factory=list)
    shifts: dict[str, timedelta] = field(default_factory=dict)
    quakes: list[dict[str, Any]] = field(default_factory=list)
    gdelt: dict[datetime, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    warned: dict[str, str] = field(default_factory=dict)
    wording: dict[str, int] = field(default_factory=dict)

    def add(self, source: str, when: datetime, extension: str, data: bytes) -> None:
        """One document of a source, received at `when`."""
        self.documents.append((source, when, extension, data))

    def pick(self, choices: str | list[str]) -> str:
        """One of the wordings, by the seed."""
        return choices if isinstance(choices, str) else self.rng.choice(choices)


def build(scenario: Scenario, seed: int | None, folder: Path) -> Path:
    """Write the replay folder; raises ExerciseError if it already holds something else."""
    if folder.exists() and any(folder.iterdir()) and not (folder / "replay.yaml").is_file():
        raise ExerciseError(f"folder {str(folder)!r} holds something that is no exercise")
    seed = scenario.seed if seed is None else seed
    world = World(scenario, random.Random(seed))  # noqa: S311 (a seeded world, not a secret)
    _chatter(world)
    for inject in scenario.part("injects"):
        _inject(world, inject)
    _background(world)
    _checkins(world)
    quake_documents(world.add, world.rng, scenario, world.quakes)
    _gdelt_documents(world)
    _outlet_documents(world)
    _cuts(world)
    _write(world, seed, folder)
    return folder


def _inject(world: World, inject: dict[str, Any]) -> None:
    jitter = inject.get("jitter", 0)
    shift = timedelta(minutes=world.rng.randint(-jitter, jitter) if jitter else 0)
    world.shifts[inject["id"]] = shift
    at = world.scenario.moment(inject["at"]) + shift
    for number, statement in enumerate(inject["statements"]):
        via = statement["via"]
        for order, source in enumerate([via] if isinstance(via, str) else via):
            when = at + timedelta(
                minutes=statement.get("after", 0) + 2 * order, seconds=statement.get("after_s", 0)
            )
            said = {**statement, "via": source, "number": number, "order": order}
            said["inject"] = inject["id"]
            _state(world, inject, said, when)


def _state(world: World, inject: dict[str, Any], said: dict[str, Any], when: datetime) -> None:
    writers = {
        "staff": _staff, "staff-json": _staff, "gdelt": _gdelt, "usgs": _quake, "gdacs": _quake,
        "fcdo": _advisory, "canada": _advisory,
    }  # fmt: skip
    warnings = {warning["id"] for warning in world.scenario.part("warnings")}
    if said["via"] in warnings:
        _warning(world, said, when)
    else:
        writers.get(said["via"], _article)(world, inject, said, when)


def _article(world: World, inject: dict[str, Any], said: dict[str, Any], when: datetime) -> None:
    outlet = said["via"]
    key = said.get("key") or f"{inject['id']}-{said['number']}"
    title, text = _worded(world, said, "title"), _worded(world, said, "text")
    domain = next(o["domain"] for o in world.scenario.part("outlets") if o["id"] == outlet)
    url = f"https://{domain}/{key}"
    world.items[outlet].append(feeds.Item(f"{outlet}/{key}", when, title, text, url))
    for copy in range(said.get("copies", 0)):
        later = when + timedelta(minutes=2 + copy * 3)
        url = f"https://copy{copy + 1}.example/{key}"
        item = feeds.Item(f"mirror/{key}-{copy}", later, title, text, url)
        world.items["x-mirror"].append(item)


def _worded(world: World, said: dict[str, Any], name: str) -> str:
    """Outlets that tell of the same word it each in its own way, as far as there are ways."""
    ways = [said[name]] if isinstance(said[name], str) else said[name]
    first = world.wording.setdefault(said["inject"], world.rng.randrange(1000))
    return str(ways[(first + said["order"]) % len(ways)])


def _staff(world: World, inject: dict[str, Any], said: dict[str, Any], when: datetime) -> None:
    row = {
        "id": f"{inject['id']}-{said['number']}",
        "time": when,
        "site": said.get("site", ""),
        "kind": said["kind"],
        "severity": inject["severity"],
        "grade": said["grade"],
        "text": world.pick(said["text"]),
        "lat": said.get("lat", ""),
        "lon": said.get("lon", ""),
        "restricted": bool(said.get("restricted", False)),
    }
    if said["via"] == "staff":
        world.add("x-staff", when, "csv", feeds.staff_csv([row]))
    else:
        world.add("x-staff", when, "jsonl", feeds.staff_jsonl([row]))


def _gdelt(world: World, inject: dict[str, Any], said: dict[str, Any], when: datetime) -> None:
    added = feeds.quarter_after(when)
    for row in range(said["rows"]):
        world.gdelt[added].append(
            {
                "time": when,
                "added": added,
                "code": said["code"],
                "geo": said["geo"],
                "mentions": world.rng.randint(1, 10),
                "url": f"https://monitored{row}.example/{inject['id']}",
            }
        )


def _quake(world: World, inject: dict[str, Any], said: dict[str, Any], when: datetime) -> None:
    world.quakes.append({**said, "when": when, "inject_at": world.scenario.moment(inject["at"])})


def _advisory(world: World, inject: dict[str, Any], said: dict[str, Any], when: datetime) -> None:
    country = declare.COUNTRY_NAMES[world.scenario.country]
    advice = {**said, "time": when}
    if said["via"] == "fcdo":
        world.add("x-fcdo", when, "json", feeds.fcdo(country, country.lower(), advice))
    else:
        world.add("x-canada", when, "json", feeds.canada(world.scenario.country, country, advice))


def _warning(world: World, said: dict[str, Any], when: datetime) -> None:
    warner = next(w for w in world.scenario.part("warnings") if w["id"] == said["via"])
    cancel = bool(said.get("cancel"))
    sender = f"desk@{warner['domain']}"
    identifier = f"{said['happening']}{'-end' if cancel else ''}"
    sent = feeds.cap_time(when)
    warning = {
        **said,
        "identifier": identifier,
        "sender": sender,
        "sent": when,
        "msg_type": "Cancel" if cancel else "Alert",
        "references": world.warned.get(said["happening"], ""),
        "expires": when + timedelta(days=said["expires_days"]),
        "polygon": said.get("polygon", []),
    }
    world.warned.setdefault(said["happening"], f"{sender},{identifier},{sent}")
    world.add(said["via"], when, "cap", feeds.cap(warning))


def _chatter(world: World) -> None:
    texts = world.scenario.part("chatter")
    for outlet in world.scenario.part("outlets"):
        for day in range(world.scenario.days):
            for slot in range(outlet["per_day"]):
                _small_talk(world, outlet, day, slot, texts)


def _small_talk(
    world: World, outlet: dict[str, Any], day: int, slot: int, texts: list[Any]
) -> None:
    width = 24 * 60 // outlet["per_day"]
    minute = slot * width + world.rng.randrange(width)
    when = world.scenario.start + timedelta(days=day, minutes=minute)
    title, text = world.rng.choice(texts)
    key = f"{outlet['id']}/talk-{day}-{slot}"
    url = f"https://{outlet['domain']}/talk-{day}-{slot}"
    world.items[outlet["id"]].append(feeds.Item(key, when, title, text, url))


def _background(world: World) -> None:
    for kind in world.scenario.part("background"):
        domain = next(o["domain"] for o in world.scenario.part("outlets") if o["id"] == kind["via"])
        at, number = world.scenario.start, 0
        while True:
            at += timedelta(days=world.rng.expovariate(kind["per_month"] / 30))
            if at >= world.scenario.end:
                break
            number += 1
            name = f"{kind['id']}-{number}"
            world.items[kind["via"]].append(
                feeds.Item(
                    f"{kind['via']}/{name}",
                    at.replace(microsecond=0),
                    kind["title"],
                    kind["text"],
                    f"https://{domain}/{name}",
                )
            )


def _checkins(world: World) -> None:
    told = world.scenario.body.get("checkins")
    if not told:
        return
    at = world.scenario.start + timedelta(minutes=5)
    while at < world.scenario.end:
        row = {
            "id": f"checkin-{at:%Y%m%d%H%M}",
            "time": at,
            "site": told.get("site", ""),
            "kind": "other",
            "severity": 1,
            "grade": "A2",
            "text": "Hourly check-in: all well.",
        }
        world.add(told["feed"], at, "jsonl", feeds.staff_jsonl([row]))
        at += timedelta(minutes=told["every_minutes"])


def _gdelt_documents(world: World) -> None:
    number = 900_000_000
    for added in sorted(world.gdelt):
        rows = []
        for row in world.gdelt[added]:
            number += 1
            rows.append({**row, "id": number})
        world.add("x-gdelt", added, "export.CSV", feeds.gdelt(rows))


def _outlet_documents(world: World) -> None:
    titles = {outlet["id"]: outlet["title"] for outlet in world.scenario.part("outlets")}
    for outlet, items in world.items.items():
        newest = sorted(items, key=lambda item: (item.published, item.key))
        for number, item in enumerate(newest):
            shown: dict[str, feeds.Item] = {}
            for earlier in newest[max(0, number - _KEPT_ITEMS) : number + 1]:
                shown[earlier.key] = earlier
            polled = item.published + timedelta(seconds=world.rng.randint(5, 90))
            data = feeds.rss(titles.get(outlet, "News mirror"), list(shown.values()))
            world.add(outlet, polled, "rss", data)


def _cuts(world: World) -> None:
    for cut in world.scenario.part("cuts"):
        start, end = (world.scenario.moment(cut[name]) for name in ("from", "to"))
        world.documents = [
            document
            for document in world.documents
            if document[0] not in cut["feeds"] or not start <= document[1] < end
        ]
        if cut["mode"] == "unreachable":
            for source in cut["feeds"]:
                _failures(world, source, start, end)


def _failures(world: World, source: str, start: datetime, end: datetime) -> None:
    at, polls = start, 0
    while at < end:
        world.add(source, at, "error", b"connection timed out after 30 s\n")
        polls += 1
        at += timedelta(minutes=5 if polls < 6 else 60)


def _write(world: World, seed: int, folder: Path) -> None:
    scenario = world.scenario
    _clear(folder)
    for source, when, extension, data in _numbered(world.documents):
        target = folder / "feeds" / source
        target.mkdir(parents=True, exist_ok=True)
        (target / f"{when:%Y%m%dT%H%M%SZ}{extension}").write_bytes(data)
    used = {source for source, *_ in world.documents}
    declare.write_sources(scenario, used, folder / "sources")
    _write_sites(scenario, folder / "sites.csv")
    replay = {
        "name": scenario.name,
        "title": scenario.title,
        "start": scenario.start.isoformat(),
        "end": scenario.end.isoformat(),
        "exercise": True,
        "seed": seed,
    }
    (folder / "replay.yaml").write_text(yaml.safe_dump(replay, sort_keys=False), encoding="utf-8")
    told = forecasts.rows(scenario)
    (folder / "forecasts.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    truth = declare.truth(scenario, world.shifts)
    (folder / "truth.json").write_text(json.dumps(truth, indent=1) + "\n", encoding="utf-8")


def _numbered(
    documents: list[tuple[str, datetime, str, bytes]],
) -> list[tuple[str, datetime, str, bytes]]:
    """Documents in order, with a number where a source has two in one second."""
    seen: dict[tuple[str, str], int] = defaultdict(int)
    out = []
    for source, when, extension, data in sorted(documents, key=lambda d: (d[1], d[0], d[3])):
        second = (source, f"{when:%Y%m%dT%H%M%S}")
        seen[second] += 1
        number = "" if seen[second] == 1 else f"-{seen[second]}"
        out.append((source, when, f"{number}.{extension}", data))
    return out


def _clear(folder: Path) -> None:
    import shutil

    for name in ("feeds", "sources"):
        shutil.rmtree(folder / name, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)


def _write_sites(scenario: Scenario, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, _SITE_COLUMNS, lineterminator="\n")
        writer.writeheader()
        for site in scenario.part("sites"):
            row = {"country": scenario.country, **site}
            writer.writerow({name: row.get(name, "") for name in _SITE_COLUMNS})
