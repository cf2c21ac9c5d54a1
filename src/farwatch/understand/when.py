"""When it happened, apart from when it was reported: dates and relative words in a sentence.

A stated time is never guessed: a relative word needs the publisher's own time, "03/04" may be two
days and is left, and a year alone is kept as a year. `precision` of a Span says which it was.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from farwatch.model.report import Span
from farwatch.understand.phrases import data

OLD = timedelta(days=90)  # a happening that ended this long before its report is history
_DAY = timedelta(days=1)
YEARS = range(1000, 9000)  # a report "published" in the year 1 or 9999 has a placeholder there


@dataclass(frozen=True, slots=True)
class Mention:
    """A time stated at `text[start:end]`. `words` are as written; `old` lies a year or so back."""

    start: int
    end: int
    span: Span
    words: str
    old: bool


def mentions(text: str, published: datetime | None, *, ahead: bool = False) -> list[Mention]:
    """Every time stated in a flat sentence, in order; relative ones only if `published` is known.

    `ahead` reads weekdays and bare days as the next to come instead of the last that was.
    """
    found: list[Mention] = []
    said = _Said(text, published, ahead)
    for rule in (_iso, _full, _month_day, _cjk, _years, *([_relative] if published else [])):
        for start, end, span in rule(said):
            if all(end <= m.start or start >= m.end for m in found):
                old = published is not None and (span.end or span.start) < published - OLD
                found.append(Mention(start, end, span, text[start:end], old))
    return sorted(found, key=lambda mention: mention.start)


@dataclass(frozen=True, slots=True)
class _Said:
    """A flat sentence and what its words are relative to."""

    text: str
    published: datetime | None
    ahead: bool


Found = Iterator[tuple[int, int, Span]]


def day_span(year: int, month: int, day: int) -> Span | None:
    """A day as a Span, None if there is no such day."""
    try:
        start = datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None
    return Span(start, start + _DAY, "day")


def _iso(said: _Said) -> Found:
    for match in re.finditer(r"\b((?:19|20)\d\d)-(\d\d)-(\d\d)\b", said.text):
        span = day_span(int(match[1]), int(match[2]), int(match[3]))
        if span:
            yield match.start(), match.end(), span


def _full(said: _Said) -> Found:
    for match in _patterns()["full"].finditer(said.text):
        month = _months()[match["m1"] or match["m2"]]
        span = day_span(int(match["year"]), month, int(match["d1"] or match["d2"]))
        if span:
            yield match.start(), match.end(), span
    for match in _patterns()["month_year"].finditer(said.text):
        year, month = int(match["year"]), _months()[match["month"]]
        start = datetime(year, month, 1, tzinfo=UTC)
        yield (
            match.start(),
            match.end(),
            Span(start, start + _DAY * monthrange(year, month)[1], "month"),
        )


def _month_day(said: _Said) -> Found:
    for match in _patterns()["month_day"].finditer(said.text):
        month, day = _months()[match["m1"] or match["m2"]], int(match["d1"] or match["d2"])
        span = _nearest(said, month, day)
        if span:
            yield match.start(), match.end(), span


def _nearest(said: _Said, month: int, day: int) -> Span | None:
    """The nearest such day; the past is likelier unless the sentence looks ahead."""
    published = said.published
    if published is None:
        return None
    near = [
        span
        for year in (published.year - 1, published.year, published.year + 1)
        if (span := day_span(year, month, day))
    ]
    late = timedelta(days=330 if said.ahead else 60)
    fit = [span for span in near if span.start - published <= late]
    return min(fit, key=lambda span: abs(span.start - published), default=None)


def _cjk(said: _Said) -> Found:
    for match in re.finditer(r"(?:((?:19|20)\d\d)年)?(\d{1,2})月(\d{1,2})[日号]", said.text):
        month, day = int(match[2]), int(match[3])
        span = day_span(int(match[1]), month, day) if match[1] else _nearest(said, month, day)
        if span:
            yield match.start(), match.end(), span


# A year after one of these dates something else.
_NOT_THE_YEAR = re.compile(r"(?:since|worst (?:in|since)|founded in|born in|built in|until|by)\s*$")


def _years(said: _Said) -> Found:
    for match in re.finditer(
        r"\b(?P<year>1[89]\d\d|20\d\d)(?P<decade>s)?\b(?!\s*[%°/:]|[.,]\d)", said.text
    ):
        year = int(match["year"])
        if _NOT_THE_YEAR.search(said.text, 0, match.start()) or (
            said.published and year > said.published.year + 2
        ):
            continue
        if not match["decade"] and not _reads_as_year(said.text, match.start(), match.end()):
            continue
        last = year + (10 if match["decade"] else 1)
        yield (
            match.start(),
            match.end(),
            Span(datetime(year, 1, 1, tzinfo=UTC), datetime(last, 1, 1, tzinfo=UTC), "year"),
        )


def _reads_as_year(text: str, start: int, end: int) -> bool:
    """Not a count of people or homes: "killed 2000 people" is none."""
    after = text[end : end + 14].lstrip()
    return not re.match(
        r"(people|homes|houses|families|troops|soldiers|cases|km|dead|injured)", after
    )


def _relative(said: _Said) -> Found:
    published = said.published
    if published is None:
        return
    today = published.replace(hour=0, minute=0, second=0, microsecond=0)
    for match in _patterns()["ago"].finditer(said.text):
        number, unit = match["n"] or match["n2"], match["unit"] or match["unit2"]
        yield match.start(), match.end(), _ago(published, _number(number), unit)
    for match in _patterns()["last"].finditer(said.text):
        yield match.start(), match.end(), _last(today, match["which"], match["unit"])
    for match in _patterns()["relative"].finditer(said.text):
        start = today + _DAY * _relatives()[match.group()]
        yield match.start(), match.end(), Span(start, start + _DAY, "day")
    for match in _patterns()["weekday"].finditer(said.text):
        before = _WHICH_DAY.search(said.text, max(0, match.start() - 6), match.start())
        which = before[1] if before else ""
        back = (today.weekday() - _weekdays()[match.group()]) % 7
        forward = said.ahead or which == "next"
        if which == "last" and back == 0:
            back = 7
        ahead = -back % 7 or (7 if which == "next" else 0)
        start = today + _DAY * ahead if forward else today - _DAY * back
        first = before.start() if before else match.start()
        yield first, match.end(), Span(start, start + _DAY, "day")


_WHICH_DAY = re.compile(r"\b(last|next|this|on|el|le|на|в|во|يوم)\s+$")
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365, "decade": 3650}


def _ago(published: datetime, number: int, unit: str) -> Span:
    kind = _units()[unit]
    if kind == "hour":
        start = published - timedelta(hours=number)
        return Span(start, None, "hour")
    days = min(number * _DAYS[kind], 365_00)
    start = (published - _DAY * days).replace(hour=0, minute=0, second=0, microsecond=0)
    return Span(start, start + _DAY * _DAYS[kind], kind if kind != "decade" else "year")


def _last(today: datetime, which: str, unit: str) -> Span:
    length = _DAYS[_units()[unit]]
    if which == "next":
        return Span(today + _DAY, today + _DAY * 2 * length, _units()[unit])
    if length == 365 and which != "this":
        year = today.year - 1
        return Span(datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC), "year")
    if length == 30 and which in ("last", "previous"):
        this = today.replace(day=1)
        return Span((this - _DAY).replace(day=1), this, "month")
    if which == "this":
        return Span(today - _DAY * (length - 1), today + _DAY, _units()[unit])
    start = today - _DAY * 2 * length if length > 30 else today - _DAY * (length + 6)
    return Span(start, today - _DAY * (1 if length <= 7 else 15), _units()[unit])


def _number(word: str) -> int:
    return int(word) if word.isdigit() else int(data("dates.yaml")["numbers"].get(word, 3))


def _inverse(name: str) -> dict[str, int]:
    return {word: number for number, words in data("dates.yaml")[name].items() for word in words}


@cache
def _months() -> dict[str, int]:
    return _inverse("months")


@cache
def _weekdays() -> dict[str, int]:
    return _inverse("weekdays")


@cache
def _relatives() -> dict[str, int]:
    return _inverse("relative")


@cache
def _units() -> dict[str, str]:
    return {word: unit for unit, words in data("dates.yaml")["units"].items() for word in words}


def _any(words: dict[str, int] | dict[str, str], at_least: int = 1) -> str:
    """Longest first; words of scripts without spaces need no boundary."""
    known = sorted((w for w in words if len(w) >= at_least), key=lambda w: (-len(w), w))
    return "|".join(re.escape(w) if ord(w[0]) > 0x3000 else rf"\b{re.escape(w)}\b" for w in known)


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    month, unit, number = (
        _any(_months()),
        _any(_units()),
        r"\d{1,3}|several|few|"
        + "|".join(re.escape(word) for word in data("dates.yaml")["numbers"]),
    )
    year, of = r"(?P<year>(?:18|19|20)\d\d)\b", r"\s*(?:,|of|de|del|do)?\s*"
    first = rf"(?:\b(?P<d1>\d{{1,2}})(?:st|nd|rd|th|er|º|°)?\s*(?:de\s+|of\s+)?(?P<m1>{month})"
    second = rf"|(?P<m2>{month})\.?\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s*(?:%|people|km|:)))"
    return {
        "full": re.compile(first + second + of + year),
        "month_day": re.compile(first + second),
        "month_year": re.compile(rf"(?P<month>{month}){of}{year}"),
        "ago": re.compile(
            rf"\b(?P<n>{number})\s+(?P<unit>{unit})\s+(?:ago|earlier|atrás|назад)\b"
            rf"|\b(?:il y a|hace|há|vor)\s+(?:environ\s+)?(?P<n2>{number})\s+(?P<unit2>{unit})"
        ),
        "last": re.compile(
            r"\b(?P<which>last|past|previous|next|this)\s+(?P<unit>week|month|year|decade)\b"
        ),
        "relative": re.compile(_any(_relatives())),
        "weekday": re.compile(_any(_weekdays(), 2)),
    }
