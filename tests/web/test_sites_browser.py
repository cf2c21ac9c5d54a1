"""The sites' and places' rooms in a real browser: a list with two bad rows, a site's form, a place
at phone width."""

from __future__ import annotations

from pathlib import Path

from browser import PHONE, account, chromium, needs_chromium, served, sign_in

from farwatch.settings import Settings

ROWS = (
    "id,name,lat,lon,country\nyard,Kitwe yard,-12.81,28.21,ZM\n"
    "swapped,Ndola store,28.63,-12.95,ZM\nnowhere,Lusaka office,,28.28,ZM\n"
)


@needs_chromium
def test_a_list_with_two_bad_rows_is_imported_and_a_site_edited(tmp_path: Path) -> None:
    listed = tmp_path / "list.csv"
    listed.write_text(ROWS)
    with served(Settings(data_dir=tmp_path / "desk")) as (desk, base), chromium() as browser:
        page = browser.new_page(viewport=PHONE)
        sign_in(page, base, account(desk))
        page.goto(f"{base}/sites/import")
        page.set_input_files("input[type=file]", str(listed))
        page.click("text=Look at it")
        page.wait_for_selector("text=2 rows are rejected")
        page.click("text=Take the 1 good row")
        page.wait_for_selector("text=1 site added")
        page.goto(f"{base}/sites/yard/edit")
        page.fill("input[name=staff]", "40")
        page.click("main button.primary")
        page.wait_for_selector("text=edited")
        page.goto(f"{base}/places/admin1:ZM.08")
        page.wait_for_selector("text=not assessed", timeout=60_000)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
