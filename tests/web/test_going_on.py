"""What helps a new user on: errors say how to go on, keys say where they work, empty pages say what
to do next."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from web_desk import NOON, Enter

from farwatch.desk.backing_up import back_up
from farwatch.desk.opening import Desk
from farwatch.model.account import Role
from farwatch.web.words import WORDS


def test_the_backup_s_page_tells_when_the_last_was_begun_and_how_one_is_made(
    desk: Desk, enter: Enter, tmp_path: Path
) -> None:
    client = enter(Role.ADMINISTRATOR)
    page = client.get("/administration/backup").text
    assert "No backup of this desk was made yet" in page
    assert f"--data-dir {desk.settings.data_dir}" in page
    back_up(desk, tmp_path / "desk.tar.gz", "amina", NOON)
    page = client.get("/administration/backup").text
    assert "begun by amina" in page and "desk.tar.gz" in page and "2026-03-01 12:00 UTC" in page
    assert enter(Role.MANAGER).get("/administration/backup").status_code == 403


@pytest.mark.parametrize(
    ("came", "back"),
    [
        ("HERE/alerts?view=mine", "/alerts?view=mine"),
        ("http://elsewhere.example/alerts", ""),
        ("HERE//elsewhere.example", "/elsewhere.example"),
        ("HERE/deliveries?state=lost", ""),
    ],
)
def test_an_error_page_says_what_happened_and_how_to_go_on(
    enter: Enter, came: str, back: str
) -> None:
    client = enter(Role.VIEWER)
    came = came.replace("HERE", str(client.base_url).rstrip("/"))
    answer = client.get("/deliveries?state=lost", headers={"referer": came})
    assert answer.status_code == 422
    page = answer.text
    assert "This could not be taken" in page and "what you typed is still there" in page
    assert "state &#39;lost&#39;: Input should be" in page and "query.state" not in page
    if back:
        assert f'href="{back}" data-back' in answer.text
    else:
        assert "data-back" not in answer.text


def test_every_status_that_a_page_answers_with_has_its_words() -> None:
    common = {400, 401, 403, 404, 409, 413, 422, 429, 500, 503}
    assert set(WORDS.failed) == set(WORDS.go_on) >= common


def test_the_keys_are_those_that_an_account_has_and_say_where(enter: Enter) -> None:
    def keys(role: Role) -> str:
        page = enter(role).get("/sources").text
        return page[page.index('id="keys"') : page.index("</dialog>")]

    duty, viewer = keys(Role.DUTY_OFFICER), keys(Role.VIEWER)
    assert "Acknowledge" in duty and "Release (on an alert)" in duty
    assert "Acknowledge" not in viewer and "Regrade" not in viewer and "<kbd>m</kbd>" in viewer


def test_the_file_that_the_page_of_recipients_shows_can_be_imported(
    enter: Enter, desk: Desk
) -> None:
    client = enter(Role.ADMINISTRATOR)
    page = client.get("/deliveries/recipients").text
    table = re.search(r"<pre[^>]*>(id,.*?)</pre>", page, re.DOTALL)
    assert table
    shown = table[1].replace("kitwe_plant", "kitwe")
    answer = client.post("/deliveries/recipients/import", files={"file": ("r.csv", shown)})
    assert answer.status_code == 200 and "2 recipients were taken" in answer.text


def test_the_file_that_the_page_of_sites_shows_can_be_imported(enter: Enter) -> None:
    client = enter(Role.ADMINISTRATOR)
    table = re.search(r"<pre[^>]*>(id,.*?)</pre>", client.get("/sites/import").text, re.DOTALL)
    assert table
    answer = client.post(
        "/api/v1/sites/import?dry_run=true", content=table[1], headers={"content-type": "text/csv"}
    )
    assert (answer.json()["added"], answer.json()["rejected"]) == (2, [])
