"""The languages of the pages, by gettext; catalogues are compiled at set-up."""

from __future__ import annotations

import gettext
from functools import lru_cache
from pathlib import Path

from babel import Locale, negotiate_locale
from fastapi import Request

LOCALE = Path(__file__).parent / "locale"
DOMAIN = "farwatch"
LANGUAGES = {"en": "English", "zh-Hans": "简体中文"}  # code of HTML's lang -> its own name
COOKIE = "farwatch_language"
_SPOKEN = {
    "zh": "zh-Hans",
    "zh-cn": "zh-Hans",
    "zh-sg": "zh-Hans",
    "zh-hans": "zh-Hans",
    "en": "en",
}


def language_of(request: Request) -> str:
    """The account's language, else the one chosen on this browser, else what it asks for."""
    visitor = getattr(request.state, "visitor", None)
    account = visitor.account if visitor else None
    for chosen in (account.language if account else None, request.cookies.get(COOKIE)):
        if chosen in LANGUAGES:
            return chosen
    asked = [
        part.split(";")[0].strip().lower()
        for part in request.headers.get("accept-language", "").split(",")
    ]
    found = negotiate_locale(asked, list(_SPOKEN), sep="-")
    return _SPOKEN[found.lower()] if found else "en"


def direction(language: str) -> str:
    """`ltr` or `rtl`, for the page's `dir`."""
    return Locale.parse(language, sep="-").text_direction


@lru_cache(maxsize=8)
def translations(language: str) -> gettext.NullTranslations:
    """The catalogue of a language; English needs none."""
    if language == "en":
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, LOCALE, [language.replace("-", "_")])
