"""Texts of rules in the reader's language: the names of the rules that ship with Farwatch, and the
reasons that quote them.

Rules are data that a desk edits. A name of its own is shown as it was written: no
catalogue holds it.
"""

from __future__ import annotations

import re
from gettext import NullTranslations

from markupsafe import Markup, escape


def _(text: str) -> str:
    """Marks a text for translation; `reason` translates it."""
    return text


# Names in `protect/rules`; a test compares them.
ROUTES = (
    _("own-site report"), _("abduction in reach"), _("place level up"), _("region falls silent"),
    _("immediate and severe"), _("moderate or worse in reach"), _("the rest"),
)  # fmt: skip
TELLS = (
    _("the officer on duty"), _("who answers for the place"), _("managers of the gravest"),
)  # fmt: skip
ROLES = (
    _("duty officer"), _("site contact"), _("country manager"), _("manager"), _("desk keeper"),
)  # fmt: skip
_ROUTE = (re.compile(r"route (?P<route>[IV]+): (?P<rule>.+)"), _("route %(route)s: %(rule)s"))
# How `protect.directing` says why it is this person, and how it is said.
_WHY = (
    (re.compile(r"severity (?P<level>\d), told from (?P<least>\d)"),
     _("severity %(level)s, told from %(least)s")),
    (re.compile(r"answers for site (?P<site>.+)"), _("answers for site %(site)s")),
    (re.compile(r"answers for every place"), _("answers for every place")),
    (re.compile(r"answers for a place"), _("answers for a place")),
    (re.compile(r"answers for (?P<country>[A-Z]{2})"), _("answers for %(country)s")),
    (re.compile(r"was told before"), _("was told before")),
)  # fmt: skip
_DUTY = re.compile(
    r"(?P<what>on duty|next on duty) by rota '(?P<rota>.+?)'(?: in place of (?P<who>.+?))?"
    r", until (?P<day>\w{3}) (?P<time>[\d:]+) UTC"
    r"(?P<gap>; nobody is on duty now, a gap in the rota)?"
)
_TURNS = {
    "on duty": _("on duty by rota %(rota)s until %(day)s %(time)s UTC"),
    "next on duty": _("next on duty by rota %(rota)s until %(day)s %(time)s UTC"),
}
_INSTEAD = _("in place of %(who)s")
_GAP = _("nobody is on duty now, a gap in the rota")
_DAYS = {
    "Mon": _("Mon"), "Tue": _("Tue"), "Wed": _("Wed"), "Thu": _("Thu"), "Fri": _("Fri"),
    "Sat": _("Sat"), "Sun": _("Sun"),
}  # fmt: skip
_RULE = _("%(rule)s: %(role)s")


def reason(text: str, words: NullTranslations) -> Markup:
    """A reason of an alert; one that quotes no rule stays English, and is marked so."""
    pattern, said = _ROUTE
    if (found := pattern.fullmatch(text)) is None:
        return Markup('<span lang="en">{}</span>').format(text)
    name = found["rule"]
    return _filled(said, words, route=found["route"], rule=words.gettext(name))


def why(text: str, words: NullTranslations) -> Markup:
    """Why somebody is told: by which rule, for which place, by which rota."""
    for pattern, said in _WHY:
        if found := pattern.fullmatch(text):
            return _filled(said, words, **found.groupdict())
    if found := _DUTY.fullmatch(text):
        return _on_duty(found, words)
    rule, colon, role = text.rpartition(": ")
    if not colon:
        return escape(text)
    return _filled(_RULE, words, rule=words.gettext(rule), role=words.gettext(role))


def _on_duty(found: re.Match[str], words: NullTranslations) -> Markup:
    day = words.gettext(_DAYS.get(found["day"], found["day"]))
    turn = _TURNS[found["what"]]
    parts = [_filled(turn, words, rota=found["rota"], day=day, time=found["time"])]
    if found["who"]:
        parts.append(_filled(_INSTEAD, words, who=found["who"]))
    if found["gap"]:
        parts.append(_filled(_GAP, words))
    return Markup("; ").join(parts)


def _filled(said: str, words: NullTranslations, **values: str) -> Markup:
    """In the reader's language; the values are escaped when they are put in."""
    return Markup(words.gettext(said)) % values  # noqa: S704 (it comes from our own catalogue)
