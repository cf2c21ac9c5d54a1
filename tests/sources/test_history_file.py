"""Which file of history it is: told by what it holds, whatever its name."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farwatch.errors import UnreadableFeed, UnreadableReport
from farwatch.sources.history_file import (
    GDELT,
    GED,
    KEPT,
    PANEL,
    Rejects,
    digest_of,
    opened,
    sort_of,
)  # fmt: skip

GED_HEADER = (
    "relid,id,year,type_of_violence,where_prec,latitude,longitude,country_id,date_prec,date_start,"
    "date_end,best\n"
)
EXPORT = "\t".join(["410412347", *["x"] * 60]) + "\n"


def gzipped(data: bytes) -> bytes:
    return gzip.compress(data)


@pytest.mark.parametrize("pack", [bytes, gzipped])
@pytest.mark.parametrize(
    ("text", "sort"),
    [
        (GED_HEADER, GED),
        ("﻿" + GED_HEADER, GED),
        ('"month_id","country_id","ged_sb"\r\n121,1,0\r\n', PANEL),
        (EXPORT, GDELT),
    ],
)
def test_a_file_is_told_by_its_content(tmp_path: Path, text: str, sort: str, pack: type) -> None:
    path = tmp_path / "country_month.parquet"
    path.write_bytes(pack(text.encode()))
    assert sort_of(path) == sort


@pytest.mark.parametrize(
    "data",
    [b"", b"\n", b"id,name\n1,x\n", b"\xff\xfe\x00", b"a\tb\n", b'{"type": "FeatureCollection"}'],
)
def test_what_fits_none_is_refused_in_one_sentence(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "GEDEvent_v24_1.csv"
    path.write_bytes(data)
    with pytest.raises(UnreadableFeed, match="is none of: UCDP GED") as refused:
        sort_of(path)
    assert "\n" not in str(refused.value)


def test_parquet_of_other_columns_and_cut_parquet_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "panel.parquet"
    pq.write_table(pa.table({"month_id": [1], "country_id": [57], "ged_sb": [0]}), path)
    assert sort_of(path) == PANEL
    whole = path.read_bytes()
    path.write_bytes(whole[:-9])
    with pytest.raises(UnreadableFeed, match="is no whole Parquet file"):
        sort_of(path)
    pq.write_table(pa.table({"month_id": [1]}), path)
    with pytest.raises(UnreadableFeed, match="is none of"):
        sort_of(path)


def test_missing_and_broken_files_and_zips_of_several_are_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFeed, match="No such file"):
        sort_of(tmp_path / "none.csv")
    broken = tmp_path / "broken.gz"
    broken.write_bytes(gzip.compress(EXPORT.encode() * 99)[:40])
    with pytest.raises(UnreadableFeed, match="cannot be read"):
        digest_of(broken)
    several = tmp_path / "several.zip"
    with zipfile.ZipFile(several, "w") as archive:
        archive.writestr("a", EXPORT)
        archive.writestr("b", EXPORT)
    with pytest.raises(UnreadableFeed, match="is a zip of 2 files"):
        sort_of(several)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=300))
def test_a_digest_is_of_what_is_packed(tmp_path: Path, data: bytes) -> None:
    plain, packed, zipped = (tmp_path / name for name in ("plain", "packed", "zipped"))
    plain.write_bytes(b"." + data)  # not itself the beginning of a packed file
    packed.write_bytes(gzip.compress(b"." + data))
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("member", b"." + data)
    assert digest_of(plain) == digest_of(packed) == digest_of(zipped)
    with opened(packed) as stream:
        assert stream.read() == b"." + data


def test_rejects_are_counted_beyond_those_that_are_named() -> None:
    rejects = Rejects()
    for number in range(KEPT + 5):
        rejects.add(UnreadableReport("x", position=f"line {number}"))
    assert (rejects.count, len(rejects.named)) == (KEPT + 5, KEPT)
