"""Who may decide what the rules do not release by themselves: release, edit or hold.

The matrix is data (role x severity x audience, in the delivery rules). Every decision has a person
and a reason, and is in the audit chain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from farwatch.desk import naming
from farwatch.desk.deciding import Person, Released
from farwatch.desk.directory import delivery_rules
from farwatch.desk.opening import Desk
from farwatch.errors import Forbidden, NotFound, UsageError
from farwatch.model.account import Role
from farwatch.model.cap import RESPONSE_TYPE
from farwatch.model.protect import Alert
from farwatch.protect.delivery_rules import ACTIONS, RESTRICTED, SITES
from farwatch.store import accounts, decided, events
from farwatch.store.decided import EDIT as EDIT
from farwatch.store.decided import HOLD as HOLD
from farwatch.store.decided import Standing

RELEASE, LIFT = "release", "lift"
_LONGEST = 500
_MOST_HOURS = 24 * 7


@dataclass(frozen=True, slots=True)
class Decider:
    """A person with the role that the matrix asks for."""

    person: Person
    role: Role


@dataclass(frozen=True, slots=True)
class Wording:
    """An officer's words for those outside the desk; advice in CAP's words, () leaves it."""

    headline: str
    advice: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stands:
    """What a role may decide about an alert, and what was decided and stands."""

    may: tuple[str, ...]
    edit: Standing | None
    hold: Standing | None


def role_of(desk: Desk, name: str, asked: str | None) -> Role:
    """The role of who decides at the command line: the one that is said, else that of the account
    of this name, else the duty officer's. Raises UsageError for a role that there is not."""
    if asked is not None:
        try:
            return Role(" ".join(asked.casefold().replace("-", " ").split()))
        except ValueError as error:
            known = ", ".join(Role)
            raise UsageError(f"--role {asked!r} is none of: {known}") from error
    with desk.database.read() as conn:
        try:
            return accounts.named(conn, name).role
        except NotFound:
            return Role.DUTY_OFFICER


def stands(desk: Desk, alert: Alert, decider: Decider) -> Stands:
    """What this person may decide, and what stands."""
    now = decider.person.at
    with desk.database.read() as conn:
        open_to = tuple(one for one in ACTIONS if _may(desk, conn, alert, one, decider.role))
        event = alert.event
        return Stands(
            open_to,
            decided.standing(conn, event, EDIT, now), decided.standing(conn, event, HOLD, now),
        )  # fmt: skip


def release(desk: Desk, name: str, decider: Decider, reason: str = "") -> Released:
    """Let those outside the desk be told, as `deciding.release` does.

    Raises also Forbidden where the matrix does not give this to the role, or somebody holds it.
    """
    from farwatch.desk import deciding

    with desk.database.begin() as conn:
        alert = naming.alert(conn, name)
        check(desk, conn, alert, RELEASE, decider)
        hold = decided.standing(conn, alert.event, HOLD, decider.person.at)
        if hold is not None:
            _check_lift(desk, conn, alert, hold, decider)
            decided.lift(conn, alert.event, HOLD)
        _seal(conn, alert, "release because", decider, {"reason": reason})
    return deciding.release(desk, alert.key, decider.person)


def edit(desk: Desk, name: str, wording: Wording, decider: Decider, reason: str) -> Alert:
    """Say it in other words to those outside the desk, from the next message on.

    The words hold while the danger is no graver than it was when they were written. Raises
    NotFound, Forbidden, and UsageError for words or advice that cannot be used.
    """
    headline = " ".join(wording.headline.split())
    if not headline or len(headline) > _LONGEST or not headline.isprintable():
        raise UsageError(f"headline {headline[:60]!r} is empty or over {_LONGEST} characters")
    wrong = [word for word in wording.advice if word not in RESPONSE_TYPE]
    if wrong:
        raise UsageError(f"advice {wrong[0]!r} is none of {', '.join(RESPONSE_TYPE)}")
    with desk.database.begin() as conn:
        alert = naming.alert(conn, name)
        check(desk, conn, alert, EDIT, decider)
        before = decided.standing(conn, alert.event, EDIT, decider.person.at)
        details = {"headline": headline, "advice": list(wording.advice), "level": alert.level,
                   "reason": _reason(reason)}  # fmt: skip
        person = decider.person
        decided.put(conn, Standing(alert.event, EDIT, person.name, person.at, None, details))
        was = before.details.get("headline") if before else alert.headline
        _seal(conn, alert, EDIT, decider, details | {"before": was})
    return alert


def hold(desk: Desk, name: str, decider: Decider, reason: str, hours: float = 4.0) -> Alert:
    """Keep it at the desk for a while, whoever else would release it; nothing that left comes back.

    Raises NotFound, Forbidden, UsageError for an alert that is released already.
    """
    if not 0 < hours <= _MOST_HOURS:
        raise UsageError(f"{hours!r} hours is not a time to hold: more than 0, at most a week")
    with desk.database.begin() as conn:
        alert = naming.alert(conn, name)
        check(desk, conn, alert, HOLD, decider)
        if alert.released:
            raise UsageError(f"alert {alert.id} is released already; what left cannot be held")
        person, until = decider.person, decider.person.at + timedelta(hours=hours)
        details = {"reason": _reason(reason), "role": decider.role.value}
        decided.put(conn, Standing(alert.event, HOLD, person.name, person.at, until, details))
        _seal(conn, alert, HOLD, decider, details | {"until": until.isoformat()})
    return alert


def lift(desk: Desk, name: str, decider: Decider, reason: str) -> Alert:
    """End a hold before its time; its own person may, and whoever may release this at all."""
    with desk.database.begin() as conn:
        alert = naming.alert(conn, name)
        held = decided.standing(conn, alert.event, HOLD, decider.person.at)
        if held is None:
            raise UsageError(f"alert {alert.id} is not held")
        _check_lift(desk, conn, alert, held, decider)
        decided.lift(conn, alert.event, HOLD)
        _seal(conn, alert, LIFT, decider, {"reason": _reason(reason), "held by": held.by})
    return alert


def check(desk: Desk, conn: Connection, alert: Alert, action: str, decider: Decider) -> None:
    """Raise Forbidden unless the matrix gives this to the role."""
    if not _may(desk, conn, alert, action, decider.role):
        raise Forbidden(
            f"a {decider.role.value} may not {action} an alert of severity {alert.level} to "
            f"{_audience(conn, alert)} (delivery rules, authority)"
        )


def _may(desk: Desk, conn: Connection, alert: Alert, action: str, role: Role) -> bool:
    rules = delivery_rules(desk)
    return rules.may(action, role.value, alert.level, _audience(conn, alert))


def _audience(conn: Connection, alert: Alert) -> str:
    """To whom a release of this alert leads."""
    return RESTRICTED if events.get(conn, alert.event).restricted else SITES


def _check_lift(
    desk: Desk, conn: Connection, alert: Alert, held: Standing, decider: Decider
) -> None:
    """A hold is lifted by who made it, or by a role with more authority than theirs."""
    if held.by == decider.person.name:
        return
    rules, audience = delivery_rules(desk), _audience(conn, alert)
    theirs = str(held.details.get("role", ""))
    own = decider.role.value
    more = rules.may(RELEASE, own, alert.level, audience) and (
        own != theirs and not _outranks(desk, theirs, own)
    )
    if not more:
        until = f" until {held.until:%Y-%m-%d %H:%M} UTC" if held.until else ""
        raise Forbidden(f"alert {alert.id} is held by {held.by}{until}: {held.details['reason']}")


def _outranks(desk: Desk, one: str, other: str) -> bool:
    """Whether the matrix lets the one release graver alerts than the other."""
    rules = delivery_rules(desk)

    def most(role: str) -> int:
        return max((r.severity for r in rules.authority if role in r.roles and RELEASE in r.may),
                   default=0)  # fmt: skip

    return most(one) >= most(other)


def _reason(text: str) -> str:
    reason = " ".join(text.split())
    if not reason or len(reason) > _LONGEST:
        raise UsageError("a reason is needed, of at most 500 characters")
    return reason


def _seal(
    conn: Connection, alert: Alert, what: str, decider: Decider, details: Mapping[str, Any]
) -> None:
    about = {"alert": alert.id, "revision": alert.revision, "role": decider.role.value}
    decider.person.decides(conn, what, alert.key, {**about, **details})
