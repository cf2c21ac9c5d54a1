from __future__ import annotations

import tarfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farwatch.errors import UnreadableFeed, UnreadableReport
from farwatch.model.report import Report
from farwatch.sources.agencies import agency_in


def feed(*items: str, head: str = "") -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>T</title>'
        f"<link>https://www.paper.example/</link>{head}{''.join(items)}</channel></rss>"
    ).encode()


def item(**parts: str) -> str:
    given_parts = {
        "guid": "g1", "title": "Riot in Kitwe", "link": "https://www.paper.example/1",
        "pubDate": "Sat, 30 May 2026 10:00:00 +0200",
        "description": "Shops &lt;b&gt;burnt&lt;/b&gt;.",
    } | parts  # fmt: skip
    return "<item>" + "".join(f"<{k}>{v}</{k}>" for k, v in given_parts.items() if v) + "</item>"


def test_an_item_becomes_a_report(read_as: Any) -> None:
    (report,) = read_as("rss", feed(item(), head="<language>en-GB</language>"))
    assert report.key == "g1"
    assert report.published == datetime(2026, 5, 30, 8, 0, tzinfo=UTC)
    assert (report.title, report.text) == ("Riot in Kitwe", "Shops burnt.")
    assert (report.url, report.origin) == ("https://www.paper.example/1", "paper.example")
    assert report.language == "en-gb"


def test_atom_takes_the_time_of_the_update(read_as: Any) -> None:
    data = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr"><title>x</title><entry>
      <id>urn:1</id><title>Emeute</title><published>2026-05-30T08:00:00Z</published>
      <updated>2026-05-30T09:30:00+01:00</updated><content type="html">&lt;p&gt;Ici.&lt;/p&gt;
      &lt;script&gt;x()&lt;/script&gt;</content><link href="https://a.example/1"/></entry></feed>"""
    (report,) = read_as("rss", data)
    assert report.published == datetime(2026, 5, 30, 8, 30, tzinfo=UTC)
    assert report.text == "Ici."
    assert report.language == "fr"


def test_a_missing_date_is_none_and_a_bad_one_an_error(read_as: Any) -> None:
    none, bad, good = read_as(
        "rss", feed(item(pubDate=""), item(guid="g2", pubDate="soonish"), item(guid="g3"))
    )
    assert none.published is None
    assert isinstance(bad, UnreadableReport)
    assert (bad.field, bad.value, bad.position) == ("published", "soonish", "entries[1]")
    assert good.key == "g3"


def test_the_key_falls_back_on_link_and_content(read_as: Any) -> None:
    by_link, by_content = read_as("rss", feed(item(guid=""), item(guid="", link="", title="Other")))
    assert by_link.key == "https://www.paper.example/1"
    assert len(by_content.key) == 24
    assert by_content.origin == "paper.example"


def test_one_guid_for_several_items_names_none_of_them(read_as: Any) -> None:
    items = read_as("rss", feed(item(), item(link="https://www.paper.example/2")))
    assert [one.key for one in items] == [
        "g1 https://www.paper.example/1",
        "g1 https://www.paper.example/2",
    ]


def test_reading_twice_gives_the_same_version(read_as: Any) -> None:
    once, twice = (read_as("rss", feed(item()))[0].id for _ in range(2))
    edited = read_as("rss", feed(item(description="Two dead.")))[0]
    assert once == twice != edited.id
    assert edited.key == "g1"


def test_an_author_is_not_kept_but_tells_an_agency(read_as: Any) -> None:
    (report,) = read_as("rss", feed(item(author="desk@x.example (Jane Example, Reuters)")))
    assert report.origin == "reuters"
    assert b"Jane" not in report.raw


@pytest.mark.parametrize("link", ["javascript:alert(1)", "file:///etc/passwd", "/relative"])
def test_only_web_links_are_kept(read_as: Any, link: str) -> None:
    head = "" if link != "/relative" else "<docs/>"
    (report,) = read_as("rss", feed(item(link=link), head=head))
    assert report.url is None or report.url.startswith("http")


@pytest.mark.parametrize(
    "data",
    [b"", b"plain words", b"<html><body>Not found</body></html>", b"<rss><channel>",
     b"\x00\xff\xfe", b"/etc/passwd", b"http://127.0.0.1:1/feed"],
)  # fmt: skip
def test_what_is_no_feed_is_named(read_as: Any, data: bytes) -> None:
    with pytest.raises(UnreadableFeed, match="rss, document: is no feed"):
        read_as("rss", data)


def test_an_empty_but_sound_feed_says_nothing(read_as: Any) -> None:
    assert read_as("rss", feed()) == []


def test_an_external_entity_touches_no_file(read_as: Any, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("TOPSECRET")
    body = feed(item(title="&xxe;")).decode()
    doctype = f'<!DOCTYPE rss [<!ENTITY xxe SYSTEM "{secret.as_uri()}">]>'
    try:
        items = read_as("rss", body.replace("<rss", doctype + "<rss", 1).encode())
    except UnreadableFeed:
        return
    assert all("TOPSECRET" not in str(one) for one in items)


def test_scripts_of_the_world_come_through(read_as: Any) -> None:
    for title in ("زلزال في بيرو", "地震発生", "Взрыв в Киеве", "می‌خواهم", "ጎንደር"):
        (report,) = read_as("rss", feed(item(title=title)))
        assert report.title == title


AGENCIES = [
    ("LIMA, March 3 (Reuters) - A quake hit.", "reuters"),
    ("KAMPALA (AFP) — Police fired.", "afp"),
    ("LUSAKA, Zambia, AP — Two died.", "ap"),
    ("AFP - Deux morts.", "afp"),
    ("Two died, officials said. – Reuters", "reuters"),
    ("北京（新华社）一人死亡", "xinhua"),
    ("Two died. (Xinhua)", "xinhua"),
    ("МОСКВА, 3 марта — ТАСС — взрыв", "tass"),
    ("The Reuters building burnt down.", ""),
    ("A map of the area was shown by officials", ""),
    ("An officer told AFP that two died.", ""),
    ("", ""),
]


@pytest.mark.parametrize(("text", "agency"), AGENCIES)
def test_an_agency_is_read_from_dateline_or_credit_only(text: str, agency: str) -> None:
    assert agency_in(text) == agency


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=80), st.text(max_size=40), st.binary(max_size=80))
def test_any_text_gives_reports_or_a_named_error(
    read_as: Any, title: str, date: str, tail: bytes
) -> None:
    data = feed(item(title=title, pubDate=date)) + tail
    try:
        items = read_as("rss", data)
    except UnreadableFeed:
        return
    assert all(isinstance(one, Report | UnreadableReport) for one in items)


def test_the_recorded_feeds_all_give_reports_or_a_reason(shared: Path, read_as: Any) -> None:
    archive = shared / "recorded/rss/feedparser_wellformed_illformed.tar.gz"
    reports = feeds = 0
    with tarfile.open(archive) as tar:
        for member in tar:
            stream = tar.extractfile(member) if member.isfile() else None
            if stream is None:
                continue
            try:
                items = read_as("rss", stream.read(), member.name)
            except UnreadableFeed as error:
                assert member.name in str(error)
                continue
            feeds += 1
            reports += sum(isinstance(one, Report) for one in items)
    assert feeds > 1500
    assert reports > 1000
