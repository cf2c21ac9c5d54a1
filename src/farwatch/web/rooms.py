"""The rooms of the rail, in the order of the work. A room not yet built is absent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from farwatch.web.visitor import Visitor


def _(text: str) -> str:
    """Marks a text for translation; the template translates it."""
    return text


@dataclass(frozen=True, slots=True)
class Room:
    """A room: its route's name, its path, its word, the key after `g`, and whether it stands
    below the rule."""

    route: str
    path: str
    word: str
    key: str
    below: bool = False


ROOMS: tuple[Room, ...] = (
    Room("watch", "/watch", _("Watch"), "w"),
    Room("alerts.list", "/alerts", _("Alerts"), "a"),
    Room("events.list", "/events", _("Events"), "e"),
    Room("reports.list", "/reports", _("Reports"), "r"),
    Room("deliveries.list", "/deliveries", _("Deliveries"), "d"),
    Room("sites.list", "/sites", _("Sites"), "s"),
    Room("places.list", "/places", _("Places"), "p"),
    Room("forecasts.list", "/forecasts", _("Forecasts"), "f"),
    Room("sources.list", "/sources", _("Sources"), "o", below=True),
    Room("exercises.list", "/exercises", _("Exercises"), "x", below=True),
    Room("administration", "/administration", _("Administration"), "n", below=True),
)


def rooms_for(visitor: Visitor) -> list[Room]:
    """The rooms that are open to this visitor."""
    return [room for room in ROOMS if visitor.account and visitor.may(room.route)]
