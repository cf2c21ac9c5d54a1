from __future__ import annotations

import gzip
import io
import json
import os
import re
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from farwatch.collect import unpack
from farwatch.collect.archive import Found, documents, from_bytes, unread
from farwatch.collect.guess import NO_READER
from farwatch.collect.named_times import stated_time
from farwatch.errors import UnreadableFeed
from farwatch.model.document import Document
from farwatch.model.terms import Source
from farwatch.sources.catalogue import load

DOCS = Path(__file__).resolve().parents[2] / "docs" / "collecting.md"
RSS = b"<rss version='2.0'><channel/></rss>"
USGS = (
    b'{"type":"FeatureCollection","metadata":{"url":"https://earthquake.usgs.gov"},"features":[]}'
)
FORMATS = [
    "usgs",
    "gdacs",
    "eonet",
    "firms",
    "cap",
    "cap_index",
    "gdelt",
    "rss",
    "fcdo",
    "canada",
    "state_department",
    "who",
    "ucdp",
    "inform",
    "worldbank",
    "staff",
]


@pytest.fixture(scope="session")
def sources(make_source: Callable[..., Source]) -> Mapping[str, Source]:
    return {form: make_source(form) for form in FORMATS}


def told(found: Found) -> tuple[str, str]:
    """(source or reason, last part of the name)"""
    if isinstance(found, Document):
        return found.source.id, found.name.rsplit("/", 1)[-1]
    return found.reason, found.source.rsplit("/", 1)[-1]


def tar_of(members: Mapping[str, bytes], mode: str = "w:gz") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def zip_of(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a/20260601T120000Z.xml", "2026-06-01T12:00:00"),
        ("20260601T120000Z-2.json.gz", "2026-06-01T12:00:00"),
        ("20180326044500.export.CSV.gz", "2018-03-26T04:45:00"),
        ("20180326044500.translation.export.CSV.zip", "2018-03-26T04:45:00"),
        ("x.zip!20180326044500.export.CSV", "2018-03-26T04:45:00"),
        ("2026-05-18T180416p0530_89536ad.geojson.gz", "2026-05-18T12:34:16"),
        ("2026-05-18T180416m0330_89536ad.geojson", "2026-05-18T21:34:16"),
        ("2026-05-20T085320p0000_655631a.geojson.gz", "2026-05-20T08:53:20"),
        ("disease_outbreak_raw_2026-08-05.json", None),
        ("20260601.csv", None),
    ],
)
def test_times_are_read_from_names(name: str, expected: str | None) -> None:
    when = stated_time(name)
    assert (when and when.isoformat()) == (expected and f"{expected}+00:00")


@pytest.mark.parametrize(
    "name",
    ["20261301T120000Z.xml", "20180230044500.export.CSV", "2026-05-18T180416p9999_8.geojson"],
)
def test_a_stated_time_that_is_none_is_an_error(name: str) -> None:
    with pytest.raises(UnreadableFeed, match=re.escape(name)):
        stated_time(name)


def test_a_folder_is_read_by_name_and_nothing_is_skipped(
    tmp_path: Path, sources: Mapping[str, Source], now: datetime
) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/b.xml").write_bytes(RSS)
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(USGS))
    (tmp_path / "c.tar").write_bytes(tar_of({"./x.xml": RSS, "y.txt": b"?"}, "w"))
    (tmp_path / "d.tgz").write_bytes(tar_of({"z.gz": gzip.compress(RSS)}))
    (tmp_path / "e.zip").write_bytes(zip_of({"20180326044500.export.CSV": b"x", "n/": b""}))
    (tmp_path / ".hidden").write_bytes(b"?")
    (tmp_path / "f.json").symlink_to(tmp_path / "a.json.gz")
    (tmp_path / "g.xml.gz").write_bytes(gzip.compress(RSS)[:-9])
    (tmp_path / "empty").write_bytes(b"")
    os.mkfifo(tmp_path / "pipe")
    found = list(documents(tmp_path, sources, now))
    assert [told(item) for item in found] == [
        (NO_READER, ".hidden"),
        ("usgs", "a.json.gz"),
        ("rss", "c.tar!x.xml"),
        (NO_READER, "c.tar!y.txt"),
        ("rss", "d.tgz!z.gz"),
        ("gdelt", "e.zip!20180326044500.export.CSV"),
        (NO_READER, "empty"),
        ("is a symbolic link, which is not followed", "f.json"),
        (told(found[8])[0], "g.xml.gz"),
        ("is no plain file", "pipe"),
        ("rss", "b.xml"),
    ]
    assert told(found[8])[0].startswith("cannot be unpacked")
    received = [item.received for item in found if isinstance(item, Document)]
    assert received == [now, now, now, datetime(2018, 3, 26, 4, 45, tzinfo=UTC), now]
    assert len(unread(found)) == 3


def test_a_missing_path_is_an_error(
    tmp_path: Path, sources: Mapping[str, Source], now: datetime
) -> None:
    with pytest.raises(UnreadableFeed, match="is no file or folder"):
        next(documents(tmp_path / "no", sources, now))


def test_a_history_is_a_document_a_snapshot(
    tmp_path: Path, sources: Mapping[str, Source], now: datetime
) -> None:
    def line(time: object, data: object = json.loads(USGS)) -> str:
        return json.dumps({"commit": "a", "time": time, "data": data})

    lines = [
        line("2026-06-01T10:00:00+02:00"),
        "",
        line("2026-06-01T09:00:00Z", USGS.decode()),
        line("yesterday"),
        line("2026-06-01T09:00:00"),
        "{torn",
        line("2026-06-01T11:00:00Z", {"other": 1}),
        line("2026-06-01T12:00:00Z"),
    ]
    path = tmp_path / "history.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    found = list(documents(path, sources, now))
    read = [item for item in found if isinstance(item, Document)]
    assert [item.received.hour for item in read] == [8, 9, 12]
    assert [item.name.rsplit("!", 1)[-1] for item in read] == ["1", "3", "8"]
    assert all(json.loads(item.data) == json.loads(USGS) for item in read)
    bad = [item for item in found if isinstance(item, UnreadableFeed)]
    assert [item.position for item in bad] == ["line 4", "line 5", "line 6", None]
    assert "'yesterday'" in str(bad[0])
    assert bad[3].reason == NO_READER


def test_a_replay_is_read_in_the_order_received(
    tmp_path: Path, sources: Mapping[str, Source], now: datetime
) -> None:
    files = {
        "usgs/20260601T120000Z-10.json": b"x",
        "usgs/20260601T120000Z-2.json": b"y",
        "rss/20260601T120000Z.xml": RSS,
        "rss/20260601T110000Z.xml.gz": gzip.compress(b"no feed at all"),
        "rss/20269901T110000Z.xml": RSS,
        "rss/notes.txt": b"",
        "other/20260601T110000Z.xml": RSS,
        "stray.xml": RSS,
    }
    for name, data in files.items():
        path = tmp_path / "feeds" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (tmp_path / "truth.json").write_text("{}")
    found = list(documents(tmp_path, sources, now))
    read = [item for item in found if isinstance(item, Document)]
    assert [(item.source.id, item.received.hour, item.data) for item in read] == [
        ("rss", 11, b"no feed at all"),  # the folder says whose it is, the reader what is wrong
        ("rss", 12, RSS),
        ("usgs", 12, b"y"),
        ("usgs", 12, b"x"),
    ]
    errors = {item.source.rsplit("feeds/", 1)[-1]: item for item in found if item not in read}
    assert errors.keys() == {
        "other/20260601T110000Z.xml",
        "rss/20269901T110000Z.xml",
        "rss/notes.txt",
        "stray.xml",
    }
    assert errors["other/20260601T110000Z.xml"].value == "other"


def test_unpacking_is_bounded(
    tmp_path: Path,
    sources: Mapping[str, Source],
    make_source: Callable[..., Source],
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    small = make_source("rss", limits={"max_bytes": 1000})
    bomb = RSS + b" " * 5000
    for name, data in {
        "x.gz": gzip.compress(bomb),
        "x.zip": zip_of({"a.xml": bomb}),
        "x.tgz": tar_of({"a.xml": bomb}),
        "y.tgz": tar_of({"a.gz": gzip.compress(bomb)}),
    }.items():
        (found,) = from_bytes(small, name, data, now)
        assert isinstance(found, UnreadableFeed), name
        assert "larger than 1000 bytes" in found.reason
    monkeypatch.setattr(unpack, "MAX_BYTES", 2000)
    path = tmp_path / "t.tar.gz"
    path.write_bytes(tar_of({"a.xml": RSS, "b.xml": bomb}))
    last = list(documents(path, sources, now))[-1]
    assert isinstance(last, UnreadableFeed)
    assert "larger than 2000 bytes" in last.reason


def test_from_bytes_opens_what_was_fetched(
    make_source: Callable[..., Source], now: datetime
) -> None:
    source = make_source("gdelt")
    (plain,) = from_bytes(source, "https://x/a", b"abc", now)
    assert plain == Document(source, "https://x/a", b"abc", now)
    (zipped,) = from_bytes(source, "https://x/a.zip", zip_of({"a.CSV": b"abc"}), now)
    assert zipped == Document(source, "https://x/a.zip!a.CSV", b"abc", now)
    (broken,) = from_bytes(source, "https://x/a.zip", b"PK\x03\x04junk", now)
    assert isinstance(broken, UnreadableFeed)


def test_links_and_devices_in_an_archive_are_named(
    make_source: Callable[..., Source], now: datetime
) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        link = tarfile.TarInfo("passwd")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    (found,) = from_bytes(make_source("rss"), "x.tar", out.getvalue(), now)
    assert isinstance(found, UnreadableFeed)
    assert found.reason == "is no plain file"


def _documented() -> dict[str, str]:
    """Recorded file -> source, from the table in docs/collecting.md."""
    rows = re.findall(
        r"^\| `([^`]+/[^`]+|README.md)` \| `?([a-z_-]+)`? \|", DOCS.read_text(), re.MULTILINE
    )
    return dict(rows)


def test_the_documented_table_of_recorded_files_holds(shared: Path, now: datetime) -> None:
    recorded, seen = shared / "recorded", dict[str, set[str]]()
    for found in documents(recorded, load(), now):
        full = found.name if isinstance(found, Document) else found.source
        file = full.split("!")[0].removeprefix(f"{recorded.as_posix()}/")
        seen.setdefault(file, set()).add(told(found)[0] if isinstance(found, Document) else "none")
    documented = _documented()
    assert seen.keys() == documented.keys()
    wrong = {file: said for file, said in seen.items() if documented[file] not in said}
    assert wrong == {}
    assert all(said == {"none"} for file, said in seen.items() if documented[file] == "none")
