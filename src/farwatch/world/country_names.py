"""Names and codes of countries and territories beside those that ISO 3166-1 itself lists.

Keys are folded (lower case, no accents, no punctuation, no leading "the"); see `codes.folded`.
"""

from __future__ import annotations

# Frequent English variants, former names, publishers' spellings -> ISO 3166-1 alpha-2.
VARIANTS: dict[str, str] = {
    "america": "US",
    "antarctica british antarctic territory": "AQ",
    "bonaire": "BQ",
    "bonaire st eustatius saba": "BQ",
    "bosnia": "BA",
    "bosnia herzegovina": "BA",
    "britain": "GB",
    "british antarctic territory": "AQ",
    "british virgin islands": "VG",
    "brunei": "BN",
    "burma": "MM",
    "burma myanmar": "MM",
    "cape verde": "CV",
    "car": "CF",
    "caribbean netherlands": "BQ",
    "central african rep": "CF",
    "ceylon": "LK",
    "china hong kong sar": "HK",
    "china macao sar": "MO",
    "congo brazzaville": "CG",
    "congo dem rep": "CD",
    "congo democratic republic": "CD",
    "congo dr": "CD",
    "congo drc": "CD",
    "congo kinshasa": "CD",
    "congo rep": "CG",
    "congo republic": "CG",
    "cote divoire": "CI",
    "czech republic": "CZ",
    "d r congo": "CD",
    "democratic peoples republic of korea": "KP",
    "democratic republic of congo": "CD",
    "dprk": "KP",
    "dr congo": "CD",
    "drc": "CD",
    "east timor": "TL",
    "egypt arab rep": "EG",
    "eire": "IE",
    "england": "GB",
    "falkland islands": "FK",
    "falklands": "FK",
    "former yugoslav republic of macedonia": "MK",
    "gambia": "GM",
    "gaza": "PS",
    "gaza strip": "PS",
    "great britain": "GB",
    "guinea bissau": "GW",
    "heard and mcdonald islands": "HM",
    "holland": "NL",
    "holy see": "VA",
    "hong kong sar china": "HK",
    "iran": "IR",
    "iran islamic rep": "IR",
    "ivory coast": "CI",
    "kampuchea": "KH",
    "kingdom of eswatini": "SZ",
    "korea dem peoples rep": "KP",
    "korea dem rep": "KP",
    "korea north": "KP",
    "korea rep": "KR",
    "korea south": "KR",
    "kosovo": "XK",
    "kyrgyz republic": "KG",
    "lao": "LA",
    "lao pdr": "LA",
    "laos": "LA",
    "libyan arab jamahiriya": "LY",
    "macao sar china": "MO",
    "macau": "MO",
    "macau sar": "MO",
    "macedonia": "MK",
    "macedonia fyr": "MK",
    "micronesia": "FM",
    "micronesia fed sts": "FM",
    "moldova": "MD",
    "netherlands kingdom of the": "NL",
    "north korea": "KP",
    "north macedonia republic of": "MK",
    "northern ireland": "GB",
    "occupied palestinian territories": "PS",
    "occupied palestinian territory": "PS",
    "palestine": "PS",
    "palestinian territories": "PS",
    "palestinian territory": "PS",
    "pitcairn island": "PN",
    "pitcairn islands": "PN",
    "prc": "CN",
    "republic of congo": "CG",
    "republic of ireland": "IE",
    "republic of korea": "KR",
    "republic of kosovo": "XK",
    "republic of macedonia": "MK",
    "republic of the congo": "CG",
    "rhodesia": "ZW",
    "russia": "RU",
    "saint helena": "SH",
    "saint maarten": "SX",
    "saint martin": "MF",
    "sao tome": "ST",
    "scotland": "GB",
    "slovak republic": "SK",
    "south korea": "KR",
    "state of libya": "LY",
    "state of palestine": "PS",
    "swaziland": "SZ",
    "syria": "SY",
    "taiwan": "TW",
    "taiwan china": "TW",
    "tanzania": "TZ",
    "timor leste": "TL",
    "turkey": "TR",
    "turkiye": "TR",
    "u a e": "AE",
    "u k": "GB",
    "u s": "US",
    "u s a": "US",
    "u s virgin islands": "VI",
    "uae": "AE",
    "uk": "GB",
    "united states virgin islands": "VI",
    "us virgin islands": "VI",
    "usa": "US",
    "vatican": "VA",
    "vatican city": "VA",
    "venezuela": "VE",
    "venezuela rb": "VE",
    "viet nam": "VN",
    "vietnam": "VN",
    "virgin islands us": "VI",
    "wales": "GB",
    "west bank": "PS",
    "west bank and gaza": "PS",
    "west bank and gaza strip": "PS",
    "yemen rep": "YE",
    "zaire": "CD",
}

# Codes in use that ISO does not list: exceptionally reserved, or of publishers for Kosovo.
ODD_CODES: dict[str, str] = {
    "UK": "GB",
    "EL": "GR",
    "XK": "XK",
    "XKX": "XK",
    "XKO": "XK",
    "KSV": "XK",
    "UNK": "XK",
    "RKS": "XK",
    "WBG": "PS",
    "ZAR": "CD",
    "ROM": "RO",
    "TMP": "TL",
}

# Common names shown to a reader where ISO's are inverted or long.
SHOWN: dict[str, str] = {
    "BN": "Brunei",
    "BO": "Bolivia",
    "BQ": "Caribbean Netherlands",
    "CD": "Democratic Republic of the Congo",
    "CG": "Republic of the Congo",
    "CI": "Côte d'Ivoire",
    "FK": "Falkland Islands",
    "FM": "Micronesia",
    "IR": "Iran",
    "KP": "North Korea",
    "KR": "South Korea",
    "LA": "Laos",
    "MD": "Moldova",
    "MF": "Saint Martin",
    "NL": "Netherlands",
    "PS": "Palestinian territories",
    "RU": "Russia",
    "SH": "Saint Helena",
    "SX": "Sint Maarten",
    "SY": "Syria",
    "TR": "Türkiye",
    "TW": "Taiwan",
    "TZ": "Tanzania",
    "VA": "Vatican City",
    "VE": "Venezuela",
    "VG": "British Virgin Islands",
    "VI": "U.S. Virgin Islands",
    "VN": "Vietnam",
    "XK": "Kosovo",
}

# FIPS 10-4 codes that the table of countries lacks: parts, islands and withdrawn codes that GDELT
# still writes. Source: FIPS 10-4 and its change notices, territories by their ISO parent.
FIPS_PARTS: dict[str, str] = {
    "AT": "AU",  # Ashmore and Cartier Islands
    "CR": "AU",  # Coral Sea Islands
    "AX": "GB",  # Akrotiri (sovereign base)
    "DX": "GB",  # Dhekelia (sovereign base)
    "BQ": "UM",  # Navassa Island
    "DQ": "UM",  # Jarvis Island
    "FQ": "UM",  # Baker Island
    "HQ": "UM",  # Howland Island
    "JQ": "UM",  # Johnston Atoll
    "KQ": "UM",  # Kingman Reef
    "LQ": "UM",  # Palmyra Atoll
    "MQ": "UM",  # Midway Islands
    "WQ": "UM",  # Wake Island
    "BS": "TF",  # Bassas da India
    "EU": "TF",  # Europa Island
    "GO": "TF",  # Glorioso Islands
    "JU": "TF",  # Juan de Nova Island
    "TE": "TF",  # Tromelin Island
    "IP": "FR",  # Clipperton Island
    "GZ": "PS",  # Gaza Strip
    "JN": "SJ",  # Jan Mayen
    "OD": "SS",  # South Sudan
    "RB": "RS",  # Serbia, as GDELT writes it beside RI
    "YI": "RS",  # Serbia and Montenegro, dissolved 2006
}

# FIPS codes of places that belong to no one country: never guessed.
FIPS_NOBODY: dict[str, str] = {
    "PF": "Paracel Islands",
    "PG": "Spratly Islands",
    "NT": "Netherlands Antilles, dissolved in 2010",
    "OS": "oceans",
    "OC": "oceans",
}

# Gleditsch-Ward number -> alpha-2, as UCDP writes `country_id`. Source: Gleditsch and Ward, "A
# revised list of independent states since 1816" (1999) and its later versions with microstates.
_GLEDITSCH_WARD = (
    "2:US 20:CA 31:BS 40:CU 41:HT 42:DO 51:JM 52:TT 53:BB 54:DM 55:GD 56:LC 57:VC 58:AG "
    "60:KN 70:MX 80:BZ 90:GT 91:HN 92:SV 93:NI 94:CR 95:PA 100:CO 101:VE 110:GY 115:SR "
    "130:EC 135:PE 140:BR 145:BO 150:PY 155:CL 160:AR 165:UY 200:GB 205:IE 210:NL 211:BE "
    "212:LU 220:FR 221:MC 223:LI 225:CH 230:ES 232:AD 235:PT 255:DE 260:DE 265:DE 290:PL "
    "305:AT 310:HU 315:CZ 316:CZ 317:SK 325:IT 331:SM 338:MT 339:AL 340:RS 341:ME 343:MK "
    "344:HR 345:RS 346:BA 347:XK 349:SI 350:GR 352:CY 355:BG 359:MD 360:RO 365:RU 366:EE "
    "367:LV 368:LT 369:UA 370:BY 371:AM 372:GE 373:AZ 375:FI 380:SE 385:NO 390:DK 395:IS "
    "402:CV 403:ST 404:GW 411:GQ 420:GM 432:ML 433:SN 434:BJ 435:MR 436:NE 437:CI 438:GN "
    "439:BF 450:LR 451:SL 452:GH 461:TG 471:CM 475:NG 481:GA 482:CF 483:TD 484:CG 490:CD "
    "500:UG 501:KE 510:TZ 511:TZ 516:BI 517:RW 520:SO 522:DJ 530:ET 531:ER 540:AO 541:MZ "
    "551:ZM 552:ZW 553:MW 560:ZA 565:NA 570:LS 571:BW 572:SZ 580:MG 581:KM 590:MU 591:SC "
    "600:MA 615:DZ 616:TN 620:LY 625:SD 626:SS 630:IR 640:TR 645:IQ 651:EG 652:SY 660:LB "
    "663:JO 666:IL 670:SA 678:YE 680:YE 690:KW 692:BH 694:QA 696:AE 698:OM 700:AF 701:TM "
    "702:TJ 703:KG 704:UZ 705:KZ 710:CN 712:MN 713:TW 731:KP 732:KR 740:JP 750:IN 760:BT "
    "770:PK 771:BD 775:MM 780:LK 781:MV 790:NP 800:TH 811:KH 812:LA 815:VN 816:VN 817:VN "
    "820:MY 830:SG 835:BN 840:PH 850:ID 860:TL 900:AU 910:PG 920:NZ 935:VU 940:SB 950:FJ "
    "970:KI 971:NR 972:TO 973:TV 983:MH 986:PW 987:FM 990:WS"
)

# VIEWS's own country ids (`country_id` of its country-month tables) -> alpha-2, of the states that
# existed in 2022. Source: VIEWS country table.
_VIEWS = (
    "1:GY 2:SR 3:TT 4:VE 5:WS 6:TO 7:AR 8:BO 9:BR 10:CL 11:EC 12:PY 13:PE 14:UY 16:GT 17:MX "
    "18:BB 19:DM 20:GD 21:LC 22:VC 23:DO 24:HT 25:JM 26:BS 27:BZ 28:CO 29:CR 30:CU 31:SV "
    "32:HN 33:NI 34:PA 35:AG 36:KN 37:IS 38:IE 39:GB 40:CV 41:CI 42:GH 43:LR 45:PT 46:ES "
    "47:BF 48:GN 49:GW 50:ML 52:SN 53:SL 54:GM 55:DJ 56:ER 57:ET 58:MN 60:IQ 62:JO 63:KZ "
    "64:NO 65:RU 66:SE 67:DZ 69:CM 70:CF 73:TN 74:BJ 76:GQ 77:KI 78:NE 79:NG 80:ST 81:TG "
    "82:AL 83:BA 84:HR 85:IT 86:MK 87:MT 89:BG 90:CY 92:GE 93:GR 94:LB 96:TR 97:AT 98:CZ "
    "99:DK 100:HU 101:PL 102:SK 103:SI 104:BE 105:FR 107:LU 108:NL 109:CH 110:BY 111:EE "
    "112:FI 113:LV 114:LT 115:MD 116:RO 117:UA 118:MV 119:OM 120:SO 121:LK 122:TM 123:UZ "
    "124:YE 125:AM 126:AZ 127:BH 128:IR 129:KW 130:QA 131:SA 132:AE 133:AF 134:KG 135:NP "
    "136:PK 137:TJ 138:BD 139:BT 140:BN 142:JP 143:KP 144:PW 145:PH 146:KR 147:KH 148:LA "
    "149:MM 150:TH 151:VN 152:MH 153:FM 154:BW 155:BI 156:RW 157:ZM 158:ZW 159:KM 160:LS "
    "161:MW 162:MZ 163:ZA 164:SZ 165:AO 166:CG 167:CD 168:FJ 169:GA 170:NA 171:NZ 172:MG "
    "173:MU 174:SC 176:TL 177:AU 178:NR 179:PG 180:SB 181:TV 182:VU 183:CA 184:DE 198:TW "
    "199:CN 205:MY 206:SG 209:ID 213:LY 214:TD 218:IL 220:SY 222:EG 223:IN 231:ME 232:XK "
    "233:RS 234:US 235:UG 237:KE 242:TZ 243:MA 244:MR 245:SD 246:SS"
)


def _numbered(pairs: str) -> dict[int, str]:
    split = (pair.split(":") for pair in pairs.split())
    return {int(number): code for number, code in split}


GLEDITSCH_WARD: dict[int, str] = _numbered(_GLEDITSCH_WARD)
VIEWS: dict[int, str] = _numbered(_VIEWS)
