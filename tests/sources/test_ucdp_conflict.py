"""GED files as one table of conflict events."""

import gzip
from datetime import date
from pathlib import Path

import pytest

from farwatch.errors import UnreadableFeed
from farwatch.sources.ucdp_conflict import CONFLICT, read_events

HEAD = (
    "id,type_of_violence,where_prec,adm_1,latitude,longitude,country_id,date_prec,"
    "date_start,date_end,best\n"
)
ROW = "7,1,1,Tigray state,13.5,39.4,530,1,2021-01-11,2021-01-12 00:00:00.000,{best}\n"


def test_a_row_becomes_an_event(tmp_path: Path) -> None:
    path = tmp_path / "ged.csv.gz"
    path.write_bytes(gzip.compress((HEAD + ROW.format(best=5)).encode()))
    told = read_events([path])
    assert not told.rejected
    assert told.events.schema == CONFLICT
    assert told.events.to_pylist() == [
        {
            "id": "7",
            "type_of_violence": 1,
            "date_start": date(2021, 1, 11),
            "date_end": date(2021, 1, 12),
            "date_prec": 1,
            "lat": 13.5,
            "lon": 39.4,
            "where_prec": 1,
            "country": "ET",
            "adm_1": "Tigray state",
            "best": 5,
        }
    ]


def test_of_an_event_told_twice_the_later_file_counts(tmp_path: Path) -> None:
    paths = [tmp_path / "a.csv", tmp_path / "b.csv"]
    for best, path in enumerate(paths):
        path.write_text(HEAD + ROW.format(best=best), encoding="utf-8")
    assert read_events(paths).events["best"].to_pylist() == [1]


def test_a_bad_row_is_kept_with_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "ged.csv"
    bad = ROW.format(best=-4).replace("7,", "8,", 1)
    path.write_text(HEAD + bad + ROW.format(best=1) + "9,1\n", encoding="utf-8")
    told = read_events([path])
    assert told.events["id"].to_pylist() == ["7"]
    assert [str(one) for one in told.rejected] == [
        "ucdp ged.csv, line 2: best '-4' is negative",
        "ucdp ged.csv, line 4: columns 2 is not 11",
    ]


def test_a_file_that_is_no_ged_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFeed, match="cannot be read"):
        read_events([tmp_path / "none.csv"])
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(UnreadableFeed, match="no column 'id'"):
        read_events([path])
