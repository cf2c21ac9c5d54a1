from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farwatch.errors import NotFound
from farwatch.model.kinds import Kind
from farwatch.world import codes

NAMES = {
    "ET": "ET",
    "eth": "ET",
    " Ethiopia ": "ET",
    "Ivory Coast": "CI",
    "Côte d’Ivoire": "CI",
    "Cote d'Ivoire": "CI",
    "DR Congo": "CD",
    "DR Congo (Zaire)": "CD",
    "Congo, Dem. Rep.": "CD",
    "Congo, Rep.": "CG",
    "Congo (Kinshasa)": "CD",
    "Congo (Brazzaville)": "CG",
    "The Democratic Republic of the Congo": "CD",
    "Burma (Myanmar)": "MM",
    "Myanmar (Burma)": "MM",
    "Kosovo": "XK",
    "XKX": "XK",
    "UK": "GB",
    "United States of America": "US",
    "The Gambia": "GM",
    "Bahamas, The": "BS",
    "St Lucia": "LC",
    "St. Kitts & Nevis": "KN",
    "South Korea": "KR",
    "Korea, Dem. People's Rep.": "KP",
    "Türkiye": "TR",
    "Turkey": "TR",
    "Swaziland": "SZ",
    "Yemen (North Yemen)": "YE",
    "Russia (Soviet Union)": "RU",
    "Bosnia-Herzegovina": "BA",
    "Falkland Islands (Islas Malvinas)": "FK",
    "Venezuela, RB": "VE",
    "Occupied Palestinian Territories": "PS",
    "Lao PDR": "LA",
    "Guinea": "GN",
    "Guinea-Bissau": "GW",
    "Niger": "NE",
    "Dominica": "DM",
    "Réunion": "RE",
    "Republic of Ireland": "IE",
    "Macedonia, FYR": "MK",
}


@pytest.mark.parametrize(("text", "code"), NAMES.items())
def test_a_country_is_known_by_its_codes_and_names(text: str, code: str) -> None:
    assert codes.alpha2(text) == code


@pytest.mark.parametrize("text", ["", "ZZ", "AN", "Korea", "Atlantis", "the", "()", "Africa", "12"])
def test_what_is_no_country_is_refused_with_its_value(text: str) -> None:
    with pytest.raises(NotFound, match="no country") as caught:
        codes.alpha2(text)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize("code", codes.countries())
def test_codes_and_names_come_back_to_themselves(code: str) -> None:
    assert codes.alpha2(codes.alpha3(code)) == code
    assert codes.alpha2(codes.country_name(code)) == code


def test_kosovo_is_a_country_and_all_of_iso_is_there() -> None:
    assert codes.alpha3("XK") == "XKX"
    assert len(codes.countries()) == 250


@given(st.text(max_size=40))
def test_any_text_is_a_country_or_is_refused(text: str) -> None:
    try:
        code = codes.alpha2(text)
    except NotFound:
        return
    assert code in codes.countries()


FIPS = {
    "ZA": "ZM", "SF": "ZA", "BN": "BJ", "CH": "CN", "SZ": "CH", "GM": "DE", "GA": "GM", "AS": "AU",
    "AU": "AT", "IS": "IL", "IC": "IS", "RS": "RU", "NI": "NG", "NG": "NE", "SU": "SD", "OD": "SS",
    "KV": "XK", "GZ": "PS", "WE": "PS", "UP": "UA", "UK": "GB", "VM": "VN", "YM": "YE", "CE": "LK",
    "IZ": "IQ", "IV": "CI", "CG": "CD", "CF": "CG", "CD": "TD", "CT": "CF", "RB": "RS", "AX": "GB",
    "TS": "TN", "UV": "BF", "BM": "MM", "TT": "TL", "TD": "TT", "LO": "SK", "LG": "LV", "LH": "LT",
    "IP": "FR", "JN": "SJ", "MQ": "UM", "NN": "SX", "UC": "CW", "NT": None, "PG": None, "ZZ": None,
}  # fmt: skip


@pytest.mark.parametrize(("fips", "code"), FIPS.items())
def test_fips_is_never_read_as_iso(fips: str, code: str | None) -> None:
    if code is None:
        with pytest.raises(NotFound, match=fips):
            codes.from_fips(fips)
    else:
        assert codes.from_fips(fips) == code


def test_every_fips_code_leads_to_a_country() -> None:
    table = codes.fips_table()
    assert len(table) > 260
    assert set(table.values()) <= set(codes.countries())
    missing = set(codes.countries()) - set(table.values())
    assert missing == {"AX", "BQ"}  # FIPS 10-4 counted them to Finland and the Antilles


def test_numbers_of_gleditsch_ward_and_views() -> None:
    assert codes.from_gw(530) == codes.from_views(57) == "ET"
    assert codes.from_gw(780) == codes.from_views(121) == "LK"
    assert codes.from_gw(347) == codes.from_views(232) == "XK"
    assert codes.from_gw(678) == "YE"
    for wrong in (0, 999, -1):
        with pytest.raises(NotFound, match=str(wrong)):
            codes.from_gw(wrong)
        with pytest.raises(NotFound, match=str(wrong)):
            codes.from_views(wrong)


CAMEO = {
    "010": (None, Kind.OTHER, 1),
    "0231": ("request", Kind.OTHER, 1),
    "0871": ("retreat", Kind.OTHER, 1),
    "138": ("threaten", Kind.THREAT, 3),
    "1411": ("protest", Kind.PROTEST, 2),
    "1442": ("protest", Kind.BLOCKADE, 2),
    "145": ("protest", Kind.RIOT, 3),
    "1723": ("coerce", Kind.RESTRICTION, 3),
    "173": ("coerce", Kind.OTHER, 1),
    "181": ("assault", Kind.ABDUCTION, 3),
    "1831": ("assault", Kind.EXPLOSION, 4),
    "1833": ("assault", Kind.ROAD_ATTACK, 3),
    "190": ("assault", Kind.ARMED_CLASH, 3),
    "195": ("assault", Kind.SHELLING, 4),
    "1959": ("assault", Kind.SHELLING, 4),
    "202": ("assault", Kind.ARMED_CLASH, 5),
}


@pytest.mark.parametrize(("code", "expected"), CAMEO.items())
def test_cameo_codes_mean_a_kind_and_a_severity(
    code: str, expected: tuple[str | None, Kind, int]
) -> None:
    found = codes.cameo(code)
    assert (found.plover, found.kind, found.severity) == expected
    assert found.code == code
    assert found.label


@pytest.mark.parametrize("code", ["", "1", "00", "21", "999", "14511", "1a", "14 ", "-14", "१४"])
def test_what_is_no_cameo_code_is_refused(code: str) -> None:
    with pytest.raises(NotFound, match="CAMEO"):
        codes.cameo(code)


def test_importing_the_codes_loads_no_tables() -> None:
    look = "import sys, farwatch.world.codes; print('pycountry' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
