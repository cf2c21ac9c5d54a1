"""What the desk goes by, for its administrators: rules as they stand, channels that are open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

from farwatch.desk.opening import Desk
from farwatch.errors import SettingsError
from farwatch.protect.routing import parse_rules
from farwatch.store import outbox


@dataclass(frozen=True, slots=True)
class RulesText:
    """A file of rules: what it rules, the setting that names it, its text. `stale`: it changed, or
    broke, since the desk was started, which goes by what it read then."""

    what: str
    setting: str
    file: str  # empty: built in
    text: str
    stale: bool = False


@dataclass(frozen=True, slots=True)
class ChannelShown:
    """A way out: what opens it, where it leads (never a password or a path), whether it is open."""

    name: str
    setting: str
    leads: str
    open: bool


def rules(desk: Desk) -> list[RulesText]:
    """The rules of alerts and of delivery, as text."""
    settings = desk.settings
    alerts = _text("alerts", "rules_file", settings.rules_file, "rules/alerts.yaml")
    delivery = _text("delivery", "delivery_file", settings.delivery_file, "rules/delivery.yaml")
    return [replace(alerts, stale=_stale(desk, alerts)), delivery]


def official(desk: Desk) -> list[str]:
    """The sources whose alerts reach recipients unreleased, where the rules say so."""
    return sorted(desk.rules.auto_release)


def channels(desk: Desk) -> list[ChannelShown]:
    """Every way out that settings can open."""
    settings = desk.settings
    return [
        ChannelShown("terminal", "", "", open=True),
        _channel("jsonl", "jsonl_file", settings.jsonl_file),
        _channel("webhook", "webhook_url", _host(settings.webhook_url)),
        _channel("email", "smtp_url", _host(settings.smtp_url)),
        _channel("sms, voice", "gateway_url", _host(settings.gateway_url)),
        ChannelShown("chat", "chat", "", open=settings.chat),
        _channel("heartbeat", "heartbeat_url", _host(settings.heartbeat_url)),
    ]


def waiting(desk: Desk) -> dict[str, int]:
    """How many messages there are in each state of the outbox."""
    with desk.database.read() as conn:
        return dict(outbox.totals(conn))


def _channel(name: str, setting: str, leads: str) -> ChannelShown:
    return ChannelShown(name, setting, leads, open=bool(leads))


def _text(what: str, setting: str, file: str, built_in: str) -> RulesText:
    if not file:
        text = files("farwatch.protect").joinpath(built_in).read_text(encoding="utf-8")
        return RulesText(what, setting, "", text)
    try:
        return RulesText(what, setting, file, Path(file).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        return RulesText(what, setting, file, f"# cannot be read: {error}", stale=True)


def _stale(desk: Desk, shown: RulesText) -> bool:
    """Whether the desk goes by other rules than the file now holds."""
    try:
        found = parse_rules(shown.text, shown.file or "alerts.yaml")
    except SettingsError:
        return True
    held = desk.rules
    return replace(found, auto_release=held.auto_release, exercise=held.exercise) != held


def _host(url: str) -> str:
    """Scheme and host alone: a path or a password may be a secret."""
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    except ValueError:
        return "(cannot be read)"
