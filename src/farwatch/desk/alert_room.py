"""The alerts' room: lists and single alerts as an account may see them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from farwatch.desk import alert_factors, alert_inbox, explaining, naming
from farwatch.desk.alert_diff import Revision, level_before, told_apart
from farwatch.desk.alert_factors import Waterfall
from farwatch.desk.alert_inbox import Reader
from farwatch.desk.alert_work import undo_until
from farwatch.desk.chain import AlertChain, EventChain, Statement
from farwatch.desk.deciding import Person
from farwatch.desk.opening import Desk
from farwatch.desk.remembering import remembered
from farwatch.errors import NotFound
from farwatch.model.account import Scope
from farwatch.model.event import Event
from farwatch.model.protect import Alert, AlertState, Exposure, Site
from farwatch.store import alert_groups, alert_lists, alerts, audit, events, sites
from farwatch.store.alert_groups import Holding
from farwatch.store.alert_lists import AlertChoice, Listed
from farwatch.store.audit import Entry
from farwatch.store.keyset import Page, Wanted

_SITE = "site:"  # a recipient that is one site's people


@dataclass(frozen=True, slots=True)
class Origin:
    """Who said something first, and the statements that say it: the first, then its copies."""

    name: str
    first: Statement
    copies: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class AlertShown:
    """An alert with what stands around it, as far as its reader may see it.

    `exposures` come gravest and nearest first; `siblings` are the happening's other alerts, to
    other recipients; `undo_until` is by the machine's clock.
    """

    alert: Alert
    event: Event | None
    sites: tuple[Site, ...]
    exposures: tuple[Exposure, ...]
    level_before: int | None
    revisions: tuple[Revision, ...]
    chain: AlertChain
    origins: tuple[Origin, ...]
    waterfall: Waterfall | None
    siblings: tuple[Alert, ...]
    decisions: tuple[Entry, ...]
    holding: Holding | None
    undo_until: datetime | None

    @property
    def staff(self) -> int:
        """How many work at the sites, as far as the site list says."""
        return sum(site.staff or 0 for site in self.sites)


@remembered
def listed(desk: Desk, choice: AlertChoice, scope: Scope, wanted: Wanted) -> Page[Listed]:
    """A page of the alerts that may be seen, one by one."""
    with desk.database.read() as conn:
        found = alert_lists.listed(conn, choice, scope, wanted)
        seen = alert_inbox.as_seen(conn, [one.alert for one in found.items], scope)
        rows = (Listed(a, one.updated) for a, one in zip(seen, found.items, strict=True))
        return Page(tuple(rows), found.next)


def one(desk: Desk, name: str, scope: Scope) -> Alert:
    """One alert by key, id or its beginning; raises NotFound, also for one outside the scope."""
    with desk.database.read() as conn:
        return _one(conn, name, scope)


def shown(desk: Desk, name: str, reader: Reader) -> AlertShown:
    """One alert with all that stands behind it; raises NotFound as `one` does."""
    with desk.database.read() as conn:
        alert = _one(conn, name, reader.scope)
        ours = tuple(sites.named(conn, alert.sites))
        chain = _chain(desk, conn, alert, reader.scope)
        event = chain.event.event if chain.event else None
        entries = tuple(audit.entries(conn, alert.key))
        around = _siblings(conn, alert, event, reader.scope)
        seen = alert.state is AlertState.ACKNOWLEDGED
        return AlertShown(
            alert=alert, event=event, sites=ours,
            exposures=tuple(sorted(alert.exposures, key=_gravest)),
            level_before=level_before(chain.revisions), revisions=told_apart(chain.revisions),
            chain=chain, origins=tuple(_origins(chain.event)),
            waterfall=alert_factors.behind(conn, event, reader.scope) if event else None,
            siblings=around, decisions=entries,
            holding=alert_groups.holders(conn, [alert.key]).get(alert.key),
            undo_until=undo_until(entries, Person(reader.name, reader.now)) if seen else None,
        )  # fmt: skip


def chain(desk: Desk, name: str, scope: Scope) -> AlertChain:
    """The chain of reasons behind an alert; raises NotFound as `one` does."""
    with desk.database.read() as conn:
        return _chain(desk, conn, _one(conn, name, scope), scope)


def revisions(desk: Desk, name: str, scope: Scope) -> tuple[Revision, ...]:
    """An alert's revisions, first to last, with what changed; raises NotFound as `one` does."""
    with desk.database.read() as conn:
        alert = _one(conn, name, scope)
        return told_apart(alert_inbox.as_seen(conn, alerts.revisions(conn, alert.key), scope))


def _one(conn: Connection, name: str, scope: Scope) -> Alert:
    alert = naming.alert(conn, name, scope)
    if alert_lists.hidden(conn, [alert.key], scope):
        raise NotFound(f"no alert {name!r}")
    return alert_inbox.as_seen(conn, [alert], scope)[0]


def _chain(desk: Desk, conn: Connection, alert: Alert, scope: Scope) -> AlertChain:
    found = explaining.alert_chain(desk, conn, alert, scope)
    if scope.everywhere:
        return found
    return replace(
        found,
        revisions=tuple(alert_inbox.as_seen(conn, found.revisions, scope)),
        deliveries=tuple(
            item for item in found.deliveries if _is_theirs(item.recipient, alert.sites)
        ),
    )


def _siblings(
    conn: Connection, alert: Alert, event: Event | None, scope: Scope
) -> tuple[Alert, ...]:
    names = [alert.event, *((event.id, *events.merged_into(conn, event.id)) if event else ())]
    others = [item for item in alerts.of_events(conn, names) if item.key != alert.key]
    unseen = set(alert_lists.hidden(conn, [item.key for item in others], scope))
    seen = alert_inbox.as_seen(conn, [o for o in others if o.key not in unseen], scope)
    return tuple(o for o in seen if scope.everywhere or _is_theirs(o.recipient, alert.sites))


def _is_theirs(recipient: str, own: Sequence[str]) -> bool:
    return not recipient.startswith(_SITE) or recipient.removeprefix(_SITE) in own


def _origins(found: EventChain | None) -> Iterator[Origin]:
    """The statements by who said it first, oldest first; a copy stands under its origin."""
    by_name: dict[str, list[Statement]] = {}
    for statement in found.statements if found else ():
        by_name.setdefault(statement.origin or statement.source, []).append(statement)
    for name, (first, *copies) in by_name.items():
        yield Origin(name, first, tuple(copies))


def _gravest(exposure: Exposure) -> tuple[int, float, str]:
    return (-exposure.severity, exposure.distance_km, exposure.site)
