"""Deaths and wounded that a text states: digits and number words in seven languages."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Words that count; "dozens" and their kind read as the least they can honestly mean.
_WORDS = {
    "one": 1, "a": 1, "an": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20,
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
    "several": 3, "dozens": 24, "scores": 40, "hundreds": 200, "thousands": 2000,
    "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "sept": 7, "huit": 8,
    "neuf": 9, "dix": 10, "douze": 12, "quinze": 15, "vingt": 20, "trente": 30, "dizaines": 20,
    "centaines": 200, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7,
    "ocho": 8,
    "nueve": 9, "diez": 10, "doce": 12, "quince": 15, "veinte": 20, "decenas": 20, "cientos": 200,
    "dois": 2, "três": 3, "quatro": 4, "sete": 7, "oito": 8, "nove": 9, "dez": 10, "dezenas": 20,
    "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6, "sieben": 7, "acht": 8, "neun": 9,
    "zehn": 10, "zwölf": 12, "zwanzig": 20, "dreißig": 30, "dutzende": 24, "hunderte": 200,
    "два": 2, "двое": 2, "три": 3, "трое": 3, "четыре": 4, "пять": 5, "шесть": 6, "десять": 10,
    "десятки": 20, "сотни": 200,
}  # fmt: skip
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_TIMES = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
# A number is whole ("5" is none of "5,000") and counts nothing else ("20-year-old").
_NUMBER = (
    rf"(?<![\w.,])(?P<n>\d{{1,3}}(?:[,. ]\d{{3}})+|\d{{1,6}}|(?:{_TENS})-(?:{_ONES})\b"
    rf"|{'|'.join(_WORDS)})(?![.,]?\d|-[^\W\d])(?:\s+(?P<times>{'|'.join(_TIMES)})\b)?"
)
# Up to four words stand between a number and what became of so many; no other number or fate.
_OTHER = rf"(?:{'|'.join(_WORDS)}|killed|dead|died|wounded|injured|hurt|morts?|muertos?|mortos?)\b"
_BETWEEN = rf"(?:\s+(?!{_OTHER})[^\W\d]+(?:['-][^\W\d]+)*){{0,4}}?\s+"
_BETWEEN += r"(?:(?:were|was|are|have been|been|has|had)\s+)?"
_DEAD = r"(?:killed|dead|died|deaths?|fatalities|slain|murdered|lynched|massacred|perished"
_DEAD += r"|morts?|tués?|tuées?|muertos?|muertas?|muerte|fallecidos?|mortos?|mortas?"
_DEAD += r"|tote|toten|todesopfer|getötet|gestorben|erschossen|erstochen|ums leben"
_DEAD += r"|погибли|погиб|погибших|убиты|убит|убитых|قتيل|قتلى|قتيلا)\b"
_HURT = r"(?:wounded|injured|hurt|injuries|blessés?|blessées?|heridos?|heridas?|feridos?|feridas?"
_HURT += r"|verletzte|verletzten|verletzt"
_HURT += r"|ранены|ранено|раненых|пострадали|пострадавших|جريح|جرحى|مصابا)\b"
# What leaves, "left", "fait", "deja" so many says nothing yet: dead, hurt, stranded, without power.
_KILL = r"\b(?:kill(?:s|ed|ing)?|claim(?:s|ed|ing)|death toll[^.]{0,40}?|tue|tué"
_KILL += r"|tötet|töten|tötete|töteten|starben"
_KILL += r"|mata|mató|matou|погибли|погибло|مقتل|بمقتل)\s+"
_KILL += (
    r"(?:(?:at least|up to|about|around|some|more than|over|nearly|as many as|the lives of|to|of"
)
_KILL += (
    r"|a(?=\s\d)|au moins|mindestens|al menos|pelo menos|как минимум|не менее|ما لا يقل عن)\s+)*"
)
_ANIMALS = "cattle|animals|cows|goats|sheep|camels|livestock"
_AFTER_KILL = r"(?!\s*(?:%|km|kilomet|hours|days|weeks|months|years|minutes|miles|homes|houses|"
_AFTER_KILL += rf"{_ANIMALS}|others? (?:injured|wounded)|"
_AFTER_KILL += r"(?:people )?(?:injured|wounded|hurt|homeless|without)))"
_DEAD_AFTER = re.compile(_NUMBER + _BETWEEN + _DEAD)
_KILLED_N = re.compile(_KILL + _NUMBER + r"\b" + _AFTER_KILL)
_HURT_AFTER = re.compile(_NUMBER + _BETWEEN + _HURT)
_HURT_N = re.compile(
    r"\b(?:wound|injur)(?:ed|ing)\s+(?:at least |about |some |more than )?" + _NUMBER
)
_CJK_DEAD = re.compile(r"(\d+)\s*(?:余|多)?[人名](?:死亡|遇难|丧生|身亡)|(?:造成|致)(\d+)人?死")
_CJK_HURT = re.compile(r"(\d+)\s*(?:余|多)?[人名](?:受伤|伤)")
# "killed a soldier", "a police officer was killed", "man shot dead"
_SINGLE = re.compile(
    rf"\b(?:killed(?!\s+[\d,.]+\s+(?:{_ANIMALS}))|shot dead|was killed|has died"
    r"|was shot and killed|stabbed to death"
    r"|une personne tuée|убит|погиб)\b"
)
_NOT_DEAD = re.compile(r"\b(?:no|none|nobody|without|sin|sans|sem|no one)\b[^.]{0,25}$")


@dataclass(frozen=True, slots=True)
class Casualties:
    """The largest numbers of dead and wounded stated; None where a text states none."""

    dead: int | None
    hurt: int | None


def casualties(text: str) -> Casualties:
    """Read a flat text (`text.flat`); a year or a share is no count."""
    dead = [*_numbers(_DEAD_AFTER, text), *_numbers(_KILLED_N, text)]
    dead += [int(m[1] or m[2]) for m in _CJK_DEAD.finditer(text)]
    hurt = [*_numbers(_HURT_AFTER, text), *_numbers(_HURT_N, text)]
    hurt += [int(m[1]) for m in _CJK_HURT.finditer(text)]
    if not dead and any(not _NOT_DEAD.search(text, 0, m.start()) for m in _SINGLE.finditer(text)):
        dead.append(1)
    return Casualties(max(dead, default=None), max(hurt, default=None))


def _numbers(pattern: re.Pattern[str], text: str) -> list[int]:
    return [
        number
        for match in pattern.finditer(text)
        if (number := _number(match["n"], match["times"])) is not None
        and ";" not in match.group()
        and not _NOT_DEAD.search(text, max(0, match.start() - 30), match.start())
    ]


def _number(word: str, times: str | None) -> int | None:
    if times:
        return (_number(word, None) or 1) * _TIMES[times]
    if word in _WORDS:
        return _WORDS[word]
    if word[0].isdigit():
        digits = re.sub(r"[,. ]", "", word)
        number = int(digits)
        # Four bare digits that read as a year are one.
        return None if word == digits and 1900 <= number <= 2100 else number
    tens, _, unit = word.partition("-")
    return _WORDS[tens] + _WORDS[unit]
