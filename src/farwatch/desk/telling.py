"""Tell a chain in words: an indented tree, from the alert down to the reports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from farwatch.desk.chain import (
    AlertChain,
    AssessmentChain,
    Chain,
    Delivery,
    EventChain,
    ForecastChain,
)
from farwatch.desk.explaining_forecast import forecast_branch
from farwatch.desk.telling_event import event_branch, when
from farwatch.desk.tree import WIDTH, Branch, branch, lines, listed
from farwatch.foresee.explain import explain as assessed
from farwatch.model.event import Event
from farwatch.model.protect import Alert, AlertState, Exposure, Message

_ROUTES = {"I": "interrupt", "II": "queue", "III": "digest"}


def tell(chain: Chain, width: int = WIDTH) -> Iterator[str]:
    """The lines of a chain, at most `width` columns but for words that are longer."""
    if isinstance(chain, AlertChain):
        yield from lines(_alert(chain), width)
    elif isinstance(chain, EventChain):
        yield from lines(event_branch(chain), width)
    elif isinstance(chain, ForecastChain):
        yield from lines(forecast_branch(chain), width)
    else:
        yield from _assessment(chain, width)


def _assessment(chain: AssessmentChain, width: int) -> Iterator[str]:
    yield from lines(branch(f"assessment {chain.assessment.id}"), width)
    for line in assessed(chain.assessment):
        depth = (len(line) - len(line.lstrip())) // 2
        yield from lines(Branch(line), width, depth)
    if chain.events or chain.forecasts:
        yield ""
    for forecast in chain.forecasts:
        yield from lines(forecast_branch(forecast), width)
    for event in chain.events:
        yield from lines(event_branch(event), width)
    if chain.unknown:
        names = ", ".join(chain.unknown)
        yield from lines(branch(f"evidence not in this database: {names}"), width)


def _alert(chain: AlertChain) -> Branch:
    alert = chain.alert
    mark = "EXERCISE " if alert.exercise else ""
    event = chain.event.event if chain.event else None
    return branch(
        f"{mark}alert {alert.id} ({alert.key}), revision {alert.revision}, {alert.message.value}",
        alert.headline,
        f"to {alert.recipient}, {_state(alert)}",
        f"sent {when(alert.sent)}, ends {when(alert.ends)}",
        _route(alert),
        f"urgency {alert.urgency}: {_urgency(alert, event)}",
        f"certainty {alert.certainty}{_certainty(alert)}",
        f"{'released' if alert.released else 'not released'}: {chain.released_because}",
        f"advice {', '.join(alert.advice)}" if alert.advice else "",
        listed("why", [text for text in alert.reasons if not text.startswith("route ")]),
        listed("sites", [_exposure(one) for one in alert.exposures], "none in reach"),
        listed("revisions", [_revision(one) for one in chain.revisions]),
        listed("deliveries", [_delivery(one) for one in chain.deliveries], "none queued"),
        listed(
            "decisions",
            [f"{one.kind} by {one.by} at {when(one.at)}" for one in chain.decisions],
        ),
        event_branch(chain.event) if chain.event else f"event {alert.event}: not stored",
    )


def _state(alert: Alert) -> str:
    proved = f", proved {alert.disposition.value}" if alert.disposition else ""
    return f"{alert.state.value}{proved}"


def _route(alert: Alert) -> str:
    name = _ROUTES[alert.route.value]
    why = next((text for text in alert.reasons if text.startswith("route ")), "")
    told = why.partition(": ")[2]
    return f"route {alert.route.value} ({name})" + (f": {told}" if told else "")


def _urgency(alert: Alert, event: Event | None) -> str:
    if alert.message is Message.CANCEL or alert.state is AlertState.CANCELLED:
        return "it is cancelled"
    if event is not None and event.official and event.urgency == alert.urgency:
        return "as the authority issued it"
    return "the soonest of its sites, by kind, severity, distance and time left"


def _certainty(alert: Alert) -> str:
    """By the grade as it was when the alert was decided; the event's may have risen since."""
    graded = next((text for text in alert.reasons if text.startswith("graded ")), "")
    return f": {graded}" if graded else ""


def _exposure(exposure: Exposure) -> Branch:
    name = exposure.site_name or exposure.site
    spread = (
        f" (event known to {exposure.uncertainty_km:.1f} km)" if exposure.uncertainty_km else ""
    )
    return branch(
        f"{name} [{exposure.site}], tier {exposure.tier}: {exposure.distance_km:.1f} km away"
        f"{spread}, reach {exposure.reach_km:.1f} km, P {exposure.probability:.2f}, "
        f"severity {exposure.severity} there",
        *exposure.reasons,
    )


def _revision(alert: Alert) -> str:
    why = f": {alert.reasons[0]}" if alert.reasons else ""
    return (
        f"{alert.revision} {alert.message.value} at {when(alert.sent)}, severity {alert.level}, "
        f"event version {alert.event_version}{why}"
    )


def _delivery(item: Delivery) -> str:
    text = f"revision {item.revision} to {item.recipient} by {item.channel}: {_went(item)}"
    if item.repeats:
        text += f", perhaps {item.repeats + 1} times"
    return text + (f"; last error: {item.last_error}" if item.last_error else "")


def _went(item: Delivery) -> str:
    at: datetime | None = item.handed_over
    if at is not None:
        return f"handed over {when(at)}"
    return f"{item.state.replace('_', ' ')}, {item.attempts} attempts, due {when(item.due)}"
