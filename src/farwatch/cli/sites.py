"""`farwatch sites`: the fixed locations in our care."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import click

from farwatch.cli import desk_options
from farwatch.cli.desk_options import Where, counted
from farwatch.errors import InputError, RejectedRows, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from farwatch.protect.sites import Rejected, SiteList


@click.group()
def sites() -> None:
    """The fixed locations in our care."""


@sites.command("import")
@click.argument("file", metavar="FILE.csv", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--map",
    "mapping",
    multiple=True,
    metavar="FIELD=COLUMN",
    help="Where a field stands: lat=Y, or name=operator+city to join columns.",
)
@click.option("--partial", is_flag=True, help="Take the good rows, list each rejected one.")
@click.option("--dry-run", is_flag=True, help="Check and report, store nothing.")
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the rejected rows to this CSV file.",
)
@click.option("--replace", is_flag=True, help="These become all the sites there are.")
@click.option("--by", metavar="NAME", help="Who imports; else who is logged in here.")
@desk_options.of_a_desk
def import_(  # noqa: PLR0913 - an argument an option
    file: Path,
    mapping: tuple[str, ...],
    partial: bool,  # noqa: FBT001 - click passes flags as bools
    dry_run: bool,  # noqa: FBT001
    report: Path | None,
    replace: bool,  # noqa: FBT001
    by: str | None,
    where: Where,
) -> None:
    """Import sites from a table; FILE.csv may be gzip.

    The table is refused whole if one row is wrong; with --partial the good rows are taken and each
    rejected one is listed with its line, field, value and reason.
    """
    found = _read(file, mapping)
    _show(file, found)
    if report is not None:
        _write_report(report, found.rejected)
    if found.rejected and not partial:
        raise _refused(file, found)
    for rejected in found.rejected:
        click.echo(f"rejected {rejected}")
    taken = f"{counted(len(found.sites), 'site')}, {counted(len(found.rejected), 'row')} rejected"
    if replace and not found.sites:
        raise InputError(str(file), "holds no site: --replace would leave none in our care")
    if dry_run:
        click.echo(f"{taken}; dry run, nothing stored")
        return
    alerts, count = _take(where, found, file, by, replace=replace)
    sent = f"; {counted(alerts, 'alert')} sent" if alerts else ""
    click.echo(f"{taken}; {counted(count, 'site')} in our care{sent}")


@sites.command("list")
@desk_options.of_a_desk
def list_(where: Where) -> None:
    """List the sites in our care."""
    from farwatch.desk.sites import all_sites

    for site in all_sites(where.settings()):
        staff = "" if site.staff is None else f", {site.staff} staff"
        click.echo(
            f"{site.id}  {site.name}  {site.lat:.4f}, {site.lon:.4f}  "
            f"{site.country or '--'}  tier {site.tier}{staff}"
        )


def read(file: Path, mapping: Sequence[str], *, partial: bool) -> SiteList:
    """The sites in a file; raises RejectedRows if a row is wrong and `partial` is not set."""
    found = _read(file, mapping)
    if found.rejected and not partial:
        raise _refused(file, found)
    for rejected in found.rejected:
        click.echo(f"rejected {rejected}", err=True)
    return found


def _read(file: Path, mapping: Sequence[str]) -> SiteList:
    from farwatch.protect.sites import read_sites
    from farwatch.protect.where import Earth
    from farwatch.world import borders, gazetteer

    try:
        data = file.read_bytes()
    except OSError as error:
        raise InputError(str(file), f"cannot be opened: {error.strerror}") from error
    earth = Earth(borders.open(), gazetteer.open())
    return read_sites(data, str(file), asked=_asked(mapping), earth=earth)


def _take(
    where: Where, found: SiteList, file: Path, by: str | None, *, replace: bool
) -> tuple[int, int]:
    """Store what the file held, in the audit and screened as the page does; how many alerts were
    sent, and how many sites there are."""
    import getpass

    from farwatch.desk.clock import now_of
    from farwatch.desk.deciding import Person
    from farwatch.desk.site_importing import take_file
    from farwatch.store.site_versions import SiteListFile

    given = SiteListFile("", "", file.name, file.read_bytes(), None)
    with where.open() as desk:
        person = Person(by or getpass.getuser(), now_of(desk))
        outcome, count = take_file(desk, found, person, given, replace=replace)
    return int(outcome["alerts"]), count


def _asked(mapping: Sequence[str]) -> Mapping[str, str]:
    asked: dict[str, str] = {}
    for item in mapping:
        field, equals, column = item.partition("=")
        if not equals or not field.strip() or not column.strip():
            raise UsageError(f"--map {item!r} is not FIELD=COLUMN")
        asked[field.strip()] = column.strip()
    return asked


def _show(file: Path, found: SiteList) -> None:
    delimiter = {"\t": "tab"}.get(found.delimiter, found.delimiter)
    click.echo(f"{file.name}: {found.encoding}, delimiter {delimiter}")
    columns = ", ".join(f"{field} = {column}" for field, column in found.columns.items())
    click.echo(f"columns: {columns}; the rest are kept as attributes")
    if found.derived_ids:
        click.echo("no id column: ids are derived from name and place (or say --map id=COLUMN)")
    if found.dropped:
        click.echo(f"not kept, since they speak of persons: {', '.join(found.dropped)}")


def _refused(file: Path, found: SiteList) -> RejectedRows:
    first, count = found.rejected[0], len(found.rejected)
    total = count + len(found.sites)
    return RejectedRows(
        str(file),
        f"{first.reason}; {count:,} of {total:,} rows are wrong, nothing was imported: mend them, "
        "or take the good rows with --partial (--report FILE lists the rest)",
        field=first.field,
        value=first.value,
        position=f"line {first.line}",
    )


def _write_report(report: Path, rejected: Sequence[Rejected]) -> None:
    try:
        with report.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("line", "field", "value", "reason"))
            writer.writerows((row.line, row.field, row.value, row.reason) for row in rejected)
    except OSError as error:
        raise InputError(str(report), f"cannot be written: {error.strerror}") from error
