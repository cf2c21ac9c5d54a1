"""Words that tell a place from what is none: common words, first names, surnames."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from farwatch.errors import StoreError
from farwatch.world.fold import fold_word
from farwatch.world.gazetteer import BUILT

_LISTS = ("common", "first_names", "surnames")
_COMMON_ZIPF = 3.0  # about once in a million words of English

# Locales whose names are written in Latin letters.
_LOCALES = """
    en en_US en_GB en_IE en_IN en_PK en_NZ en_NG en_KE es_ES es_MX fr_FR de_DE it_IT pt_BR pl_PL
    nl_NL sv_SE tr_TR cs_CZ hu_HU ro_RO fi_FI no_NO da_DK id_ID sw zu_ZA yo_NG ha_NG hr_HR lt_LT
    et_EE
"""


class Words:
    """Folded words of each list."""

    def __init__(self, folder: Path) -> None:
        try:
            self.common, self.first_names, self.surnames = (
                frozenset((folder / f"{name}.txt").read_text(encoding="utf-8").split())
                for name in _LISTS
            )
        except OSError as error:
            raise StoreError(
                f"word lists in {str(folder)!r} are not there: run `farwatch world build`"
            ) from error


@lru_cache(maxsize=4)
def open(folder: Path | None = None) -> Words:  # noqa: A001 - words.open() reads as it is
    """The compiled word lists; raises StoreError if they are not compiled."""
    return Words(BUILT if folder is None else folder)


def write_words(target: Path) -> int:
    """Compile the lists; returns how many words they hold together."""
    first, last = _person_names()
    lists = {"common": _common(), "first_names": first, "surnames": last}
    for name, words in lists.items():
        (target / f"{name}.txt").write_text("\n".join(sorted(words)), encoding="utf-8")
    return sum(len(words) for words in lists.values())


def first_names_and_common_words() -> set[str]:
    """The common words and the first names, folded."""
    return _common() | _person_names()[0]


def _common() -> set[str]:
    """Frequent English words that a dictionary spells in lower case."""
    known = importlib.import_module("english_words").get_english_words_set(["web2"])
    frequency = importlib.import_module("wordfreq").zipf_frequency
    plain = {word for word in known if word.isascii() and word.isalpha() and word == word.lower()}
    plural = {f"{word}s" for word in plain}
    return {word for word in plain | plural if frequency(word, "en") >= _COMMON_ZIPF}


def _person_names() -> tuple[set[str], set[str]]:
    first: set[str] = set()
    last: set[str] = set()
    for locale in _LOCALES.split():
        try:
            provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        except ModuleNotFoundError:
            continue
        for attribute in ("first_names", "first_names_male", "first_names_female"):
            first |= _folded(getattr(provider, attribute, ()))
        last |= _folded(getattr(provider, "last_names", ()))
    return first, last


def _folded(names: Iterable[str]) -> set[str]:
    return {fold_word(name) for name in names if name.isalpha() and len(name) > 1}
