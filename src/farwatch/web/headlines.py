"""Alerts' headlines in the reader's language: taken apart into the parts they were drafted from.

`protect.wording.headline` writes English. What was drafted from kind, severity, place and distances
is composed again; what publishers wrote, and anything else, stays as it is, marked English.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from gettext import NullTranslations

from babel.numbers import format_decimal
from markupsafe import Markup, escape

from farwatch.model.protect import Alert, Exposure
from farwatch.protect.wording import AT_MOST_NAMED, kind_name, reached
from farwatch.web.words import HEADLINE_KIND, WORDS


def _(text: str) -> str:
    """Marks a text for translation; `_Composer` translates it."""
    return text


_UNCONFIRMED = "Unconfirmed: "
# What a cancellation begins with (`protect.alerts`), and how it is said.
_OVER = {
    "All clear: ": _("All clear: %(what)s"),
    "Withdrawn by its source: ": _("Withdrawn by its source: %(what)s"),
    "Revised: no longer within reach: ": _("Revised, no longer within reach: %(what)s"),
}
_START = _("%(kind)s, %(severity)s")
_VERIFY = _("Unconfirmed: %(what)s")
_PLACED = _("%(what)s, %(place)s")
_NEAR = _("%(what)s; %(ours)s")
_AT = _("at %(site)s")
_AWAY = _("%(km)s km from %(site)s")
_COMMA = _(", ")
# The title that `desk.levels` gives a rising level, and the sites that it concerns.
_LEVEL_TITLE = re.compile(
    r": (\w+) at (.+) is at level (\d) \((\w+)\), up from (\d)(?:; concerns (.+))?"
)
_LEVEL = _(
    "%(what)s: %(category)s in %(place)s is at level %(level)s (%(word)s), up from %(before)s"
)
_CONCERNS = _("%(what)s; concerns %(ours)s")


def _marked(pattern: str, words: NullTranslations) -> Markup:
    """A pattern in the reader's language, whose values are escaped when they are put in."""
    return Markup(words.gettext(pattern))  # noqa: S704 (it comes from our own catalogue)


def ngettext(one: str, many: str) -> tuple[str, str]:
    """Marks a text with a plural."""
    return one, many


_MORE = ngettext("%(ours)s and %(num)d more site", "%(ours)s and %(num)d more sites")


def headline(alert: Alert, words: NullTranslations, language: str) -> Markup:
    """The headline as HTML: translated, or as it is with its language marked."""
    if language == "en":
        return escape(alert.headline)
    over = next((start for start in _OVER if alert.headline.startswith(start)), "")
    told = _composed(alert, alert.headline.removeprefix(over), words, language)
    if told is not None and over:
        told = _marked(_OVER[over], words) % {"what": told}
    return Markup('<span lang="en">{}</span>').format(alert.headline) if told is None else told


def _composed(alert: Alert, text: str, words: NullTranslations, language: str) -> Markup | None:
    """None where the headline was not drafted from the alert's own parts."""
    say = words.gettext
    rest = text.removeprefix(_UNCONFIRMED)
    verify = rest != text
    start = f"{kind_name(alert.kind)}, {alert.severity}"
    if not rest.startswith(start) or alert.severity not in WORDS.severity:
        return None
    rest = rest[len(start) :]
    severity = say(WORDS.severity[alert.severity])
    told = escape(say(_START) % {"kind": say(HEADLINE_KIND[alert.kind]), "severity": severity})
    ours = reached(alert.exposures)
    near = f"; {ours}" if ours else ""
    if near and rest.endswith(near):
        rest = rest.removesuffix(near)
    elif near or rest.startswith(": "):  # a title that somebody wrote
        near = ""
    title = _LEVEL_TITLE.fullmatch(rest)
    if title is not None and title[1] in WORDS.category:
        told = _level(title, told, words)
    elif rest.startswith(", ") and ": " not in rest:
        told = _marked(_PLACED, words) % {"what": told, "place": rest[2:]}
    elif rest:
        told = Markup('{}<span lang="en">{}</span>').format(told, rest)
    if near:
        told = _marked(_NEAR, words) % {
            "what": told,
            "ours": _ours(alert.exposures, words, language),
        }
    return _marked(_VERIFY, words) % {"what": told} if verify else told


def _level(title: re.Match[str], what: Markup, words: NullTranslations) -> Markup:
    say = words.gettext
    told = _marked(_LEVEL, words) % {
        "what": what, "category": say(WORDS.category[title[1]]), "place": title[2],
        "level": title[3], "word": say(WORDS.level[int(title[3])]), "before": title[5],
    }  # fmt: skip
    return _marked(_CONCERNS, words) % {"what": told, "ours": title[6]} if title[6] else told


def _ours(exposures: Sequence[Exposure], words: NullTranslations, language: str) -> str:
    say = words.gettext
    named = []
    for one in exposures[:AT_MOST_NAMED]:
        site = one.site_name or one.site
        if one.distance_km <= 0:
            named.append(say(_AT) % {"site": site})
            continue
        shown = "0.0" if one.distance_km < 10 else "0"
        km = format_decimal(one.distance_km, shown, locale=language.replace("-", "_"))
        named.append(say(_AWAY) % {"km": km, "site": site})
    told = say(_COMMA).join(named)
    more = len(exposures) - AT_MOST_NAMED
    return told if more <= 0 else words.ngettext(*_MORE, more) % {"ours": told, "num": more}
