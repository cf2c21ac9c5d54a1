"""Areas of CAP alerts that are given by codes alone: placed as far as the code tells."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farwatch.model.document import Document
from farwatch.model.place import Place, Precision
from farwatch.model.report import Report
from farwatch.model.safe_xml import parse
from farwatch.sources import catalogue, read
from farwatch.sources.cap_geocodes import coded_place, unit_of
from farwatch.understand.read import understand
from farwatch.world import gazetteer

CLC = "layer:EC-MSC-SMC:1.0:CLC"
SGC = "profile:CAP-CP:Location:0.3"


@pytest.mark.parametrize(
    ("name", "code", "unit"),
    [
        ("SAME", "048453", ("US", "US.TX")),
        ("SAME", "148453", ("US", "US.TX")),  # a part of the county
        ("SAME", "000000", ("US", None)),
        ("SAME", "077555", None),  # the Gulf
        ("SAME", "072113", ("PR", None)),
        ("SAME", "48453x", None),
        ("FIPS6", "030049", ("US", "US.MT")),
        ("FIPS", "30049", ("US", "US.MT")),
        ("UGC", "MTZ014", ("US", "US.MT")),
        ("UGC", "DCC001", ("US", "US.DC")),
        ("UGC", "GUZ001", ("GU", None)),
        ("UGC", "GMZ130", None),  # a marine zone
        ("UGC", "MT14", None),
        (CLC, "041420", ("CA", "CA.08")),
        (CLC, "067100", ("CA", "CA.11")),
        (CLC, "021100", ("CA", None)),
        (CLC, "006210", None),  # water
        (SGC, "3537001", ("CA", "CA.08")),
        (SGC, "2466", ("CA", "CA.10")),
        (SGC, "9900000", None),
        ("EMMA_ID", "DE117", ("DE", None)),
        ("EMMA_ID", "UK001", ("GB", None)),
        ("EMMA_ID", "GR001", ("GR", None)),
        ("EMMA_ID", "XX001", None),
        ("NUTS3", "EL301", ("GR", None)),
        ("WARNCELLID", "105111000", None),
    ],
)
def test_a_code_tells_its_unit(name: str, code: str, unit: tuple[str, str | None] | None) -> None:
    assert unit_of(name, code) == unit


def info(*areas: Iterable[tuple[str, str]], shape: str = "") -> str:
    listed = "".join(
        f"<area><areaDesc>Somewhere</areaDesc>{shape}"
        + "".join(
            f"<geocode><valueName>{name}</valueName><value>{code}</value></geocode>"
            for name, code in codes
        )
        + "</area>"
        for codes in areas
    )
    return (
        "<info><category>Met</category><event>Blizzard Warning</event><urgency>Expected</urgency>"
        f"<severity>Extreme</severity><certainty>Likely</certainty>{listed}</info>"
    )


def place(*areas: Iterable[tuple[str, str]]) -> Place | None:
    return coded_place([parse(info(*areas).encode())])


def test_codes_of_one_state_place_the_alert_in_it() -> None:
    found = place([("SAME", "048453"), ("UGC", "TXC453")], [("SAME", "048209")])
    assert found is not None
    assert (found.name, found.precision) == ("Texas", Precision.ADMIN1)
    assert (found.country, found.admin1) == ("US", "US.TX")
    assert found.geometry.radius_km == 150
    assert 25 < found.geometry.lat < 37
    assert found.reasons == ("the area is given by codes alone: SAME 048453 lies in Texas",)


@pytest.mark.parametrize(
    ("areas", "name", "admin1", "said"),
    [
        (
            [[("SAME", "048453")], [("SAME", "040001")]],
            "United States", None,
            "SAME 048453 lies in Texas; SAME 040001 lies in Oklahoma",
        ),
        ([[("SAME", "048453")], [("SAME", "000000")]], "United States", None, "SAME 000000"),
        ([[("EMMA_ID", "DE117")], [("EMMA_ID", "DE001")]], "Germany", None, "EMMA_ID DE117"),
        ([[(CLC, "021100"), (SGC, "1209034")]], "Nova Scotia", "CA.07", "SGC 1209034"),
        ([[("UGC", "TXZ200"), ("UGC", "GMZ130")]], "Texas", "US.TX", "nothing: UGC GMZ130"),
    ],
)  # fmt: skip
def test_several_units_are_placed_in_what_holds_them_all(
    areas: list[list[tuple[str, str]]], name: str, admin1: str | None, said: str
) -> None:
    found = place(*areas)
    assert found is not None
    assert (found.name, found.admin1) == (name, admin1)
    assert said in " ".join(found.reasons)


@pytest.mark.parametrize(
    "areas",
    [
        [],
        [[]],
        [[("UGC", "GMZ130")]],
        [[("EMMA_ID", "DE117")], [("EMMA_ID", "FR433")]],
    ],
)
def test_no_one_country_is_no_place(areas: list[list[tuple[str, str]]]) -> None:
    assert place(*areas) is None


@given(st.text(max_size=12), st.text(max_size=12))
def test_any_code_is_read_or_unknown(name: str, code: str) -> None:
    for scheme in (name, "UGC", "SAME", CLC, SGC, "EMMA_ID"):
        unit = unit_of(scheme, code)
        assert unit is None or unit[1] is None or unit[1].startswith(unit[0])


NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def report(body: str) -> Report:
    alert = (
        '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>a1</identifier>'
        "<sender>w-nws.webmaster@noaa.gov</sender><sent>2026-06-01T11:50:00-00:00</sent>"
        f"<status>Actual</status><msgType>Alert</msgType><scope>Public</scope>{body}</alert>"
    )
    document = Document(catalogue.load()["cap"], "a.cap", alert.encode(), NOON)
    (found,) = read(document)
    assert isinstance(found, Report), found
    return found


def test_a_warning_by_same_code_is_understood_in_its_state() -> None:
    told = report(info([("SAME", "048453")]))
    reading = understand(told, catalogue.load()["cap"], gazetteer.open(), NOON)
    assert reading.place is not None
    assert (reading.place.precision, reading.place.admin1) == (Precision.ADMIN1, "US.TX")
    assert "SAME 048453 lies in Texas" in " ".join(reading.reasons)


def test_a_shape_goes_before_the_codes() -> None:
    told = report(info([("SAME", "048453")], shape="<circle>30.3,-97.7 20</circle>"))
    assert told.facts.place is None
    assert told.facts.geometry is not None
    assert told.facts.geometry.radius_km == 20
