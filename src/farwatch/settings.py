"""One frozen Settings, read once: defaults, then a TOML file, then environment, then flags.

Environment names are `FARWATCH_` and the field in capitals. The TOML file is `farwatch.toml` in the
working folder or the one `FARWATCH_CONFIG` names. An unknown key is an error, not a guess.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from farwatch.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a desk can be told. Paths are absolute once loaded."""

    data_dir: Path = Path("~/.local/share/farwatch")
    database_url: str = ""  # empty: SQLite in data_dir
    lake_url: str = ""  # empty: a folder in data_dir
    lake_engine: str = "duckdb"  # duckdb | spark
    organisation: str = "Our organisation"
    contact: str = ""  # e-mail or web address that publishers see in the User-Agent
    jurisdiction: str = ""  # ISO alpha-2 of where the organisation collects
    non_commercial: bool = False  # the organisation declares non-commercial use
    sources_dir: str = ""  # further source YAML files
    sources: str = ""  # comma-separated ids to run; empty: all enabled
    rules_file: str = ""  # alert rules; empty: the built-in ones
    webhook_url: str = ""  # where released alerts are posted
    webhook_secret: str = ""  # signs what is posted
    webhook_private: bool = False  # the API's webhooks may reach private addresses
    jsonl_file: str = ""  # where alerts are appended as JSON lines
    delivery_file: str = ""  # who is told, deadlines, authority; empty: the built-in rules
    smtp_url: str = ""  # mail server: smtps://user:password@host:465, or smtp:// with STARTTLS
    smtp_from: str = ""  # the sender of mails
    gateway_url: str = ""  # HTTP gateway for text messages and calls
    gateway_secret: str = ""  # signs what passes between the gateway and the desk
    chat: bool = False  # recipients' chat addresses (Apprise) are used
    exercise_hosts: str = ""  # the only hosts an exercise may reach, and no real desk may
    heartbeat_url: str = ""  # asked every minute while the desk works; who watches it alarms
    listen: str = "127.0.0.1:8080"  # where `farwatch up` answers
    public_url: str = ""  # what links in messages begin with; empty: http:// and `listen`
    second_factor_for: str = ""  # comma-separated roles that must have a second factor
    oidc_issuer: str = ""  # OpenID Connect: whose accounts may sign in here
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    oidc_role_claim: str = "roles"  # the claim that the mapping reads
    oidc_roles: str = ""  # "claim's value=role", comma-separated; the first that fits holds
    forecast_notice: float = 0.3  # chance of 25 deaths or more in a month that is told when passed
    timezone: str = "UTC"  # the desk's own, beside UTC on pages (IANA name)
    exercise: bool = False  # this desk is an exercise desk

    @property
    def database(self) -> str:
        """SQLAlchemy URL of the database."""
        return self.database_url or f"sqlite:///{self.data_dir / 'desk.sqlite'}"

    @property
    def site_url(self) -> str:
        """What links to the console begin with, without a slash at the end."""
        return self.public_url.rstrip("/") or f"http://{self.listen}"

    @property
    def lake(self) -> str:
        """Folder or URL of the lake's Delta tables."""
        return self.lake_url or str(self.data_dir / "lake")


_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


def load(
    flags: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] | None = None,
    config: Path | None = None,
) -> Settings:
    """Read the settings; raises SettingsError naming the setting and its value.

    A flag that is None was not given.
    """
    env = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    path = config or (Path(env["FARWATCH_CONFIG"]) if env.get("FARWATCH_CONFIG") else None)
    if path is not None and not path.is_file():
        raise SettingsError(f"settings file {str(path)!r} does not exist")
    path = path or Path("farwatch.toml")
    if path.is_file():
        values |= _known(_from_toml(path), str(path))
    names = {field.name for field in fields(Settings)}
    _known(dict.fromkeys(_asked(env), 0), "environment")
    values |= {
        name: env[f"FARWATCH_{name.upper()}"] for name in names if f"FARWATCH_{name.upper()}" in env
    }
    given = {name: value for name, value in (flags or {}).items() if value is not None}
    values |= _known(given, "flags")
    return _checked(Settings(**{name: _typed(name, value) for name, value in values.items()}))


def _asked(env: Mapping[str, str]) -> list[str]:
    """The settings that the environment names, known or not; the tests have words of their own."""
    named = [name.removeprefix("FARWATCH_") for name in env if name.startswith("FARWATCH_")]
    return [name.lower() for name in named if name != "CONFIG" and not name.startswith("TEST_")]


def _from_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"settings file {str(path)!r} is not TOML: {error}") from error


def _known(values: Mapping[str, Any], where: str) -> dict[str, Any]:
    names = {field.name for field in fields(Settings)}
    for name in values:
        if name not in names:
            raise SettingsError(f"{where}: {name!r} is no setting; settings are {sorted(names)}")
    return dict(values)


def _typed(name: str, value: Any) -> Any:
    default = getattr(Settings(), name)
    if isinstance(default, bool):
        return _boolean(name, value)
    if isinstance(default, float):
        return _chance(name, value)
    if isinstance(default, Path):
        return Path(str(value)).expanduser().absolute()
    return str(value)


def _boolean(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise SettingsError(f"setting {name} is {value!r}, neither true nor false")


def _chance(name: str, value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = -1.0
    if not 0 < number < 1:
        raise SettingsError(f"setting {name} is {value!r}, no probability between 0 and 1")
    return number


def _checked(settings: Settings) -> Settings:
    if settings.lake_engine not in {"duckdb", "spark"}:
        raise SettingsError(
            f"setting lake_engine is {settings.lake_engine!r}; it is duckdb or spark"
        )
    if settings.data_dir == Settings().data_dir:
        from dataclasses import replace

        return replace(settings, data_dir=settings.data_dir.expanduser().absolute())
    return settings
