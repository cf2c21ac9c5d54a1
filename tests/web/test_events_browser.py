"""The events' room in a real browser: search, a file, a grade with its reason, a join, an undo."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from browser import PHONE, WIDE, account, chromium, needs_chromium, press, served, sign_in
from test_events import FIRST, SECOND, TOLD, _event, paper

from farwatch.desk import indexing
from farwatch.desk.opening import Desk
from farwatch.settings import Settings
from farwatch.store import events, readings, reports

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as found:
        yield found


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    with served(Settings(data_dir=tmp_path)) as (desk, base):
        _fill(desk)
        yield base


def _fill(desk: Desk) -> None:
    desk.__dict__["sources"] = {"herald": paper("herald", "yes"), "closed": paper("closed", "no")}
    with desk.database.begin() as conn:
        reports.accept(conn, [one.report for one in TOLD], batch="b")
        readings.put(conn, TOLD)
        events.put(conn, [_event(one) for one in TOLD])
    indexing.finish(desk)
    account(desk)


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    context = browser.new_context(viewport=WIDE, accept_downloads=True)
    found = context.new_page()
    sign_in(found, address, "amina")
    yield found
    context.close()


def test_search_by_keys_and_nobody_by_name(page: Any, address: str) -> None:
    page.goto(f"{address}/events")
    press(page, "/")
    page.keyboard.type("flood kaya")
    press(page, "Enter")
    page.wait_for_url("**/events?*q=flood+kaya*")
    assert page.locator("table.found tbody tr").count() == 2
    press(page, "j")
    press(page, "Enter")
    page.wait_for_url(f"**/events/{SECOND}")
    page.goto(f"{address}/reports?q=Tobias+Wrenfield")
    assert "nobody can be looked up by name" in page.inner_text(".empty")


def test_a_file_is_saved(page: Any, address: str) -> None:
    page.goto(f"{address}/events?q=flood")
    page.click("text=Save as a file")
    with page.expect_download() as caught:
        page.click(".save >> text=CSV")
    text = Path(caught.value.path()).read_text(encoding="utf-8")
    assert caught.value.suggested_filename == "farwatch-events.csv"
    assert "'=1+1 Flood near Kaya market" in text
    assert "# left_out,1" in text


def test_a_grade_needs_a_reason_and_is_undone(page: Any, address: str) -> None:
    page.goto(f"{address}/events/{FIRST}")
    press(page, "r")
    page.select_option("#regrade [name=reliability]", "A")
    page.select_option("#regrade [name=credibility]", "1")
    page.click("text=Keep this grade")
    assert page.locator("#regrade textarea:invalid").count() == 1
    page.fill("#regrade textarea", "our own staff saw it")
    page.click("text=Keep this grade")
    page.wait_for_url("**done=regrade")
    assert "A1" in page.inner_text(".answers")
    assert "our own staff saw it" in page.inner_text(".answers")
    page.click(".flash-undo button")
    page.wait_for_url("**done=undo")
    assert "A1" not in page.inner_text(".answers")


def test_two_are_joined_and_stand_apart_again(page: Any, address: str) -> None:
    page.goto(f"{address}/events/{FIRST}")
    page.click("#join summary")
    page.check(f"#join input[value={SECOND}]")
    assert page.input_value("#join [name=other]") == SECOND
    page.fill("#join [name=reason]", "one river")
    page.click("text=They are one")
    page.wait_for_url("**done=join")
    assert "2 reports" in page.inner_text("article")
    page.click(".flash-undo button")
    page.wait_for_url("**done=undo")
    assert "1 report," in page.inner_text("article")
    page.goto(f"{address}/events/{SECOND}")
    assert "Kaya market" in page.inner_text("h1")


def test_a_list_renews_itself(page: Any, address: str) -> None:
    page.goto(f"{address}/events/{FIRST}")
    other = page.context.new_page()
    other.goto(f"{address}/events/{FIRST}")
    other.click("#regrade summary")
    other.fill("#regrade textarea", "heard twice")
    other.click("text=Keep this grade")
    page.wait_for_selector("[data-changed]:not([hidden])", timeout=20_000)


@pytest.mark.parametrize("path", [
    "/events", "/events?q=flood", f"/events/{FIRST}", "/reports", f"/reports/{TOLD[0].report.id}",
])  # fmt: skip
def test_phone_width(browser: Any, address: str, path: str) -> None:
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    sign_in(page, address, "amina")
    page.goto(f"{address}{path}")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert not [text for text in said if "Content Security Policy" in text]
    context.close()
