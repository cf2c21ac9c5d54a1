"""`farwatch forecast unrest`: events of unrest in a country's next weeks, with the skill of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from farwatch.cli import desk_options
from farwatch.cli.desk_options import Where

if TYPE_CHECKING:
    from farwatch.model.unrest import (
        SeriesOutlook,
        UnrestOutlook,
        UnrestSkill,
        UnrestWeek,
        Withheld,
    )

_TENTH = 0.1  # share of the mean from which a driver is printed


@click.command()
@click.argument("country", metavar="COUNTRY")
@click.option("--as-of", metavar="TIME", help="As it was known at this time (ISO 8601); else now.")
@click.option("--dataset", metavar="NAME", help="Which of several datasets of GDELT.")
@desk_options.as_json
@desk_options.of_a_desk
def unrest(
    country: str,
    as_of: str | None,
    dataset: str | None,
    plain: bool,  # noqa: FBT001 - click passes flags as bools
    where: Where,
) -> None:
    """Forecast a country's unrest of the next eight weeks, by series.

    A series without skill over persistence on its own past is withheld, with the reason.
    """
    from farwatch.cli.when import moment
    from farwatch.desk.unrest import unrest_outlook
    from farwatch.world.codes import alpha2, country_name

    code, now = alpha2(country), moment(as_of, "--as-of")
    with where.open() as desk:
        found = unrest_outlook(desk, code, now, dataset)
    if plain:
        desk_options.echo_json(found)
        return
    click.echo(f"{country_name(code)} ({code}) at {now:%Y-%m-%d %H:%M} UTC")
    click.echo("\n".join(_lines(found)))


def _lines(found: UnrestOutlook | Withheld) -> Iterator[str]:
    from farwatch.model.unrest import Withheld

    if isinstance(found, Withheld):
        yield "unrest of the next weeks is withheld: no series has skill"
        yield from map(_withheld, found.parts)
        return
    for one in found.series:
        yield from _series(one)
    yield from map(_withheld, found.withheld)


def _withheld(one: Withheld) -> str:
    return f"{one.series}: withheld, {one.why}: {one.told}"


def _series(one: SeriesOutlook) -> Iterator[str]:
    yield f"{one.series}: the weeks after that of {one.cutoff}; the year's median {one.median:g}"
    yield "  week of     expected  a day  80 % of weeks  at least 1  surge"
    yield from map(_week, one.weeks)
    if one.dropped:
        ahead = ", ".join(map(str, one.dropped))
        yield f"  withheld {ahead} weeks ahead: persistence did as well there"
    yield f"  {one.surge_told}"
    made_of = (
        f"{driver.name} {driver.says:.3g} ({driver.share:.0%})"
        for driver in one.weeks[0].drivers
        if driver.share >= _TENTH
    )
    yield f"  expected at first from: {', '.join(made_of)}"
    yield from _skill(one.skill)


def _week(one: UnrestWeek) -> str:
    surge = "-" if one.surge is None else f"{one.surge:.0%}"
    span = f"{one.at(0.1):.0f} to {one.at(0.9):.0f}"
    return (
        f"  {one.monday}  {one.mean:>8.3g}  {one.a_day:>5.2g}  {span:>13}  {one.at_least_1:>10.0%}"
        f"  {surge:>5}"
    )


def _skill(skill: UnrestSkill) -> Iterator[str]:
    yield (
        f"  skill in {skill.origins} weeks tested, {skill.first} to {skill.last}: "
        f"{skill.covered:.0%} of weeks lay in the 90 % interval"
    )
    yield from (f"    {one.told}" for one in skill.overall)
    yield from (f"    surge: {one.told}" for one in skill.surge)
