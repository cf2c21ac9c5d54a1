"""Source and Terms: a publisher we read, and on what ground."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Terms:
    """What a publisher lets us do, and what we hold ourselves to. All required in YAML."""

    publisher: str
    owner: str  # who owns the publisher: reports of one owner are one origin
    licence: str
    attribution: str
    legal_basis: str
    redistribution: str  # yes | attribution | no
    personal_data: str  # none | incidental | staff
    retention_days: int
    not_permitted_in: tuple[str, ...]  # ISO alpha-2 jurisdictions of the organisation
    non_commercial: bool
    reviewed: date
    expires: date

    @property
    def wording_stays(self) -> bool:
        """Whether what rests on a report may keep its words when the report itself has gone."""
        return self.redistribution != "no" and self.personal_data == "none"


@dataclass(frozen=True, slots=True)
class Limits:
    """How a source is fetched."""

    every_seconds: int
    max_bytes: int
    timeout_seconds: float
    requests_per_minute: float


@dataclass(frozen=True, slots=True)
class Source:
    """A publisher we read, with its terms, limits, default reliability and expected volume.

    `format` names the module in `sources/`; `window_hours` is how far back a complete snapshot
    reaches (None: not a snapshot feed); `silent_after_hours` is when silence becomes a warning.
    `source_class` is one of global_news, local_news, official, staff, data. `covers` says where its
    silence matters: "country:ZM", "admin1:ZM.08", "site:<id>" or "place:<name>".
    """

    id: str
    title: str
    format: str
    urls: tuple[str, ...]
    files: tuple[str, ...]  # glob patterns of recorded or replayed files
    reliability: str  # A-F
    source_class: str
    official: bool
    auto_release: bool  # a named official feed whose alerts may reach recipients unreleased
    expected_per_day: tuple[float, float]
    silent_after_hours: float
    window_hours: float | None
    countries: tuple[str, ...]
    terms: Terms
    limits: Limits
    enabled: bool = True
    covers: tuple[str, ...] = ()
