"""What pages of forecasts call things; templates translate them."""

from __future__ import annotations

from farwatch.model.forecast import WORDS


def _(text: str) -> str:
    """Marks a text for translation; who shows it translates it."""
    return text


# ICD 203's words, as `model.forecast.WORDS` has them (a test compares).
CHANCES = {
    "almost no chance": _("almost no chance"),
    "very unlikely": _("very unlikely"),
    "unlikely": _("unlikely"),
    "roughly even chance": _("roughly even chance"),
    "likely": _("likely"),
    "very likely": _("very likely"),
    "almost certain": _("almost certain"),
}
THRESHOLDS = {
    "at_least_1": _("1 death or more"),
    "at_least_25": _("25 deaths or more"),
    "onset": _("Onset: a death after a year without any"),
}
# score -> (its name, what it measures); templates say it, where a % is two.
SCORES = {
    "crps": (_("CRPS"), _("how far the whole distribution lies from what came, in deaths")),
    "crps_log1p": (_("CRPS of log deaths"), _("the same, in orders of magnitude")),
    "ign": (_("Ignorance score"), _("how surprised the forecast was, in bits")),
    "mis": (
        _("Interval score, 90 %%"),
        _("width of the 90 %% interval, and a penalty for each miss"),
    ),
    "brier_at_least_1": (_("Brier score, 1 or more"), _("squared error of the probability")),
    "brier_at_least_25": (_("Brier score, 25 or more"), _("squared error of the probability")),
    "brier_onset": (_("Brier score, onset"), _("squared error of the probability")),
}
VERDICTS = {
    "better": _("better than the baseline"),
    "worse": _("worse than the baseline"),
    "no different": _("no different from the baseline"),
}
OUTCOMES = {
    "open": _("open: the month is not over, or not coded yet"),
    "hit": _("hit"),
    "false alarm": _("false alarm"),
    "not coded": _("the month was never coded"),
}
# The steps of the map's ramp: (lower bound in points of probability, its word). None was before.
STEPS = (
    (25, _("rise of 25 or more")),
    (10, _("rise of 10 to 25")),
    (2, _("rise of 2 to 10")),
    (-2, _("within 2 either way")),
    (-10, _("fall of 2 to 10")),
    (-101, _("fall of 10 or more")),
)
# Groups of what the model saw, as `foresee.forecast.features.GROUPS` has them, and what was seen,
# as `foresee.forecast.summary.FORMS` says it (a test compares both).
DRIVERS = (
    _("deaths of the last months"), _("deaths of the last year and longer"),
    _("months since the last violence"), _("rising or falling, and how unsteady"),
    _("non-state and one-sided violence"), _("violence in neighbouring countries"),
    _("violence in the world"), _("month of the year and how far ahead"),
)  # fmt: skip
SEEN = (
    _("%(last)s in the last month, %(three)s in the last three"),
    _("%(deaths)s in twelve months, %(months)s of them with deaths"),
    _("the last death: none on record"),
    _("the last death: in the last month of the data"),
    _("the last death: 1 month before the data end"),
    _("the last death: %(months)s months before the data end"),
    _("%(deaths)s in twelve months after %(before)s in the twelve before"),
    _("%(deaths)s in twelve months"),
    _("no neighbour by land"),
    _("%(deaths)s in 1 neighbour in twelve months"),
    _("%(deaths)s in %(neighbours)s neighbours in twelve months"),
    _("the first month ahead"),
)
BASELINES = {
    "conflictology_12": _("the country's own last twelve months at random (conflictology-12)"),
}
# What the pictures say; the pictures' own words stand here so that they are translated.
PICTURES = (
    _("Deaths a month: what was, and what is forecast"), _("data end"), _("forecast"), _("today"),
    _("not coded"), _("not tested"), _("forecast probability"), _("how often it came"),
    _("forecasts, log scale"),
    _("Reliability: %(name)s"), _("Randomised PIT histogram"), _("even"),
    _("lower part of the forecast"), _("upper part"),
    _("Change of the probability: %(points)s points"),
)  # fmt: skip


_KEPT = "\u00a0"  # a space that no line breaks at


def ranges() -> dict[str, str]:
    """ICD 203's word -> its range: "80-95 %"."""
    lower, found = 0, {}
    for bound, word in WORDS:
        upper = round(bound * 100)
        found[word] = f"{lower}–{upper} %"
        lower = upper
    return found


def percent(chance: float) -> str:
    """ "37 %"; below 1 % and above 99 % by their bound: no forecast knows better."""
    bound = "< 1" if chance < 0.01 else "> 99" if chance > 0.99 else f"{chance * 100:.0f}"
    return f"{bound} %".replace(" ", _KEPT)


def points(rise: float) -> str:
    """A change in whole points of probability: "+12", "−3", "0"."""
    found = round(rise * 100)
    return f"{found:+d}".replace("-", "−") if found else "0"


def figure(value: float) -> str:
    """A score in three figures: "0.700", "21.4", "402", "1,234"."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:#.3g}".rstrip(".")


def signed(value: float) -> str:
    """A difference of scores with its sign: "+0.01", "−2.5", "0"."""
    return "0" if abs(value) < 1e-9 else f"{value:+.3g}".replace("-", "−")


def step_of(rise: float | None) -> str:
    """The step of the ramp, "s0" (greatest rise) to "s5"; "new" where nothing was before."""
    if rise is None:
        return "new"
    return f"s{next(n for n, (bound, _word) in enumerate(STEPS) if rise * 100 >= bound)}"
