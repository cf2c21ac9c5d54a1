"""The desk's directory of recipients, kept until somebody changes it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from weakref import WeakKeyDictionary

from sqlalchemy import Connection

from farwatch.desk.opening import Desk
from farwatch.errors import SettingsError
from farwatch.protect.delivery_rules import DeliveryRules, builtin_delivery, parse_delivery
from farwatch.protect.directing import Directory
from farwatch.store import recipients
from farwatch.store.database import Database

_KEPT: WeakKeyDictionary[Database, tuple[tuple[object, ...], Directory]] = WeakKeyDictionary()


def directory(desk: Desk, conn: Connection) -> Directory:
    """Who may be told, as it stands now. Ten thousand recipients take half a second to read and
    a question to keep."""
    mark = recipients.mark(conn)
    kept = _KEPT.get(desk.database)
    if kept is None or kept[0] != mark:
        kept = (mark, Directory.of(recipients.load(conn), recipients.load_rotas(conn)))
        _KEPT[desk.database] = kept
    return kept[1]


def delivery_rules(desk: Desk) -> DeliveryRules:
    """The rules of the setting `delivery_file`, else the built-in ones; raises SettingsError."""
    if not desk.settings.delivery_file:
        return builtin_delivery()
    path = Path(desk.settings.delivery_file)
    try:
        return _parsed(path, path.stat().st_mtime_ns)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"delivery file {str(path)!r} cannot be read: {error}") from error


@lru_cache(maxsize=4)
def _parsed(path: Path, _changed: int) -> DeliveryRules:
    return parse_delivery(path.read_text(encoding="utf-8"), str(path))


def open_channels(desk: Desk) -> frozenset[str]:
    """The channels to persons that the settings open."""
    settings = desk.settings
    found = {"email"} if settings.smtp_url else set()
    if settings.gateway_url:
        found |= {"sms", "voice"}
    if settings.chat:
        found.add("chat")
    return frozenset(found)
