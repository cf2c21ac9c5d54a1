"""Models, forecasts and watch notices as a terminal shows them; none without its skill."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from farwatch.cli.desk_options import counted
from farwatch.model.forecast import OLD, TARGET, in_words
from farwatch.model.history import month_of, month_written
from farwatch.world.codes import country_name

if TYPE_CHECKING:
    from farwatch.desk.forecasting import Made
    from farwatch.model.forecast import Forecast, ModelCard, Month, Record, Score, WatchNotice

_NAMED = 10  # countries where the baseline served better
_SCORES = {
    "crps": "CRPS", "crps_log1p": "CRPS of log1p", "ign": "IGN", "mis": "MIS, 90 %",
    "brier_at_least_1": "Brier, 1 or more", "brier_at_least_25": "Brier, 25 or more",
    "brier_onset": "Brier, onset",
}  # fmt: skip


def card_lines(card: ModelCard) -> Iterator[str]:
    """A model: the years it was tested on, its scores beside the baseline's, where it is worse."""
    skill = card.skill
    yield f"{card.id}: trained {_utc(card.trained)} on data through {_data(card)}"
    yield (
        f"tested on {', '.join(map(str, skill.windows))}, each forecast from October of the year "
        f"before, {skill.horizons[0]} to {skill.horizons[1]} months ahead"
    )
    yield (
        f"{'smaller is better':<20}{'model':>11}{skill.baseline:>19}{'difference':>12}"
        "   95 % of country bootstrap"
    )
    yield from map(_score, skill.scores)
    yield (
        f"the 90 % interval held {skill.coverage * 100:.1f} % of months, in countries with a death "
        "in the 60 months before"
    )
    told = (f"{name} {'-' if one is None else f'{one:.3f}'}" for name, one in skill.auc.items())
    yield f"AUC: {', '.join(told)}"
    yield _worse(skill.records)
    yield from _stretches(card)


def made_lines(made: Made, now: datetime) -> Iterator[str]:
    """A run: what was forecast of which data, what was raised, what time has told."""
    if not made.forecasts:
        yield "no country is coded in the last month of the history: nothing was forecast"
        return
    first = made.forecasts[0]
    count = len(made.forecasts)
    ahead = first.months
    yield (
        f"{count:,} {'country' if count == 1 else 'countries'} forecast, {ahead[0].horizon} to "
        f"{ahead[-1].horizon} months ahead, of data through {_made_of(first)}, by {first.card.id}"
    )
    yield from _old(first.cutoff, now)
    yield f"{counted(len(made.notices), 'watch notice')} raised"
    for one in made.notices:
        yield from (f"  {line}" for line in notice_lines(one))
    yield f"{counted(len(made.scored), 'earlier notice')} scored"
    for one in made.scored:
        yield from (f"  {line}" for line in notice_lines(one))
    yield _overall(first.card)


def country_lines(found: Forecast, now: datetime) -> Iterator[str]:
    """A country: the model's record there first, then months, what moves it, and its history."""
    yield f"{country_name(found.country)} ({found.country}): {TARGET}, forecast {_utc(found.made)}"
    yield f"of data through {_made_of(found)}, by {found.card.id}"
    yield from _old(found.cutoff, now)
    yield _here(found.record, found.card)
    yield _overall(found.card)
    onset = any(one.onset is not None for one in found.months)
    more = "   onset" if onset else ""
    yield ""
    yield (
        f"{'month':<9}{'ahead':>5}{'median':>9}{'50 %':>17}{'90 %':>19}   "
        f"{'1 or more':<28}{'25 or more':<28}{more}".rstrip()
    )
    yield from map(_month, found.months)
    yield from _stretches(found.card)
    yield "\nwhat moves the chance of more than 25 deaths in the first month"
    for driver in found.drivers:
        yield f"  {driver.name:<44}{driver.effect * 100:>+7.1f} points   {driver.saw}"
    yield "\nthe history it rests on: deaths by month, - where it was not coded"
    yield from _history(found)


def of_country(found: Forecast) -> Forecast:
    """The forecast, its card with the record of this country alone."""
    mine = tuple(one for one in found.card.skill.records if one.country == found.country)
    return replace(found, card=replace(found.card, skill=replace(found.card.skill, records=mine)))


def notice_lines(one: WatchNotice) -> Iterator[str]:
    """A notice, and a line for each step that a person recorded."""
    before = "none before" if one.before is None else f"up from {_percent(one.before)}"
    yield (
        f"{one.id}  {_utc(one.made)}  {country_name(one.country)} {month_written(one.month)}: "
        f"{one.deaths} deaths or more {_chance(one.now)}, {before}, "
        f"past {_percent(one.threshold)}  {one.outcome}"
    )
    yield from (f"  step: {step}" for step in one.steps)


def judged_line(found: Sequence[WatchNotice]) -> str:
    """ "3 watch notices: 1 open, 1 hit, 1 false alarm"."""
    outcomes = [one.outcome for one in found]
    told = (f"{outcomes.count(name)} {name}" for name in dict.fromkeys(outcomes))
    return f"{counted(len(found), 'watch notice')}{': ' if found else ''}{', '.join(told)}"


def _score(one: Score) -> str:
    name = _SCORES.get(one.name, one.name)
    return (
        f"{name:<20}{one.value:>11.4f}{one.baseline:>19.4f}{one.value - one.baseline:>+12.4f}"
        f"   {one.low:+.4f} to {one.high:+.4f}: {one.verdict}"
    )


def _worse(records: Sequence[Record]) -> str:
    worse = sorted((one for one in records if one.worse), key=lambda one: one.baseline - one.crps)
    names = [country_name(one.country) if one.country else "a past state" for one in worse]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    told = f", most in {', '.join(names[:_NAMED])}{more}" if names else ""
    return f"by CRPS the baseline served better in {len(worse)} of {len(records)} countries{told}"


def _here(record: Record | None, card: ModelCard) -> str:
    if record is None:
        return "its record here: the model was not tested on this country; this is unproven"
    verdict = "WORSE than the baseline here" if record.worse else "better than the baseline here"
    return (
        f"its record here: {verdict}, CRPS {record.crps:,.2f} against {record.baseline:,.2f} of "
        f"{card.skill.baseline} over {record.months} tested months; {record.covered * 100:.0f} % "
        "of them fell inside the 90 % interval"
    )


def _overall(card: ModelCard) -> str:
    told = (
        f"{_SCORES.get(one.name, one.name)} {one.value:.4g} against {one.baseline:.4g} "
        f"({one.verdict})"
        for one in card.skill.scores
        if one.name in {"crps", "brier_at_least_25"}
    )
    years = f"{card.skill.windows[0]}-{card.skill.windows[-1]}"
    return f"its record everywhere, {years}, model against {card.skill.baseline}: {'; '.join(told)}"


def _stretches(card: ModelCard) -> Iterator[str]:
    """How good the model is near and far: a line a stretch of the months that it forecasts."""
    for first, last, reach in card.stretches:
        months = f"{first} to {last} months ahead" if first < last else f"{first} months ahead"
        if reach is None:
            yield f"{months}: NOT TESTED; what is forecast so far ahead is unproven"
            continue
        told = [
            f"{_SCORES.get(one.name, one.name)} {one.value:.4g} against {one.baseline:.4g} "
            f"({one.verdict})"
            for one in reach.scores
            if one.name in {"crps", "ign", "brier_at_least_25"}
        ]
        if reach.coverage is not None:
            told.append(f"the 90 % interval held {reach.coverage * 100:.1f} %")
        years = f"{reach.windows[0]}-{reach.windows[-1]}"
        yield f"{months}, tested from {years}: {'; '.join(told)}"


def _month(one: Month) -> str:
    def span(low: float, high: float) -> str:
        return f"{one.at(low):,.0f} to {one.at(high):,.0f}"

    onset = "" if one.onset is None else f"   {_chance(one.onset)}"
    return (
        f"{month_written(one.month):<9}{one.horizon:>5}{one.at(0.5):>9,.0f}"
        f"{span(0.25, 0.75):>17}{span(0.05, 0.95):>19}   "
        f"{_chance(one.at_least_1):<28}{_chance(one.at_least_25):<28}{onset}"
    ).rstrip()


def _history(found: Forecast) -> Iterator[str]:
    """A line a year, newest first; blank where the year has months outside the history."""
    known = dict(found.history)
    for year in sorted({1980 + (month - 1) // 12 for month in known}, reverse=True):
        months = ((year - 1980) * 12 + n for n in range(1, 13))
        cells = ("" if n not in known else _deaths(known[n]) for n in months)
        yield f"  {year}" + "".join(f"{cell:>8}" for cell in cells).rstrip()


def _deaths(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f}"


def _old(cutoff: int, now: datetime) -> Iterator[str]:
    months = month_of(now.date()) - cutoff
    if months > OLD:
        yield (
            f"THE DATA ARE OLD: {months} months; nothing that happened since "
            f"{month_written(cutoff)} is in it"
        )


def _chance(value: float) -> str:
    return f"{in_words(value)} ({_percent(value)})"


def _percent(value: float) -> str:
    return "< 1 %" if value < 0.01 else "> 99 %" if value > 0.99 else f"{value * 100:.0f} %"


def _made_of(found: Forecast) -> str:
    return _published(found.cutoff, found.vintage)


def _data(card: ModelCard) -> str:
    return _published(card.cutoff, card.vintage)


def _published(cutoff: int, vintage: datetime | None) -> str:
    told = f", vintage {vintage:%Y-%m-%d}" if vintage else ""
    return f"{month_written(cutoff)}{told}"


def _utc(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
