"""History on the desk: taken in once, and read back as it was known at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from history_written import gdelt, ged, panel, world

from farwatch.desk import history
from farwatch.desk.history import EVENT_SUMS, How, import_history, panel_as_of
from farwatch.desk.opening import Desk, open_desk
from farwatch.errors import InputError, UsageError
from farwatch.model.history import CONFLICT_EVENTS, FORECASTS, PANEL
from farwatch.settings import Settings
from farwatch.store.lake import Lake

JANUARY, FEBRUARY, MARCH = 517, 518, 519  # of 2023
OUT = datetime(2023, 6, 1, tzinfo=UTC)
LATER = datetime(2023, 9, 1, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(Settings(data_dir=tmp_path / "desk")) as opened:
        yield opened


def deaths(desk: Desk, as_of: datetime | None, dataset: str | None = None, country: int = 57):
    """month_id -> ged_sb of a country."""
    table = panel_as_of(desk, as_of, dataset)
    assert table.schema == PANEL
    return {
        row["month_id"]: row["ged_sb"] for row in table.to_pylist() if row["country_id"] == country
    }


def test_an_empty_desk_knows_nothing(desk: Desk) -> None:
    assert panel_as_of(desk, None).num_rows == 0
    assert history.events_as_of(desk, None).schema.names == CONFLICT_EVENTS.names
    assert history.gdelt_weeks_as_of(desk, None).num_rows == 0
    assert history.forecasts_as_of(desk, None).schema.names == FORECASTS.names
    assert history.held_vintages(desk) == []


def test_a_panel_is_read_back_as_of_a_time(desk: Desk, tmp_path: Path, now: datetime) -> None:
    first = panel(tmp_path / "a", (JANUARY, 57, "5"), (JANUARY, 79, ""), (FEBRUARY, 57, "6"))
    import_history(desk, [first], now, How(vintage=OUT))
    import_history(desk, [panel(tmp_path / "b", (JANUARY, 57, "8"))], now, How(vintage=LATER))
    assert deaths(desk, OUT - timedelta(seconds=1)) == {}
    assert deaths(desk, OUT) == {JANUARY: 5.0, FEBRUARY: 6.0}
    assert deaths(desk, None) == {JANUARY: 8.0, FEBRUARY: 6.0}
    assert deaths(desk, OUT, country=79) == {JANUARY: None}
    row = panel_as_of(desk, OUT).to_pylist()[0]
    assert (row["name"], row["isoab"], row["ged_ns"], row["ged_os"]) == (
        "Ethiopia", "ETH", None, None,
    )  # fmt: skip


def test_the_same_content_adds_nothing_and_a_forgotten_vintage_can_be_given(
    desk: Desk, tmp_path: Path, now: datetime
) -> None:
    file = panel(tmp_path / "a", (JANUARY, 57, "5"))
    assert not import_history(desk, [file], now).files[0].repeated
    again = import_history(desk, [file], now + timedelta(days=9)).files[0]
    assert (again.repeated, again.vintage) == (True, now)
    assert desk.lake.count("country_months") == 2
    assert deaths(desk, OUT) == {}
    assert not import_history(desk, [file], now, How(vintage=OUT)).files[0].repeated
    assert import_history(desk, [file], now, How(vintage=OUT)).files[0].repeated
    assert deaths(desk, OUT) == {JANUARY: 5.0}


def test_a_candidate_stands_until_a_final_release_covers_its_months(
    desk: Desk, tmp_path: Path, now: datetime
) -> None:
    final = ged(tmp_path / "final", ("1", "2023-01-10", 5), ("2", "2023-02-10", 7))
    monthly = ged(tmp_path / "monthly", ("9", "2023-03-05", 3), code_status="Check deaths")
    revised = ged(tmp_path / "revised", ("1", "2023-01-10", 6), ("9", "2023-03-05", 4))
    import_history(desk, [final], now, How(vintage=OUT))
    told = import_history(desk, [monthly], now, How(vintage=OUT + timedelta(days=9)))
    import_history(desk, [revised], now, How(vintage=LATER))
    assert (told.files[0].sort, told.files[0].dataset) == ("candidate", "ucdp_candidate")
    assert deaths(desk, OUT) == {JANUARY: 5.0, FEBRUARY: 7.0}
    assert deaths(desk, OUT + timedelta(days=9)) == {JANUARY: 5.0, FEBRUARY: 7.0, MARCH: 3.0}
    # The later release tells of no event in February: what was dropped is gone.
    assert deaths(desk, None) == {JANUARY: 6.0, FEBRUARY: 0.0, MARCH: 4.0}
    assert history.events_as_of(desk, None)["id"].to_pylist() == ["1", "9"]
    assert history.events_as_of(desk, OUT)["id"].to_pylist() == ["1", "2"]
    assert history.events_as_of(desk, None, "KE").num_rows == 0


def test_a_candidate_may_replace_months_of_a_final_release(
    desk: Desk, tmp_path: Path, now: datetime
) -> None:
    final = ged(tmp_path / "final", ("1", "2023-01-10", 5), ("2", "2023-02-10", 7))
    monthly = ged(tmp_path / "monthly", ("3", "2023-02-12", 1))
    import_history(desk, [final], now, How(vintage=OUT))
    import_history(desk, [monthly], now, How(vintage=OUT, candidate=True))
    assert deaths(desk, None) == {JANUARY: 5.0, FEBRUARY: 1.0}


def test_zeros_are_told_where_a_release_was_coded(
    desk: Desk, tmp_path: Path, now: datetime
) -> None:
    world_wide = import_history(desk, [world(tmp_path / "w", "2023-01-10")], now).files[0]
    assert "coded for the world" in world_wide.notes[0]
    assert deaths(desk, None) == {JANUARY: 5.0}
    assert deaths(desk, None, country=121) == {JANUARY: 0.0}
    assert panel_as_of(desk, None).num_rows == 191


def test_states_are_coded_since_they_began(desk: Desk, tmp_path: Path, now: datetime) -> None:
    file = ged(tmp_path / "g", ("1", "2011-05-01", 5), ("2", "2011-08-01", 5))
    told = import_history(desk, [file], now, How(world=True)).files[0]
    assert told.months == (377, 380)
    assert deaths(desk, None, country=246) == {379: 0.0, 380: 0.0}  # South Sudan, July 2011
    named = import_history(desk, [ged(tmp_path / "h", ("1", "2011-05-01", 5))], now).files[0]
    assert "countries with events alone (Ethiopia)" in named.notes[0]


def test_events_fill_what_a_panel_does_not_have(desk: Desk, tmp_path: Path, now: datetime) -> None:
    import_history(desk, [panel(tmp_path / "p", (JANUARY, 57, "")), *()], now)
    import_history(
        desk,
        [
            ged(
                tmp_path / "g",
                ("0", "2022-12-01", 9),
                ("1", "2023-01-10", 5),
                ("2", "2023-02-10", 7),
            )
        ],
        now,
    )
    assert deaths(desk, None) == {JANUARY: None, FEBRUARY: 7.0}
    assert deaths(desk, None, EVENT_SUMS) == {516: 9.0, JANUARY: 5.0, FEBRUARY: 7.0}
    assert deaths(desk, None, "country_month") == {JANUARY: None}
    import_history(desk, [panel(tmp_path / "q", (JANUARY, 57, "1"))], now, How(dataset="own"))
    with pytest.raises(UsageError, match=r"several panels: name one of \['country_month', 'own'\]"):
        panel_as_of(desk, None)
    with pytest.raises(UsageError, match="no panel 'x'"):
        panel_as_of(desk, None, "x")


def test_one_bad_row_refuses_every_file(desk: Desk, tmp_path: Path, now: datetime) -> None:
    good = ged(tmp_path / "good", ("1", "2023-01-10", 5))
    bad = ged(tmp_path / "bad", ("1", "2023-01-10", 5), ("2", "2023-01-11", -5))
    heard = gdelt(tmp_path / "heard", "20230601000000", "145", "99999")
    report = import_history(desk, [good, bad, heard], now)
    assert (report.refused, report.rejected) == (True, 2)
    assert "line 3: best '-5' is negative" in str(report.files[1].named[0])
    assert history.held_vintages(desk) == []
    report = import_history(desk, [bad, heard], now, How(partial=True))
    assert [(one.rows, one.rejected) for one in report.files] == [(1, 1), (1, 1)]
    assert [one.rows for one in history.held_vintages(desk)] == [1, 1]


def test_months_after_the_vintage_are_refused(desk: Desk, tmp_path: Path, now: datetime) -> None:
    for file in (
        ged(tmp_path / "g", ("1", "2023-07-01", 5)),
        panel(tmp_path / "p", (523, 57, "5")),
    ):
        with pytest.raises(InputError, match="month '2023-07' is after the release was published"):
            import_history(desk, [file], now, How(vintage=OUT))
    with pytest.raises(UsageError, match="is later than now"):
        import_history(desk, [file], now, How(vintage=now + timedelta(days=1)))
    assert history.held_vintages(desk) == []


def test_a_dataset_is_of_one_sort(desk: Desk, tmp_path: Path, now: datetime) -> None:
    import_history(desk, [ged(tmp_path / "g", ("1", "2023-01-10", 5))], now, How(dataset="own"))
    for file in (
        panel(tmp_path / "p", (JANUARY, 57, "5")),
        gdelt(tmp_path / "e", "20230601000000", "14"),
    ):
        with pytest.raises(UsageError, match="dataset 'own' is ged, and cannot be"):
            import_history(desk, [file], now, How(dataset="own"))
    with pytest.raises(UsageError, match="dataset 'a b' is no name"):
        import_history(desk, [file], now, How(dataset="a b"))


def test_a_file_without_a_row_is_refused(desk: Desk, tmp_path: Path, now: datetime) -> None:
    for file in (ged(tmp_path / "g"), panel(tmp_path / "p")):
        with pytest.raises(InputError, match="holds no row"):
            import_history(desk, [file], now)


@pytest.mark.parametrize("table", ["conflict_events", "coverage", "releases"])
def test_a_killed_import_is_made_good_by_the_next(
    desk: Desk, tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    """Killed before a table's rows are in: nothing is read of it, then all of it, once."""
    file = ged(tmp_path / "g", ("1", "2023-01-10", 5))
    append = Lake.append

    def dying(self: Lake, name: str, data: pa.Table, *, writer: str, number: int) -> bool:
        if name == table:
            raise KeyboardInterrupt
        return append(self, name, data, writer=writer, number=number)

    monkeypatch.setattr(Lake, "append", dying)
    with pytest.raises(KeyboardInterrupt):
        import_history(desk, [file], now)
    monkeypatch.setattr(Lake, "append", append)
    known = now + timedelta(days=1)
    if table == "coverage":
        assert history.events_as_of(desk, None).num_rows == 0
    told = import_history(desk, [file], known)
    assert (told.files[0].repeated, told.files[0].rows) == (False, 1)
    assert deaths(desk, None) == {JANUARY: 5.0}
    assert [desk.lake.count(name) for name in ("conflict_events", "coverage", "releases")] == [
        1
    ] * 3
    first = known if table == "conflict_events" else now
    assert history.held_vintages(desk)[0].vintage == first
    assert import_history(desk, [file], known).files[0].repeated


def test_gdelt_adds_up_over_imports_and_a_slot_is_heard_once(
    desk: Desk, tmp_path: Path, now: datetime
) -> None:
    first = gdelt(tmp_path / "a", "20230531234500", "145", "190", "010")
    second = gdelt(tmp_path / "b", "20230601000000", "145")
    copied = gdelt(tmp_path / "c", "20230601000000", "145")
    told = import_history(desk, [first], now).files[0]
    assert (told.vintage, told.slots) == (datetime(2023, 5, 31, 23, 45, tzinfo=UTC), 1)
    assert "1 plain statement" in told.notes[0]
    assert [one.repeated for one in import_history(desk, [first, second, copied], now).files] == [
        True, False, True,
    ]  # fmt: skip
    weeks = history.gdelt_weeks_as_of(desk, None).to_pylist()
    assert [(row["country"], row["series"], row["value"], row["slots"]) for row in weeks] == [
        ("ET", "gdelt_assault", 1.0, 2.0),
        ("ET", "gdelt_protest", 2.0, 2.0),
    ]
    months = history.gdelt_months_as_of(desk, OUT - timedelta(minutes=1)).to_pylist()
    assert [(row["month_id"], row["series"]) for row in months] == [
        (521, "gdelt_assault"),
        (521, "gdelt_protest"),
    ]
    heard = history.gdelt_heard_as_of(desk, None, "month_id").to_pylist()
    assert [(row["month_id"], row["slots"]) for row in heard] == [(521, 1.0), (522, 1.0)]
    other = gdelt(tmp_path / "d", "20230601000000", "190")
    with pytest.raises(InputError, match="slot '2023-06-01 00:00' was heard already"):
        import_history(desk, [other], now)
    (held,) = history.held_vintages(desk)
    assert (held.files, held.rows, held.slots) == (2, 4, 2)


def test_forecasts_are_kept_once_and_found_as_of_a_time(desk: Desk, now: datetime) -> None:
    row = {
        "made": now, "vintage": OUT, "model": "m", "target": "ged_sb", "place": "country:ET",
        "country_id": 57, "cutoff": 520, "month_id": 521, "horizon": 1, "levels": [0.5],
        "quantiles": [3.0], "mean": 3.5, "p_ge_1": 0.5, "p_ge_25": 0.1,
    }  # fmt: skip
    later = {**row, "made": now + timedelta(days=30), "mean": 9.0}
    optional = pa.schema([field for field in FORECASTS if not field.nullable])
    assert history.put_forecasts(desk, pa.Table.from_pylist([row], schema=optional))
    assert not history.put_forecasts(desk, pa.Table.from_pylist([row], schema=optional))
    assert history.put_forecasts(desk, pa.Table.from_pylist([later], schema=FORECASTS))
    assert not history.put_forecasts(desk, FORECASTS.empty_table())
    assert history.forecasts_as_of(desk, now)["mean"].to_pylist() == [3.5]
    found = history.forecasts_as_of(desk, None, model="m", target="ged_sb", place="country:ET")
    assert found["mean"].to_pylist() == [9.0]
    assert found["p_onset"].to_pylist() == [None]
    assert history.forecasts_as_of(desk, None, place="country:KE").num_rows == 0
