from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console, RenderableType
from tests.desk.picture_nouns import ALERTS, NOON, SITES

from farwatch.cli.summary import Run, next_steps, standing, summary, verdict
from farwatch.exercise.score import Finding
from farwatch.model.protect import Message

MET = Finding("expect", "tyres at kitwe", passed=True, detail="in time", late_seconds=-20)
LATE = Finding("expect", "curfew", passed=False, detail="75 s late", late_seconds=75)
MISSED = Finding("expect", "silence", passed=False, detail="never came")
KEPT = Finding("forbid", "no event in South Africa", passed=True, detail="none")
BROKEN = Finding("forbid", "control sites", passed=False, detail="1: an alert")
OFF = Finding("level", "admin1:ZM.08 unrest", passed=False, detail="2, wanted 4-5")
FINDINGS = [MET, LATE, MISSED, KEPT, BROKEN, OFF]
CANCEL = replace(ALERTS[0], message=Message.CANCEL, sent=NOON + timedelta(days=1))
WARNED = replace(ALERTS[0], recipient="site:kitwe", released=True, sent=NOON + timedelta(minutes=2))
RUN = Run(
    "copperbelt_election", "Post-election unrest", 11, datetime(2026, 5, 4, tzinfo=UTC),
    datetime(2026, 5, 16, tzinfo=UTC), SITES, [*ALERTS, WARNED, CANCEL], 31.4,
    Path("kept/picture.png"), Path("kept"),
)  # fmt: skip


def text(what: RenderableType, width: int = 80) -> str:
    console = Console(width=width, color_system=None)
    with console.capture() as capture:
        console.print(what)
    return capture.get()


@pytest.mark.parametrize("width", [80, 120])
def test_a_person_reads_what_was_heard_told_and_scored(width: int) -> None:
    said = text(summary(FINDINGS, {"documents": 1200, "events": 31}, RUN), width)
    assert max(len(line) for line in said.splitlines()) <= width
    for words in (
        "Post-election unrest", "seed 11: 12 days from 04 May 2026, watched in 31 s",
        "Heard 1 200 documents, 31 events.", "Kitwe plant  tier 1", "d6 12:00", "I now",
        "site warned d6 12:02, cancelled d7 12:00", "Nothing was sent about Livingstone store.",
        "1 met, 1 late, 1 missed", "✕ missed", "silence: never came", "○ late",
        "curfew: 75 s late", "✕ forbidden", "✕ off", "The map: kept/picture.png",
    ):  # fmt: skip
        assert words in said, words
    assert said.count("EXERCISE") >= 2


def test_each_finding_stands_for_one_thing() -> None:
    assert [standing(f) for f in FINDINGS] == ["met", "late", "missed", "kept", "broken", "off"]


def test_the_verdict_is_one_sentence() -> None:
    assert verdict([]) == "Nothing was scored."
    assert verdict([MET, KEPT]).startswith("All 2 marks are met")
    assert verdict(FINDINGS) == ("2 of 6 marks met; 1 missed, 1 late, 1 forbidden, 1 level off.")


def test_what_to_try_next_fits_what_was_kept() -> None:
    kept = dict(next_steps(RUN))
    assert any("FARWATCH_DATA_DIR=kept/desk farwatch alerts list" in step for step in kept)
    assert any(f"explain {ALERTS[0].id}" in step for step in kept)
    lost = [step for step, _ in next_steps(replace(RUN, kept=None))]
    assert not any("kept" in step for step in lost)
    assert lost[0] == "farwatch exercise run copperbelt_election --seed 12 --keep exercise"


def test_a_run_in_which_nothing_happened_reads_well() -> None:
    quiet = replace(RUN, alerts=[], sites=SITES[:1], picture=None, kept=None, seconds=None)
    said = text(summary([KEPT], {}, quiet))
    assert "Nothing was heard." in said
    assert "Nothing was sent about Kitwe plant." in said
    assert "The one mark is met" in said


def test_an_alert_of_no_site_has_its_own_time_line() -> None:
    silent = replace(ALERTS[0], sites=(), headline="Copperbelt has fallen silent")
    said = text(summary([], {}, replace(RUN, alerts=[silent])))
    assert "No single site" in said and "Copperbelt has fallen silent" in said
