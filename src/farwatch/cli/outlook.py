"""`farwatch forecast site`: the chance of a deadly event near a site, and what it is worth."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from farwatch.cli.desk_options import Where, echo_json, of_a_desk
from farwatch.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from farwatch.desk.outlook import Point, Told
    from farwatch.model.outlook import Chance, SiteOutlook


@click.command()
@click.argument("site_id", metavar="[SITE_ID]", required=False)
@click.option("--at", "point", metavar="LAT,LON", help="A point in degrees, in place of a site.")
@click.option(
    "--events",
    "files",
    multiple=True,
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A UCDP GED file, CSV or .gz; may be given again. Else what `history import` took.",
)
@click.option("--as-of", metavar="TIME", help="What was known then (ISO 8601); else now.")
@click.option("--json", "as_json", is_flag=True, help="The outlook as JSON.")
@of_a_desk
def site(
    site_id: str | None,
    point: str | None,
    files: tuple[Path, ...],
    as_of: str | None,
    as_json: bool,  # noqa: FBT001 - click passes flags as bools
    where: Where,
) -> None:
    """Tell the chance of a deadly event near a site in the next 30 and 90 days.

    Beside each chance: the site's own rate, what the forecast was worth on the years it had not
    seen, and the events it rests on. What cannot be told is withheld, with the reason.
    """
    from farwatch.cli.when import moment

    if (site_id is None) == (point is None):
        raise UsageError("give either a SITE_ID or --at LAT,LON")
    now = moment(as_of, "--as-of")
    from farwatch.desk.outlook import site_outlook
    from farwatch.world import gazetteer

    here = _point(point) if point is not None else _site(str(site_id), where)
    places = gazetteer.prefer(where.settings().data_dir / "gazetteer")
    (found,) = site_outlook(_told(files, where, now), [here], now, places)
    if as_json:
        echo_json(found)
        return
    click.echo("\n".join(_lines(found)))


def _point(text: str) -> Point:
    from farwatch.desk.outlook import Point

    try:
        lat, lon = (float(part) for part in text.split(","))
    except ValueError as error:
        raise UsageError(f"--at {text!r} is not LAT,LON in degrees") from error
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise UsageError(f"--at {text!r} is not on the earth")
    return Point(text, lat, lon)


def _site(name: str, where: Where) -> Point:
    from farwatch.desk.outlook import Point
    from farwatch.desk.sites import all_sites
    from farwatch.errors import NotFound

    for one in all_sites(where.settings()):
        if one.id == name:
            return Point(one.id, one.lat, one.lon, one.country)
    raise NotFound(f"site {name!r} is not in our care: `farwatch sites list` shows those that are")


def _told(files: tuple[Path, ...], where: Where, now: datetime) -> Told:
    """The files as one table, each rejected row named on standard error; without any, the desk's
    history as it was known at the time."""
    from farwatch.desk.outlook import Told
    from farwatch.sources.ged_events import read_events

    if not files:
        from farwatch.desk.outlook_held import told_by

        with where.open() as desk:
            return told_by(desk, now)
    read = read_events(files)
    for row in read.rejected:
        click.echo(f"farwatch: {row}", err=True)
    if more := read.rejected_count - len(read.rejected):
        click.echo(f"farwatch: and {more:,} rows more that could not be read", err=True)
    return Told(" ".join(map(str, files)), read.events)


def _lines(found: SiteOutlook) -> Iterator[str]:
    history = found.history
    yield f"{found.place} ({found.lat:.4f}, {found.lon:.4f}) at {found.as_of:%Y-%m-%d %H:%M} UTC"
    last = f", last on {history.last:%Y-%m-%d}" if history.last else ""
    near = "" if history.nearest_km is None else f", nearest {history.nearest_km:.0f} km away"
    yield (
        f"history to {history.told_until:%Y-%m-%d}: {history.last_year} {history.unit} in a year,"
        f" {history.three_years} in three{last}{near}"
    )
    if found.chances:
        yield f"\n{'deadly event within':<22}{'P':>7}{'own rate':>10}   skill on unseen years"
    for chance in found.chances:
        yield _chance(chance)
    if found.chances:
        first = found.chances[0]
        yield f"\nwhat P within {first.within_km:.0f} km in {first.days} days rests on"
        for driver in first.drivers:
            known = f"  [{', '.join(driver.evidence)}]" if driver.evidence else ""
            yield f"  {driver.name:<30}{driver.effect:>+8.3f}{driver.share:>6.0%}{known}"
    for reason in found.withheld:
        yield f"withheld: {reason}"


def _chance(chance: Chance) -> str:
    score = chance.skill.scores[0]
    span = f"{chance.within_km:.0f} km, {chance.days} days"
    auc = "" if chance.skill.auc is None else f", AUC {chance.skill.auc:.2f}"
    return (
        f"{span:<22}{chance.p:>7.3f}{chance.own_rate:>10.3f}   {score.name} {score.ours:.4f},"
        f" own rate {score.baseline:.4f}{auc}, {chance.skill.cases:,} cases"
    )
