"""`farwatch history`: the past of violence, taken in with the time it was published."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from farwatch.cli import desk_options, when
from farwatch.cli.desk_options import Where, counted
from farwatch.errors import RejectedRows

if TYPE_CHECKING:
    from farwatch.desk.history import FileReport, ImportReport

_SORTS = {
    "panel": "country-month panel",
    "ged": "UCDP GED",
    "candidate": "UCDP GED, a candidate release",
    "gdelt": "GDELT events",
}
_NAMED = 20  # rejected rows that are printed; the import keeps count of all


@click.group()
def history() -> None:
    """The past of violence, as it was known when."""


@history.command("import")
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True,
    type=click.Path(dir_okay=False, path_type=Path),
)  # fmt: skip
@click.option("--vintage", metavar="TIME", help="When the release was published; else now.")
@click.option("--dataset", metavar="NAME", help="Under which name it is kept.")
@click.option("--candidate", is_flag=True, help="GED files are candidate (monthly) releases.")
@click.option("--world", is_flag=True, help="GED files were coded for every country.")
@click.option("--partial", is_flag=True, help="Take the good rows, list each rejected one.")
@click.option("--now", "moment", metavar="TIME", help="Import as of this time (ISO 8601).")
@desk_options.of_a_desk
def import_(  # noqa: PLR0913 - an argument an option
    files: tuple[Path, ...],
    vintage: str | None,
    dataset: str | None,
    candidate: bool,  # noqa: FBT001 - click passes flags as bools
    world: bool,  # noqa: FBT001
    partial: bool,  # noqa: FBT001
    moment: str | None,
    where: Where,
) -> None:
    """Import UCDP GED, a country-month panel or GDELT's exports; told apart by content.

    Everything is refused if one row is wrong; with --partial the good rows are taken and each
    rejected one is listed. The same file again adds nothing.
    """
    from farwatch.desk.history import How, import_history

    how = How(when.given(vintage, "--vintage"), dataset, candidate, world, partial)
    with where.open() as desk:
        report = import_history(desk, files, when.moment(moment, "--now"), how)
    if report.refused:
        raise _refused(report)
    for one in report.files:
        _show(one)


@history.command("list")
@desk_options.as_json
@desk_options.of_a_desk
def list_(
    plain: bool,  # noqa: FBT001 - click passes flags as bools
    where: Where,
) -> None:
    """List the datasets and vintages held: rows and span."""
    from farwatch.desk.history import held_vintages

    with where.open() as desk:
        found = held_vintages(desk)
    if plain:
        desk_options.echo_json(found)
        return
    if not found:
        click.echo("no history: farwatch history import FILE...")
    for one in found:
        heard = f", {one.slots:,} quarter-hours heard" if one.sort == "gdelt" else ""
        click.echo(
            f"{one.dataset}  {one.vintage:%Y-%m-%d %H:%M}  {_SORTS[one.sort]}: "
            f"{counted(one.files, 'file')}, {counted(one.rows, 'row')}, "
            f"{one.first} to {one.last}{heard}"
        )


def _show(one: FileReport) -> None:
    from farwatch.model.history import month_start

    name = Path(one.file).name
    kept = f"{_SORTS[one.sort]}, dataset {one.dataset}, vintage {one.vintage:%Y-%m-%d %H:%M} UTC"
    if one.repeated:
        click.echo(f"{name}: {kept}: held already, nothing added")
        return
    for rejected in one.named[:_NAMED]:
        click.echo(f"rejected {rejected}")
    if one.rejected > _NAMED:
        click.echo(f"rejected {one.rejected - _NAMED:,} more of {name}")
    taken = f"{counted(one.rows, 'row')} taken, {one.rejected:,} rejected"
    if not one.rows:
        click.echo(f"{name}: {kept}: {taken}")
        return
    first, last = (f"{month_start(month):%Y-%m}" for month in one.months)
    heard = f", {counted(one.slots, 'quarter-hour')} heard" if one.slots else ""
    countries = f"{one.countries:,} countr{'y' if one.countries == 1 else 'ies'}"
    click.echo(f"{name}: {kept}: {taken}; {first} to {last}, {countries}{heard}")
    for note in one.notes:
        click.echo(f"  {note}")


def _refused(report: ImportReport) -> RejectedRows:
    """The first rows that are wrong are listed, then one sentence."""
    named = [error for one in report.files for error in one.named]
    for error in named[:_NAMED]:
        click.echo(f"rejected {error}", err=True)
    if report.rejected > _NAMED:
        click.echo(f"rejected {report.rejected - _NAMED:,} more", err=True)
    first = named[0]
    total = report.rejected + sum(one.rows for one in report.files)
    return RejectedRows(
        first.source,
        f"{first.reason}; {report.rejected:,} of {total:,} rows are wrong, nothing was imported: "
        "mend them, or take the good rows with --partial",
        field=first.field,
        value=first.value,
        position=first.position,
    )
