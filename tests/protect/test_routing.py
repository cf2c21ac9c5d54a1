"""The two rule files: strict where they are read, and edited as a desk edits them."""

from importlib.resources import files

import pytest
import yaml
from protect_cases import NOW, ZAMBIA, event, place

from farwatch.errors import SettingsError
from farwatch.model.kinds import Kind
from farwatch.protect.alerts import decide
from farwatch.protect.index import SiteIndex
from farwatch.protect.reach import builtin_reach, parse_reach
from farwatch.protect.routing import builtin_rules, parse_rules
from farwatch.protect.screen import screen


def shipped(name: str) -> dict:
    text = files("farwatch.protect").joinpath(f"rules/{name}.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


def put(plain: dict, path: str, value: object) -> str:
    """The rules with one value set at a dotted path, as YAML."""
    *keys, last = [int(key) if key.isdigit() else key for key in path.split(".")]
    part = plain
    for key in keys:
        part = part[key]
    part[last] = value
    return yaml.safe_dump(plain)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("loudness", 1, "'loudness' is unknown"),
        ("routes.0.when.kind", ["riot"], "'kind' is unknown"),
        ("routes.0.when.kinds", ["brawl"], "'brawl'"),
        ("routes.0.when.own_site", "yes", "neither true nor false"),
        ("routes.0.when.tiers", 1, "not a list"),
        ("routes.0.route", "IV", "'IV'"),
        ("routes.0.name", "", "not a text"),
        ("routes", {}, "not a list"),
        ("interrupt.probability", {2: 0.5}, "each severity"),
        ("interrupt.credibility", 2.5, "not a whole number"),
        ("release.own_site.credibility", None, "not a number"),
        ("release.feeds.0", {"severety": 4}, "'severety' is unknown"),
        ("recipients.0.name", "desk {country}", "the only field"),
        ("recipients.0.quiet", {"from": "late", "to": "06:00"}, "'late'"),
        # 22:00 without quotes is 1320 to YAML, and "1320" would be read as twenty past one
        ("recipients.0.quiet", {"from": 1320, "to": "06:00"}, "1320, not a time in quotes"),
        ("recipients.0.quiet", {"from": "22:00Z", "to": "06:00"}, "'22:00Z'"),
        ("quiet.urgencies", ["Soon"], "'Soon'"),
        ("level_change", None, "not a mapping"),
        ("restricted", 7, "not a text"),
    ],
)
def test_alert_rules_are_read_strictly(path: str, value: object, words: str):
    with pytest.raises(SettingsError, match=words) as caught:
        parse_rules(put(shipped("alerts"), path, value), "mine.yaml")
    assert str(caught.value).startswith("mine.yaml")


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("speed", 1, "'speed' is unknown"),
        ("kinds.brawl", {}, "'brawl'"),
        ("kinds.riot.km", {2: 1, 3: 3, 4: 10}, "each severity"),
        ("kinds.riot.km", {2: 1, 3: 3, 4: 10, 5: -1}, "-1"),
        ("kinds.riot.hold_hours", 0, "at least 1"),
        ("kinds.riot.urgency", "Past", "'Past'"),
        ("kinds.riot.advice", ["Panic"], "'Panic'"),
        ("kinds.riot.near", {"km": 1}, "None"),
        ("kinds.riot.units", ["county"], "'county'"),
        ("kinds.cyclone.lead_hours", 48, "None"),
        ("kinds.riot.from_severity", {6: "Immediate"}, "6"),
        ("shaking.bands", {3: 5}, "each severity"),
        ("tsunami.coast_km", "near", "'near'"),
        ("floor", 0.1, "each severity"),
        ("city_km", True, "True"),
    ],
)
def test_the_reach_table_is_read_strictly(path: str, value: object, words: str):
    with pytest.raises(SettingsError, match=words) as caught:
        parse_reach(put(shipped("reach"), path, value), "mine.yaml")
    assert "mine.yaml" in str(caught.value)


@pytest.mark.parametrize("read", [parse_rules, parse_reach])
@pytest.mark.parametrize("text", ["- a list", "a: [", "", "{}"])
def test_what_is_no_rule_file_is_an_error(read, text: str):
    with pytest.raises(SettingsError, match=r"mine\.yaml"):
        read(text, "mine.yaml")


@pytest.mark.parametrize("missing", list(shipped("alerts")))
def test_every_part_is_needed(missing: str):
    plain = shipped("alerts")
    del plain[missing]
    with pytest.raises(SettingsError, match=f"'{missing}' is missing"):
        parse_rules(yaml.safe_dump(plain), "mine.yaml")


def test_the_shipped_files_read():
    assert builtin_rules().reach is builtin_reach()
    assert builtin_reach().kinds[Kind.RIOT].radius_km(5) == 25
    assert builtin_reach().kinds[Kind.RIOT].radius_km(1) == 0
    assert builtin_reach().kinds[Kind.VOLCANO].beyond_polygon_km(5) == 0


RIOT = event(Kind.RIOT, 3, place(-12.82, 28.21))


def told(text: str) -> dict[str, str]:
    exposures = list(screen([RIOT], SiteIndex.of(ZAMBIA), NOW))
    return {
        a.recipient: a.route.value for a in decide(RIOT, exposures, [], parse_rules(text, "m"), NOW)
    }


@pytest.mark.parametrize(
    ("when", "fits"),
    [
        ({"kinds": ["riot"]}, True),
        ({"kinds": ["crime"]}, False),
        ({"severity": 4}, False),
        ({"within_km": 3}, True),
        ({"within_km": 1}, False),
        ({"tiers": [1]}, True),
        ({"tiers": [2, 3]}, False),
        ({"own_site": True}, False),
        ({"official": False}, True),
        ({"urgency": ["Future"]}, False),
        ({"credibility": 1}, False),
        ({"level": 4}, False),
    ],
)
def test_a_desk_s_own_rule_comes_first(when: dict, fits: bool):
    own = {"name": "ours", "when": when, "route": "none"}
    plain = shipped("alerts")
    plain["routes"].insert(0, own)
    assert told(yaml.safe_dump(plain)) == ({} if fits else {"desk": "II"})


def test_recipients_are_a_desk_s_own():
    groups = [
        {"name": "desk", "before_release": True},
        {"name": "security of {site}", "before_release": True, "tiers": [1], "kinds": ["riot"]},
        {"name": "board", "before_release": True, "severity": 5},
    ]
    assert told(put(shipped("alerts"), "recipients", groups)) == {
        "desk": "II", "security of kitwe_plant": "II"
    }  # fmt: skip
