"""The alerts' room in a real browser: keys, bulk with undo, live changes, a phone, two thousand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from browser import PASSWORD, PHONE, WIDE, account, chromium, needs_chromium, press, served
from playwright.sync_api import Browser, Page, expect
from web_desk import KITWE, NOON, alert, event, furnish

from farwatch.desk import accounts
from farwatch.desk.opening import Desk
from farwatch.model.account import Role, Scope
from farwatch.model.kinds import Kind
from farwatch.model.protect import AlertState
from farwatch.settings import Settings
from farwatch.store import alert_lists, alerts, events
from farwatch.store.alert_lists import AlertChoice

pytestmark = needs_chromium
WAIT = 30_000  # milliseconds: other work shares the machine
MOST_BYTES = 150 * 1024
LONG = "Crowd at the gate and " * 20 + "an" + "unbroken" * 30
Standing = tuple[Desk, str]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def standing(tmp_path: Path) -> Iterator[Standing]:
    """A furnished desk, served, and its address."""
    with served(Settings(data_dir=tmp_path)) as (opened, address):
        furnish(opened)
        yield opened, address


@pytest.fixture
def desk(standing: Standing) -> Desk:
    return standing[0]


@pytest.fixture
def page(standing: Standing, browser: Browser) -> Iterator[Page]:
    """A duty officer, signed in."""
    desk, address = standing
    name = account(desk, role=Role.DUTY_OFFICER)
    secret = accounts.sign_in(desk, name, PASSWORD, datetime.now(UTC)).secret
    context = browser.new_context(base_url=address, viewport=WIDE)
    context.set_default_timeout(WAIT)
    context.add_cookies([{"name": "farwatch_session", "value": secret, "url": address}])
    made = context.new_page()
    wrong: list[str] = []
    made.on("pageerror", lambda error: wrong.append(str(error)))
    made.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    yield made
    context.close()
    assert wrong == []


def open_alerts(desk: Desk) -> int:
    with desk.database.read() as conn:
        found = alerts.active(conn)
    return sum(one.state is AlertState.OPEN for one in found)


def add(desk: Desk, number: int, title: str = "Riot", severity: int = 3) -> None:
    """More happenings, each with an open alert."""
    made = [
        replace(event(f"e-{n}", Kind.RIOT, f"{title} {n}", -12.8, 28.2, "ZM"), severity=severity)
        for n in range(number)
    ]
    told = [
        replace(alert(one, KITWE), sent=NOON + timedelta(minutes=10 + n))
        for n, one in enumerate(made)
    ]
    with desk.database.begin() as conn:
        events.put(conn, made)
        alerts.put(conn, told)


def test_the_inbox_by_keys_alone(desk: Desk, page: Page) -> None:
    page.goto("/alerts")
    press(page, "j")
    press(page, "j")
    press(page, "k")
    chosen = page.locator('tr[aria-selected="true"]')
    expect(chosen).to_contain_text("M 5.1 off Lima")
    press(page, "a")
    expect(page.locator(".flash")).to_contain_text("1 alert acknowledged.")
    assert open_alerts(desk) == 1
    press(page, "u")
    expect(page.locator(".flash")).to_contain_text("1 acknowledgement taken back.")
    assert open_alerts(desk) == 2
    press(page, "?")
    expect(page.locator("#keys")).to_be_visible()
    expect(page.locator("#keys")).to_contain_text("Hand over")
    press(page, "Escape")
    press(page, "j")
    press(page, "Enter")
    expect(page.locator("h1")).to_contain_text("M 5.1 off Lima")
    press(page, "j")  # the next of the list
    expect(page.locator("h1")).to_contain_text("Crowd at the gate")
    press(page, "e")
    expect(page.locator("h1")).to_have_text("The chain of reasons")
    expect(page.locator(".chain")).to_contain_text("e-riot/desk")
    press(page, "e")  # and back
    expect(page.locator("h1")).to_contain_text("Crowd at the gate")
    press(page, "h")
    press(page, "a")  # the focus is in the list of names: "a" finds amina there
    press(page, "Enter")
    expect(page.locator(".flash")).to_contain_text("handed over to amina")
    press(page, "d")
    press(page, "Space")
    press(page, "Enter")
    expect(page.locator(".flash")).to_contain_text("1 alert dismissed: No impact.")


def test_many_at_once_and_back(desk: Desk, page: Page) -> None:
    page.goto("/alerts")
    page.locator('input[name="key"]').first.check()
    expect(page.locator("[data-chosen]")).to_have_text("1 chosen · alerts: 1 · to acknowledge: 1")
    page.locator("[data-all]").check()
    expect(page.locator("[data-chosen]")).to_have_text("2 chosen · alerts: 2 · to acknowledge: 2")
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.locator(".flash")).to_contain_text("2 alerts acknowledged.")
    assert open_alerts(desk) == 0
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".flash")).to_contain_text("2 acknowledgements taken back.")
    assert open_alerts(desk) == 2


def test_what_is_new_waits_and_moves_no_row(desk: Desk, page: Page) -> None:
    page.goto("/alerts")
    row = page.locator('[data-row="e-riot"]')
    expect(row).to_be_visible()
    page.wait_for_timeout(1500)  # the page listens from now on
    before = row.bounding_box()
    add(desk, 3, severity=5)
    with desk.database.begin() as conn:
        seen = replace(alerts.get(conn, "e-riot/desk"), state=AlertState.ACKNOWLEDGED)
        alerts.put(conn, [seen])
    bar = page.locator("[data-news] button")
    expect(bar).to_have_text("3 new: show them")
    expect(row.locator(".state")).to_have_text("acknowledged")
    after = row.bounding_box()
    assert before is not None and after is not None
    assert page.locator("[data-row]").count() == 2
    # the bar stands above the list; the rows keep their places among each other
    quake = page.locator('[data-row="e-quake"]').bounding_box()
    assert quake is not None and quake["y"] < after["y"]
    assert (before["x"], before["height"]) == (after["x"], after["height"])
    assert before["y"] == after["y"]
    bar.click()
    expect(page.locator("[data-row]")).to_have_count(5)


def test_a_phone_holds_the_longest_headline(desk: Desk, page: Page) -> None:
    add(desk, 1, title=LONG, severity=5)
    page.set_viewport_size(PHONE)
    for path in ("/alerts", "/alerts/e-0/desk", "/alerts/e-0/desk/chain"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
    page.goto("/alerts/e-0/desk")
    button = page.get_by_role("button", name="Acknowledge").bounding_box()
    assert button is not None  # in reach of a thumb: the lower right
    assert button["x"] + button["width"] > 300 and button["y"] > 600
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.locator(".flash")).to_contain_text("1 alert acknowledged.")


def test_two_thousand_alerts(desk: Desk, page: Page) -> None:
    add(desk, 2000)
    carried: list[int] = []
    page.on("response", lambda answer: carried.append(
        int(answer.headers.get("content-length", 0)) or len(answer.body())
    ) if answer.request.resource_type != "eventsource" else None)  # fmt: skip
    page.goto("/alerts")
    page.wait_for_load_state("load")
    assert page.locator("[data-row]").count() == 50
    assert sum(carried) < MOST_BYTES
    expect(page.locator('.views [aria-current="page"] .count')).to_have_text("2002")
    page.locator("[data-every]").check()
    expect(page.locator("[data-chosen]")).to_have_text("all 2002 of this view")
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.locator(".flash")).to_contain_text("2002 alerts acknowledged.")
    with desk.database.read() as conn:
        assert alert_lists.total(conn, AlertChoice(states=("open",)), Scope()) == 0
    page.get_by_role("link", name="More").click()
    assert page.locator("[data-row]").count() == 50
