"""Which words are vocabulary and which name persons, in every script: what search may remember.

Compiled by `farwatch world build` from wordfreq's lists (words met at least once in a million, in
42 languages) and Faker's lists of given names and surnames; sorted hashes, memory-mapped.
"""

from __future__ import annotations

import importlib
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np

from farwatch.errors import StoreError
from farwatch.world import words as word_lists
from farwatch.world.fold import fold_word, name_hash
from farwatch.world.gazetteer import BUILT

# A word with its vowel signs, which in the scripts of India are no letters to Unicode.
WORD = re.compile(r"(?:[^\W_]|[\u0300-\u036f\u064b-\u0652\u0900-\u0dff\u200c\u200d])+")
HAN = re.compile(r"[\u3400-\u9fff]+")
_NAMES = ("first_names", "first_names_male", "first_names_female", "first_names_unisex",
          "last_names", "last_names_male", "last_names_female", "middle_names",
          "middle_names_male", "middle_names_female", "first_romanized_names",
          "last_romanized_names", "first_kana_names", "last_kana_names")  # fmt: skip
# Every locale of Faker's whose names are no plain copy of another's.
_LOCALES = """
    ar_AA ar_SA az_AZ bg_BG bn_BD cs_CZ da_DK de_AT de_CH de_DE el_GR en en_GB en_IE en_IN en_KE
    en_NG en_NZ en_PK en_US es_AR es_CL es_CO es_ES es_MX et_EE fa_IR fi_FI fr_BE fr_CA fr_CH fr_FR
    fr_DZ ga_IE ha_NG he_IL hi_IN hr_HR hu_HU hy_AM id_ID is_IS it_IT ja_JP ka_GE ko_KR lt_LT lv_LV
    ne_NP nl_BE nl_NL no_NO or_IN pl_PL pt_BR pt_PT ro_RO ru_RU sk_SK sl_SI sv_SE sw ta_IN th_TH
    tr_TR tw_GH uk_UA uz_UZ vi_VN yo_NG zh_CN zh_TW zu_ZA
"""


class Vocabulary:
    """Folded words that are vocabulary, folded words that name persons."""

    def __init__(self, folder: Path) -> None:
        try:
            self._words, self._persons, self._families = (
                np.load(folder / f"{name}.npy", mmap_mode="r").data
                for name in ("vocabulary", "persons", "families")
            )
        except OSError as error:
            raise StoreError(
                f"vocabulary in {str(folder)!r} is not there: run `farwatch world build`"
            ) from error

    @lru_cache(maxsize=100_000)  # noqa: B019 - one vocabulary lives as long as the process
    def holds(self, folded: str) -> bool:
        """Whether the word is vocabulary of some language, and not first of all a name."""
        return _in(self._words, folded)

    @lru_cache(maxsize=100_000)  # noqa: B019
    def names(self, folded: str) -> bool:
        """Whether the word is a given name or a surname somewhere."""
        return _in(self._persons, folded)

    @lru_cache(maxsize=10_000)  # noqa: B019
    def family(self, char: str) -> bool:
        """Whether one Han or Hangul sign is a surname."""
        return _in(self._families, char)


@lru_cache(maxsize=2)
def open(folder: Path | None = None) -> Vocabulary:  # noqa: A001 - vocabulary.open() reads as it is
    """The compiled vocabulary; raises StoreError if it is not compiled."""
    return Vocabulary(BUILT if folder is None else folder)


def write_vocabulary(target: Path) -> int:
    """Compile the lists, after `write_words`; returns how many words are vocabulary."""
    persons, families = _persons()
    words = {fold_word(word) for word in _frequent() if WORD.fullmatch(word)}
    words -= persons
    words = {word for word in words if not _like_a_person(word, words, families)}
    words |= word_lists.open(target).common  # written in lower case, `hope` is no Hope
    for name, found in (("vocabulary", words), ("persons", persons), ("families", families)):
        hashes = np.unique(np.array([name_hash(word) for word in sorted(found)], dtype=np.uint64))
        np.save(target / f"{name}.npy", hashes)
    return len(words)


def _like_a_person(word: str, words: set[str], families: set[str]) -> bool:
    """Three Han signs, a surname first, whose first two are no word: somebody well known."""
    han = HAN.fullmatch(word) is not None
    return han and len(word) == 3 and word[0] in families and word[:2] not in words


def _frequent() -> Iterator[str]:
    wordfreq = importlib.import_module("wordfreq")
    for language in wordfreq.available_languages("small"):
        yield from wordfreq.get_frequency_dict(language, "small")


def _persons() -> tuple[set[str], set[str]]:
    """Words of names, folded; and the surnames of one sign."""
    names: set[str] = set()
    families: set[str] = set()
    for locale in _LOCALES.split():
        try:
            provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        except ModuleNotFoundError:
            continue
        for attribute in _NAMES:
            listed = getattr(provider, attribute, ())
            found = set(_folded(listed if isinstance(listed, Iterable) else ()))
            names |= {word for word in found if len(word) > 1}
            if attribute == "last_names":
                families |= {word for word in found if len(word) == 1 and not word.isascii()}
    return names, families


def _folded(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        yield from (fold_word(word) for word in WORD.findall(name))


def _in(hashes: memoryview, folded: str) -> bool:
    number = name_hash(folded)
    at = bisect_left(hashes, number)
    return at < len(hashes) and bool(hashes[at] == number)
