from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from farwatch.collect.archive import documents
from farwatch.collect.feed_time import Stamp, stamp
from farwatch.errors import UnreadableFeed
from farwatch.model.document import Document
from farwatch.model.terms import Source

MakeSource = Callable[..., Source]


def document(source: Source, plain: object, now: datetime) -> Document:
    data = plain if isinstance(plain, bytes) else json.dumps(plain).encode()
    return Document(source, "feed.json", data, now)


def test_a_feed_says_when_it_was_made_and_how_much_it_holds(
    make_source: MakeSource, now: datetime
) -> None:
    plain = {"metadata": {"generated": 1746366777000, "count": 7}}
    made = datetime(2025, 5, 4, 13, 52, 57, tzinfo=UTC)
    assert stamp(document(make_source("usgs"), plain, now)) == Stamp(made, 7)
    canada = {"metadata": {"generated": {"timestamp": 1746366777}}}
    assert stamp(document(make_source("canada"), canada, now)) == Stamp(made)


@pytest.mark.parametrize(
    "plain", [{}, [], {"metadata": {}}, {"metadata": 3}, b"{torn", b"[" * 9999]
)
def test_where_nothing_is_said_the_time_received_stands(
    make_source: MakeSource, now: datetime, plain: object
) -> None:
    assert stamp(document(make_source("usgs"), plain, now)) == Stamp(now)
    assert stamp(document(make_source("rss"), plain, now)) == Stamp(now)


@pytest.mark.parametrize(
    ("form", "metadata"),
    [
        ("usgs", {"generated": "today"}),
        ("usgs", {"generated": None}),
        ("usgs", {"generated": True}),
        ("usgs", {"generated": 1e300}),
        ("usgs", {"generated": 1746366777000, "count": "7"}),
        ("usgs", {"generated": 1746366777000, "count": -1}),
        ("canada", {"generated": {}}),
        ("canada", {"generated": {"timestamp": "x"}}),
    ],
)
def test_a_time_that_cannot_be_read_is_an_error(
    make_source: MakeSource, now: datetime, form: str, metadata: object
) -> None:
    with pytest.raises(UnreadableFeed, match=r"feed\.json: metadata\."):
        stamp(document(make_source(form), {"metadata": metadata}, now))


def test_recorded_snapshots_are_stamped_before_they_were_received(
    shared: Path, make_source: MakeSource, now: datetime
) -> None:
    path = shared / "recorded/usgs/history_all_day.jsonl.gz"
    found = documents(path, {"usgs": make_source("usgs")}, now)
    snapshots = [next(found) for _ in range(5)]
    for snapshot in snapshots:
        assert isinstance(snapshot, Document)
        made = stamp(snapshot)
        assert made.time <= snapshot.received
        assert made.declared == len(json.loads(snapshot.data)["features"])
