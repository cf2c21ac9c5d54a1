"""Names that no table carries: short forms of countries and states; odd borders."""

from __future__ import annotations

from farwatch.world.feature import NameKind

_A, _S = NameKind.ALTERNATE, NameKind.SHORT

# What the press calls a country besides the names the tables carry.
_COUNTRIES: dict[str, tuple[str, str]] = {  # alpha-2 -> (names, short forms)
    "US": ("United States of America|America|the States", "US|U.S.|USA|U.S.A."),
    "GB": ("Great Britain|Britain|United Kingdom", "UK|U.K."),
    "AE": ("Emirates", "UAE|U.A.E."),
    "CD": (
        "Democratic Republic of the Congo|Democratic Republic of Congo|DR Congo|Congo-Kinshasa|"
        "Zaire|Congo",
        "DRC|D.R.C.|RDC",
    ),
    "CG": ("Republic of the Congo|Congo-Brazzaville|Congo Republic|Republic of Congo|Congo", ""),
    "KR": ("South Korea|Republic of Korea|Korea", "ROK"),
    "KP": ("North Korea", "DPRK|D.P.R.K."),
    "CI": ("Ivory Coast|Cote d'Ivoire|Côte d'Ivoire", ""),
    "MM": ("Burma|Myanmar", ""),
    "SZ": ("Swaziland|Eswatini", ""),
    "MK": ("Macedonia|North Macedonia", "FYROM"),
    "CZ": ("Czech Republic|Czechia", ""),
    "TL": ("East Timor|Timor-Leste", ""),
    "CV": ("Cape Verde|Cabo Verde", ""),
    "RU": ("Russia|Russian Federation", ""),
    "PS": (
        "Palestine|Palestinian Territories|Palestinian territories|Occupied Palestinian Territory",
        "OPT",
    ),
    "SY": ("Syria", ""),
    "IR": ("Iran|Islamic Republic of Iran", ""),
    "LA": ("Laos", ""),
    "VN": ("Vietnam|Viet Nam", ""),
    "TW": ("Taiwan", ""),
    "CF": ("Central African Republic", "CAR"),
    "PG": ("Papua New Guinea", "PNG"),
    "NZ": ("New Zealand", "NZ|N.Z."),
    "SA": ("Saudi Arabia", "KSA"),
    "TR": ("Turkey|Türkiye|Turkiye", ""),
    "NL": ("Netherlands|Holland|The Netherlands", ""),
    "VA": ("Holy See|Vatican City|Vatican", ""),
    "BA": ("Bosnia|Bosnia-Herzegovina|Bosnia and Herzegovina", "BiH"),
    "TT": ("Trinidad|Trinidad and Tobago", ""),
    "ST": ("Sao Tome|São Tomé and Príncipe", ""),
    "IE": ("Ireland|Republic of Ireland", ""),
    "CN": ("China|People's Republic of China", "PRC|P.R.C."),
    "GM": ("Gambia|The Gambia", ""),
    "BS": ("Bahamas|The Bahamas", ""),
    "PH": ("Philippines|The Philippines", ""),
    "LK": ("Sri Lanka|Ceylon", ""),
    "TH": ("Thailand|Siam", ""),
    "BF": ("Burkina Faso|Burkina|Upper Volta", ""),
    "HK": ("Hong Kong", ""),
    "MO": ("Macau|Macao", ""),
    "VC": ("Saint Vincent|St Vincent and the Grenadines", ""),
    "KN": ("Saint Kitts|St Kitts and Nevis", ""),
    "VI": ("U.S. Virgin Islands|US Virgin Islands", ""),
    "FK": ("Falklands|Falkland Islands", ""),
    "SS": ("South Sudan", ""),
}
COUNTRY_NAMES: dict[str, tuple[tuple[str, NameKind], ...]] = {
    code: (
        *((name, _A) for name in names.split("|")),
        *((name, _S) for name in short.split("|") if name),
    )
    for code, (names, short) in _COUNTRIES.items()
}

# Border polygons that carry no ISO number, by Natural Earth's name.
NO_NUMBER: dict[str, str] = {
    "Somaliland": "SO",
    "Kosovo": "XK",
    "N. Cyprus": "CY",
    "Cyprus U.N. Buffer Zone": "CY",
    "Dhekelia": "CY",
    "Akrotiri": "CY",
    "Baikonur": "KZ",
    "USNB Guantanamo Bay": "CU",
    "Siachen Glacier": "IN",
}

# Territories with a code of their own that Natural Earth draws as part of another country.
OVERSEAS: dict[str, tuple[str, ...]] = {
    "FR": ("GF", "GP", "MQ", "RE", "YT"),
    "NO": ("SJ",),
    "NL": ("BQ",),
}

_STATES = (  # GeoNames' code, press style, postal
    "US.AL Ala. AL|US.AK - AK|US.AZ Ariz. AZ|US.AR Ark. AR|US.CA Calif.,Cal. CA|US.CO Colo. CO|"
    "US.CT Conn. CT|US.DE Del. DE|US.FL Fla. FL|US.GA Ga. GA|US.HI - HI|US.ID - ID|US.IL Ill. IL|"
    "US.IN Ind. IN|US.IA - IA|US.KS Kan.,Kans. KS|US.KY Ky. KY|US.LA La. LA|US.ME - ME|"
    "US.MD Md. MD|"
    "US.MA Mass. MA|US.MI Mich. MI|US.MN Minn. MN|US.MS Miss. MS|US.MO Mo. MO|US.MT Mont. MT|"
    "US.NE Neb.,Nebr. NE|US.NV Nev. NV|US.NH N.H. NH|US.NJ N.J. NJ|US.NM N.M. NM|US.NY N.Y. NY|"
    "US.NC N.C. NC|US.ND N.D. ND|US.OH - OH|US.OK Okla. OK|US.OR Ore. OR|US.PA Pa.,Penn. PA|"
    "US.RI R.I. RI|US.SC S.C. SC|US.SD S.D. SD|US.TN Tenn. TN|US.TX Tex. TX|US.UT - UT|"
    "US.VT Vt. VT|US.VA Va. VA|US.WA Wash. WA|US.WV W.Va. WV|US.WI Wis.,Wisc. WI|US.WY Wyo. WY|"
    "US.DC D.C. DC|CA.01 Alta. AB|CA.02 B.C. BC|CA.03 Man. MB|CA.04 N.B. NB|CA.05 N.L. NL|"
    "CA.07 N.S. NS|CA.08 Ont. ON|CA.09 P.E.I. PEI|CA.10 Que. QC|CA.11 Sask. SK|AU.02 - NSW|"
    "AU.07 Vic. VIC|AU.04 Qld. QLD|AU.06 Tas. TAS|AU.01 - ACT"
)


def _short_units() -> dict[str, tuple[tuple[str, NameKind], ...]]:
    answer = {}
    for line in _STATES.split("|"):
        code, press, postal = line.split()
        names = [(postal, _S), *((name, _S) for name in press.split(",") if name != "-")]
        answer[code] = tuple(names)
    answer["US.DC"] += (("Washington DC", _A), ("District of Columbia", _A))
    answer["AU.02"] += (("New South Wales", _A),)
    return answer


SHORT_UNITS: dict[str, tuple[tuple[str, NameKind], ...]] = _short_units()
