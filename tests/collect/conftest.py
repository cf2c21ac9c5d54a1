"""A source as the catalogue gives it, with what a test wants otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from farwatch.model.terms import Limits, Source, Terms

TERMS = Terms(
    publisher="Survey of Nowhere",
    owner="Nowhere",
    licence="public domain",
    attribution="Survey of Nowhere",
    legal_basis="open data",
    redistribution="attribution",
    personal_data="none",
    retention_days=365,
    not_permitted_in=(),
    non_commercial=False,
    reviewed=date(2026, 1, 1),
    expires=date(2027, 1, 1),
)
LIMITS = Limits(
    every_seconds=60, max_bytes=100_000, timeout_seconds=5.0, requests_per_minute=6_000_000.0
)
SOURCE = Source(
    id="usgs",
    title="Earthquakes",
    format="usgs",
    urls=("https://example.org/all_day.geojson",),
    files=(),
    reliability="A",
    source_class="official",
    official=True,
    auto_release=True,
    expected_per_day=(10.0, 100.0),
    silent_after_hours=3.0,
    window_hours=24.0,
    countries=(),
    terms=TERMS,
    limits=LIMITS,
)


@pytest.fixture(scope="session")
def limits() -> Limits:
    return LIMITS


@pytest.fixture(scope="session")
def make_source() -> Callable[..., Source]:
    """`make_source("x", format="rss", terms={"owner": ""})`: terms and limits by their fields."""

    def make(name: str = "usgs", **changes: Any) -> Source:
        changes["terms"] = replace(TERMS, **changes.get("terms", {}))
        changes["limits"] = replace(LIMITS, **changes.get("limits", {}))
        changes.setdefault("format", name)
        return replace(SOURCE, id=name, **changes)

    return make
