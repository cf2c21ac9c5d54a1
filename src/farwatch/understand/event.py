"""One event from the readings of a cluster: what is said, how surely, and whether it stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from farwatch.model.event import Event, Reading, State
from farwatch.model.kinds import Kind
from farwatch.model.place import Place, Precision
from farwatch.model.report import Action, Span, Status
from farwatch.model.terms import Source
from farwatch.understand.apart import heard, statement
from farwatch.understand.grade import grade_of
from farwatch.understand.merge import event_id
from farwatch.understand.origins import Evidence, origin_keys

_ACTORS = 8
_TITLE = 160
_EXACT = list(Precision)


def to_event(
    readings: Sequence[Reading],
    sources: Mapping[str, Source],
    previous: Event | None,
    now: datetime,
    identity: str | None = None,
) -> Event:
    """The event that these readings (current versions, none withdrawn) tell of together.

    `previous` is its last version: returned itself if nothing changed, else the version rises by
    one. `identity` is the id from `merge.identify`. Raises ValueError without a reading.
    """
    if not readings:
        raise ValueError("an event needs at least one reading")
    ordered = sorted(readings, key=lambda r: (heard(r), statement(r)))
    cluster = _Cluster(ordered, sources)
    event = cluster.event(
        identity or (previous.id if previous else event_id(statement(ordered[0]))), now
    )
    if previous is None:
        return event
    event = replace(event, id=identity or previous.id, version=previous.version)
    return previous if event == previous else replace(event, version=previous.version + 1)


class _Cluster:
    """Readings of one happening, oldest first, and who stands behind them."""

    def __init__(self, readings: Sequence[Reading], sources: Mapping[str, Source]) -> None:
        self.all = readings
        self.sources = sources
        ending = [r for r in readings if r.report.action is Action.CANCEL or r.ended]
        self.ending = ending
        self.saying = [r for r in readings if not r.denial and r not in ending]
        self.evidence = [
            Evidence(r.report, sources.get(r.report.source), self.official(r), r.denial)
            for r in readings
            if r not in ending
        ]
        # What the event is rests on those who say it; where none does, on what there is.
        self.basis = self.saying or readings

    def official(self, reading: Reading) -> bool:
        source = self.sources.get(reading.report.source)
        return reading.report.facts.official or bool(source and source.official)

    def event(self, identity: str, now: datetime) -> Event:
        evidence = self.evidence or [
            Evidence(r.report, self.sources.get(r.report.source), self.official(r))
            for r in self.all
        ]
        grade, origins = grade_of(evidence)
        keys = dict(zip([e.report.id for e in evidence], origin_keys(evidence), strict=True))
        kind = self.kind(keys)
        state, why = self.state(now)
        place = self.place()
        level, level_why = self.severity(keys)
        leading = self.leading(kind)
        restricted = any(r.report.facts.restricted for r in self.all)
        return Event(
            id=identity,
            version=1,
            kind=kind,
            severity=level,
            title=(leading.report.title or leading.report.text.strip() or kind.value)[:_TITLE],
            place=place,
            happened=self.happened(),
            first_reported=min(heard(r) for r in self.all),
            last_reported=max(heard(r) for r in self.all),
            grade=grade,
            state=state,
            expires=self.expires(),
            exercise=any(r.report.status is Status.EXERCISE for r in self.all),
            official=any(self.official(r) for r in self.basis),
            code=leading.code,
            urgency=self.urgency(),
            advice=_union(r.report.facts.advice for r in self.by_authority()),
            actors=_union(r.actors for r in self.basis)[:_ACTORS],
            sources=tuple(sorted({r.report.source for r in self.all})),
            origins=origins,
            reports=tuple(sorted(r.report.id for r in self.all)),
            statements=tuple(sorted(statement(r) for r in self.all)),
            site=next((r.report.facts.site for r in self.basis if r.report.facts.site), None),
            restricted=restricted,
            measures=self.measures(),
            reasons=(*leading.reasons, level_why, *grade.reasons, why),
        )

    def by_authority(self) -> list[Reading]:
        """Those who say it: authorities, own staff, then news in words before coded rows; newest
        first among equals."""
        return sorted(
            self.basis,
            key=lambda r: (
                self.official(r),
                r.report.facts.grade is not None,
                r.report.facts.kind is None,
                heard(r),
                statement(r),
            ),
            reverse=True,
        )

    def kind(self, keys: Mapping[str, str]) -> Kind:
        """An authority's or own staff's kind; else what most origins say, words before codes, then
        the graver."""
        first = self.by_authority()[0]
        if self.official(first) or first.report.facts.grade:
            return first.kind
        said: dict[Kind, set[str]] = defaultdict(set)
        for reading in self.basis:
            said[reading.kind].add(keys.get(reading.report.id, reading.report.source))
        in_words = {r.kind for r in self.basis if r.report.facts.kind is None}
        gravest = {kind: max(r.severity for r in self.basis if r.kind is kind) for kind in said}
        return max(said, key=lambda k: (len(said[k]), k in in_words, gravest[k], k.value))

    def leading(self, kind: Kind) -> Reading:
        """The reading that words the event: of its kind, with a title; an authority's newest, else
        the first that news brought, so that a later aside does not rename it."""
        mine = [r for r in self.by_authority() if r.kind is kind] or self.by_authority()
        titled = [r for r in mine if r.report.title] or mine
        if self.official(titled[0]) or titled[0].report.facts.grade:
            return titled[0]
        worded = [r for r in titled if r.report.facts.kind is None] or titled
        return worded[-1]

    def severity(self, keys: Mapping[str, str]) -> tuple[int, str]:
        """An authority's newest word; else the highest that one origin says, or two of three."""
        first = self.by_authority()[0]
        if self.official(first) and first.report.facts.severity is not None:
            return first.severity, f"severity {first.severity} as {first.report.source} states"
        highest: dict[str, int] = {}
        for reading in self.basis:
            key = keys.get(reading.report.id, reading.report.source)
            highest[key] = max(highest.get(key, 1), reading.severity)
        levels = sorted(highest.values(), reverse=True)
        # One outlier among many origins does not set the level; of two the graver does.
        level = levels[1] if len(levels) > 2 else levels[0]
        return level, f"severity {level} of {levels} by origin"

    def place(self) -> Place | None:
        """An authority's place; else the most exactly known, the newest of equals."""
        known = [r for r in self.by_authority() if r.place is not None]
        stated = [r.place for r in known if self.official(r) or r.report.facts.grade]
        if (
            stated
            and stated[0] is not None
            and stated[0].precision in (Precision.POINT, Precision.CITY)
        ):
            return stated[0]
        places = [r.place for r in known if r.place is not None]
        if stated and stated[0] is not None and stated[0].geometry.rings:
            return stated[0]
        return min(places, key=_vagueness, default=None)

    def happened(self) -> Span | None:
        """The most precise time, an authority's first among equals."""
        spans = [r.happened for r in self.by_authority() if r.happened is not None]
        units = ["second", "minute", "hour", "day", "week", "month", "year"]
        return min(
            spans,
            key=lambda s: units.index(s.precision) if s.precision in units else 3,
            default=None,
        )

    def expires(self) -> datetime | None:
        """The newest authority's end time; without one, the latest that is stated."""
        stated = [r for r in self.basis if r.report.expires is not None]
        official = [r for r in stated if self.official(r)]
        if official:
            return max(official, key=lambda r: (heard(r), statement(r))).report.expires
        return max((r.report.expires for r in stated if r.report.expires), default=None)

    def urgency(self) -> str | None:
        """The newest authority's word; Future only if all say that it is still to come."""
        official = [r for r in self.by_authority() if self.official(r) and r.report.facts.urgency]
        if official:
            return official[0].urgency
        ahead = all(r.urgency == "Future" for r in self.basis)
        stated = [r.urgency for r in self.by_authority() if r.urgency and r.urgency != "Future"]
        return "Future" if ahead else (stated[0] if stated else None)

    def measures(self) -> dict[str, float | str]:
        merged: dict[str, float | str] = {}
        for reading in reversed(self.by_authority()):
            merged.update(reading.report.facts.measures)
        return dict(sorted(merged.items()))

    def state(self, now: datetime) -> tuple[State, str]:
        """Withdrawn if nobody stands by it, ended by an authority's word or time, else live."""
        if not self.saying:
            if self.ending:
                return State.ENDED, "its publisher or an authority says that it is over"
            return State.WITHDRAWN, "those who said it denied or retracted it"
        if self._is_over():
            return State.ENDED, "the newest word that counts says that it is over"
        expires = self.expires()
        if expires is not None and expires <= now:
            return State.ENDED, f"expired at {expires.isoformat()}"
        return State.LIVE, "live"

    def _is_over(self) -> bool:
        """An authority's event ends by a later word of an authority or of its own publisher."""
        if not self.ending:
            return False
        official = [r for r in self.saying if self.official(r)]
        said_by = {r.report.source for r in official}
        counts = [
            r for r in self.ending
            if not official or self.official(r) or r.report.source in said_by
        ]  # fmt: skip
        last = max(heard(r) for r in official or self.saying)
        return any(heard(r) >= last for r in counts)


def _vagueness(place: Place) -> tuple[int, float]:
    return _EXACT.index(place.precision), place.geometry.radius_km


def _union(groups: Iterable[Iterable[str]]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for group in groups:
        found.update(dict.fromkeys(group))
    return tuple(found)
