"""Site, Exposure, Alert: what is in our care, what reaches it, whom we tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from farwatch.model.kinds import Kind


@dataclass(frozen=True, slots=True)
class Site:
    """A fixed location in our care. `tier` 1 (most critical) to 3; `country` ISO alpha-2."""

    id: str
    name: str
    lat: float
    lon: float
    country: str | None = None
    admin1: str | None = None
    tier: int = 2
    staff: int | None = None
    coast_km: float | None = None
    height_m: float | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Exposure:
    """A site within the reach of an event.

    `distance_km` is site to event centre (0 inside a polygon), `reach_km` the kind's reach at that
    severity, `probability` P(site inside reach) over the event's uncertainty, `severity` the
    severity *at the site* (an earthquake's falls with distance). `uncertainty_km` is the radius in
    which the event may really have happened; `site_name` and `tier` are the site's, for the reader.
    """

    event: str
    event_version: int
    site: str
    kind: Kind
    severity: int
    distance_km: float
    reach_km: float
    probability: float
    reasons: tuple[str, ...] = ()
    uncertainty_km: float = 0.0
    site_name: str = ""
    tier: int = 2


class Route(StrEnum):
    """How loudly the desk is told."""

    INTERRUPT = "I"
    QUEUE = "II"
    DIGEST = "III"


class Message(StrEnum):
    """CAP's msgType, as far as the desk sends it."""

    ALERT = "Alert"
    UPDATE = "Update"
    CANCEL = "Cancel"


class AlertState(StrEnum):
    """Where an alert stands."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Disposition(StrEnum):
    """What an alert proved to be; they measure alert precision."""

    NONE = "none"
    SOME = "some impact"
    SIGNIFICANT = "significant impact"
    DUPLICATE = "duplicate"
    NOT_RELEVANT = "not relevant"


@dataclass(frozen=True, slots=True)
class Alert:
    """A notice that must be acknowledged. One alert per (happening, recipient group); `key` is
    happening x recipient, `revision` counts its material revisions; the two name a message.

    `sites` are all the sites it speaks of. `released` is False while only the desk may see it.
    `restricted` once its event was: the store marks it, and it stays so.
    `ends` is mandatory. Urgency, certainty, severity, advice are CAP words.
    """

    id: str
    key: str
    revision: int
    message: Message
    event: str
    event_version: int
    kind: Kind
    level: int  # the severity 1-5 at the worst-hit site
    severity: str
    urgency: str
    certainty: str
    route: Route
    headline: str
    sites: tuple[str, ...]
    recipient: str
    sent: datetime
    ends: datetime
    released: bool
    state: AlertState = AlertState.OPEN
    advice: tuple[str, ...] = ()
    exposures: tuple[Exposure, ...] = ()
    exercise: bool = False
    disposition: Disposition | None = None
    reasons: tuple[str, ...] = ()
    restricted: bool = False
