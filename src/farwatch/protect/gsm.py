"""The length of a text message: GSM 03.38's seven-bit alphabet, or UCS-2 where it does not do.

One message carries 160 seven-bit characters (those of the extension count twice) or 70 of UCS-2;
a longer one goes in parts of 153 or 67 (3GPP TS 23.038 and 23.040).
"""

from __future__ import annotations

import unicodedata

ONE, ONE_UCS2 = 160, 70
_PART, _PART_UCS2 = 153, 67
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
# Latin letters that no decomposition makes plain, and typographers' marks.
_PLAIN = {
    "ı": "i", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ħ": "h", "Ħ": "H", "ŋ": "n", "œ": "oe",
    "Œ": "OE", "ð": "d", "þ": "th", "Þ": "Th", "ə": "e", "Ə": "E", "ʻ": "'", "ʼ": "'",
    "–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "…": "...", "\u00a0": " ",
}  # fmt: skip


def is_gsm(text: str) -> bool:
    """Whether seven bits do for every character."""
    return all(char in _BASIC or char in _EXTENDED for char in text)


def length(text: str) -> int:
    """Seven-bit characters, or UTF-16 units where the text needs UCS-2."""
    if is_gsm(text):
        return len(text) + sum(char in _EXTENDED for char in text)
    return len(text.encode("utf-16-be")) // 2


def one(text: str) -> int:
    """How many such characters fit one message."""
    return ONE if is_gsm(text) else ONE_UCS2


def parts(text: str) -> int:
    """How many messages it takes."""
    size, single = length(text), one(text)
    if size <= single:
        return 1
    return -(-size // (_PART if single == ONE else _PART_UCS2))


def plain(text: str) -> str:
    """Latin text in the seven-bit alphabet: accents it lacks are left off. What is written in
    another script stays as it is, and then needs UCS-2."""
    out = []
    for char in text:
        if is_gsm(char):
            out.append(char)
            continue
        bare = _PLAIN.get(char) or "".join(
            part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part)
        )
        out.append(bare if bare and is_gsm(bare) else char)
    return "".join(out)
