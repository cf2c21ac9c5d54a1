"""The events' room: search, one event with all that stands behind it, and what was decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from farwatch.desk import explaining, naming, undoing
from farwatch.desk.chain import EventChain, Statement
from farwatch.desk.indexing import searcher
from farwatch.desk.opening import Desk
from farwatch.desk.remembering import remembered
from farwatch.errors import NotFound
from farwatch.model.account import Scope
from farwatch.model.event import Event, Judgement, Verdict
from farwatch.model.protect import Alert, Exposure, Site
from farwatch.model.regrade import Regrade
from farwatch.store import (
    alerts,
    event_lists,
    exposures,
    regrades,
    restricted,
    search_queue,
    sites,
)
from farwatch.store.audit import Entry
from farwatch.store.event_lists import EventChoice, EventListed
from farwatch.store.judgements import MODEL
from farwatch.store.keyset import Page, Wanted

_NEAR = timedelta(days=3)
_SUGGESTED = 8


@dataclass(frozen=True, slots=True)
class Found:
    """A page of a list; `total` is counted to `event_lists.COUNTED` and one more at the most.

    `waiting` rows are not indexed yet, `unknown` are words that no index holds.
    """

    rows: Page[EventListed]
    total: int
    waiting: int
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """Who said something first, and the statements that say it: the first, then its copies."""

    name: str
    first: Statement
    copies: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Reached:
    """A site within reach, and how."""

    site: Site
    exposure: Exposure


@dataclass(frozen=True, slots=True)
class Pair:
    """A judgement on two reports by their numbers in the event; None for one outside it."""

    left: int | None
    right: int | None
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person decided about it, and whether it still counts."""

    entry: Entry
    counts: bool


@dataclass(frozen=True, slots=True)
class EventShown:
    """An event with what stands around it, as far as an account may see it."""

    event: Event
    chain: EventChain
    origins: tuple[Origin, ...]
    reached: tuple[Reached, ...]
    alerts: tuple[Alert, ...]
    decisions: tuple[Decided, ...]
    regrade: Regrade | None  # the person's word that its grade stands on
    near: tuple[Event, ...]  # what it may be one with
    pairs: tuple[Pair, ...]  # why its reports are one happening


@remembered
def found(desk: Desk, choice: EventChoice, scope: Scope, wanted: Wanted) -> Found:
    """A page of the events that may be seen; the words of `choice.text` are looked for."""
    by = searcher(desk.gazetteer)
    chosen = worded(desk, choice)
    with desk.database.read() as conn:
        rows = event_lists.listed(conn, chosen, scope, wanted)
        total = event_lists.total(conn, chosen, scope)
        waiting = search_queue.waiting(conn)
    typed = choice.text.split() if choice.text and not rows.items else []
    unknown = tuple(word for word in typed if not all(by.asked(word)) or not known(desk, word))
    return Found(rows, total, waiting, unknown)


def worded(desk: Desk, choice: EventChoice) -> EventChoice:
    """The choice with its text as the index is asked."""
    if not choice.text.strip():
        return choice
    words = searcher(desk.gazetteer).asked(choice.text)
    return replace(choice, words=tuple(words) or ("",))


def one(desk: Desk, name: str, scope: Scope) -> Event:
    """One event by its id, an old one or a beginning; raises NotFound, also for one outside."""
    with desk.database.read() as conn:
        return _one(conn, name, scope)


def shown(desk: Desk, name: str, scope: Scope) -> EventShown:
    """One event with all that stands behind it; raises NotFound."""
    with desk.database.read() as conn:
        event = _one(conn, name, scope)
        chain = explaining.event_chain(desk, conn, event, scope)
        entries = _decided(conn, [event.id, *chain.merged], scope)
        gone = undoing.undone(entries)
        return EventShown(
            event, chain, tuple(origins(chain)), tuple(_reached(conn, event, scope)),
            tuple(_alerts(conn, event, chain, scope)),
            tuple(Decided(one, one.id not in gone) for one in entries
                  if one.decision.kind in undoing.KINDS),
            _regrade(conn, event, chain), tuple(_near(conn, event, scope)),
            tuple(_pairs(chain)),
        )  # fmt: skip


def origins(chain: EventChain) -> Iterator[Origin]:
    """The statements by who said it first, oldest first; a copy stands under its origin."""
    by_name: dict[str, list[Statement]] = {}
    for statement in chain.statements:
        by_name.setdefault(statement.origin or statement.source, []).append(statement)
    for name, (first, *copies) in by_name.items():
        yield Origin(name, first, tuple(copies))


def _one(conn: Connection, name: str, scope: Scope) -> Event:
    event = naming.event(conn, name, scope)
    if not event_lists.sees(conn, event, scope):
        raise NotFound(f"no event {name!r}")
    return event


def known(desk: Desk, word: str) -> bool:
    """Whether the index could hold the word: place, group or vocabulary."""
    by = searcher(desk.gazetteer)
    return all(one and by.known(one) for one in by.asked(word))


def _reached(conn: Connection, event: Event, scope: Scope) -> Iterator[Reached]:
    ours = {site.id: site for site in sites.load(conn) if scope.holds_site(site)}
    within = exposures.of_events(conn, [event.id]).get(event.id, ())
    for exposure in sorted(within, key=lambda one: (-one.severity, one.distance_km, one.site)):
        if exposure.site in ours:
            yield Reached(ours[exposure.site], exposure)


def _alerts(conn: Connection, event: Event, chain: EventChain, scope: Scope) -> Iterator[Alert]:
    """Those of the event that the account may see: of its countries, or of its own sites."""
    ours = {site.id for site in sites.load(conn) if scope.holds_site(site)}
    country = event.place.country if event.place else None
    in_country = not scope.programmes and scope.holds_country(country)
    for alert in alerts.of_events(conn, [event.id, *chain.merged]):
        if alert.restricted and not scope.restricted:
            continue
        if scope.everywhere or in_country or ours & set(alert.sites):
            yield alert


def _decided(conn: Connection, names: Sequence[str], scope: Scope) -> list[Entry]:
    """What persons decided about these events; who is not cleared reads no decision that names
    something restricted."""
    found = undoing.decided(conn, names)
    if scope.restricted:
        return found
    named = {one.id: _named(one.decision.details) for one in found}
    every = {name for names in named.values() for name in names}
    closed = restricted.events_among(conn, every)
    closed |= restricted.statements_among(conn, (name for name in every if "\t" in name))
    return [one for one in found if not named[one.id] & closed]


def _named(details: Mapping[str, Any]) -> set[str]:
    """The events and statements that a decision names."""
    pairs = {str(name) for pair in details.get("pairs", ()) for name in pair}
    return pairs | {str(n) for what in ("events", "changed") for n in details.get(what, ())}


def _regrade(conn: Connection, event: Event, chain: EventChain) -> Regrade | None:
    """The word whose reason leads the grade's."""
    words: Sequence[Regrade] = regrades.of_events(conn, event.statements, [event.id, *chain.merged])
    standing = [word for word in words if word.undone is None]
    lead = event.grade.reasons[0] if event.grade.reasons else ""
    return next((word for word in reversed(standing)
                 if lead.startswith(f"{word.by} grades it {word.code} ")), None)  # fmt: skip


def _near(conn: Connection, event: Event, scope: Scope) -> Iterator[Event]:
    """Others of that country and those days: what a person may join it with."""
    country = event.place.country if event.place else None
    start = event.happened.start if event.happened else event.first_reported
    if country is None or not event.statements:
        return
    choice = EventChoice(countries=(country,), since=start - _NEAR, until=start + _NEAR)
    rows = event_lists.listed(conn, choice, scope, Wanted(60)).items
    others = [row.event for row in rows if row.event.id != event.id and row.event.statements]
    likely = sorted(others, key=lambda one: (one.kind is not event.kind, one.kind.category
                                             is not event.kind.category))  # fmt: skip
    yield from likely[:_SUGGESTED]


def _pairs(chain: EventChain) -> Iterator[Pair]:
    """Persons' words first, then for each report the surest that ties it to an earlier one."""
    number = {one.name: one.number for one in chain.statements}
    inside = [one for one in chain.judgements if one.left in number or one.right in number]
    said = [one for one in inside if one.by != MODEL]
    ties: dict[int, Judgement] = {}
    for one in sorted(inside, key=lambda one: one.score):
        both = one.left in number and one.right in number
        if both and one.by == MODEL and one.verdict is Verdict.SAME:
            ties[max(number[one.left], number[one.right])] = one
    for one in [*said, *(ties[n] for n in sorted(ties))]:
        yield Pair(number.get(one.left), number.get(one.right), one)
