"""Messages to persons: what, where, what to do and the link, in their language and length."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from functools import lru_cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from farwatch.model.kinds import Kind
from farwatch.model.recipient import Near, Recipient, Told
from farwatch.protect import gsm
from farwatch.protect.wording import kind_name

_LEAST_NAME = {"en": 8, "zh-Hans": 4}  # characters by which a reader still knows a place
_MOST_NAME = 60  # no text message holds more of one
_SUBJECT = 150


@dataclass(frozen=True, slots=True)
class Text:
    """A message as it is handed over; `subject` is empty where the channel has none."""

    subject: str
    body: str


def compose(
    told: Told, who: Recipient, channel: str, link: str, reasons: Sequence[str], organisation: str
) -> Text:
    """The message for one person over one channel. `link` "" where nothing is to be confirmed."""
    words = _words(who.language)
    if channel == "sms":
        return Text("", short(told, who.language, link, who.longest.get("sms")))
    if channel == "voice":
        stop = words["stop"]
        line = stop.join(one.rstrip(stop) for one in _whole(told, who.language))
        spoken = words["spoken"].format(organisation=organisation, name=who.name, text=line)
        return Text("", _cut(spoken, who.longest.get("voice")))
    head = _head(told, who.language)
    subject = _cut(words["comma"].join((head, *_where(told, words, 2))), _SUBJECT)
    letter = _letter(told, who, link, reasons)
    return Text(subject, _cut_before(letter, link, who.longest.get(channel)))


def short(told: Told, language: str, link: str, longest: int | None = None) -> str:
    """One text message: 160 characters of GSM-7 or 70 of UCS-2, unless `longest` says otherwise.

    It always says what, where, what to do and the link; places are shortened, the rest is not. Only
    a link so long that nothing else fits makes a second part.
    """
    candidates = list(_candidates(told, language, link))
    for text in candidates:
        if gsm.length(text) <= (longest or gsm.one(text)):
            return text
    return _squeezed(told, language, link, longest)


def title(told: Told, language: str) -> str:
    """What and where in one line, as pages and subjects say it."""
    words = _words(language)
    return str(words["comma"].join((_head(told, language), *_where(told, words, 3))))


def advised(told: Told, language: str) -> list[str]:
    """What to do, in whole sentences."""
    return [_words(language)["advice"][word][1] for word in told.advice if word != "None"]


def _candidates(told: Told, language: str, link: str) -> Iterator[str]:
    """Text messages from the fullest to the barest."""
    words = _words(language)
    heads = (_head(told, language), _head(told, language, bare=True))
    for sites, advice in ((2, 3), (1, 3), (1, 2), (1, 1)):
        for head in heads:
            where = words["comma"].join((head, *_where(told, words, sites)))
            yield _sms(language, (where, _advice(told, words, advice), link))


def _squeezed(told: Told, language: str, link: str, longest: int | None) -> str:
    """The barest text, its longest name cut again and again until the rest fits."""
    advice = _advice(told, _words(language), 1)
    names = _names(told, language)
    while True:
        text = _sms(language, (_bare(told, language, names), advice, link))
        if gsm.length(text) <= (longest or gsm.one(text)) or not names:
            return text
        which = max(names, key=lambda name: len(names[name]))
        if len(names[which]) > _LEAST_NAME[language]:
            names[which] = names[which][:-1].rstrip()
        elif len(names) > 1:
            del names["site" if "site" in names else which]
        else:
            return text


def _names(told: Told, language: str) -> dict[str, str]:
    """What a bare text may name: an officer's words, or the place and the nearest of our sites. In
    English not what another script writes: it would leave no room for anything else."""
    if told.edited:
        return {"words": told.headline[: gsm.ONE]}
    found = {"place": told.place or "", "site": told.sites[0].name if told.sites else ""}
    latin = language == "en"
    return {
        what: name[:_MOST_NAME] for what, name in found.items()
        if name and not (latin and not gsm.is_gsm(gsm.plain(name)))
    }  # fmt: skip


def _bare(told: Told, language: str, names: Mapping[str, str]) -> str:
    words = _words(language)
    if "words" in names:
        return _head(replace(told, headline=names["words"]), language)
    parts = [_head(told, language, bare=True)]
    parts += [names["place"]] if "place" in names else []
    parts += [_near(replace(told.sites[0], name=names["site"]), words)] if "site" in names else []
    return str(words["comma"].join(parts))


def _sms(language: str, parts: Sequence[str]) -> str:
    *texts, link = parts
    stop = _words(language)["stop"].strip()
    line = f"{stop} ".join(one for one in texts if one) if stop == "." else stop.join(texts)
    whole = f"{line}{stop} {link}".strip()
    return gsm.plain(whole) if language == "en" else whole


def _head(told: Told, language: str, *, bare: bool = False) -> str:
    """ "EXERCISE Update: Earthquake, severe". An officer's words stand instead of the desk's."""
    words = _words(language)
    marks = [words["exercise"]] if told.exercise else []
    if told.unconfirmed:
        marks.append(words["unconfirmed"])
    word = words["message"].get(told.message, "")
    marks += [f"{word}:"] if word else []
    what = _kind(told.kind, language)
    severity = words["severity"].get(told.severity, told.severity)
    if told.edited:
        what = told.headline
    elif not bare:
        what = f"{what}{words['comma']}{severity}"
    elif language == "en":
        what = f"{what} {severity}"
    return " ".join((*marks, what))


def _where(told: Told, words: Mapping[str, Any], most: int) -> list[str]:
    """The place, then the nearest of our sites."""
    named = [] if told.edited or not told.place else [told.place]
    if told.edited:
        return []
    named += [_near(one, words) for one in told.sites[:most]]
    more = len(told.sites) - most
    if more > 0 and named:
        named[-1] += " " + words["more"].format(count=more)
    return named


def _near(one: Near, words: Mapping[str, Any]) -> str:
    if one.km is None or one.km <= 0:
        return str(words["at"].format(site=one.name))
    km = f"{one.km:.1f}" if one.km < 10 else f"{one.km:.0f}"
    return str(words["near"].format(km=km, site=one.name))


def _advice(told: Told, words: Mapping[str, Any], most: int) -> str:
    named = [words["advice"][word][0] for word in told.advice if word in words["advice"]]
    return str(words["comma"].join(named[:most]))


def _whole(told: Told, language: str) -> list[str]:
    words = _words(language)
    lines = [title(told, language)]
    urgency = words["urgency"].get(told.urgency, "")
    return [*lines, *([urgency] if urgency else []), *advised(told, language)]


def _letter(told: Told, who: Recipient, link: str, reasons: Sequence[str]) -> str:
    words = _words(who.language)
    local = told.ends.astimezone(ZoneInfo(who.zone))
    utc = told.ends.astimezone(UTC)
    lines = [title(told, who.language)]
    if told.headline and who.language == "en" and not told.edited:
        lines.append(told.headline)
    lines += [words["urgency"].get(told.urgency, ""), "", words["do"]]
    lines += [f"- {one}" for one in advised(told, who.language)]
    if told.sites:
        lines += ["", words["affected"], *(f"- {_near(one, words)}" for one in told.sites)]
    if told.message != "Cancel":
        until = words["until"].format(
            local=f"{local:%Y-%m-%d %H:%M}", zone=who.zone, utc=f"{utc:%Y-%m-%d %H:%M}"
        )
        lines += ["", until]
    if link:
        lines += ["", words["confirm"].format(link=link), words["nothing"]]
    if reasons and who.language == "en":  # why someone is told is said in the desk's language
        lines += ["", words["why"].format(reasons="; ".join(reasons))]
    if told.exercise:
        lines = [words["exercise"], *lines, words["exercise"]]
    return "\n".join(lines)


def _kind(kind: str, language: str) -> str:
    named = _words(language).get("kinds", {}).get(kind)
    return str(named) if named else kind_name(Kind(kind))


def _cut(text: str, longest: int | None) -> str:
    return text if longest is None or len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _cut_before(text: str, link: str, longest: int | None) -> str:
    """The text cut to its length, the link kept whatever is cut."""
    if longest is None or len(text) <= longest or not link:
        return _cut(text, longest)
    head = text.partition(link)[0]
    return _cut(head, max(longest - len(link) - 1, 1)).rstrip() + "\n" + link


@lru_cache(maxsize=1)
def _every() -> dict[str, dict[str, Any]]:
    text = files("farwatch.protect").joinpath("rules/words.yaml").read_text(encoding="utf-8")
    words: dict[str, dict[str, Any]] = yaml.safe_load(text)
    return words


def _words(language: str) -> dict[str, Any]:
    return _every()[language]
