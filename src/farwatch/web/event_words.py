"""The words of the events' and reports' rooms, marked so that the catalogues have them."""

from __future__ import annotations

from farwatch.model.kinds import Kind
from farwatch.web.words import HEADLINE_KIND


def _(text: str) -> str:
    """Marks a text for translation; the template translates it."""
    return text


KINDS = {kind.value: word for kind, word in HEADLINE_KIND.items()}
CHOSEN_KINDS = {kind.value: word for kind, word in HEADLINE_KIND.items() if kind is not Kind.OTHER}
STATES = {"live": _("live"), "ended": _("over"), "withdrawn": _("withdrawn")}
STANDING = {"stands": _("stands"), "withdrawn": _("withdrawn")}
SEVERITY = {
    1: _("minimal"), 2: _("minor"), 3: _("moderate"), 4: _("severe"), 5: _("extreme"),
}  # fmt: skip
RELIABILITY = {
    "A": _("completely reliable source"), "B": _("usually reliable source"),
    "C": _("fairly reliable source"), "D": _("not usually reliable source"),
    "E": _("unreliable source"), "F": _("source's reliability cannot be judged"),
}  # fmt: skip
CREDIBILITY = {
    1: _("confirmed by other independent sources"), 2: _("probably true"), 3: _("possibly true"),
    4: _("doubtful"), 5: _("improbable"), 6: _("truth cannot be judged"),
}  # fmt: skip
SHORT = CREDIBILITY | {1: _("confirmed"), 6: _("cannot be judged")}
PRECISION = {
    "point": _("exact place"), "city": _("town"), "admin2": _("district"),
    "admin1": _("province"), "country": _("whole country"), "region": _("wider region"),
}  # fmt: skip
DECISIONS = {"join": _("joined"), "part": _("parted"), "regrade": _("regraded")}
DONE = {
    "join": _("The two events are one now."),
    "part": _("The report is an event of its own now."),
    "regrade": _("Your grade stands. It outweighs the model's from now on."),
    "undo": _("Taken back: it stands as before."),
}
ACTUAL = {"Actual": _("Actual"), "Exercise": _("Exercise"), "System": _("System"),
          "Test": _("Test"), "Draft": _("Draft")}  # fmt: skip
REDISTRIBUTION = {
    "yes": _("may be passed on"),
    "attribution": _("may be passed on, naming its publisher"),
    "no": _("may not be passed on"),
}
