"""The room of forecasts in a real browser: map and table, keys, no script, no WebGL, a phone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import forecast_nouns
import pytest
from browser import (
    AXE,
    DRAWN,
    PHONE,
    WIDE,
    account,
    chromium,
    needs_chromium,
    press,
    served,
    sign_in,
)

from farwatch.settings import Settings

pytestmark = needs_chromium
PAGES = ("/forecasts?horizon=1", "/forecasts/ET", "/forecasts/ZM", "/forecasts/FR",
         "/forecasts/skill")  # fmt: skip
OF_THE_MAP = ("maplibre", "countries", "forecast_map", "watch_marks")
FIRST_VIEW = 150 * 1024
WAIT = 60_000  # milliseconds: WebGL is drawn by the processor here


@dataclass
class Room:
    base: str
    browser: Any
    cookies: list[Any]
    faults: list[str] = field(default_factory=list)

    def page(self, size: dict[str, int] = WIDE, **more: Any) -> Any:
        """A signed-in page that notes what it should not do."""
        context = self.browser.new_context(viewport=size, color_scheme="light", **more)
        context.add_cookies(self.cookies)
        page = context.new_page()
        page.set_default_timeout(WAIT)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on(
            "console",
            lambda told: self.faults.append(told.text) if told.type == "error" else None,
        )
        page.on(
            "request",
            lambda asked: None if asked.url.startswith((self.base, "data:", "blob:"))
            else self.faults.append(asked.url),
        )  # fmt: skip
        return page

    def go(self, page: Any, address: str) -> None:
        """To an address, until its scripts have run."""
        page.goto(self.base + address)
        while page.evaluate("document.readyState") != "complete":
            page.wait_for_timeout(20)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """A served desk with made-up forecasts."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("forecasts") / "desk")
    with pytest.MonkeyPatch.context() as patch:
        forecast_nouns.put_behind(patch)
        with served(settings) as (desk, base), chromium(DRAWN) as browser:
            context = browser.new_context()
            sign_in(context.new_page(), base, account(desk))
            yield Room(base, browser, context.cookies())


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_axe_finds_nothing_serious_and_no_page_is_too_wide(room: Room, size: Any) -> None:
    page, wrong = room.page(size), []
    script = AXE.read_text(encoding="utf-8")
    for address in PAGES:
        room.go(page, address)
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 0, (address, over)
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        page.evaluate(script)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            told = page.evaluate("axe.run(document)")
            wrong += [
                (address, scheme, one["id"], one["nodes"][0]["html"][:160])
                for one in told["violations"]
                if one["impact"] in {"serious", "critical"}
            ]
    page.context.close()
    assert not wrong, "\n".join(map(str, wrong))


def test_map_and_table_point_at_each_other(room: Room) -> None:
    page = room.page()
    room.go(page, "/forecasts?horizon=1")
    page.wait_for_selector("#map[data-drawn]")
    steps = page.evaluate(
        "Object.fromEntries(window.farwatchMap.queryRenderedFeatures({layers: ['change']})"
        ".map((one) => [one.properties.code, one.properties.step]))"
    )
    assert (steps["ET"], steps["AF"], steps["TD"], steps["FR"]) == ("s0", "s5", "new", "none")
    page.locator("tr[data-code=SD] a").focus()
    assert page.evaluate("window.farwatchMap.getFilter('pointed')[2]") == "SD"
    spot = page.evaluate("(() => { const p = window.farwatchMap.project([39.5, 8.6]);"
                         " return {x: p.x, y: p.y}; })()")  # fmt: skip
    page.locator("#map canvas").hover(position=spot)
    assert page.locator("#map-tip").inner_text() == "Ethiopia: 83\u00a0%, +31 points"
    page.locator("#map canvas").click(position=spot)
    assert page.evaluate("document.activeElement.getAttribute('href')") == "/forecasts/ET"
    page.context.close()
    assert room.faults == []


def test_the_room_is_worked_by_keys_alone(room: Room) -> None:
    page = room.page()
    room.go(page, "/alerts")
    press(page, "g")
    press(page, "f")
    page.wait_for_url("**/forecasts")
    room.go(page, "/forecasts?horizon=1")
    press(page, "m")
    assert page.evaluate("document.activeElement.closest('#map') !== null")
    press(page, "j")
    assert page.evaluate("document.activeElement.textContent") == "Ethiopia"
    press(page, "Enter")
    page.wait_for_url("**/forecasts/ET")
    assert page.locator("svg.fan.wide").is_visible() and page.locator("svg.fan.narrow").is_hidden()
    page.context.close()


def test_the_horizon_stands_in_the_address(room: Room) -> None:
    page = room.page()
    room.go(page, "/forecasts?horizon=1")
    page.locator("select[name=horizon]").select_option("24")
    page.locator(".horizon button").click()
    page.wait_for_url("**horizon=24")
    assert "Oct 2024" in page.locator(".changes thead").inner_text()
    page.context.close()


def test_a_step_is_recorded_from_the_page(room: Room) -> None:
    page = room.page(PHONE)
    room.go(page, "/forecasts?horizon=1")
    notice = page.locator("#notice-wn-ET-515")
    notice.locator("summary").click()
    notice.locator("input[name=step]").fill("Flights booked for Thursday")
    notice.locator("button").click()
    page.wait_for_url("**/forecasts/ET#notices")
    assert "Flights booked for Thursday (amina" in page.locator(".steps").first.inner_text()
    page.context.close()


def test_without_script_the_table_stands_and_a_button_chooses(room: Room) -> None:
    page = room.page(java_script_enabled=False)
    page.goto(f"{room.base}/forecasts?horizon=1")
    assert "needs script" in page.locator("#map-note").inner_text()
    assert page.locator("tr[data-code]").count() == len(forecast_nouns.COUNTRIES)
    page.locator("select[name=horizon]").select_option("12")
    page.locator(".horizon button").click()
    page.wait_for_url("**horizon=12")
    page.context.close()


def test_without_webgl_the_page_says_so(room: Room) -> None:
    page = room.page()
    page.add_init_script(
        "const get = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...more) {"
        " return /webgl/.test(kind) ? null : get.call(this, kind, ...more); };"
    )
    room.go(page, "/forecasts?horizon=1")
    page.wait_for_selector("text=WebGL is missing")
    assert page.locator("tr[data-code=ET]").is_visible()
    page.context.close()


def test_a_phone_draws_the_map_when_asked(room: Room) -> None:
    page, asked = room.page(PHONE), []
    page.on("request", lambda one: asked.append(one.url))
    room.go(page, "/forecasts?horizon=1")
    assert not any("maplibre" in one for one in asked)
    assert page.locator("svg.fan").count() == 0
    page.locator("#map-open").click()
    page.wait_for_selector("#map[data-drawn]")
    assert page.locator("#map-open").is_hidden()
    room.go(page, "/forecasts/ET")
    assert page.locator("svg.fan.narrow").is_visible() and page.locator("svg.fan.wide").is_hidden()
    page.context.close()
    assert room.faults == []


def test_the_first_view_is_light(room: Room) -> None:
    for address in PAGES:
        page = room.page()
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
        asked: dict[str, str] = {}
        came: dict[str, int] = {}
        wire.on(
            "Network.requestWillBeSent",
            lambda told, into=asked: into.update({told["requestId"]: told["request"]["url"]}),
        )
        wire.on(
            "Network.loadingFinished",
            lambda told, into=came: into.update({told["requestId"]: told["encodedDataLength"]}),
        )
        room.go(page, address)
        page.wait_for_timeout(300)
        sizes = {
            asked[key]: size for key, size in came.items()
            if key in asked and not any(part in asked[key] for part in OF_THE_MAP)
        }  # fmt: skip
        assert sizes and sum(sizes.values()) <= FIRST_VIEW, (address, sizes)
        page.context.close()


def test_a_page_prints_words_with_their_ranges(room: Room) -> None:
    page = room.page()
    room.go(page, "/forecasts/ET")
    page.emulate_media(media="print")
    told = page.evaluate(
        "getComputedStyle(document.querySelector('.headline abbr'), '::after').content"
    )
    assert "title" in told or "80–95 %" in told
    assert page.locator("svg.fan.wide").is_visible()
    page.context.close()


def test_nothing_was_asked_of_others_and_no_policy_broke(room: Room) -> None:
    page = room.page()
    for address in PAGES:
        room.go(page, address)
    page.context.close()
    assert room.faults == []
