"""`farwatch trends`: a country's political, economic and military series and when they changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from farwatch.cli.desk_options import Where, of_a_desk

if TYPE_CHECKING:
    from farwatch.foresee.trends import Trend

_SHOWN = 5  # changes of a series that are printed


@click.command()
@click.option("--country", required=True, metavar="CODE", help="Alpha-2, alpha-3 or English name.")
@click.option("--as-of", metavar="TIME", help="As of this time (ISO 8601); else now.")
@click.option("--json", "as_json", is_flag=True, help="Every series with its values, as JSON.")
@of_a_desk
def trends(
    country: str,
    as_of: str | None,
    as_json: bool,  # noqa: FBT001 - click passes flags as bools
    where: Where,
) -> None:
    """Show a country's trends: each series' direction, and when it changed.

    A series of fewer than twelve periods has no trend: "unknown".
    """
    from farwatch.world.codes import alpha2, country_name

    code = alpha2(country)
    from farwatch.cli.when import moment
    from farwatch.desk.trending import country_trends

    now = moment(as_of, "--as-of")
    with where.open() as desk:
        found = country_trends(desk, code, now)
    if as_json:
        from farwatch.model.codec import to_plain

        click.echo(json.dumps([to_plain(one) for one in found], ensure_ascii=False, indent=2))
        return
    click.echo(f"{country_name(code)} ({code}) at {now:%Y-%m-%d %H:%M} UTC")
    click.echo("\n".join(_lines(found)))


def _lines(found: tuple[Trend, ...]) -> list[str]:
    lines: list[str] = []
    for field in ("political", "economic", "military"):
        mine = [one for one in found if one.series.field.value == field]
        lines.append(field if mine else f"{field}: nothing is known")
        for one in mine:
            lines += _series(one)
    return lines


def _series(one: Trend) -> list[str]:
    span = f"{one.series.starts[0]:%Y-%m} to {one.series.starts[-1]:%Y-%m}"
    lines = [f"  {one.series.name}: {one.direction}, {len(one.series.values)} periods, {span}"]
    lines += [f"    {reason}" for reason in one.reasons]
    earlier = len(one.changes) - _SHOWN
    if earlier > 0:
        lines.append(f"    {earlier} earlier changes (--json lists them)")
    lines += [
        f"    changed {change.at:%Y-%m-%d}: mean {change.before:.4g} to {change.after:.4g}"
        for change in one.changes[-_SHOWN:]
    ]
    return lines
