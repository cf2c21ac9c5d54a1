"""The strict check against the schemas that OASIS publishes: the same verdict on every alert."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from farwatch.model.cap import check
from farwatch.model.safe_xml import parse

SCHEMAS = Path(__file__).resolve().parents[3] / "shared" / "recorded" / "cap"
VERSIONS = {
    "1.0": "http://www.incident.com/cap/1.0",
    "1.1": "urn:oasis:names:tc:emergency:cap:1.1",
    "1.2": "urn:oasis:names:tc:emergency:cap:1.2",
}
COMMON = """
<identifier>A1</identifier><sender>desk@example.org</sender><sent>2026-06-01T12:00:00-00:00</sent>
<status>Actual</status><msgType>Update</msgType>{password}<source>s</source><scope>Public</scope>
<restriction>r</restriction><addresses>a</addresses><code>c</code><code>d</code><note>n</note>
<references>desk@example.org,A0,2026-06-01T11:00:00-00:00</references><incidents>i</incidents>
<info><language>en-GB</language><category>Met</category><category>Geo</category><event>Storm</event>
{response}<urgency>Immediate</urgency><severity>Severe</severity><certainty>Likely</certainty>
<audience>all</audience><eventCode>{pair}</eventCode><effective>2026-06-01T12:00:00+02:00</effective>
<onset>2026-06-01T12:00:00-00:00</onset><expires>2026-06-02T12:00:00-05:30</expires>
<senderName>n</senderName><headline>h</headline><description>d</description><instruction>i
</instruction><web>https://example.org/a?b=c#d</web><contact>c</contact><parameter>{pair}</parameter>
<resource><resourceDesc>d</resourceDesc><mimeType>image/png</mimeType><size>10</size>
<uri>https://example.org/x.png</uri>{deref}<digest>0</digest></resource>
<area><areaDesc>Here</areaDesc><polygon>1,1 2,2 3,1 1,1</polygon><circle>1,1 5</circle>
<geocode>{pair}</geocode><altitude>1.5</altitude><ceiling>9</ceiling></area></info>
"""
PAIR = "<valueName>SAME</valueName><value>TOR</value>"
TEXTS = st.sampled_from(
    [
        "", " ", "Actual", " Actual ", "Draft", "Very Likely", "Observed", "CBRNE", "Avoid", "None",
        "2026-06-01T12:00:00-00:00", "2026-06-01T12:00:00Z", "2026-06-01T12:00:00",
        "2026-06-01T12:00:00+14:00 ", "2026-06-01T12:00:00+14:01", "2026-06-01T12:00:00.5-00:00",
        "2026-06-01T24:00:00-00:00", "2026-06-01T24:00:01-00:00", "2026-02-29T12:00:00-00:00",
        "2024-02-29T12:00:00-00:00", "2026-06-01T12:60:00-00:00", "2026-06-01T12:00:00,00:00",
        "12026-06-01T12:00:00-00:00", "2026-6-1T12:00:00-00:00", "2026-06-01 12:00:00-00:00",
        "1.5", "-1", "+7", "1e5", ".5", "5.", ".", "ten", "en", "en-", "english-language",
        "x y", "mailto:a@b.example", "/relative/path", "https://example.org/%C3%A4", "é",
    ]
)  # fmt: skip


@cache
def schema(version: str) -> etree.XMLSchema:
    if not SCHEMAS.is_dir():
        pytest.skip(f"no schemas at {SCHEMAS}")
    return etree.XMLSchema(etree.parse(SCHEMAS / f"cap{version.replace('.', '')}.xsd"))


def whole(version: str) -> bytes:
    """An alert that uses every element of its version."""
    old = version == "1.0"
    body = COMMON.format(
        password="<password>p</password>" if old else "",
        response="" if old else "<responseType>Shelter</responseType>",
        pair="SAME=TOR" if old else PAIR,
        deref="" if old else "<derefUri>AA==</derefUri>",
    )
    return f'<alert xmlns="{VERSIONS[version]}">{body}</alert>'.encode()


def same_verdict(version: str, alert: bytes) -> bool:
    """Whether the check and the schema agree; returns what both say.

    The schema is read by libxml2, which differs from the standard in two things that no mutation
    makes: it lets elements follow a signature, and refuses white space before a time.
    """
    violations = [str(violation) for violation in check(alert)]
    valid = schema(version).validate(parse(alert))
    assert valid == (not violations), (violations, schema(version).error_log.last_error, alert)
    return valid


@pytest.mark.parametrize("version", VERSIONS)
def test_an_alert_with_every_element_is_valid(version: str) -> None:
    assert same_verdict(version, whole(version))


@pytest.mark.parametrize("version", VERSIONS)
def test_every_single_element_left_out_or_doubled(version: str) -> None:
    verdicts = []
    for index in range(1, len(list(parse(whole(version)).iter()))):
        for doubled in (False, True):
            root = parse(whole(version))
            element = list(root.iter())[index]
            parent = element.getparent()
            assert parent is not None
            if doubled:
                parent.insert(parent.index(element), parse(etree.tostring(element)))
            else:
                parent.remove(element)
            verdicts.append(same_verdict(version, etree.tostring(root)))
    assert 0 < sum(verdicts) < len(verdicts)


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, bytes]:
    version = draw(st.sampled_from(sorted(VERSIONS)))
    root = parse(whole(version))
    for _ in range(draw(st.integers(1, 3))):
        elements = [one for one in root.iter(etree.Element) if one is not root]
        if elements:
            _mutate(draw, draw(st.sampled_from(elements)), VERSIONS[version])
    return version, etree.tostring(root)


def _mutate(draw: st.DrawFn, element: etree._Element, namespace: str) -> None:
    parent = element.getparent()
    assert parent is not None
    what = draw(st.sampled_from(["text", "drop", "move", "name", "comment", "attribute", "child"]))
    if what == "text" and not len(element):
        element.text = draw(TEXTS)
    elif what == "drop":
        parent.remove(element)
    elif what == "move":
        parent.insert(draw(st.integers(0, len(parent) - 1)), element)
    elif what == "name":
        space = draw(st.sampled_from([namespace, VERSIONS["1.0"], "urn:other"]))
        name = draw(st.sampled_from(["event", "scope", "Signature", "info", "polygon"]))
        element.tag = f"{{{space}}}{name}"
    elif what == "comment":
        element.append(etree.Comment("aside"))
    elif what == "attribute":
        element.set("lang", "en")
    elif what == "child":
        etree.SubElement(element, f"{{{namespace}}}value").text = draw(TEXTS)


@settings(max_examples=300)
@given(mutated())
def test_mutated_alerts_get_the_schema_s_verdict(case: tuple[str, bytes]) -> None:
    same_verdict(*case)


@given(st.binary(max_size=200))
def test_any_bytes_get_a_verdict(data: bytes) -> None:
    assert check(data)


@pytest.mark.parametrize(
    ("alert", "told"),
    [
        (b"<alert/>", "is no alert of CAP"),
        (b"not xml", "is not XML"),
        (b'<!DOCTYPE alert [<!ENTITY a "b">]><alert>&a;</alert>', "declares a document type"),
        (whole("1.2").replace(b"<scope>Public</scope>", b""), "must come first"),
        (whole("1.2").replace(b">Immediate<", b">Soon<"), "urgency 'Soon' is none of Expected"),
        (whole("1.2").replace(b"<severity>Severe</severity>", b""), "severity must come first"),
        (whole("1.2").replace(b"12:00:00-00:00</sent>", b"12:00:00Z</sent>"), "is no offset time"),
        (whole("1.2").replace(b"<status>", b'<status lang="en">'), "attribute"),
        (whole("1.2").replace(b"<info>", b"<info>words"), "holds text between its elements"),
    ],
)
def test_a_violation_says_where_and_what(alert: bytes, told: str) -> None:
    assert told in "; ".join(str(violation) for violation in check(alert))


def test_a_signature_may_end_a_1_2_alert_only() -> None:
    signature = b'<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><x/></Signature></alert>'
    assert same_verdict("1.2", whole("1.2").replace(b"</alert>", signature))
    assert not same_verdict("1.1", whole("1.1").replace(b"</alert>", signature))


def test_nothing_of_the_alert_may_follow_a_signature() -> None:
    signature = b'<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/><info>'
    [violation] = check(whole("1.2").replace(b"<info>", signature))
    assert str(violation) == "alert/info may not stand here"


def test_white_space_round_a_time_is_nothing() -> None:
    assert not check(whole("1.2").replace(b"<sent>", b"<sent>\n  "))


def test_every_recorded_alert_gets_the_schema_s_verdict(shared: Path) -> None:
    names = {namespace: version for version, namespace in VERSIONS.items()}
    judged = []
    for file in sorted((shared / "recorded/cap/testdata").glob("*.*")):
        if file.suffix == ".pem" or file.stem == "xee":
            continue
        for alert in parse(file.read_bytes()).iter("{*}alert"):
            version = names[etree.QName(alert).namespace or ""]
            judged.append(same_verdict(version, etree.tostring(alert, with_tail=False)))
    assert (len(judged), sum(judged)) == (31, 25)
