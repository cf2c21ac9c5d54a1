"""`farwatch assess`: the level of a place by category, with what it rests on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from farwatch.cli.desk_options import Where, of_a_desk
from farwatch.cli.override import override
from farwatch.errors import UsageError

if TYPE_CHECKING:
    from farwatch.model.assessment import Assessment, Coverage, Level


@click.group(invoke_without_command=True)
@click.option("--country", metavar="CODE", help="ISO alpha-2, alpha-3 or English name.")
@click.option("--admin1", metavar="CODE", help="An admin-1 by GeoNames' code: ZM.08.")
@click.option("--at", "point", metavar="LAT,LON", help="The cell around a point, in degrees.")
@click.option("--as-of", metavar="TIME", help="What was known then (ISO 8601); else now.")
@click.option("--explain", "why", is_flag=True, help="Every factor with its evidence.")
@click.option("--json", "as_json", is_flag=True, help="The assessment as JSON.")
@of_a_desk
@click.pass_context
def assess(  # noqa: PLR0913 - an argument an option
    context: click.Context,
    country: str | None,
    admin1: str | None,
    point: str | None,
    as_of: str | None,
    why: bool,  # noqa: FBT001 - click passes flags as bools
    as_json: bool,  # noqa: FBT001
    where: Where,
) -> None:
    """Assess a place: level 1-6 by category and overall.

    What is not known is "not assessed", never safe. Asking keeps nothing: the watch keeps levels.
    The id printed says what was assessed and when; `farwatch explain` makes it anew from it.
    """
    if context.invoked_subcommand is not None:
        return
    place = _place(country, admin1, point)
    from farwatch.cli.when import moment
    from farwatch.desk.assessing import assess_place, place_of

    now = moment(as_of, "--as-of")
    with where.open() as desk:
        found = assess_place(desk, place, now)
        name = "" if as_json else place_of(desk, place).name
    if as_json:
        from farwatch.model.codec import to_plain

        click.echo(json.dumps(to_plain(found), ensure_ascii=False, indent=2))
        return
    if why:
        from farwatch.foresee.explain import explain

        click.echo("\n".join([f"{name}, id {found.id}", *explain(found)]))
        return
    click.echo("\n".join(_table(found, name)))


assess.add_command(override)


def _place(country: str | None, admin1: str | None, point: str | None) -> str:
    """The place's name; raises UsageError unless exactly one of the three is given."""
    if sum(one is not None for one in (country, admin1, point)) != 1:
        raise UsageError("give one of --country CODE, --admin1 CODE and --at LAT,LON")
    if country is not None:
        from farwatch.world.codes import alpha2

        return f"country:{alpha2(country)}"
    if admin1 is not None:
        return f"admin1:{admin1.strip().upper()}"
    return _cell(point or "")


def _cell(point: str) -> str:
    from farwatch.desk.assessing import cell_at

    try:
        lat, lon = (float(part) for part in point.split(","))
    except ValueError as error:
        raise UsageError(f"--at {point!r} is not LAT,LON in degrees") from error
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise UsageError(f"--at {point!r} is not on the earth")
    return cell_at(lat, lon)


def _table(found: Assessment, name: str) -> list[str]:
    from farwatch.foresee.explain import headline
    from farwatch.model.assessment import LEVELS

    overall = "not assessed"
    if found.overall is not None:
        overall = f"{found.overall} {LEVELS[found.overall]}, decided by {found.decided_by}"
    lines = [
        f"{name} ({found.place}) at {found.as_of:%Y-%m-%d %H:%M} UTC",
        f"overall     {overall}",
        "",
        f"{'category':<12}{'level':<26}{'P, 30 days':<12}{'trend':<9}coverage",
    ]
    for level in found.levels:
        chance = "-" if level.probability is None else f"{level.probability:.3f}"
        lines.append(
            f"{level.category.value:<12}{headline(level):<26}{chance:<12}{level.trend:<9}"
            f"{_coverage(level.coverage)}"
        )
    notes = [reason for reason in found.reasons if not reason.startswith("overall ")]
    persons = [f"{one.category.value} {told}" for one in found.levels for told in _set(one)]
    return [*lines, "", *persons, *notes, f"why: farwatch explain {found.id}"]


def _set(level: Level) -> tuple[str, ...]:
    return level.reasons[:1] if level.override else ()


def _coverage(told: Coverage) -> str:
    missing = f", missing {', '.join(told.missing)}" if told.missing else ""
    if told.freshness_hours is None:
        return f"{told.q:.2f}, nothing heard{missing}"
    return f"{told.q:.2f}, last heard {_ago(told.freshness_hours)}{missing}"


def _ago(hours: float) -> str:
    return f"{hours:.0f} h ago" if hours < 72 else f"{hours / 24:,.0f} days ago"
