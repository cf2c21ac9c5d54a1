"""What is configured, reachable and missing; nothing is made or changed by looking."""

from __future__ import annotations

import importlib.util
import os
import shutil
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from farwatch.desk.listing import Listed, listed, read_sources
from farwatch.errors import FarwatchError
from farwatch.settings import Settings

CONNECT_SECONDS = 5  # how long a PostgreSQL server has to answer


@dataclass(frozen=True, slots=True)
class InForce:
    """One setting as it holds, secrets hidden, and where it came from."""

    name: str
    value: str
    origin: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `todo` says what to do where `fine` is False."""

    what: str
    fine: bool
    said: str
    todo: str = ""


@dataclass(frozen=True, slots=True)
class Checkup:
    """Everything the doctor found."""

    settings: tuple[InForce, ...]
    findings: tuple[Finding, ...]
    sources: tuple[Listed, ...]

    @property
    def fine(self) -> bool:
        """Whether nothing needs doing."""
        return all(finding.fine for finding in self.findings)


def examine(settings: Settings, today: date, environ: Mapping[str, str] | None = None) -> Checkup:
    """Look at everything the settings name. Errors become findings; none is raised."""
    env = os.environ if environ is None else environ
    sources, about_sources = _sources(settings, today)
    checks: tuple[Callable[[Settings], Finding], ...] = (
        _folder, _database, _lake, _engine, _world, _rules, _webhook, _jsonl,
    )  # fmt: skip
    return Checkup(
        tuple(in_force(settings, env)),
        (*(_checked(check, settings) for check in checks), about_sources),
        sources,
    )


def in_force(settings: Settings, environ: Mapping[str, str]) -> Iterator[InForce]:
    """Every setting, in the order of `Settings`."""
    path = Path(environ.get("FARWATCH_CONFIG") or "farwatch.toml")
    stated = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    for field in fields(Settings):
        value = getattr(settings, field.name)
        variable = f"FARWATCH_{field.name.upper()}"
        if variable in environ:
            origin = variable
        elif field.name in stated:
            origin = str(path)
        else:
            origin = "default"
        yield InForce(field.name, _shown(field.name, value), origin)


_SECRET_PATHS = {"webhook_url", "gateway_url", "heartbeat_url"}


def _shown(name: str, value: object) -> str:
    """A setting's value; an address without password or query, a webhook without its path."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if text and name.endswith("_secret"):
        return "(set)"
    if not text or not name.endswith("_url") or "://" not in text:
        return text
    try:
        parts = urlsplit(text)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return "(cannot be read)"
    return f"{parts.scheme}://{host}" + ("" if name in _SECRET_PATHS else parts.path)


def _well(what: str, said: str) -> Finding:
    return Finding(what, fine=True, said=said)


def _mend(what: str, said: str, todo: str) -> Finding:
    return Finding(what, fine=False, said=said, todo=todo)


def _checked(check: Callable[[Settings], Finding], settings: Settings) -> Finding:
    try:
        return check(settings)
    except (FarwatchError, OSError) as error:
        return _mend(check.__name__.strip("_"), str(error), "mend it")


def _folder(settings: Settings) -> Finding:
    folder = settings.data_dir
    there = next(path for path in (folder, *folder.parents) if path.exists())
    if there.is_dir() and os.access(there, os.W_OK):
        made = "" if folder.exists() else ", made at first use"
        return _well("data folder", f"{folder} can be written{made}")
    todo = "choose another with FARWATCH_DATA_DIR"
    return _mend("data folder", f"{there} cannot be written", todo)


def _database(settings: Settings) -> Finding:
    import sqlalchemy as sa

    from farwatch.store.database import REVISIONS, Database

    with Database(settings.database) as database:
        file, shown = database.url.database or "", database.shown
        if database.dialect == "sqlite" and file != ":memory:" and not Path(file).exists():
            return _well("database", f"{shown} is made at first use")
        url = database.url
    if url.get_backend_name() == "postgresql":
        url = url.update_query_dict({"connect_timeout": str(CONNECT_SECONDS)})
    try:
        with Database(sa.URL.render_as_string(url, hide_password=False)) as database:
            revision = database.revision()
    except FarwatchError as error:
        return _mend("database", str(error), "start it, or mend FARWATCH_DATABASE_URL")
    standing = "has no tables yet; they are made at first use"
    if revision is not None:
        newest = "" if revision == REVISIONS[-1] else ", brought up to date at first use"
        standing = f"answers, tables at {revision}{newest}"
    return _well("database", f"{shown} {standing}")


def _lake(settings: Settings) -> Finding:
    from farwatch.store.lake import Lake
    from farwatch.store.lake_tables import TABLES

    lake, shown = Lake(settings.lake, settings.lake_engine), _shown("lake_url", settings.lake)
    if lake.local and not Path(lake.where).exists():
        return _well("lake", f"{shown} is made at first use")
    try:
        rows = {table: lake.count(table) for table in TABLES}
    except FarwatchError as error:
        return _mend("lake", str(error), "restore it, or mend FARWATCH_LAKE_URL")
    counted = ", ".join(f"{count:,} {table}" for table, count in rows.items())
    return _well("lake", f"{shown}: {counted}")


def _engine(settings: Settings) -> Finding:
    spark = importlib.util.find_spec("pyspark") is not None
    java = shutil.which("java") is not None
    have = f"pyspark {'installed' if spark else 'missing'}, Java {'found' if java else 'missing'}"
    if settings.lake_engine == "spark" and not (spark and java):
        todo = "install farwatch[spark] and Java 17, or set lake_engine to duckdb"
        return _mend("lake engine", f"spark: {have}", todo)
    return _well("lake engine", f"{settings.lake_engine} ({have})")


def _world(settings: Settings) -> Finding:
    from farwatch.world import borders, gazetteer

    try:
        places = gazetteer.prefer(settings.data_dir / "gazetteer")
        borders.open()
    except (FarwatchError, OSError) as error:
        return _mend("world", str(error), "run `farwatch world build`")
    return _well("world", f"{len(places):,} places and borders, {places.folder}")


def _rules(settings: Settings) -> Finding:
    from farwatch.protect.routing import builtin_rules, parse_rules

    if not settings.rules_file:
        return _well("alert rules", f"the built-in {len(builtin_rules().routes)} routes")
    path = Path(settings.rules_file)
    try:
        rules = parse_rules(path.read_text(encoding="utf-8"), str(path))
    except (FarwatchError, OSError, UnicodeDecodeError) as error:
        return _mend("alert rules", str(error), "mend the file rules_file names")
    return _well("alert rules", f"{path}: {len(rules.routes)} routes")


def _webhook(settings: Settings) -> Finding:
    from farwatch.channels.exercise_wall import may_reach
    from farwatch.channels.webhook import Webhook

    if not settings.webhook_url:
        return _well("webhook", "not configured (webhook_url)")
    shown = _shown("webhook_url", settings.webhook_url)
    try:
        Webhook(settings.webhook_url)
        may_reach(settings.webhook_url, settings.exercise_hosts, exercise=settings.exercise)
    except FarwatchError as error:
        return _mend("webhook", str(error), "give FARWATCH_WEBHOOK_URL as https://...")
    return _well("webhook", f"{shown} is a good address; nothing was sent to try it")


def _jsonl(settings: Settings) -> Finding:
    if not settings.jsonl_file:
        return _well("JSON lines", "not configured (jsonl_file)")
    path = Path(settings.jsonl_file).absolute()
    if os.access(path if path.exists() else path.parent, os.W_OK) and not path.is_dir():
        return _well("JSON lines", f"{path} can be written")
    return _mend("JSON lines", f"{path} cannot be written", "mend FARWATCH_JSONL_FILE")


def _sources(settings: Settings, today: date) -> tuple[tuple[Listed, ...], Finding]:
    try:
        sources = read_sources(settings)
    except FarwatchError as error:
        return (), _mend("sources", str(error), "mend the source's YAML file")
    found = tuple(listed(sources.values(), settings, today))
    asked = [name.strip() for name in settings.sources.split(",") if name.strip()]
    permitted = [one.source.id for one in found if not one.refused]
    missing = [name for name in asked if name not in permitted]
    said = f"{len(permitted)} permitted, {len(found) - len(permitted)} refused"
    if missing:
        said += f"; asked for and not permitted or not known: {', '.join(missing)}"
        return found, _mend("sources", said, "see `farwatch sources`, mend FARWATCH_SOURCES")
    if not permitted:
        return found, _mend("sources", said, "see `farwatch sources` for each one's reason")
    return found, _well("sources", said)
