"""Exercises in the reader's language: the scenarios that ship with Farwatch, and their score.

`exercise.score` writes English. What it composed is taken apart and said again; what it quotes of
alerts and events stays as it is, marked English.
"""

from __future__ import annotations

import re
from datetime import UTC
from gettext import NullTranslations

from markupsafe import Markup, escape

from farwatch.exercise.score import Finding
from farwatch.model.times import parse_utc
from farwatch.web.words import WORDS


def _(text: str) -> str:
    """Marks a text for translation; the functions below translate it."""
    return text


# Titles, stories, traps and marks of the scenarios; a test compares them.
TOLD = (
    _("Earthquake and tsunami off Ancash"),
    _("Insurgency in the Atacora"),
    _("Post-election unrest on the Copperbelt"),
    _(
        "A strong earthquake strikes off the coast of Ancash in Peru, with a tsunami warning "
        "and aftershocks. Sites on the coast have minutes, and the first reports disagree "
        "about how strong and where."
    ),
    _(
        "Over three months armed raids reach from the border into the Atacora in northern "
        "Benin. Few reports come from there; the desk must see the danger rise before a site "
        "is struck."
    ),
    _(
        "A general election is held in Zambia. After the first results, crowds gather around "
        "mining sites on the Copperbelt; roads close, feeds fall silent, and rumours run "
        "ahead of what happened."
    ),
    # traps
    _("an automatic solution that is deleted"),
    _("an article about the past"),
    _("a false claim, one origin in many copies"),
    _("a copied claim"),
    _("one origin in many copies"),
    _("country centroid"),
    _("a like-named suburb of another country"),
    # marks: what must come
    _("first solution"),
    _("tsunami"),
    _("ghost told"),
    _("revised"),
    _("newly inside"),
    _("ghost cancelled"),
    _("huaraz silent"),
    _("tsunami over"),
    _("aftershock"),
    _("road"),
    _("looting"),
    _("verify forty"),
    _("roadside bomb"),
    _("leaflet"),
    _("village raid"),
    _("Materi silent"),
    _("abduction"),
    _("forecast rise"),
    _("demonstrations"),
    _("tyres"),
    _("curfew"),
    _("copperbelt silent"),
    _("gunfire"),
    _("blockade"),
    _("curfew lifted"),
    # marks: what must not come
    _("no interrupt for Lima"),
    _("small aftershocks alert nobody"),
    _("small aftershocks alert nobody later"),
    _("one alert for the main shock"),
    _("nothing from 1970"),
    _("tsunami reaches only the terminal"),
    _("nothing of the forty soldiers leaves the desk"),
    _("the post raid is a level factor only"),
    _("the leaflet stays with the desk"),
    _("Cotonou and Parakou stay silent"),
    _("no event in Brunei"),
    _("control sites stay silent"),
    _("the anniversary alerts nobody"),
    _("the ballot-box claim alerts nobody"),
    _("the vote alerts nobody"),
    _("no second alert for the riot at the gate"),
    _("a country centroid exposes no site"),
    _("the like-named suburb alerts nobody"),
    _("no event in South Africa"),
    _("at most eight alerts a site"),
)
_AT_SITE = _("%(mark)s at %(site)s")
_LEVEL_AT = _("%(category)s at %(place)s on %(time)s")
_LEVEL = re.compile(r"(?P<place>\S+) (?P<category>\w+) at (?P<time>\S+)")
_LATE = re.compile(r"-?\d+ s late")
_NEVER = re.compile(r"never came(?:; instead: (?P<rest>.+))?", re.DOTALL)
_WRONG = re.compile(r"(?P<num>\d+): (?P<rest>.+)", re.DOTALL)
_WANTED = re.compile(r"(?P<level>\d|None), wanted (?P<least>\d)-(?P<most>\d)")
_SCORED = re.compile(r"scored as (?P<outcome>.+), wanted (?P<wanted>.+)")
_IN_TIME = re.compile(r"in time, (?P<outcome>.+)")
_OUTCOMES = {"hit": _("hit"), "false alarm": _("false alarm"), "open": _("open"),
             "not coded": _("not coded")}  # fmt: skip
_PLAIN = {
    "in time": _("in time"), "none": _("none came"),
    "somebody has to acknowledge it": _("somebody has to acknowledge it"),
}  # fmt: skip


def told(text: str, words: NullTranslations) -> str:
    """A text of a scenario; one of another scenario stays as it was written."""
    return words.gettext(text) if text else ""


def mark(finding: Finding, words: NullTranslations) -> Markup:
    """What a line of the score asks for."""
    if finding.rule == "level" and (found := _LEVEL.fullmatch(finding.name)):
        category = WORDS.category.get(found["category"], found["category"])
        when = _moment(found["time"])
        return _filled(_LEVEL_AT, words, category=words.gettext(category),
                       place=found["place"], time=when)  # fmt: skip
    known = words.gettext(finding.name)
    name, at, site = finding.name.rpartition(" at ")
    if known == finding.name and at and finding.rule == "expect":
        return _filled(_AT_SITE, words, mark=words.gettext(name), site=site)
    return escape(known)


def result(finding: Finding, words: NullTranslations) -> Markup:
    """What was found."""
    detail = finding.detail
    if detail in _PLAIN:
        return _filled(_PLAIN[detail], words)
    if _LATE.fullmatch(detail):
        return _filled(_("late"), words)
    for pattern, compose in _COMPOSED:
        if found := pattern.fullmatch(detail):
            return compose(found, words)
    return _english(detail)


def _never(found: re.Match[str], words: NullTranslations) -> Markup:
    if not found["rest"]:
        return _filled(_("never came"), words)
    return _filled(_("never came; instead: %(what)s"), words, what=_english(found["rest"]))


def _wrong(found: re.Match[str], words: NullTranslations) -> Markup:
    return _filled(_("%(num)s came: %(what)s"), words, num=found["num"],
                   what=_english(found["rest"]))  # fmt: skip


def _wanted(found: re.Match[str], words: NullTranslations) -> Markup:
    level = found["level"]
    stood = words.gettext(_("not assessed")) if level == "None" else level
    return _filled(_("%(level)s, wanted %(least)s to %(most)s"), words, level=stood,
                   least=found["least"], most=found["most"])  # fmt: skip


def _noticed(found: re.Match[str], words: NullTranslations) -> Markup:
    outcome = _outcome(found["outcome"], words)
    if "wanted" not in found.groupdict():
        return _filled(_("in time, %(outcome)s"), words, outcome=outcome)
    return _filled(_("it proved a %(outcome)s, wanted a %(wanted)s"), words, outcome=outcome,
                   wanted=_outcome(found["wanted"], words))  # fmt: skip


_COMPOSED = (
    (_NEVER, _never), (_WRONG, _wrong), (_WANTED, _wanted), (_SCORED, _noticed),
    (_IN_TIME, _noticed),
)  # fmt: skip


def _outcome(text: str, words: NullTranslations) -> str:
    return words.gettext(_OUTCOMES.get(text, text))


def _english(text: str) -> Markup:
    return Markup('<span lang="en">{}</span>').format(text)


def _moment(text: str) -> str:
    try:
        return f"{parse_utc(text).astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    except ValueError:
        return text


def _filled(said: str, words: NullTranslations, **values: str) -> Markup:
    """In the reader's language; the values are escaped when they are put in."""
    return Markup(words.gettext(said)) % values  # noqa: S704 (it comes from our own catalogue)
