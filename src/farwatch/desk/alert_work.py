"""What persons do with alerts in hand, one or many at once: each is a decision in the audit.

Whoever acknowledges an alert has it in hand until it is handed over; an acknowledgement can be
taken back for a few minutes by the person who gave it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from farwatch.desk.asking_again import ask_again
from farwatch.desk.deciding import Person
from farwatch.desk.opening import Desk
from farwatch.errors import NotFound, UsageError
from farwatch.model.account import Account, Role, Scope
from farwatch.model.protect import Alert, AlertState, Disposition
from farwatch.model.times import parse_utc
from farwatch.protect.routing import Rules
from farwatch.store import accounts, alert_lists, alerts, audit
from farwatch.store.audit import Entry

UNDO_FOR = timedelta(minutes=5)
MOST = 5_000  # alerts that are decided on at once
LONGEST_NOTE = 2_000  # characters
HOLDERS = frozenset({Role.ANALYST, Role.DUTY_OFFICER, Role.MANAGER, Role.ADMINISTRATOR})
_DECISIONS = frozenset({"acknowledge", "undo_acknowledge", "hand_over", "dispose", "note"})
_CLOCK = "clock"  # the machine's time of a decision: an exercise's own time runs faster


@dataclass(frozen=True, slots=True)
class Done:
    """What a decision on many came to: the alerts that changed, those that it did not fit, and the
    audit entries that hold it, first to last (0: none)."""

    done: tuple[Alert, ...]
    left: tuple[Alert, ...] = ()
    first: int = 0
    last: int = 0


@dataclass(frozen=True, slots=True)
class Chosen:
    """The alerts that somebody decides on, by key, as far as they may see them. Raises UsageError
    for none or too many."""

    keys: tuple[str, ...]
    scope: Scope

    def __post_init__(self) -> None:
        if not self.keys:
            raise UsageError("no alert is chosen: choose at least one")
        if len(self.keys) > MOST:
            raise UsageError(f"{len(self.keys)} alerts at once are over {MOST}: narrow the view")


def own_recipients(rules: Rules) -> tuple[str, ...]:
    """The recipients that are the desk itself: it hears before a release. Its alerts are the ones
    that the desk acknowledges; those of others wait for these others."""
    desk = [rule.name for rule in rules.recipients if rule.before_release]
    return (*desk, rules.restricted)


def acknowledge(desk: Desk, chosen: Chosen, person: Person) -> Done:
    """Somebody has seen them: the open ones are acknowledged, the rest are left as they are."""
    return _decide(
        desk, chosen, person, "acknowledge",
        lambda one: replace(one, state=AlertState.ACKNOWLEDGED)
        if one.state is AlertState.OPEN else None,
    )  # fmt: skip


def acknowledge_own(desk: Desk, chosen: Chosen, person: Person) -> Done:
    """The same for the desk's own alerts among them; what was told to others is theirs."""
    own = own_recipients(desk.rules)
    return _decide(
        desk, chosen, person, "acknowledge",
        lambda one: replace(one, state=AlertState.ACKNOWLEDGED)
        if one.state is AlertState.OPEN and one.recipient in own else None,
    )  # fmt: skip


def undo(desk: Desk, chosen: Chosen, person: Person) -> Done:
    """Take one's own acknowledgement back, within `UNDO_FOR`; those that it does not fit are left:
    another's, an older one, or an alert about which more was decided since. Whom it had covered is
    asked again."""
    with desk.database.begin() as conn:
        found = _visible(conn, chosen)
        mine = {one.key for one in found if _may_undo(conn, one, person)}
        done = _carry(
            conn, found, person, "undo_acknowledge",
            lambda one: replace(one, state=AlertState.OPEN) if one.key in mine else None,
        )  # fmt: skip
        ask_again(desk, conn, done.done, person.at)
        return done


def hand_over(desk: Desk, chosen: Chosen, name: str, person: Person) -> Done:
    """Give standing alerts to another account, which then has them in hand.

    Raises UsageError for an account that is not active, may not act on alerts, or may not see one
    of them; NotFound for none of this name.
    """
    with desk.database.begin() as conn:
        found = _visible(conn, chosen)
        to = accounts.named(conn, name)
        if not to.active or to.role not in HOLDERS:
            raise UsageError(f"{to.shown} ({to.role.value}) cannot take alerts over")
        if unseen := alert_lists.hidden(conn, chosen.keys, to.sight()):
            raise UsageError(f"{to.shown} may not see alert {unseen[0]!r}: nothing is handed over")
        more = {"to": to.name}
        return _carry(
            conn, found, person, "hand_over",
            lambda one: one if one.state in alerts.ACTIVE else None, more,
        )  # fmt: skip


def dispose(desk: Desk, chosen: Chosen, disposition: Disposition, person: Person) -> Done:
    """Say what they proved to be; those that stood are closed. A later word replaces it."""

    def disposed(one: Alert) -> Alert:
        state = AlertState.CLOSED if one.state in alerts.ACTIVE else one.state
        return replace(one, disposition=disposition, state=state)

    return _decide(desk, chosen, person, "dispose", disposed, {"disposition": disposition.value})


def note(desk: Desk, chosen: Chosen, text: str, person: Person) -> Done:
    """Write something down beside them; raises UsageError for an empty or an endless text."""
    written = text.replace("\0", "").strip()
    if not written or len(written) > LONGEST_NOTE:
        raise UsageError(f"a note has 1 to {LONGEST_NOTE} characters, not {len(written)}")
    return _decide(desk, chosen, person, "note", lambda one: one, {"text": written})


def holders_to_be(desk: Desk) -> list[Account]:
    """The accounts that alerts can be handed over to, by name."""
    with desk.database.read() as conn:
        found = [one for one in accounts.every(conn) if one.active and one.role in HOLDERS]
    return sorted(found, key=lambda one: one.shown.casefold())


def decided_in(desk: Desk, first: int, last: int, person: Person) -> list[Entry]:
    """This person's decisions on alerts in these audit entries, first to last."""
    if not 0 < first <= last < first + MOST:
        return []
    with desk.database.read() as conn:
        found = audit.between(conn, first, last)
    return [
        entry for entry in found
        if entry.decision.by == person.name and entry.decision.kind in _DECISIONS
    ]  # fmt: skip


def undo_until(entries: Sequence[Entry], person: Person) -> datetime | None:
    """Until when, by the machine's clock, this person may take the alert's acknowledgement back;
    None: they may not."""
    if not entries:
        return None
    last = entries[-1].decision
    if last.kind != "acknowledge" or last.by != person.name:
        return None
    clock = last.details.get(_CLOCK)
    return (parse_utc(str(clock)) if clock else last.at) + UNDO_FOR


def _decide(
    desk: Desk, chosen: Chosen, person: Person, kind: str,
    changed: Callable[[Alert], Alert | None], more: Mapping[str, Any] | None = None,
) -> Done:  # fmt: skip
    with desk.database.begin() as conn:
        return _carry(conn, _visible(conn, chosen), person, kind, changed, more)


def _carry(
    conn: Connection, found: Iterable[Alert], person: Person, kind: str,
    changed: Callable[[Alert], Alert | None], more: Mapping[str, Any] | None = None,
) -> Done:  # fmt: skip
    """Make the changes and seal each into the audit; None leaves an alert as it is."""
    done: list[Alert] = []
    left: list[Alert] = []
    sealed: list[int] = []
    clock = datetime.now(UTC).isoformat(timespec="seconds")
    for alert in found:
        new = changed(alert)
        if new is None:
            left.append(alert)
            continue
        done.append(new)
        before = alert.disposition.value if alert.disposition else None
        details = {
            "alert": alert.id, "revision": alert.revision, "event": alert.event, _CLOCK: clock,
            **({"before": before} if kind == "dispose" else {}), **(more or {}),
        }  # fmt: skip
        sealed.append(person.decides(conn, kind, alert.key, details).id)
    alerts.put(conn, done)
    return Done(tuple(done), tuple(left), min(sealed, default=0), max(sealed, default=0))


def _visible(conn: Connection, chosen: Chosen) -> list[Alert]:
    if unseen := alert_lists.hidden(conn, chosen.keys, chosen.scope):
        raise NotFound(f"no alert {unseen[0]!r}")
    found = alerts.by_keys(conn, chosen.keys)
    return [found[key] for key in dict.fromkeys(chosen.keys)]


def _may_undo(conn: Connection, alert: Alert, person: Person) -> bool:
    until = undo_until(audit.entries(conn, alert.key), person)
    seen = alert.state is AlertState.ACKNOWLEDGED
    return seen and until is not None and datetime.now(UTC) <= until
