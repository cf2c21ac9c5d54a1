"""News agencies named as who said it first: datelines, credits and bylines."""

from __future__ import annotations

import re

# As written -> origin. Short forms only count in a dateline's or credit's brackets and dashes.
AGENCIES: dict[str, str] = {
    "AA": "anadolu", "AAP": "aap", "AFP": "afp", "AGERPRES": "agerpres", "ANA": "ana",
    "ANI": "ani", "ANSA": "ansa", "ANTARA": "antara", "AP": "ap", "APA": "apa", "APP": "app",
    "APS": "aps", "Agence France-Presse": "afp", "Agencia EFE": "efe", "Agenzia ANSA": "ansa",
    "Anadolu": "anadolu", "Anadolu Agency": "anadolu", "Antara": "antara",
    "Associated Press": "ap", "BelTA": "belta", "Belga": "belga", "Bernama": "bernama",
    "BERNAMA": "bernama", "Bloomberg": "bloomberg", "CNA": "cna", "CP": "canadian press",
    "Canadian Press": "canadian press", "DPA": "dpa", "EFE": "efe", "FARS": "fars",
    "IANS": "ians", "IRNA": "irna", "ITAR-TASS": "tass", "Interfax": "interfax", "JIJI": "jiji",
    "Jiji Press": "jiji", "KUNA": "kuna", "Kyodo": "kyodo", "Lusa": "lusa", "MAP": "map",
    "MENA": "mena", "NAN": "nan", "NTB": "ntb", "PANA": "pana", "PTI": "pti",
    "Press Trust of India": "pti", "QNA": "qna", "RIA Novosti": "ria", "REUTERS": "reuters",
    "Reuters": "reuters", "SANA": "sana", "SAPA": "sapa", "SPA": "spa", "TASS": "tass",
    "TT": "tt", "UNI": "uni", "UPI": "upi", "Ukrinform": "ukrinform", "WAFA": "wafa",
    "WAM": "wam", "XINHUA": "xinhua", "Xinhua": "xinhua", "Yonhap": "yonhap", "dpa": "dpa",
    "Рейтер": "reuters", "ТАСС": "tass", "Интерфакс": "interfax", "РИА Новости": "ria",
    "新华社": "xinhua", "رويترز": "reuters", "أ ف ب": "afp",
}  # fmt: skip

_NAMES = "|".join(re.escape(name) for name in sorted(AGENCIES, key=len, reverse=True))
_HEAD, _TAIL = 160, 120  # characters of a text in which a dateline or a credit stands

# "LIMA, March 3 (Reuters) - ", "NAIROBI (AFP): ", "(新华社)"
_BRACKETS = re.compile(rf"[(\[（]\s*({_NAMES})(?:\s*/\s*[\w ]{{1,20}})?\s*[)\]）]")
# "LUSAKA, Zambia, AP — ", "AFP - "
_DASHES = re.compile(
    rf"(?:^|[,.]\s|[—–]\s|^[A-Z][A-Za-z' ]{{1,30}},?\s)({_NAMES})\s*(?:[—–]|--|-\s)"
)
# "... officials said. – Reuters", "Source: Xinhua"
_CREDIT = re.compile(rf"(?:[—–]\s*|--\s*|-\s+|Source:\s*|Credit:\s*)({_NAMES})\.?\s*$")
_BYLINE = re.compile(rf"(?<!\w)({_NAMES})(?!\w)")


def agency_in(text: str, byline: str = "") -> str:
    """The agency that a text's dateline or credit, or its byline, names; "" for none.

    A mention inside the text ("Reuters reported ...") is not a credit and does not count.
    """
    head, tail = text[:_HEAD], text[-_TAIL:]
    found = (
        _BRACKETS.search(head)
        or _DASHES.search(head)
        or _BRACKETS.search(tail.rstrip(" .")[-40:])
        or _CREDIT.search(tail)
        or _BYLINE.search(byline)
    )
    return AGENCIES[found.group(1)] if found else ""
