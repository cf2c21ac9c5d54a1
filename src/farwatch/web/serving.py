"""Serve the console: one process for web and watch on the embedded database."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime

import uvicorn

from farwatch.desk import accounts
from farwatch.desk.heartbeat import keep
from farwatch.desk.opening import Desk
from farwatch.errors import SettingsError
from farwatch.web.app import make_app

# Threads take turns after so long: at each step of an answer the loop waits for one of them.
_SWITCH_S = 0.001
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def serve(desk: Desk, say: Callable[[str], None]) -> None:
    """Answer at `settings.listen` until stopped. `say` is told what a person at the terminal must
    know: the address, the set-up link of a desk without accounts, and a warning where others can
    reach it without encryption. Raises SettingsError for an unreadable address."""
    host, port = address(desk.settings.listen)
    base = desk.settings.site_url
    if host not in LOOPBACK and not base.startswith("https:"):
        say(f"warning: {host} can be reached by others and {base} is not encrypted: put a TLS "
            "proxy before it and set public_url to its https address")  # fmt: skip
    secret = accounts.set_up_link(desk, datetime.now(UTC))
    if secret is not None:
        say(f"no account stands yet; make the first one within the hour: {base}/set-up/{secret}")
    say(f"the console is at {base}")
    config = uvicorn.Config(
        make_app(desk), host=host, port=port, log_level="warning", access_log=False,
        server_header=False, timeout_graceful_shutdown=3,
    )  # fmt: skip
    sys.setswitchinterval(_SWITCH_S)
    stop = threading.Event()
    keeper = threading.Thread(target=keep, args=(desk, stop), name="keeper", daemon=True)
    keeper.start()
    try:
        uvicorn.Server(config).run()
    finally:
        stop.set()
        keeper.join(5)


def address(listen: str) -> tuple[str, int]:
    """("127.0.0.1", 8080) of "127.0.0.1:8080" or "[::1]:8080"; raises SettingsError."""
    host, _, port = listen.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65_536:
        raise SettingsError(f"setting listen is {listen!r}; it reads like '127.0.0.1:8080'")
    return host.strip("[]"), int(port)
