"""Made-up outlooks, whole: a site's chances, a country's admin-1s, weeks of unrest."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from farwatch.model.forecast import LEVELS
from farwatch.model.outlook import (
    Chance,
    Driver,
    History,
    Month,
    Onset,
    PlaceOutlook,
    Score,
    SiteOutlook,
    Skill,
)
from farwatch.model.unrest import (
    HORIZONS,
    Against,
    Baseline,
    SeriesOutlook,
    UnrestDriver,
    UnrestOutlook,
    UnrestSkill,
    UnrestWeek,
    Why,
    Withheld,
)

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
TOLD_UNTIL = datetime(2025, 6, 30, tzinfo=UTC)


def skill(name: str = "log score", baseline: str = "the site's own three-year rate") -> Skill:
    return Skill(
        "deadly event within 25 km in 30 days", baseline, 18_099, datetime(2015, 1, 1, tzinfo=UTC),
        datetime(2025, 1, 1, tzinfo=UTC), 250,
        (Score(name, 0.1204, 0.1396, 0.0141, 0.0246), Score("Brier", 0.027, 0.0272, -0.01, 0.01)),
        0.784,
    )  # fmt: skip


def site(place: str = "site:kitwe") -> SiteOutlook:
    drivers = (
        Driver("within 25 km, earlier", 0.106, 0.7, ("450050", "448274")),
        Driver("100 to 400 km", -0.04, 0.3),
    )
    chances = tuple(
        Chance(km, days, p, own, skill(), drivers)
        for km, days, p, own in [
            (25.0, 30, 0.24, 0.35), (25.0, 90, 0.46, 0.62), (50.0, 30, 0.31, 0.36),
            (50.0, 90, 0.56, 0.64),
        ]
    )  # fmt: skip
    history = History(TOLD_UNTIL, 27, 102, datetime(2025, 6, 12, tzinfo=UTC), 0.9)
    return SiteOutlook(place, -12.8, 28.21, AT, history, chances)


def withheld_site() -> SiteOutlook:
    why = "3 deadly events within 400 km in five years: 20 are needed to tell"
    return SiteOutlook("site:lima", 0, 0, AT, History(TOLD_UNTIL, 0, 1, None), (), (why,))


def places() -> tuple[PlaceOutlook, ...]:
    names = ["Tigray", "Amhara", "Oromiya", "Afar", "Somali", "Gambella", "SNNP", "Harari"]
    names += ["Dire Dawa", "Benishangul"]
    found = []
    for n, name in enumerate(names):
        p = 0.9 / (n + 1)
        quiet = n > 6
        months = tuple(
            Month(
                datetime(2026, 3 + m, 1, tzinfo=UTC), 9 + m,
                ((0.05, 0.0), (0.25, 0.0), (0.5, 4.0 * p), (0.75, 20.0 * p), (0.95, 160.0 * p)),
                30 * p, p, p / 3, skill("CRPS of log(1 + deaths)", "own last twelve months"),
            )
            for m in range(6)
        )  # fmt: skip
        history = History(
            TOLD_UNTIL, 0 if quiet else 11 - n, 20, None, unit="months with battle deaths"
        )
        onset = Onset(6, p, skill("Brier score")) if quiet else None
        found.append(PlaceOutlook(f"ged-adm1:{name} state", AT, history, months, onset))
    return tuple(found)


def unrest() -> UnrestOutlook:
    against = tuple(Against(one, 3.1, 3.9, -1.1, -0.4) for one in Baseline)
    proven = UnrestSkill(
        150, date(2023, 1, 2), date(2025, 12, 29), against, (against,) * HORIZONS, 0.88, 9, ()
    )
    monday = date(2026, 2, 16)
    weeks = tuple(
        UnrestWeek(
            monday + n * timedelta(weeks=1), n, 14.2 + n, 3.0,
            tuple(28 * level for level in LEVELS), 0.97, None,
            (UnrestDriver("mean of the last 8 weeks", 13.0, 1.0),),
        )
        for n in range(1, 7)
    )  # fmt: skip
    series = SeriesOutlook(
        "ZM", AT, "gdelt_protest", monday, 13.0, weeks, (7, 8), proven,
        "no chance of a surge: 9 surges were too few to test one", ((monday, 15.0),),
    )  # fmt: skip
    return UnrestOutlook("ZM", AT, (series,), (few("desk_riot"),))


def few(series: str) -> Withheld:
    return Withheld("ZM", AT, series, Why.TOO_FEW, "12 weeks were heard, 104 are needed")


def no_unrest() -> Withheld:
    parts = (few("gdelt_protest"), few("desk_riot"))
    return Withheld("ZM", AT, "unrest", Why.TOO_FEW, "too few weeks of all", parts=parts)
