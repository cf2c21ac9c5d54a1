import json

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from protect_cases import NOW, ZAMBIA, event, place

from farwatch.cli.screen import screen as screen_command
from farwatch.errors import RejectedRows, UnreadableReport
from farwatch.model.codec import to_plain
from farwatch.model.kinds import Kind
from farwatch.model.place import Precision
from farwatch.protect.event_lines import event_of

SHORT = {"id": "r", "kind": "riot", "severity": 3, "lat": -12.8, "lon": 28.2}


def test_the_full_form_is_the_desk_s_own():
    whole = event(Kind.RIOT, 3, place(-12.8, 28.2, 2, country="ZM"))
    assert event_of(to_plain(whole), "in", NOW) == whole


def test_the_short_form_needs_little():
    more = {"radius_km": 2, "country": "ZMB", "start": "2026-05-01T00:00:00Z"}
    read = event_of(SHORT | more, "in", NOW)
    assert (read.id, read.kind, read.place.geometry.radius_km) == ("r", Kind.RIOT, 2)
    assert (read.place.country, read.place.precision) == ("ZM", Precision.POINT)
    assert event_of({"kind": "silence", "severity": 3, "site": "a"}, "in", NOW).place is None
    ring = [[-12, 27], [-12, 29], [-14, 29], [-12, 27]]
    assert event_of({"kind": "flood", "severity": 3, "polygon": ring}, "in", NOW).place


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "brawl"}, "kind 'brawl'"), ({"severity": 6}, "severity 6"),
        ({"severity": True}, "severity True"), ({"lat": 91}, "lat 91 is not between"),
        ({"lat": "12"}, "lat '12'"), ({"lat": None}, "lat None"), ({"colour": 1}, "colour 1"),
        ({"start": "yesterday"}, "start 'yesterday'"), ({"expires": "2026-05-01T00:00"}, "expires"),
        ({"country": "Freedonia"}, "Freedonia"), ({"official": 1}, "official 1"),
        ({"polygon": [[1, 2]]}, "four points"), ({"polygon": 3}, "lat, lon"),
        ({"title": []}, "title"), ({"state": "gone"}, "state"),
        ({"lon": None}, "lon None is missing beside the other"),
        ({"radius_km": -1}, "radius_km -1 is not"), ({"radius_km": 1e9}, "radius_km 1000000000.0"),
        ({"precision": "vague"}, "precision"), ({"lat": 10**400}, "lat 1000"),
        ({"magnitude": 99}, "magnitude 99 is not between -3 and 10"), ({"depth_km": 9e9}, "depth"),
        ({"start": "2026-05-02T00:00:00Z", "end": "2026-05-01T00:00:00Z"}, "before the start"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named(change: dict, words: str):
    plain = SHORT | change
    if change == {"lat": None}:
        plain |= {"precision": "point", "country": "ZM"}
    with pytest.raises(UnreadableReport, match=words):
        event_of(plain, "in", NOW)


@pytest.mark.parametrize("plain", [{"grade": 1}, {"grade": {}}, {}])
def test_what_is_no_event_is_named(plain: dict):
    with pytest.raises(UnreadableReport, match="in"):
        event_of(plain, "in", NOW)


plain_values = st.none() | st.booleans() | st.floats() | st.text(max_size=5)
values = st.recursive(plain_values, st.lists, max_leaves=4)


@given(st.dictionaries(st.sampled_from([*SHORT, "polygon", "start", "grade", "country"]), values))
def test_any_object_is_an_event_or_named(change: dict):
    try:
        assert event_of(SHORT | change, "in", NOW).severity in range(1, 6)
    except UnreadableReport as error:
        assert str(error).startswith("in")


@pytest.fixture
def site_file(tmp_path):
    rows = "".join(f"{s.id},{s.name},{s.lat},{s.lon},{s.country},{s.tier}\n" for s in ZAMBIA)
    path = tmp_path / "sites.csv"
    path.write_text(f"id,name,lat,lon,country,tier\n{rows}", encoding="utf-8")
    return path


def test_the_filter_screens_what_it_can_read(tmp_path, site_file):
    (tmp_path / "in.jsonl").write_text(f"{json.dumps(SHORT)}\n\nbad\n", encoding="utf-8")
    out = tmp_path / "out.jsonl"
    arguments = [
        str(tmp_path / "in.jsonl"),
        "--sites",
        str(site_file),
        "-o",
        str(out),
        "--now",
        NOW.isoformat(),
    ]
    result = CliRunner().invoke(screen_command, arguments)
    assert "line 3" in result.stderr
    assert "1 of its lines" in str(result.exception)
    (line,) = out.read_text(encoding="utf-8").splitlines()
    assert {name: json.loads(line)[name] for name in ("event", "site", "severity")} == {
        "event": "r", "site": "kitwe_plant", "severity": 3
    }  # fmt: skip


def test_the_filter_refuses_a_wrong_site_list(tmp_path, site_file):
    site_file.write_text("id,lat,lon\na,,1\nb,-12.8,28.2\n", encoding="utf-8")
    result = CliRunner().invoke(screen_command, ["-", "--sites", str(site_file)], input="")
    assert isinstance(result.exception, RejectedRows)
    partial = CliRunner().invoke(
        screen_command, ["-", "--sites", str(site_file), "--partial"], input=json.dumps(SHORT)
    )
    assert json.loads(partial.stdout)["site"] == "b"
    assert "rejected line 2" in partial.stderr
