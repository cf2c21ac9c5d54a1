"""The watch room in a real browser: the map is drawn, lives, and speaks to nobody else."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uvicorn
from matplotlib.image import imread
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from web_desk import PASSWORD, alert, event

from farwatch.desk import accounts
from farwatch.desk.accounts import NewAccount
from farwatch.desk.opening import Desk
from farwatch.model.account import Role
from farwatch.model.kinds import Kind
from farwatch.store import alerts, events
from farwatch.web.app import make_app

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="/usr/bin/chromium is missing")
ARGUMENTS = [
    "--no-sandbox", "--disable-background-networking", "--disable-quic", "--no-first-run",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
WAIT = 60_000  # milliseconds: WebGL is drawn by the processor here


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=[*ARGUMENTS, "--enable-unsafe-swiftshader"]
        )
        yield found
        found.close()


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    """The desk, served."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(
        make_app(desk), host="127.0.0.1", port=port, log_level="error",
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(20)


def until(page: Page, true: str) -> None:
    """Wait for an expression of the page. Playwright's own waiting needs what our policy forbids
    pages, `eval`."""
    ends = time.monotonic() + WAIT / 1000
    while not page.evaluate(true):
        assert time.monotonic() < ends, f"never came: {true}"
        page.wait_for_timeout(50)


class Seen:
    """What a page did that it should not: requests to others, faults, broken policies."""

    def __init__(self, page: Page, address: str) -> None:
        self.outside: list[str] = []
        self.faults: list[str] = []

        def request(route: Any) -> None:
            if not route.request.url.startswith((address, "data:", "blob:")):
                self.outside.append(route.request.url)
            route.continue_()

        page.route("**/*", request)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on(
            "console",
            lambda told: self.faults.append(told.text) if told.type == "error" else None,
        )


@pytest.fixture
def context(browser: Browser, desk: Desk, address: str) -> Iterator[BrowserContext]:
    """Signed in as a duty officer."""
    now = datetime.now(UTC)
    accounts.add(desk, NewAccount("duty", Role.DUTY_OFFICER, PASSWORD), "tests", now)
    signed_in = accounts.sign_in(desk, "duty", PASSWORD, now)
    found = browser.new_context(viewport={"width": 1440, "height": 900}, service_workers="block")
    found.add_cookies([{"name": "farwatch_session", "value": signed_in.secret, "url": address}])
    yield found
    found.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def opened(page: Page, address: str, path: str = "/watch") -> Seen:
    seen = Seen(page, address)
    page.goto(address + path)
    page.wait_for_selector("#map[data-drawn]", timeout=WAIT)
    return seen


def pixels(page: Page) -> np.ndarray:
    """The map's picture, (height, width, 4) from 0 to 1."""
    until(page, "window.farwatchMap.loaded()")
    return imread(BytesIO(page.locator("#map").screenshot()), format="png")


def dark_share(picture: np.ndarray) -> float:
    return float((picture[..., :3].max(axis=2) < 0.3).mean())


def test_the_map_draws_and_speaks_to_nobody_else(page: Page, address: str) -> None:
    seen = opened(page, address)
    until(
        page,
        "window.farwatchMap.queryRenderedFeatures({layers: ['sites', 'events', 'clusters']}).length"
        " >= 2",
    )
    picture = pixels(page)
    colours = np.unique((picture[..., :3].reshape(-1, 3) * 255).astype(int), axis=0)
    assert len(colours) > 50  # sea, land, borders, marks and their edges
    assert dark_share(picture) > 0.0005  # the marks' ink
    assert (seen.outside, seen.faults) == ([], [])


def test_a_new_event_and_alert_appear_by_themselves(page: Page, address: str, desk: Desk) -> None:
    seen = opened(page, address)
    expect(page.locator("#feed")).not_to_contain_text("Shots in Chingola")
    fresh = replace(
        event("e-new", Kind.GUN_ATTACK, "Shots in Chingola", -12.53, 27.85, "ZM"), severity=4
    )
    with desk.database.begin() as conn:
        events.put(conn, [fresh])
    expect(page.locator("#row-e-new")).to_contain_text("Shots in Chingola", timeout=WAIT)
    until(
        page,
        "window.farwatchMap.queryRenderedFeatures({layers: ['events', 'clusters']})"
        ".some((one) => one.properties.severity === 4)",
    )
    from web_desk import KITWE

    with desk.database.begin() as conn:
        alerts.put(conn, [alert(fresh, KITWE, minutes=9)])
    expect(page.locator("[data-alert='e-new/desk']")).to_be_visible(timeout=WAIT)
    expect(page.locator("#announcer")).to_contain_text("Shots in Chingola", timeout=WAIT)
    assert (seen.outside, seen.faults) == ([], [])


def test_filters_and_time_survive_a_reload(page: Page, address: str) -> None:
    opened(page, address)
    page.locator(".pick summary").click()
    page.locator("input[name=kind][value=riot]").check()
    expect(page.locator("#feed .lines[data-rows] > li")).to_have_count(1, timeout=WAIT)
    page.keyboard.press("Escape")
    page.locator("select[name=severity]").select_option("3")
    page.wait_for_url("**severity=3**", timeout=WAIT)
    page.locator("#at").focus()
    page.keyboard.press("PageDown")
    page.wait_for_url("**at=20**", timeout=WAIT)
    told = page.locator("#at-told").inner_text()
    page.reload()
    page.wait_for_selector("#map[data-drawn]", timeout=WAIT)
    expect(page.locator("#at-told")).to_have_text(told)
    assert page.locator("#at").get_attribute("aria-valuetext") == told
    assert page.locator("input[name=kind]:checked").evaluate_all(
        "all => all.map(o => o.value)"
    ) == ["riot"]
    assert page.locator("select[name=severity]").input_value() == "3"
    assert "kind=riot" in str(page.locator(".rail a[data-go=a]").get_attribute("href"))


def test_list_and_map_choose_the_same(page: Page, address: str) -> None:
    opened(page, address)
    page.locator("#row-e-quake a").click()
    expect(page.locator("#chosen h2")).to_have_text("M 5.1 off Lima", timeout=WAIT)
    assert "event=e-quake" in page.url
    until(
        page,
        "!window.farwatchMap.isMoving() && window.farwatchMap.getSource('picked')"
        " && window.farwatchMap.queryRenderedFeatures({layers: ['picked']}).length === 1",
    )
    page.keyboard.press("Escape")
    expect(page.locator("#chosen")).to_have_count(0, timeout=WAIT)
    # Now from the map: close to Lusaka, the march is one mark of its own.
    page.evaluate("window.farwatchMap.jumpTo({center: [28.3, -15.4], zoom: 8})")
    until(
        page,
        "window.farwatchMap.queryRenderedFeatures({layers: ['events']})"
        ".some((one) => one.properties.event === 'e-far')",
    )
    spot = page.evaluate("(() => { const p = window.farwatchMap.project([28.3, -15.4]);"
                         " return [p.x, p.y]; })()")  # fmt: skip
    page.locator("#map canvas").click(position={"x": spot[0], "y": spot[1]})
    expect(page.locator("#chosen h2")).to_have_text("March in Lusaka", timeout=WAIT)
    expect(page.locator("#row-e-far")).to_have_class("chosen")


def test_keys_reach_the_map_and_the_list(page: Page, address: str) -> None:
    opened(page, address)
    page.keyboard.press("m")
    assert page.evaluate("document.activeElement.tagName") == "CANVAS"
    page.keyboard.press("l")
    assert page.evaluate("Boolean(document.activeElement.closest('#feed'))")


def test_a_phone_lists_first_and_has_the_map_behind_a_tab(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    seen = Seen(page, address)
    page.goto(f"{address}/watch")
    expect(page.locator("#feed")).to_be_visible()
    expect(page.locator("#map-part")).to_be_hidden()
    page.locator("#tab-map").click()
    page.wait_for_selector("#map[data-drawn]", timeout=WAIT)
    expect(page.locator("#feed")).to_be_hidden()
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390
    assert (seen.outside, seen.faults) == ([], [])


def test_without_webgl_the_list_stands_and_says_so(page: Page, address: str) -> None:
    page.add_init_script(
        "const get = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...more) {"
        " return /webgl/.test(kind) ? null : get.call(this, kind, ...more); };"
    )
    page.goto(f"{address}/watch")
    expect(page.locator("#map-note")).to_contain_text("WebGL", timeout=WAIT)
    expect(page.locator("#row-e-riot")).to_be_visible()


def test_without_script_the_form_filters_the_list(
    browser: Browser, context: BrowserContext, address: str
) -> None:
    plain = browser.new_context(java_script_enabled=False)
    plain.add_cookies(context.cookies())
    page = plain.new_page()
    page.goto(f"{address}/watch?kind=riot&country=ZM")
    expect(page.locator("#feed .lines[data-rows] > li")).to_have_count(1)
    expect(page.locator("#map-note")).to_contain_text("script")
    page.locator("select[name=severity]").select_option("5")
    page.locator("#filters button").click()
    expect(page.locator("#feed")).to_contain_text("Nothing that is known fits")
    assert "country=ZM" in page.url  # what has no field of its own is carried along
    plain.close()
