"""Decide: an event and its exposures -> what to send now, to whom; silence where nothing is new.

An alert is a happening x recipient. It is sent again (a new revision) only when the severity rose,
a site came inside, the advice changed or the route became an interrupt; it is cancelled, to exactly
those told, on withdrawal or all clear.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from farwatch.model.event import Event, State
from farwatch.model.kinds import Kind
from farwatch.model.protect import Alert, AlertState, Exposure, Message, Route
from farwatch.protect.drafting import alert_id, drafts, may_leave, release
from farwatch.protect.routing import Rules
from farwatch.protect.screen import reach_of
from farwatch.protect.timing import ends, is_past


def decide(
    event: Event,
    exposures: Sequence[Exposure],
    previous: Sequence[Alert],
    rules: Rules,
    now: datetime,
) -> list[Alert]:
    """The alerts to send now: first revisions, updates and cancels; empty if nothing is material.

    `previous` holds the latest revision of each alert of this happening, also those of events that
    were merged into it. A duty officer's release is read from it: once an alert of the happening is
    `released`, its sites are told. An exercise's event alerts nobody outside an exercise desk.
    """
    if event.exercise and not rules.exercise:
        return []
    told = _latest(previous)
    if event.state is not State.LIVE:
        return list(_ended(event, told, now))
    if not told and is_past(event, reach_of(event.kind, rules.reach), now):
        return []
    why = release(event, exposures, rules)
    freed = any(alert.released for alert in told.values()) and may_leave(event, rules)
    wanted = drafts(event, exposures, rules, now, released=why is not None or freed)
    out = []
    for recipient, draft in wanted.items():
        explained = _with_reason(draft, why)
        revision = _revised(explained, told.get(recipient))
        if revision is not None:
            out.append(revision)
    return out + list(_left(event, exposures, told, now))


def follow(event: Event, previous: Sequence[Alert], rules: Rules, now: datetime) -> list[Alert]:
    """The silent update of a thread: the same revisions with later ends.

    A revision keeps the event version that it was made from: it says what its readers were told.
    Only alerts that change are returned; they are stored, never sent.
    """
    if event.state is not State.LIVE:
        return []
    until = ends(event, reach_of(event.kind, rules.reach), now)
    changed = []
    for alert in _latest(previous).values():
        over = max(alert.ends, until)
        if _stands(alert) and over != alert.ends:
            changed.append(replace(alert, ends=over))
    return changed


def _latest(previous: Sequence[Alert]) -> dict[str, Alert]:
    """The standing revision by recipient; of several merged threads the gravest that stands."""
    newest: dict[str, Alert] = {}
    for alert in previous:
        other = newest.get(alert.key)
        if other is None or alert.revision > other.revision:
            newest[alert.key] = alert
    told: dict[str, Alert] = {}
    for alert in newest.values():
        other = told.get(alert.recipient)
        if other is None or _rank(alert) > _rank(other):
            told[alert.recipient] = alert
    return told


def _rank(alert: Alert) -> tuple[bool, int, datetime]:
    return (_stands(alert), alert.level, alert.sent)


def _stands(alert: Alert) -> bool:
    return alert.message is not Message.CANCEL and alert.state is not AlertState.CANCELLED


def _revised(draft: Alert, before: Alert | None) -> Alert | None:
    if before is None:
        return draft
    if not _stands(before):
        return _next(draft, before, Message.ALERT, "the happening is back after it was cancelled")
    new = _material(draft, before)
    return _next(draft, before, Message.UPDATE, new) if new else None


def _material(draft: Alert, before: Alert) -> str | None:
    """What is new for the reader; None: nothing that is worth another message."""
    reached = {exposure.site: exposure.severity for exposure in before.exposures}
    inside = [site for site in draft.sites if site not in before.sites]
    if draft.level > before.level:
        return f"severity up from {before.level} to {draft.level}"
    if inside:
        return f"newly inside: {', '.join(inside)}"
    for exposure in draft.exposures:
        if exposure.severity > reached.get(exposure.site, exposure.severity):
            return f"severity up at {exposure.site} to {exposure.severity}"
    if set(draft.advice) != set(before.advice):
        return f"advice changed from {', '.join(before.advice)} to {', '.join(draft.advice)}"
    if draft.kind is Kind.LEVEL_CHANGE and draft.event_version > before.event_version:
        return "the level rose further, or again"  # also where severity has no more room: 5 to 6
    if draft.route is Route.INTERRUPT and before.route is not Route.INTERRUPT:
        return f"now interrupts: {draft.reasons[0] if draft.reasons else ''}"
    return None


def _next(draft: Alert, before: Alert, message: Message, why: str) -> Alert:
    revision = before.revision + 1
    return replace(
        draft, id=alert_id(before.key, revision), key=before.key, revision=revision,
        message=message, reasons=(why, *draft.reasons),
    )  # fmt: skip


def _ended(event: Event, told: dict[str, Alert], now: datetime) -> Iterator[Alert]:
    """Cancels to exactly those told. An event that only ran out of its time ends in silence."""
    if event.state is State.WITHDRAWN:
        for alert in told.values():
            if _stands(alert):
                yield _cancel(event, alert, now, "withdrawn by its source")
        return
    ran_out = event.expires is not None and event.last_reported < event.expires <= now
    if ran_out:
        return
    for alert in told.values():
        if _stands(alert) and alert.ends > now:
            yield _cancel(event, alert, now, "all clear")


def _left(
    event: Event, exposures: Sequence[Exposure], told: dict[str, Alert], now: datetime
) -> Iterator[Alert]:
    """An authority's revision that leaves a recipient's sites out of reach cancels for them.

    A newspaper's does not: what it leaves out it has not denied.
    """
    over = event.expires is not None and event.expires <= now  # then it reaches nobody anyway
    if not event.official or event.site is not None or over:
        return
    reached = {exposure.site for exposure in exposures}
    for alert in told.values():
        active = _stands(alert) and alert.ends > now and alert.sites
        if active and reached.isdisjoint(alert.sites):
            yield _cancel(event, alert, now, "revised: no longer within reach")


def _cancel(event: Event, alert: Alert, now: datetime, why: str) -> Alert:
    revision = alert.revision + 1
    return replace(
        alert, id=alert_id(alert.key, revision), revision=revision, message=Message.CANCEL,
        event_version=event.version, urgency="Past", certainty="Observed",
        route=Route.DIGEST if alert.route is Route.DIGEST else Route.QUEUE,
        headline=f"{why[0].upper()}{why[1:]}: {alert.headline}", advice=("AllClear",),
        sent=now, ends=max(alert.ends, now), state=AlertState.CANCELLED,
        disposition=None, reasons=(why, *event.reasons[:3]),
    )  # fmt: skip


def _with_reason(draft: Alert, why: str | None) -> Alert:
    if why is None or not draft.released:
        return draft
    return replace(draft, reasons=(*draft.reasons, f"released: {why}"))
