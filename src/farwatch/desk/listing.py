"""The sources a desk knows: their terms, whether they may be read, and how they were heard."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from farwatch.collect.gate import permit
from farwatch.collect.health import SHOWN_ERRORS, WINDOW, Health, ParseError, Record, judge
from farwatch.errors import TermsError
from farwatch.model.terms import Source
from farwatch.settings import Settings
from farwatch.sources import catalogue
from farwatch.store import health, rejects
from farwatch.store.database import Database
from farwatch.store.rejects import Reject


@dataclass(frozen=True, slots=True)
class Listed:
    """A source; `refused` says why it may not be read, "" where it may."""

    source: Source
    refused: str
    health: Health | None = None  # None: never tried


def read_sources(settings: Settings) -> dict[str, Source]:
    """The sources of a desk with these settings, by id; raises TermsError."""
    if settings.exercise:
        return catalogue.load(settings.data_dir / "sources")
    sources = catalogue.load()
    if settings.sources_dir:
        sources |= catalogue.load(Path(settings.sources_dir))
    return sources


def listed(
    sources: Iterable[Source],
    settings: Settings,
    today: date,
    known: dict[str, Health] | None = None,
) -> Iterator[Listed]:
    """Each source with what the gate says of it."""
    for source in sources:
        yield Listed(source, _refused(source, settings, today), (known or {}).get(source.id))


def heard_so_far(
    settings: Settings, sources: Mapping[str, Source], now: datetime
) -> dict[str, Health]:
    """How each source that was ever tried does at `now`, by id; nothing is made where there is no
    database yet."""
    with Database(settings.database) as database:
        file = database.url.database or ""
        if database.dialect == "sqlite" and not Path(file).exists():
            return {}
        if database.revision() is None:
            return {}
        with database.read() as conn:
            return heard(conn, sources, now)


def heard(conn: Connection, sources: Mapping[str, Source], now: datetime) -> dict[str, Health]:
    """How each of these sources that was ever tried does at `now`, by id."""
    return {
        name: judge(sources[name], _record(conn, known, now), now)
        for name, known in health.status(conn).items()
        if name in sources
    }


def _record(conn: Connection, known: health.Health, now: datetime) -> Record:
    """What the database keeps of the attempts to hear a source."""
    name = known.source
    until = now + timedelta(microseconds=1)  # this very hour too
    volume = health.total(conn, name, now - WINDOW, until)
    return Record(
        since=health.first_heard(conn, name),
        last_answered=known.last_heard,
        last_new=known.last_new,
        failures=known.failures,
        error=known.last_error or "",
        accepted=volume.accepted,
        rejected=volume.rejected,
        errors=tuple(_error(one) for one in rejects.rejected(conn, name, SHOWN_ERRORS)),
    )


def _error(one: Reject) -> ParseError:
    return ParseError(
        one.at, one.document, one.position or "", one.field or "", one.value or "", one.reason
    )


def _refused(source: Source, settings: Settings, today: date) -> str:
    try:
        permit(source, settings.jurisdiction, settings.non_commercial, today)
    except TermsError as error:
        return str(error)
    return ""
