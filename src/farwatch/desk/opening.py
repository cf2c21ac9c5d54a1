"""A desk, opened: its settings with the stores, sources, rules and facts of the earth they name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from farwatch.desk.last_uses import LastUses
from farwatch.desk.remembering import Memory
from farwatch.errors import ExerciseError, SettingsError
from farwatch.model.terms import Source
from farwatch.protect.routing import Rules, builtin_rules, parse_rules
from farwatch.settings import Settings
from farwatch.sources import catalogue
from farwatch.store.database import Database
from farwatch.store.lake import Lake
from farwatch.world import borders, gazetteer


@dataclass(frozen=True)
class Desk:
    """Everything a room of the desk works with. Facts of the earth are opened when first used."""

    settings: Settings
    database: Database
    sources: Mapping[str, Source]
    rules: Rules

    @cached_property
    def gazetteer(self) -> gazetteer.Gazetteer:
        """Places of the world: an imported table if there is one, else the built-in one."""
        return gazetteer.prefer(self.settings.data_dir / "gazetteer")

    @cached_property
    def borders(self) -> borders.Borders:
        """Countries' outlines."""
        return borders.open()

    @cached_property
    def lake(self) -> Lake:
        """The lake of everything we were told."""
        return Lake(self.settings.lake, self.settings.lake_engine)

    @cached_property
    def memory(self) -> Memory:
        """What this process read in the database's present state."""
        return Memory()

    @cached_property
    def last_uses(self) -> LastUses:
        """Which keys and sign-ins this process saw used."""
        return LastUses()


@contextmanager
def open_desk(settings: Settings, own_sources: Path | None = None) -> Iterator[Desk]:
    """Open a desk, its tables brought to this version; `own_sources` are a replay's sources.

    An exercise desk knows the exercise's sources alone, so that nothing real can reach it.
    """
    if settings.exercise and own_sources is None:
        own_sources = settings.data_dir / "sources"
        if not own_sources.is_dir():
            raise ExerciseError(f"exercise desk {str(settings.data_dir)!r} has no sources folder")
    sources = _sources(settings, own_sources)
    with Database(settings.database) as database:
        database.migrate()
        yield Desk(settings, database, sources, _rules(settings, sources))


def _sources(settings: Settings, own: Path | None) -> dict[str, Source]:
    if settings.exercise:
        return catalogue.load(own)
    sources = catalogue.load()
    if settings.sources_dir:
        sources |= catalogue.load(Path(settings.sources_dir))
    if own is not None and own.is_dir():
        sources |= catalogue.load(own)
    return sources


def _rules(settings: Settings, sources: Mapping[str, Source]) -> Rules:
    if settings.rules_file:
        path = Path(settings.rules_file)
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"rules file {str(path)!r} cannot be read: {error}") from error
        rules = parse_rules(text, str(path))
    else:
        rules = builtin_rules()
    automatic = frozenset(name for name, source in sources.items() if source.auto_release)
    return replace(rules, auto_release=automatic, exercise=settings.exercise)
