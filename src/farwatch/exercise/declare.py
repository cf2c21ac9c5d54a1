"""What an exercise declares: its sources with their terms, and the truth it will be scored by."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from farwatch.exercise.scenario import Scenario

COUNTRY_NAMES = {"ZM": "Zambia", "PE": "Peru", "BJ": "Benin"}

# id -> (title, format, reliability, class, official, auto_release, window_hours)
_STANDING: dict[str, tuple[str, str, str, str, bool, bool, float | None]] = {
    "x-usgs": ("Earthquakes, past day", "usgs", "A", "official", True, True, 24.0),
    "x-gdacs": ("Global disaster alerts", "gdacs", "A", "official", True, True, None),
    "x-gdelt": ("Machine-coded world news", "gdelt", "D", "global_news", False, False, None),
    "x-fcdo": ("Travel advice, UK", "fcdo", "A", "official", True, False, None),
    "x-canada": ("Travel advice, Canada", "canada", "A", "official", True, False, None),
    "x-staff": ("Own staff reports", "staff", "A", "staff", False, False, None),
    "x-mirror": ("News mirror", "rss", "D", "global_news", False, False, None),
}


def write_sources(scenario: Scenario, used: set[str], folder: Path) -> None:
    """One YAML a source, in the shape of the built-in ones, each marked as invented."""
    folder.mkdir(parents=True, exist_ok=True)
    for source in sorted(used):
        body = _source(scenario, source)
        text = yaml.safe_dump(body, sort_keys=False, allow_unicode=True)
        (folder / f"{source}.yaml").write_text(text, encoding="utf-8")


def _source(scenario: Scenario, source: str) -> dict[str, Any]:
    if source in _STANDING:
        title, form, reliability, group, official, release, window = _STANDING[source]
        silent = 3.0 if source == "x-usgs" else 24.0 * 365
        covers: list[str] = []
        owner = f"Exercise owner of {source}"
        return _yaml(
            scenario, source, title, form, reliability, group,
            official=official, release=release, window=window, silent=silent,
            covers=covers, owner=owner,
        )  # fmt: skip
    for warning in scenario.part("warnings"):
        if warning["id"] == source:
            return _yaml(
                scenario, source, warning["title"], "cap", "A", "official",
                official=True, release=True, window=None, silent=24.0 * 365,
                covers=warning["covers"], owner=warning["owner"],
            )  # fmt: skip
    outlet = next(o for o in scenario.part("outlets") if o["id"] == source)
    official, staff = bool(outlet.get("official")), outlet["class"] == "staff"
    reliability = "A" if official or staff else "C"
    return _yaml(
        scenario, source, outlet["title"], "staff" if staff else "rss", reliability,
        outlet["class"],
        official=official, release=False, window=None, silent=72.0 if official else 36.0,
        covers=outlet["covers"], owner=outlet["owner"],
    )  # fmt: skip


def _yaml(  # noqa: PLR0913 (one argument a field of the file it writes)
    scenario: Scenario,
    source: str,
    title: str,
    form: str,
    reliability: str,
    group: str,
    *,
    official: bool,
    release: bool,
    window: float | None,
    silent: float,
    covers: list[str],
    owner: str,
) -> dict[str, Any]:
    return {
        "id": source,
        "title": f"Exercise: {title}",
        "format": form,
        "urls": [],
        "files": [],
        "reliability": reliability,
        "source_class": group,
        "official": official,
        "auto_release": release,
        "expected_per_day": [0, 1000],
        "silent_after_hours": silent,
        "window_hours": window,
        "countries": [scenario.country],
        "covers": covers,
        "enabled": True,
        "terms": {
            "publisher": f"Exercise: {title}",
            "owner": owner,
            "licence": "Apache-2.0",
            "attribution": "Exercise text, invented by Farwatch",
            "legal_basis": "own material",
            "redistribution": "yes",
            "personal_data": "none",
            "retention_days": 30,
            "not_permitted_in": [],
            "non_commercial": False,
            "reviewed": scenario.start.date() - timedelta(days=30),
            "expires": scenario.end.date() + timedelta(days=365),
        },
        "limits": {
            "every_seconds": 300,
            "max_bytes": 10_000_000,
            "timeout_seconds": 10.0,
            "requests_per_minute": 60.0,
        },
    }


def truth(scenario: Scenario, shifts: dict[str, timedelta]) -> dict[str, Any]:
    """Expectations, prohibitions, levels and notices with their times made absolute (ISO 8601)."""
    return {
        "scenario": scenario.name,
        "expect": [_timed(scenario, entry, shifts) for entry in scenario.part("expect")],
        "forbid": [_timed(scenario, entry, {}) for entry in scenario.part("forbid")],
        "levels": [_timed(scenario, entry, {}) for entry in scenario.part("levels")],
        "notices": [_timed(scenario, entry, {}) for entry in scenario.part("notices")],
    }


def _timed(
    scenario: Scenario, entry: dict[str, Any], shifts: dict[str, timedelta]
) -> dict[str, Any]:
    shift = shifts.get(entry.get("inject", ""), timedelta())
    out: dict[str, Any] = {}
    for name, value in entry.items():
        if name in {"after", "by", "from", "to", "at"} and str(value).startswith("d"):
            out[name] = _moved(scenario, str(value), shift)
        else:
            out[name] = str(value) if name == "events_before" else value
    return out


def _moved(scenario: Scenario, text: str, shift: timedelta) -> str:
    if not text[1:2].isdigit():  # "desk" is a recipient, not a moment
        return text
    moment: datetime = scenario.moment(text) + shift
    return moment.isoformat()
