"""The inbox: what stands and needs somebody, in views that are addresses, one row a happening."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from farwatch.desk.alert_work import MOST, own_recipients
from farwatch.desk.opening import Desk
from farwatch.desk.remembering import remembered, soon
from farwatch.errors import UsageError
from farwatch.model.account import Scope
from farwatch.model.protect import Alert, AlertState, Route
from farwatch.protect.wording import worded_for
from farwatch.store import alert_groups, alerts, events, sites
from farwatch.store.alert_groups import Group, Holding, Inbox
from farwatch.store.alert_lists import AlertChoice
from farwatch.store.keyset import Page, Wanted

RECENT = timedelta(days=30)
_STANDING = tuple(state.value for state in alerts.ACTIVE)
_ENDED = tuple(state.value for state in AlertState if state not in alerts.ACTIVE)


@dataclass(frozen=True, slots=True)
class View:
    """A named choice of alerts. `own`: only those told to the desk itself; `recent`: standing, or
    ended within `RECENT`, newest first."""

    states: tuple[str, ...] = _STANDING
    routes: tuple[str, ...] = ()
    own: bool = False
    mine: bool = False
    released: bool | None = None
    unjudged: bool = False
    recent: bool = False


# The order of the tabs. The first is what a duty officer comes for.
VIEWS: dict[str, View] = {
    "standing": View(),
    "open": View(states=("open",), own=True),
    "interrupts": View(routes=(Route.INTERRUPT.value,)),
    "mine": View(mine=True),
    "unreleased": View(released=False, own=True),
    "unjudged": View(states=_ENDED, unjudged=True, recent=True),
    "recent": View(states=(*_STANDING, *_ENDED), recent=True),
}


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: their account's name, what they may see, and the desk's time."""

    name: str
    scope: Scope
    now: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """A happening in the inbox: the alert that speaks for it first, and who has it in hand."""

    group: Group
    holding: Holding | None
    open_own: int  # how many an acknowledgement of the row would change

    @property
    def lead(self) -> Alert:
        """The gravest alert that stands, the desk's own before others'."""
        return self.group.alerts[0]

    @property
    def mark(self) -> str:
        """Changes whenever anything that the row shows does."""
        changed = self.group.updated.isoformat() if self.group.updated else ""
        return f"{changed} {self.holding.name if self.holding else ''} {len(self.group.alerts)}"

    @property
    def unconfirmed(self) -> int:
        """How many that were told besides the desk have not acknowledged."""
        waiting = sum(one.state is AlertState.OPEN for one in self.group.alerts)
        return waiting - self.open_own

    @property
    def happenings(self) -> int:
        """How many events are folded into the row."""
        return len({one.event for one in self.group.alerts})


@dataclass(frozen=True, slots=True)
class InboxPage:
    """A page of the inbox; `counts` are rows by view, under the same filters."""

    view: str
    rows: Page[Row]
    counts: Mapping[str, int]


def read(
    desk: Desk, view: str, asked: AlertChoice, reader: Reader, wanted: Wanted
) -> InboxPage:  # fmt: skip
    """A page of a view, narrowed by what the address asks; raises UsageError for no such view."""
    with desk.database.read() as conn:
        mine = _mine(conn, reader)
    # What they have in hand is all that the page knows of who they are.
    anyone = replace(reader, name="", now=soon(reader.now))
    return _read(desk, view, asked, anyone, mine, wanted)


@remembered
def _read(
    desk: Desk, view: str, asked: AlertChoice, reader: Reader, mine: tuple[str, ...], wanted: Wanted
) -> InboxPage:  # fmt: skip
    with desk.database.read() as conn:
        choices = _choices(desk, asked, reader, mine)
        choice = _one(choices, view)
        found = alert_groups.grouped(conn, choice, reader.scope, wanted, _inbox(desk, view))
        common = replace(asked, states=(), routes=())
        counted = alert_groups.counts(conn, common, _apart(choices), reader.scope)
        return InboxPage(view, Page(_rows(desk, conn, found.items, reader), found.next), counted)


def keys(
    desk: Desk, view: str, asked: AlertChoice, reader: Reader, told: int
) -> tuple[str, ...]:  # fmt: skip
    """The keys of every alert of a view, if it still holds as many rows as the reader was `told`.

    Raises UsageError otherwise: nobody decides on what they have not seen.
    """
    with desk.database.read() as conn:
        choice = _one(_choices(desk, asked, reader, _mine(conn, reader)), view)
        found = alert_groups.keys_of(conn, choice, reader.scope)
    if len(found) != told:
        raise UsageError(
            f"this view holds {len(found)} rows now, not {told}: nothing was decided; look again"
        )
    every = tuple(key for members in found.values() for key in members)
    if len(every) > MOST:
        raise UsageError(f"this view holds {len(every)} alerts, over {MOST}: narrow it")
    return every


def beside(
    desk: Desk, conn: Connection, view: str, asked: AlertChoice, reader: Reader, key: str
) -> tuple[str | None, str | None]:
    """The keys of the alerts before and after this one in the list that it was opened from."""
    choice = _one(_choices(desk, asked, reader, _mine(conn, reader)), view)
    group = alert_groups.group_of(conn, key)
    if group is None:
        return None, None
    found = alert_groups.beside(conn, choice, reader.scope, group, _inbox(desk, view))
    named = [name for name in found if name]
    inside = alert_groups.keys_of(conn, choice, reader.scope, named) if named else {}
    before, after = (next(iter(inside.get(name or "", ())), None) for name in found)
    return before, after


def as_seen(conn: Connection, found: Sequence[Alert], scope: Scope) -> list[Alert]:
    """The alerts as an account may read them: of sites outside its scope not a word."""
    if scope.everywhere:
        return list(found)
    named = {site for alert in found for site in alert.sites}
    ours = {site.id for site in sites.named(conn, named) if scope.holds_site(site)}
    about = {name: events.resolve(conn, name) for name in {alert.event for alert in found}}
    told = events.get_many(conn, about.values())
    return [
        alert if ours.issuperset(alert.sites)
        else worded_for(alert, told.get(about[alert.event]), ours)
        for alert in found
    ]  # fmt: skip


def speaks_of_more(desk: Desk, seen: Alert) -> bool:
    """Whether the alert speaks of more sites than its reader was shown."""
    with desk.database.read() as conn:
        return set(alerts.get(conn, seen.key).sites) != set(seen.sites)


def _mine(conn: Connection, reader: Reader) -> tuple[str, ...]:
    return alert_groups.held_by(conn, reader.name)


def _choices(
    desk: Desk, asked: AlertChoice, reader: Reader, mine: tuple[str, ...]
) -> dict[str, AlertChoice]:
    own = own_recipients(desk.rules)
    return {
        name: replace(
            asked,
            states=asked.states or view.states,
            routes=asked.routes or view.routes,
            recipients=own if view.own else (),
            keys=mine if view.mine else asked.keys,
            released=view.released,
            unjudged=view.unjudged,
            ends_since=reader.now - RECENT if view.recent and not asked.sent_since else None,
        )
        for name, view in VIEWS.items()
    }


def _apart(choices: Mapping[str, AlertChoice]) -> dict[str, AlertChoice]:
    """The choices without what the address asks of all of them alike."""
    alike = AlertChoice()
    return {
        name: replace(
            alike, states=one.states, routes=one.routes, recipients=one.recipients, keys=one.keys,
            released=one.released, unjudged=one.unjudged, ends_since=one.ends_since,
        )
        for name, one in choices.items()
    }  # fmt: skip


def _one(choices: Mapping[str, AlertChoice], view: str) -> AlertChoice:
    if view not in choices:
        raise UsageError(f"view {view!r} is none of: {', '.join(choices)}")
    return choices[view]


def _inbox(desk: Desk, view: str) -> Inbox:
    return Inbox(own_recipients(desk.rules), newest=VIEWS[view].recent)


def _rows(
    desk: Desk, conn: Connection, groups: Sequence[Group], reader: Reader
) -> tuple[Row, ...]:  # fmt: skip
    own = own_recipients(desk.rules)
    every = [alert for group in groups for alert in group.alerts]
    seen = {alert.key: alert for alert in as_seen(conn, every, reader.scope)}
    holders = alert_groups.holders(conn, seen)
    made = []
    for group in groups:
        members = tuple(seen[alert.key] for alert in group.alerts)
        held = [holders[one.key] for one in members if one.key in holders]
        waiting = sum(o.state is AlertState.OPEN and o.recipient in own for o in members)
        latest = max(held, key=lambda one: one.since) if held else None
        made.append(Row(replace(group, alerts=members), latest, waiting))
    return tuple(made)
