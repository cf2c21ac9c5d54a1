"""Pages in a real browser: Debian's Chromium on a desk that is served on loopback."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from farwatch.desk import accounts
from farwatch.desk.accounts import NewAccount
from farwatch.desk.opening import Desk, open_desk
from farwatch.desk.watching import Seen
from farwatch.model.account import Role
from farwatch.settings import Settings
from farwatch.web.app import make_app

CHROMIUM = Path("/usr/bin/chromium")
ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PASSWORD = "correct horse battery staple"
QUIET = [
    "--no-sandbox", "--disable-background-networking", "--disable-quic", "--no-first-run",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
FLAT = [*QUIET, "--disable-gpu"]
DRAWN = [*QUIET, "--enable-unsafe-swiftshader"]  # WebGL without a graphics card
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}

needs_chromium = pytest.mark.skipif(
    not CHROMIUM.exists(), reason="no /usr/bin/chromium (apt-get install chromium)"
)


@contextmanager
def chromium(arguments: list[str] | None = None) -> Iterator[Any]:
    """A browser, closed afterwards."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=str(CHROMIUM), args=FLAT if arguments is None else arguments
        )
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def served(settings: Settings) -> Iterator[tuple[Desk, str]]:
    """A desk, opened and served on a free port: the desk and its address."""
    with open_desk(settings) as desk:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port = listener.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(
            make_app(desk), host="127.0.0.1", port=port, log_level="error", access_log=False,
            timeout_graceful_shutdown=1,
        ))  # fmt: skip
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        try:
            yield desk, f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            thread.join(10)


def account(desk: Desk, name: str = "amina", role: Role = Role.ADMINISTRATOR) -> str:
    """An account of this name, made unless it stands; the name."""
    from farwatch.errors import UsageError

    with suppress(UsageError):
        accounts.add(desk, NewAccount(name, role, PASSWORD), "tests", datetime.now(UTC))
    return name


def sign_in(page: Any, base: str, name: str) -> None:
    """Through the form."""
    page.goto(f"{base}/sign-in")
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", PASSWORD)
    page.click("form.card button")
    page.wait_for_selector("nav.rail")


def press(page: Any, key: str) -> None:
    """A key, once the page's scripts listen: on a slow machine a page shows before they do."""
    page.wait_for_function("() => document.readyState === 'complete'")
    page.keyboard.press(key)


def shared_folder(made: pytest.TempPathFactory) -> Path:
    """A folder of this test run that all its workers share."""
    own = made.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def exercise_world(folder: Path) -> Path:
    """An exercise, half run, once for all workers of a test run; the folder with its desk."""
    from farwatch.desk.exercising import exercise_run

    done, turn = folder / "done", folder / "turn"
    folder.mkdir(parents=True, exist_ok=True)
    if done.exists():
        return folder / "world"
    try:
        os.close(os.open(turn, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        while not done.exists():  # another worker builds it
            time.sleep(0.2)
        return folder / "world"
    with suppress(_Enough):
        exercise_run("copperbelt_election", None, folder / "world", _half)
    done.touch()
    return folder / "world"


class _Enough(Exception):
    """The world has all that the pages show; its other half would bring more of the same."""


def _half(seen: Seen) -> None:
    if seen.now is not None and seen.now >= datetime(2026, 5, 10, 22, tzinfo=UTC):
        raise _Enough


def settle(page: Any) -> None:
    """Wait until the page has drawn itself: fonts, the map where there is one."""
    page.wait_for_load_state("load")
    if page.locator("#map, .map canvas, [data-map]").count():
        page.wait_for_timeout(2_500)
    page.wait_for_timeout(150)
