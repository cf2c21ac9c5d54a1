from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import xmlschema
from lxml import etree
from protect_cases import NOW, PERU, event, place

from farwatch.model.cap import check, parse_time
from farwatch.model.event import Event
from farwatch.model.grade import Grade
from farwatch.model.kinds import Kind
from farwatch.model.protect import Alert, AlertState, Message, Route
from farwatch.protect.alerts import decide
from farwatch.protect.cap import identifier, to_cap
from farwatch.protect.index import SiteIndex
from farwatch.protect.routing import builtin_rules
from farwatch.protect.screen import screen

NS = {"c": "urn:oasis:names:tc:emergency:cap:1.2"}
RING = ((-7.0, -80.3), (-7.0, -79.3), (-11.0, -77.2), (-11.0, -78.6), (-9.0, -79.6), (-7.0, -80.3))
WAVE = event(
    Kind.TSUNAMI, 4, place(-9.0, -79.0, rings=(RING,)), official=True, grade=Grade("A", 2),
    title='Tsunami <warning> & "waves"\x00 of 1\u20133 m', urgency="Immediate",
)  # fmt: skip


def alert_of(happening: Event) -> Alert:
    exposures = list(screen([happening], SiteIndex.of(PERU), NOW))
    return decide(happening, exposures, [], builtin_rules(), NOW)[0]


def written(alert: Alert, happening: Event, earlier: tuple[Alert, ...] = ()) -> etree._Element:
    sites = [site for site in PERU if site.id in alert.sites]
    data = to_cap(
        alert, happening, sites, sender="desk@farwatch.example", sender_name="Desk", earlier=earlier
    )
    assert check(data) == []
    return etree.fromstring(data)


def text(root: etree._Element, path: str) -> str | None:
    return root.findtext(path, namespaces=NS)


@pytest.fixture(scope="module")
def schema(shared: Path) -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(shared / "recorded" / "cap" / "cap12.xsd")


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_is_valid_by_the_published_schema(kind: Kind, schema: xmlschema.XMLSchema):
    happening = event(kind, 4, place(-9.0, -78.6, 3), site="lima_hq")
    schema.validate(etree.tostring(written(alert_of(happening), happening)).decode())


def test_an_alert_says_what_the_desk_knows(schema: xmlschema.XMLSchema):
    alert = alert_of(WAVE)
    root = written(alert, WAVE)
    schema.validate(etree.tostring(root).decode())
    assert text(root, "c:status") == "Actual"
    assert text(root, "c:msgType") == "Alert"
    assert text(root, "c:sent") == "2026-05-04T03:15:10-00:00"
    assert parse_time(text(root, "c:info/c:expires") or "") == alert.ends.replace(microsecond=0)
    assert text(root, "c:info/c:responseType") == "Evacuate"
    assert (text(root, "c:info/c:category"), text(root, "c:info/c:severity")) == ("Geo", "Severe")
    assert (text(root, "c:info/c:area/c:polygon") or "").startswith("-7,-80.3 ")
    assert "Tsunami <warning> & " in (text(root, "c:info/c:description") or "")
    assert "Chimbote terminal" in (text(root, "c:info/c:headline") or "")
    assert [a.findtext("c:areaDesc", namespaces=NS) for a in root.iterfind(".//c:area", NS)] == [
        "there", "Site Chimbote terminal"
    ]  # fmt: skip


def test_an_exercise_is_marked():
    happening = replace(WAVE, exercise=True)
    root = written(replace(alert_of(WAVE), exercise=True), happening)
    assert text(root, "c:status") == "Exercise"
    assert "Exercise" in (text(root, "c:note") or "")


def test_a_point_is_a_circle():
    quake = event(
        Kind.EARTHQUAKE, 5, place(-9.1, -79.3, 12.5), measures={"magnitude": 7.4, "depth_km": 25}
    )
    assert text(written(alert_of(quake), quake), "c:info/c:area/c:circle") == "-9.1,-79.3 12.5"


def test_a_cancel_refers_to_every_earlier_revision(schema: xmlschema.XMLSchema):
    first = alert_of(WAVE)
    second = replace(first, revision=2, message=Message.UPDATE, sent=NOW + timedelta(minutes=5))
    last = replace(
        first, revision=3, message=Message.CANCEL, state=AlertState.CANCELLED, urgency="Past",
        route=Route.QUEUE, advice=("AllClear",), sent=NOW + timedelta(hours=5),
    )  # fmt: skip
    root = written(last, WAVE, (second, first))
    schema.validate(etree.tostring(root).decode())
    assert text(root, "c:references") == (
        f"desk@farwatch.example,{identifier(first)},2026-05-04T03:15:10-00:00 "
        f"desk@farwatch.example,{identifier(second)},2026-05-04T03:20:10-00:00"
    )
    with pytest.raises(ValueError, match="refers to no earlier"):
        written(last, WAVE)


def test_an_identifier_holds_nothing_that_cap_forbids():
    alert = replace(alert_of(WAVE), key="e1/duty officer, <&>\u00e9")
    assert identifier(alert) == "e1/duty-officer---->-/1"


def test_an_urgency_that_is_no_word_of_cap_never_leaves():
    with pytest.raises(ValueError, match="would break CAP"):
        written(replace(alert_of(WAVE), urgency="Soon"), WAVE)
