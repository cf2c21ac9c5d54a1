from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from rich.console import Console, RenderableType
from tests.desk.picture_nouns import ALERTS, EVENTS, KITWE, LUSAKA, NOON, RIOT

from farwatch.cli.view import Board, Feed, feed, plain_line, render
from farwatch.model.event import State
from farwatch.model.protect import AlertState, Message
from farwatch.sources import catalogue
from farwatch.store.health import Health, Volume

FEEDS = [
    Feed("gdelt", "ok", NOON, 12345, 3),
    Feed("copper-daily", "silent", NOON - timedelta(hours=9), 40, 0, "9 h, bound 6 h"),
    Feed("fcdo", "failing", None, 0, 0, "3 in a row: connection refused"),
]
BOARD = Board(FEEDS, EVENTS, ALERTS, NOON + timedelta(hours=1), counts={"reports": 12345})


def text(what: RenderableType, width: int = 80) -> str:
    console = Console(width=width, height=80, color_system=None)
    with console.capture() as capture:
        console.print(what)
    return capture.get()


@pytest.mark.parametrize("width", [80, 120])
def test_three_panels_are_readable_without_colour(width: int) -> None:
    said = text(render(BOARD), width)
    assert max(len(line) for line in said.splitlines()) <= width
    for words in (
        "Feeds: 3, 2 need a look", "✕ failing", "○ silent", "● ok", "9 h, bound 6 h",
        "Newest events", "Riot", "4 ■■■■·", "B2", "Alerts: 2 open", "I now", "III digest",
        "desk only", "Kitwe plant", "Lusaka office", "+1", "12 345 reports",
        "09 May 2026 13:00 UTC",
    ):  # fmt: skip
        assert words in said


def test_the_worst_feeds_and_the_newest_events_come_first() -> None:
    newer = replace(
        RIOT, id="e-new", title="Newest of all", last_reported=NOON + timedelta(hours=1)
    )
    said = text(render(replace(BOARD, events=[*EVENTS, newer], rows=1)), 120)
    assert "fcdo" in said and "gdelt" not in said
    assert "Newest of all" in said and "Something in" not in said
    assert "2 more" in said and "3 more" in said


@pytest.mark.parametrize("exercise", [True, False])
def test_the_banner_is_there_if_and_only_if_it_is_an_exercise(*, exercise: bool) -> None:
    assert ("EXERCISE" in text(render(replace(BOARD, exercise=exercise)))) is exercise


def test_an_empty_board_says_so() -> None:
    assert text(render(Board([], [], [], NOON))).count("none yet") == 3


def test_what_is_over_is_said_so() -> None:
    events = [replace(RIOT, state=State.WITHDRAWN)]
    alerts = [
        replace(ALERTS[0], message=Message.CANCEL),
        replace(ALERTS[1], state=AlertState.EXPIRED),
    ]
    said = text(render(replace(BOARD, events=events, alerts=alerts)), 120)
    assert "[withdrawn]" in said and "CANCELLED:" in said and "[expired]" in said
    assert "Alerts: 0 open" in said


def test_words_from_outside_are_neither_markup_nor_control() -> None:
    rude = replace(RIOT, title="[bold]x[/] \x1b[2J\nsecond line")
    said = text(render(replace(BOARD, events=[rude])), 120)
    assert "[bold]x[/]" in said and "\x1b" not in said and "second line" in said


def test_the_plain_line_is_one_line_that_says_all() -> None:
    line = plain_line(replace(ALERTS[1], headline="Two\nlines \x1b[31m", exercise=True))
    assert line.splitlines() == [line] and "\x1b" not in line
    assert line.startswith("EXERCISE | 2026-05-09T12:00:00Z | Alert | route III | desk only | ")
    assert f"{LUSAKA.id}, {KITWE.id}" in line and "Two lines" in line
    real = plain_line(replace(ALERTS[1], exercise=False, released=True))
    assert "EXERCISE" not in real and "released" in real


def test_a_feed_s_state_comes_from_what_the_store_knows() -> None:
    source = catalogue.load()["usgs"]
    bound = timedelta(hours=source.silent_after_hours)
    since, volume = NOON - 2 * bound, Volume(7, 1, 2)
    well = Health("usgs", last_heard=NOON, last_new=NOON - bound / 2)
    assert feed(source, well, volume, since, NOON).state == "ok"
    assert feed(source, well, volume, since, NOON + bound).state == "silent"
    assert feed(source, Health("usgs"), volume, NOON, NOON).state == "waiting"
    failing = feed(source, replace(well, failures=2, last_error="refused"), volume, since, NOON)
    assert (failing.state, failing.new, failing.rejected) == ("failing", 7, 2)
    assert failing.note == "2 in a row: refused"
