"""A shift at the desk in a real browser, from the one-time link to the export."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from browser import (
    AXE,
    FLAT,
    PASSWORD,
    PHONE,
    WIDE,
    chromium,
    exercise_world,
    needs_chromium,
    press,
    served,
    shared_folder,
    sign_in,
)

from farwatch.desk import accounts
from farwatch.desk.opening import Desk
from farwatch.settings import Settings
from farwatch.store import alerts, audit, events, sites

pytestmark = needs_chromium

SITES = """id,name,lat,lon,country,staff
mufulira,Mufulira store,-12.55,28.24,ZM,12
nowhere,Nowhere depot,97.2,28.24,ZM,4
kabwe,Kabwe office,-14.44,28.45,ZM,30
unplaced,Unplaced office,,,ZM,3
"""


@pytest.fixture
def story(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """(desk, its address, a page of a signed-out browser) on an exercise's desk."""
    shared = shared_folder(tmp_path_factory) / "exercise-world"
    shutil.copytree(exercise_world(shared), tmp_path / "world")
    settings = Settings(data_dir=tmp_path / "world" / "desk", exercise=True)
    with served(settings) as (desk, base), chromium(FLAT) as browser:
        context = browser.new_context(viewport=WIDE, accept_downloads=True)
        context.set_default_timeout(60_000)
        yield desk, base, context.new_page()


def test_a_shift_from_the_first_link_to_the_export(story: Any, tmp_path: Path) -> None:
    desk, base, page = story
    _set_up_and_sign_in_again(desk, base, page)
    _watch_a_live_exercise(base, page)
    _acknowledge(desk, base, page)
    _regrade(desk, base, page)
    _set_a_level_and_take_it_back(base, page)
    _import_sites_with_two_bad_rows(desk, base, page, tmp_path)
    _search_and_export(base, page, tmp_path)
    _at_phone_width_and_in_chinese(base, page)
    with desk.database.read() as conn:
        assert audit.verify(conn) > 5


def _set_up_and_sign_in_again(desk: Desk, base: str, page: Any) -> None:
    secret = accounts.set_up_link(desk, datetime.now(UTC))
    page.goto(f"{base}/set-up/{secret}")
    page.fill("input[name=name]", "amina")
    page.fill("input[name=password]", PASSWORD)
    page.click("form.card button")
    page.wait_for_selector("nav.rail")
    assert page.locator(".exercise-band").is_visible()
    page.click("header.top details.menu:last-child summary")
    page.click("text=Sign out")
    page.wait_for_url("**/sign-in")
    sign_in(page, base, "amina")


def _watch_a_live_exercise(base: str, page: Any) -> None:
    page.goto(f"{base}/exercises")
    card = page.locator("section.card", has_text="Copperbelt")
    card.locator("select[name=speed]").select_option("3600.0")
    card.locator("button").click()
    page.wait_for_url("**/exercises/copperbelt_election-*")
    status = page.locator("[role=status]")
    page.wait_for_function(
        "() => document.querySelector('[role=status]').textContent.includes('running')",
        timeout=180_000,
    )
    before = status.inner_text()
    page.wait_for_function(  # the page goes on by itself
        "(before) => document.querySelector('[role=status]').innerText !== before", arg=before
    )
    page.locator("button", has_text="Stop").click()
    page.wait_for_function(
        "() => document.querySelector('[role=status]').textContent.includes('stopped')"
    )


def _acknowledge(desk: Desk, base: str, page: Any) -> None:
    page.goto(f"{base}/alerts")
    page.locator("table td a[href^='/alerts/']").first.click()
    page.wait_for_selector("article h1")
    key = page.url.removeprefix(f"{base}/alerts/").partition("?")[0]
    press(page, "a")
    page.wait_for_load_state("load")
    page.wait_for_function("() => document.body.innerText.includes('acknowledged')")
    with desk.database.read() as conn:
        assert alerts.get(conn, key).state.value == "acknowledged"


def _regrade(desk: Desk, base: str, page: Any) -> None:
    with desk.database.read() as conn:
        event = next(e for e in events.chosen(conn, events.Which()) if e.statements)
    page.goto(f"{base}/events/{event.id}")
    form = page.locator(f"form[action='/events/{event.id}/regrade']")
    form.locator("xpath=ancestor::details").locator("summary").first.click()
    wanted = "3" if event.grade.credibility != 3 else "2"
    form.locator("[name=credibility]").select_option(wanted)
    form.locator("[name=reason]").fill("Two witnesses by telephone")
    form.locator("button.primary").click()
    page.wait_for_function("() => document.body.innerText.includes('Two witnesses by telephone')")
    with desk.database.read() as conn:
        assert str(events.get(conn, event.id).grade.credibility) == wanted


def _set_a_level_and_take_it_back(base: str, page: Any) -> None:
    page.goto(f"{base}/places/admin1:ZM.08")
    now = datetime.fromisoformat(page.get_attribute(".clock time", "datetime"))
    end = (now + timedelta(days=3)).date().isoformat()
    page.wait_for_selector("table.levels")  # where the watch keeps none, it comes by itself
    page.click("details.set summary")
    form = page.locator("details.set form")
    form.locator("[name=category]").select_option("hazard")
    form.locator("[name=level]").select_option("6")
    form.locator("[name=until]").fill(end)
    form.locator("[name=reason]").fill("Flood in three wards")
    form.locator("button.primary").click()
    page.wait_for_selector("p.refused")
    told = page.inner_text("p.refused")
    for part in ("Hazard", "6", "amina", end, "Flood in three wards"):
        assert part in told
    row = page.locator("table.levels tr", has_text="Hazard")
    assert row.locator(".level").first.inner_text().startswith("6")
    assert "not assessed" in row.locator(".beside").inner_text()  # what the model says
    assert page.locator("p.verdict .level").first.inner_text().startswith("6")
    page.locator("form[action$='/override/end'] button").click()
    page.wait_for_function("() => !document.querySelector('p.refused')")
    assert not row.locator(".beside").count()
    kept = page.locator("section", has_text="Levels that persons set here").inner_text()
    assert "Flood in three wards" in kept and "ended early" in kept


def _import_sites_with_two_bad_rows(desk: Desk, base: str, page: Any, folder: Path) -> None:
    listed = folder / "sites.csv"
    listed.write_text(SITES, encoding="utf-8")
    page.goto(f"{base}/sites/import")
    page.set_input_files("input[type=file]", listed)
    page.locator("main form button.primary").first.click()
    page.wait_for_url("**/sites/import/*")
    told = page.inner_text("main")
    assert "2 rows" in told and "97.2" in told
    with desk.database.read() as conn:
        assert "mufulira" not in {site.id for site in sites.load(conn)}  # nothing is stored yet
    page.click("button[name=partial]")
    page.wait_for_load_state("load")
    with desk.database.read() as conn:
        found = {site.id for site in sites.load(conn)}
    assert {"mufulira", "kabwe"} <= found
    assert found.isdisjoint({"nowhere", "unplaced"})


def _search_and_export(base: str, page: Any, folder: Path) -> None:
    page.goto(f"{base}/alerts")
    press(page, "/")
    page.keyboard.type("Kitwe")
    press(page, "Enter")
    page.wait_for_url("**/events?*")
    rows = page.locator("table tbody tr")
    assert rows.count() > 0
    for form in page.locator("details:has(a[download]) > summary").all()[:1]:
        form.click()
    with page.expect_download() as coming:
        page.locator("a[download][href*='export.csv']").first.click()
    target = folder / "events.csv"
    coming.value.save_as(target)
    with target.open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.reader(line for line in file if not line.startswith("#")))
    assert len(table) > 1


def _at_phone_width_and_in_chinese(base: str, page: Any) -> None:
    page.set_viewport_size(PHONE)
    page.goto(f"{base}/alerts")
    page.click("header.top details.menu:last-child summary")
    page.click("button[name=language][value=zh-Hans]")
    page.wait_for_selector("html[lang=zh-Hans]")
    assert page.locator("h1").first.inner_text() == "警报"
    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert over <= 0
    page.evaluate(AXE.read_text(encoding="utf-8"))
    told = page.evaluate("() => axe.run()")
    bad = [one["id"] for one in told["violations"] if one["impact"] in {"serious", "critical"}]
    assert not bad
    page.click("header.top details.menu:last-child summary")
    page.click("button[name=language][value=en]")
    page.wait_for_selector("html[lang=en]")
