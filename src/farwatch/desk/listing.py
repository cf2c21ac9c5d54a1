"""The sources a desk knows: their terms, whether they may be read, and how they were heard."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from farwatch.collect.gate import permit
from farwatch.errors import TermsError
from farwatch.model.terms import Source
from farwatch.settings import Settings
from farwatch.sources import catalogue
from farwatch.store import health
from farwatch.store.database import Database
from farwatch.store.health import Health


@dataclass(frozen=True, slots=True)
class Listed:
    """A source; `refused` says why it may not be read, "" where it may."""

    source: Source
    refused: str
    heard: Health | None = None  # None: never tried


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
    heard: dict[str, Health] | None = None,
) -> Iterator[Listed]:
    """Each source with what the gate says of it."""
    for source in sources:
        yield Listed(source, _refused(source, settings, today), (heard or {}).get(source.id))


def heard_so_far(settings: Settings) -> dict[str, Health]:
    """How sources were heard, by id; nothing is made where there is no database yet."""
    with Database(settings.database) as database:
        file = database.url.database or ""
        if database.dialect == "sqlite" and not Path(file).exists():
            return {}
        if database.revision() is None:
            return {}
        with database.read() as conn:
            return health.status(conn)


def _refused(source: Source, settings: Settings, today: date) -> str:
    try:
        permit(source, settings.jurisdiction, settings.non_commercial, today)
    except TermsError as error:
        return str(error)
    return ""
