"""The words of the alerts' pages: views, states, routes, dispositions, decisions; for translation
where a template shows them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from farwatch.model.protect import Disposition
from farwatch.web import i18n


def _(text: str) -> str:
    """Marks a text for translation; the template translates it."""
    return text


VIEWS = {
    "standing": _("Needs somebody"),
    "open": _("Not acknowledged"),
    "interrupts": _("Interrupts"),
    "mine": _("Mine"),
    "unreleased": _("Not released"),
    "unjudged": _("To be judged"),
    "recent": _("Last 30 days"),
}
EMPTY = {
    "standing": _("Nothing stands. Alerts come here when an event reaches a site in your care."),
    "open": _("Nothing waits to be acknowledged."),
    "interrupts": _("Nothing that interrupts stands."),
    "mine": _("You have nothing in hand. What you acknowledge or are handed over comes here."),
    "unreleased": _("Nothing stands that only the desk sees."),
    "unjudged": _("Everything that ended in the last 30 days has its disposition."),
    "recent": _("No alert was sent in the last 30 days."),
}
STATES = {
    "open": _("open"), "acknowledged": _("acknowledged"), "closed": _("closed"),
    "cancelled": _("cancelled"), "expired": _("expired"),
}  # fmt: skip
ROUTES = {"I": _("I interrupt"), "II": _("II queue"), "III": _("III digest")}
DISPOSITIONS = {
    Disposition.NONE.value: _("No impact"),
    Disposition.SOME.value: _("Some impact"),
    Disposition.SIGNIFICANT.value: _("Significant impact"),
    Disposition.DUPLICATE.value: _("Duplicate"),
    Disposition.NOT_RELEVANT.value: _("Not relevant"),
}
DECISIONS = {
    "acknowledge": _("acknowledged it"), "undo_acknowledge": _("took the acknowledgement back"),
    "hand_over": _("handed it over"), "dispose": _("gave it a disposition"),
    "release": _("released it"), "note": _("noted"),
}  # fmt: skip
ADVICE = {
    "Shelter": _("Take shelter where you are"), "Evacuate": _("Leave the area"),
    "Prepare": _("Get ready"), "Execute": _("Do what was prepared"), "Avoid": _("Stay away"),
    "Monitor": _("Follow what is told"), "Assess": _("Check what it means for the site"),
    "AllClear": _("The danger is over"),
}  # fmt: skip
FACTORS = {
    "A_fast": _("lately"), "A_slow": _("over the years"), "prior": _("the area's usual rate"),
    "coverage q": _("how well it is heard"), "chronic exposure": _("chronic exposure"),
    "homicide baseline": _("homicide baseline"), "live warning": _("a warning in force"),
}  # fmt: skip
CAP = (
    _("Immediate"), _("Expected"), _("Future"), _("Past"), _("Unknown"), _("Observed"),
    _("Likely"), _("Possible"), _("Unlikely"), _("Extreme"), _("Severe"), _("Moderate"),
    _("Minor"),
)  # fmt: skip
CHANGES = (
    _("severity"), _("urgency"), _("certainty"), _("route"), _("released"), _("advice"),
    _("headline"), _("ends"), _("sites newly inside"), _("sites no longer inside"),
)  # fmt: skip


@lru_cache(maxsize=8)
def said(language: str) -> Mapping[str, str]:
    """The words of a row in a language, by what they stand for: a state, route, disposition or
    one of CAP's."""
    translate = i18n.translations(language).gettext
    words = {**STATES, **ROUTES, **DISPOSITIONS, **{word: word for word in CAP}}
    return {name: translate(word) for name, word in words.items()}
