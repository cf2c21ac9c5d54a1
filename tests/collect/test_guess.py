from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farwatch.collect.guess import NO_READER, SNIFFERS, choose, formats, matches
from farwatch.errors import UnreadableFeed
from farwatch.model.terms import Source

MakeSource = Callable[..., Source]
CAP = "urn:oasis:names:tc:emergency:cap:1.2"

USGS = '{"type":"FeatureCollection","metadata":{"url":"https://earthquake.usgs.gov/x"}'
GDACS = '{"type":"FeatureCollection","features":[{"properties":{"eventtype":"EQ"'
EONET3 = '{"title":"EONET Events","link":"https://eonet.gsfc.nasa.gov/api/v3/events","events":['
WHO = '{"@odata.context":"https://www.who.int/api/emergencies/$metadata#diseaseoutbreaknews"'
BANK = '[{"page":1,"pages":2,"per_page":50,"lastupdated":"2026-05-01"},[{"indicator":{'
STATE = '[{"Title":"Benin - Level 2","Category":["BN"],"Link":"https://travel.state.gov/x.html",'
STATE += '"Summary":"Travel Advisory"'
STATE_RSS = '<rss version="2.0"><channel><title>Travel Advisories</title>'
STATE_RSS += "<link>https://travel.state.gov/</link>"
GED = "id,year,type_of_violence,conflict_name,where_prec\n1"
STAFF = '{"id":"s1","time":"2026-06-01T10:00:00Z","kind":"riot","text":"crowd"}\n'

CASES = [
    ("all_day.geojson", USGS, "usgs"),
    ("x.geojson", GDACS, "gdacs"),
    ("events.json", EONET3, "eonet"),
    ("don.json", WHO, "who"),
    ("wb.json", BANK, "worldbank"),
    ("wb.json", '[{"message":[{"id":"120","key":"Invalid value"}]}]', "worldbank"),
    ("dons.json", '{"value":[{"DonId":"2026-DON1"', "who"),
    ("travel.json", STATE, "state_department"),
    ("travel.xml", STATE_RSS, "state_department"),
    ("turkey.json", '{"base_path": "/foreign-travel-advice/turkey"', "fcdo"),
    ("index.json", '{"data":{"AF":{"full-info-url":"cta-cap-AF.json"', "canada"),
    ("fires.csv", "latitude,longitude,brightness,acq_date,acq_time\n", "firms"),
    ("risk.csv", "CountryName,Iso3,ValidityYear,IndicatorName,IndicatorScore\n", "inform"),
    ("ged.csv", GED, "ucdp"),
    ("ged.csv", '"id";"type_of_violence";"where_prec"\n', "ucdp"),
    ("panel.parquet", "PAR1", "ucdp"),
    ("reports.jsonl", STAFF, "staff"),
    ("reports.csv", "\ufeffid,time,site,kind,severity,grade,text\n", "staff"),
    ("reports.csv", "id\ttime\ttext\n", "staff"),
    ("20180326044500.export.CSV", "bad line", "gdelt"),
    ("day.csv", "\t".join(["7"] + ["x"] * 60) + "\n", "gdelt"),
    ("a.xml", f'<alert xmlns="{CAP}">', "cap"),
    ("a.xml", f'<c:alert xmlns:c="{CAP}">', "cap"),
    ("a.xml", '<x:EDXLDistribution xmlns:x="urn">', "cap"),
    ("a.xml", f'<!-- <rss> --><?x <feed>?><feed xmlns:cap="{CAP}">', "cap_index"),
    ("a.xml", "<rss><item><link>http://a.example/Get.aspx?capID=1</link>", "cap_index"),
    ("a.xml", '<!DOCTYPE rss [<!ENTITY x "<alert>">]><rss >', "rss"),
    ("a.xml", "<rdf:RDF xmlns='x'>", "rss"),
    ("a.xml", '<feed xmlns="http://www.w3.org/2005/Atom">', "rss"),
]


@pytest.mark.parametrize(("name", "text", "expected"), CASES)
def test_a_format_is_known_by_its_first_bytes(name: str, text: str, expected: str) -> None:
    assert formats(name, text.encode())[0] == expected


def test_every_sniffer_has_a_case() -> None:
    assert {form for form, _ in SNIFFERS} - {"ucdp_panel"} == {form for _, _, form in CASES}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-32", "cp037"])
def test_other_encodings_are_read(encoding: str) -> None:
    assert formats("a", '<?xml version="1.0"?><rss >'.encode(encoding)) == ("rss", "cap_index")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "{}",
        "[1,2]",
        '{"id": 1}',
        '<schema xmlns="x">',
        "<!-- only a comment",
        "<!DOCTYPE x [",
        "<",
        "name,latitude,longitude\n",
        "\tDescription\tGoldsteinScale\tcameoCode\n",
        "-----BEGIN CERTIFICATE-----",
        '{"type": "FeatureCollection", "features": []}',
    ],
)
def test_what_no_source_reads_is_said_to_be_so(text: str, make_source: MakeSource) -> None:
    assert formats("x", text.encode()) == ()
    with pytest.raises(UnreadableFeed, match=NO_READER):
        choose("x", text.encode(), {"usgs": make_source("usgs")})


@given(st.text(max_size=50), st.one_of(st.binary(max_size=300), st.text(max_size=300)))
def test_any_bytes_are_judged(name: str, content: bytes | str) -> None:
    head = content if isinstance(content, bytes) else content.encode("utf-8", "replace")
    assert set(formats(name, head)) <= {form for form, _ in SNIFFERS}


@pytest.mark.parametrize(
    "text", ["<!--" * 16384, "<?" * 32768, "<!DOCTYPE [" * 5000, "<a:" * 20000]
)
def test_hostile_prologues_end(text: str) -> None:
    assert formats("x.xml", text.encode()) == ()


@pytest.mark.parametrize(
    ("name", "pattern", "expected"),
    [
        ("/a/gdelt/1.export.CSV.gz", "*.export.CSV", True),
        ("/a/cap/testdata/x.atom", "cap/testdata/*.atom", True),
        ("/a/recap/testdata/x.atom", "cap/testdata/*.atom", False),
        ("/a/rss/feeds.tar.gz!tests/x.xml", "rss/feeds.tar.gz", True),
        ("/a/rss/feeds.tar.gz!tests/x.xml", "tests/*.xml", True),
        ("x.csv", "staff_*.csv", False),
    ],
)
def test_patterns_match_from_the_right(name: str, pattern: str, expected: bool) -> None:
    assert matches(name, pattern) is expected


def _sources(*sources: Source) -> dict[str, Source]:
    return {source.id: source for source in sources}


FEED = b'<feed xmlns="http://www.w3.org/2005/Atom">'


def test_a_named_pattern_chooses_among_formats(make_source: MakeSource) -> None:
    sources = _sources(
        make_source("rss", files=("*.atom",)),
        make_source("cap-au", format="cap_index", files=("cap/*.atom",)),
    )
    assert choose("a/cap/x.atom", FEED, sources).id == "cap-au"
    assert choose("a/news/x.atom", FEED, sources).id == "rss"


def test_a_bare_suffix_does_not_outweigh_the_content(make_source: MakeSource) -> None:
    sources = _sources(make_source("rss", files=("*.atom",)), make_source("cap_index"))
    index = f'<feed xmlns:cap="{CAP}">'.encode()
    assert choose("x.atom", index, sources).id == "cap_index"


def test_the_source_called_as_the_format_reads_what_nobody_names(make_source: MakeSource) -> None:
    sources = _sources(make_source("un-news", format="rss"), make_source("rss"))
    assert choose("x.xml", b"<rss >", sources).id == "rss"
    hyphen = make_source("state-department", format="state_department")
    other = make_source("zz", format="state_department")
    assert choose("x.json", STATE.encode(), _sources(hyphen, other)) is hyphen


def test_an_unknown_format_goes_to_whoever_names_the_file(make_source: MakeSource) -> None:
    sources = _sources(make_source("staff", files=("patrols_*.csv",)))
    assert choose("in/patrols_1.csv", b"when;what\n", sources).id == "staff"


def test_several_equal_sources_are_not_chosen_between(make_source: MakeSource) -> None:
    sources = _sources(make_source("one", format="rss"), make_source("two", format="rss"))
    with pytest.raises(UnreadableFeed, match="may be read by one, two: name the source"):
        choose("x.xml", b"<rss >", sources)


def test_a_stories_corpus_is_no_staff_report(make_source: MakeSource) -> None:
    line = json.dumps({"doc": "1", "topic": "2", "text": "x"}) + "\n"
    assert formats("stories.jsonl", line.encode()) == ()
