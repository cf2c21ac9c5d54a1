from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farwatch.errors import UnreadableFeed, UnreadableReport
from farwatch.model.document import Document
from farwatch.model.report import Report
from farwatch.sources import catalogue, firms

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
SOURCE = catalogue.load_file(catalogue.BUILT_IN / "firms.yaml")
MODIS = (
    "latitude,longitude,brightness,scan,track,acq_date,acq_time,satellite,confidence,version,"
    "bright_t31,frp,daynight"
)
VIIRS = (
    "latitude,longitude,bright_ti4,scan,track,acq_date,acq_time,satellite,instrument,"
    "confidence,version,bright_ti5,frp,daynight"
)
ROW = "-13.66,133.94,324.01,2.48,1.52,2026-06-01,0050,T,64,6.1NRT,300.63,43.87,D"


def items(*rows: str, header: str = MODIS) -> list[Report | UnreadableReport]:
    data = "\n".join([header, *rows, ""]).encode()
    return list(firms.read(Document(SOURCE, "made.csv", data, NOW)))  # type: ignore[arg-type]


def one(row: str, header: str = MODIS) -> Report:
    [item] = items(row, header=header)
    assert isinstance(item, Report), str(item)
    return item


def test_a_modis_detection() -> None:
    report = one(ROW)
    assert report.key == "T:20260601T0050Z:-13.66000,133.94000"
    facts = report.facts
    assert (facts.kind, facts.severity, facts.certainty) == ("wildfire", 1, "Likely")
    assert facts.happened is not None
    assert facts.geometry is not None
    assert facts.happened.start == datetime(2026, 6, 1, 0, 50, tzinfo=UTC)
    assert facts.geometry.radius_km == 1.24
    assert facts.measures["brightness_k"] == 324.01
    assert facts.measures["power_mw"] == 43.87


@pytest.mark.parametrize(
    ("word", "certainty"),
    [
        ("l", "Possible"),
        ("n", "Likely"),
        ("h", "Observed"),
        ("nominal", "Likely"),
        ("29", "Possible"),
        ("30", "Likely"),
        ("80", "Observed"),
    ],
)
def test_confidence_in_words_or_figures(word: str, certainty: str) -> None:
    row = f"1,2,330,0.4,0.4,2026-06-01,1312,N,VIIRS,{word},2.0NRT,290,5,D"
    assert one(row, VIIRS).facts.certainty == certainty


@pytest.mark.parametrize(
    ("clock", "hour", "minute"),
    [("50", 0, 50), ("5", 0, 5), ("0", 0, 0), ("930", 9, 30), ("2359", 23, 59), ("09:30", 9, 30)],
)
def test_lost_leading_zeros_of_the_time(clock: str, hour: int, minute: int) -> None:
    happened = one(ROW.replace("0050", clock)).facts.happened
    assert happened is not None
    assert (happened.start.hour, happened.start.minute) == (hour, minute)


def test_a_volcano_or_a_flare_is_no_wildfire() -> None:
    assert one(ROW + ",2", MODIS + ",type").facts.kind == "other"
    assert one(ROW + ",0", MODIS + ",type").facts.kind == "wildfire"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("-13.66", "-93.66", "line 2: latitude '-93.66' is no latitude"),
        ("133.94", "east", "longitude 'east' is not a number"),
        ("133.94", "nan", "longitude 'nan' is not a finite number"),
        ("0050", "2460", "acq_time '2460' is no hour and minute"),
        ("0050", "noon", "acq_time 'noon' is no HHMM"),
        ("2026-06-01", "2026-02-30", "acq_date '2026-02-30' is no day"),
        ("2026-06-01", "01/06/2026", "acq_date '01/06/2026' is no YYYY-MM-DD"),
        (",64,", ",640,", "confidence '640' is not within 0-100"),
        (",64,", ",,", "confidence '' is empty"),
        (",T,", ",,", "satellite '' is empty"),
        (",43.87,", ",many,", "frp 'many' is not a number"),
    ],
)
def test_a_bad_line_is_named_and_the_next_is_read(old: str, new: str, told: str) -> None:
    bad, good = items(ROW.replace(old, new, 1), ROW)
    assert told in str(bad)
    assert isinstance(good, Report)


def test_a_file_without_the_columns_is_refused() -> None:
    with pytest.raises(UnreadableFeed, match="acq_time"):
        items(header="latitude,longitude,acq_date")


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=12), min_size=13, max_size=13))
def test_any_row_is_a_report_or_a_named_error(cells: list[str]) -> None:
    for item in items(",".join(cells)):
        assert isinstance(item, Report | UnreadableReport)


def test_a_recorded_day_is_read_whole(shared: Path) -> None:
    data = (shared / "recorded/firms/world_fires_1_day.csv").read_bytes()
    read = list(firms.read(Document(SOURCE, "day.csv", data, NOW)))
    assert all(isinstance(item, Report) for item in read)
    assert len({item.key for item in read if isinstance(item, Report)}) == 3125
