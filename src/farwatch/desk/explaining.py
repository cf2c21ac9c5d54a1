"""Explain: gather the whole chain behind an alert, event, assessment or forecast from stores."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from farwatch.desk import naming
from farwatch.desk.chain import (
    AlertChain,
    AssessmentChain,
    Chain,
    Delivery,
    EventChain,
    Read,
    Statement,
    Version,
)
from farwatch.desk.event_steps import steps
from farwatch.desk.explaining_forecast import forecast_chain
from farwatch.desk.opening import Desk
from farwatch.errors import NotFound
from farwatch.model.account import WHOLE, Scope
from farwatch.model.assessment import Assessment, assessment_id, place_and_time
from farwatch.model.event import Event, Judgement, Reading
from farwatch.model.forecast import country_and_time
from farwatch.model.protect import Alert
from farwatch.model.report import Report
from farwatch.protect.drafting import may_leave
from farwatch.store import (
    alerts,
    assessments,
    audit,
    events,
    judgements,
    outbox,
    readings,
    reports,
    tombstones,
    withdrawals,
)  # fmt: skip
from farwatch.store.audit import Decision
from farwatch.store.names import Noun
from farwatch.store.restricted import statements_among
from farwatch.store.withdrawals import Withdrawal
from farwatch.understand.origins import Evidence, origin_keys

_RELEASED = "released: "


def explain(desk: Desk, conn: Connection, name: str) -> Chain:
    """The chain behind what this name means: an id, an alert's key, a place, or a beginning.

    An assessment that was asked for and not kept is made anew: its id says of what and when. Raises
    NotFound with the name; UsageError where it could mean several.
    """
    asked = place_and_time(name)
    if asked is not None and not assessments.kept(conn, assessment_id(*asked)):
        return _chain_of(desk, conn, _assessed_anew(desk, conn, *asked))
    if country_and_time(name) is not None:
        forecast = forecast_chain(conn, name)
        if forecast is None:
            raise NotFound(f"no forecast {name!r} is kept: of each country the two newest are")
        return forecast
    found = naming.find(conn, assessment_id(*asked) if asked else name)
    if found.noun is Noun.ALERT:
        return alert_chain(desk, conn, naming.revision(conn, name))
    if found.noun is Noun.EVENT:
        return event_chain(desk, conn, events.get(conn, found.id))
    return assessment_chain(desk, conn, found.id)


def alert_chain(
    desk: Desk, conn: Connection, alert: Alert, scope: Scope = WHOLE
) -> AlertChain:  # fmt: skip
    """An alert's revisions, deliveries, decisions and event."""
    decisions = tuple(entry.decision for entry in audit.entries(conn, alert.key))
    try:
        event = events.get(conn, alert.event)
    except NotFound:  # an event of the desk's own, which rests on no stored one
        event = None
    return AlertChain(
        alert=alert,
        released_because=_release(desk, alert, event, _releases(conn, alert, event)),
        revisions=tuple(alerts.revisions(conn, alert.key)),
        deliveries=tuple(
            Delivery(
                item.recipient, item.channel, item.revision, item.state, item.attempts,
                item.repeats, item.next_attempt, item.handed_over_at, item.last_error,
            )
            for item in outbox.of_alert(conn, alert.key)
        ),
        decisions=decisions,
        event=event_chain(desk, conn, event, scope) if event else None,
    )  # fmt: skip


def event_chain(
    desk: Desk, conn: Connection, event: Event, scope: Scope = WHOLE
) -> EventChain:  # fmt: skip
    """An event's versions, the judgements on its statements, and the statements themselves; of
    what is restricted not a word to who is not cleared."""
    merged = events.merged_into(conn, event.id)
    return EventChain(
        event=event,
        merged=merged,
        steps=steps([
            one for one in events.versions(conn, event.id)
            if scope.restricted or not one.restricted
        ]),
        judgements=tuple(_judgements(conn, event, scope)),
        statements=_statements(desk, conn, event, scope),
        removed=tuple(tombstones.of_events(conn, [event.id, *merged])),
    )  # fmt: skip


def _judgements(conn: Connection, event: Event, scope: Scope) -> list[Judgement]:
    """What was judged on its statements; they may stand against restricted ones of others."""
    found = judgements.for_statements(conn, event.statements)
    if scope.restricted:
        return found
    shut = statements_among(conn, {name for one in found for name in (one.left, one.right)})
    return [one for one in found if not {one.left, one.right} & shut]


def assessment_chain(desk: Desk, conn: Connection, name: str) -> AssessmentChain:
    """A kept assessment and, each once, the events and forecasts that its factors name."""
    return _chain_of(desk, conn, assessments.get(conn, name))


def _assessed_anew(desk: Desk, conn: Connection, place: str, as_of: datetime) -> Assessment:
    from farwatch.desk.assessing import assess_once  # half a second, for what is rarely asked

    return assess_once(desk, conn, place, as_of)


def _chain_of(desk: Desk, conn: Connection, assessment: Assessment) -> AssessmentChain:
    factors = [factor for level in assessment.levels for factor in level.factors]
    named = dict.fromkeys(one for factor in factors for one in factor.evidence)
    told = {name: forecast_chain(conn, name) for name in named if country_and_time(name)}
    now_called = {name: events.resolve(conn, name) for name in named if name not in told}
    known = events.get_many(conn, set(now_called.values()))
    return AssessmentChain(
        assessment=assessment,
        events=tuple(
            event_chain(desk, conn, known[name])
            for name in dict.fromkeys(now_called.values())
            if name in known
        ),
        unknown=(
            *(name for name, called in now_called.items() if called not in known),
            *(name for name, forecast in told.items() if forecast is None),
        ),
        forecasts=tuple(one for one in told.values() if one is not None),
    )


def _releases(conn: Connection, alert: Alert, event: Event | None) -> list[Decision]:
    """Duty officers' releases of this alert's happening: one alert's release frees the rest."""
    names = [alert.event, *(events.merged_into(conn, event.id) if event else ())]
    keys = dict.fromkeys([alert.key, *(one.key for one in alerts.of_events(conn, names))])
    found = [entry.decision for key in keys for entry in audit.entries(conn, key)]
    return [decision for decision in found if decision.kind == "release"]


def _release(desk: Desk, alert: Alert, event: Event | None, officers: Sequence[Decision]) -> str:
    if alert.released:
        return _freed(alert, officers)
    if event is None:
        return "a notice to the desk"
    return held_because(desk, event) or (
        "neither a named official feed nor an own-site alarm releases it; a duty officer may"
    )


def held_because(desk: Desk, event: Event) -> str | None:
    """Why nobody may release alerts of this event; None: a duty officer may."""
    if event.restricted:
        return "restricted: it goes to its own group alone"
    if event.grade.credibility > desk.rules.release_credibility:
        return f"credibility {event.grade.credibility} never leaves the desk"
    if not may_leave(event, desk.rules):
        return "a single unofficial origin never leaves the desk"
    return None


def _freed(alert: Alert, officers: Sequence[Decision]) -> str:
    for reason in reversed(alert.reasons):
        if reason.startswith(_RELEASED):
            return reason.removeprefix(_RELEASED)
    if officers:
        last = max(officers, key=lambda decision: decision.at)
        return f"by {last.by} at {last.at:%Y-%m-%d %H:%M} UTC"
    return "a duty officer released an alert of this happening"


def _statements(desk: Desk, conn: Connection, event: Event, scope: Scope) -> tuple[Statement, ...]:
    by_source: dict[str, list[str]] = defaultdict(list)
    for name in event.statements:
        source, _, key = name.partition("\t")
        by_source[source].append(key)
    flagged = {
        readings.name(source, key): flag
        for source, keys in by_source.items()
        for key, flag in withdrawals.withdrawn(conn, source, keys).items()
    }
    read = readings.by_statements(conn, event.statements)
    versions = {
        readings.name(source, key): [
            one for one in reports.history(conn, source, key)
            if scope.restricted or not one.facts.restricted
        ]
        for source, keys in by_source.items()
        for key in keys
    }  # fmt: skip
    ordered = sorted(event.statements, key=lambda name: (_first(versions[name]), name))
    origins = _origins(desk, [versions[name][-1] for name in ordered if versions[name]])
    return tuple(
        replace(
            _statement(desk, name, versions[name], flagged.get(name), read.get(name, ())),
            number=number,
            origin=origins.get(name, ""),
        )
        for number, name in enumerate(ordered, start=1)
    )


def _origins(desk: Desk, said: Sequence[Report]) -> dict[str, str]:
    """Who said each statement first; what copies one another has one origin."""
    keys = origin_keys([Evidence(one, desk.sources.get(one.source)) for one in said])
    return {readings.name(one.source, one.key): key for one, key in zip(said, keys, strict=True)}


def _first(versions: Sequence[Report]) -> str:
    return min(((v.published or v.received).isoformat() for v in versions), default="")


def _statement(
    desk: Desk, name: str, versions: Sequence[Report], flag: Withdrawal | None,
    read: Sequence[Reading],
) -> Statement:  # fmt: skip
    source_id, _, key = name.partition("\t")
    source = desk.sources.get(source_id)
    return Statement(
        number=0,
        name=name,
        source=source_id,
        key=key,
        publisher=source.terms.publisher if source else None,
        licence=source.terms.licence if source else None,
        attribution=source.terms.attribution if source else None,
        origin="",
        versions=tuple(
            Version(one.id, one.published, one.received, one.title or one.text[:160], one.url)
            for one in versions
        ),
        withdrawn=flag.at if flag else None,
        withdrawn_because=flag.reason if flag else None,
        readings=tuple(_read(one) for one in read),
    )


def _read(reading: Reading) -> Read:
    place = reading.place
    return Read(
        kind=reading.kind.value,
        severity=reading.severity,
        grade=str(reading.grade),
        place=place.name if place else None,
        precision=place.precision.value if place else None,
        happened=reading.happened,
        reasons=reading.reasons,
        place_reasons=place.reasons if place else (),
    )
