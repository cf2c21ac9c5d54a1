"""`farwatch recipients`: the persons who may be told, and their rotas."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from farwatch.cli import desk_options
from farwatch.cli.desk_options import Where, as_json, counted, echo_json
from farwatch.errors import InputError

if TYPE_CHECKING:
    from farwatch.desk.opening import Desk


@click.group()
def recipients() -> None:
    """The persons who may be told of alerts, and their rotas."""


@recipients.command("import")
@click.argument("file", metavar="FILE.csv|FILE.yaml", type=click.Path(path_type=Path))
@click.option("--partial", is_flag=True, help="Take the good rows, list each rejected one.")
@click.option("--dry-run", is_flag=True, help="Check and report, store nothing.")
@click.option("--replace", is_flag=True, help="These become all the recipients and rotas.")
@desk_options.by
@desk_options.of_a_desk
def import_(
    file: Path,
    partial: bool,  # noqa: FBT001 - click passes flags as bools
    dry_run: bool,  # noqa: FBT001
    replace: bool,  # noqa: FBT001
    by: str,
    where: Where,
) -> None:
    """Import recipients from a table, or recipients and rotas from YAML.

    The file is refused whole if one row is wrong; with --partial the good rows are taken and each
    rejected one is listed with its line, field, value and reason.
    """
    from farwatch.desk import recipient_room
    from farwatch.desk.deciding import Person
    from farwatch.protect.recipient_rows import read_recipients

    try:
        data = file.read_bytes()
    except OSError as error:
        raise InputError(str(file), f"cannot be opened: {error.strerror}") from error
    found = read_recipients(data, str(file))
    if found.rejected and not partial:
        for rejected in found.rejected:
            click.echo(f"wrong {rejected}", err=True)
        raise recipient_room.refused(str(file), found)
    for rejected in found.rejected:
        click.echo(f"rejected {rejected}")
    taken = (
        f"{counted(len(found.recipients), 'recipient')}, {counted(len(found.rotas), 'rota')}, "
        f"{counted(len(found.rejected), 'row')} rejected"
    )
    if replace and not found.recipients:
        raise InputError(str(file), "holds no recipient: --replace would leave nobody to tell")
    if dry_run:
        click.echo(f"{taken}; dry run, nothing stored")
        return
    now = datetime.now(UTC)
    with where.open() as desk:
        people, _ = recipient_room.take(desk, found, Person(by, now), replace=replace)
        click.echo(f"{taken}; {counted(people, 'recipient')} in all")
        _warn(desk, now)


@recipients.command("list")
@as_json
@desk_options.of_a_desk
def list_(*, plain: bool, where: Where) -> None:
    """List recipients and rotas, with what is wrong with them."""
    from farwatch.desk import recipient_room
    from farwatch.model.account import Scope

    now = datetime.now(UTC)
    with where.open() as desk:
        room = recipient_room.shown(desk, Scope(), now)
        if plain:
            echo_json(room)
            return
        for one in room.recipients:
            places = ", ".join((*one.sites, *one.countries)) or "every place"
            state = "" if one.active else "  not active"
            click.echo(
                f"{one.id}  {one.name}  {one.role}  {places}, severity from {one.severity}  "
                f"{', '.join(one.addresses)}  {one.language}{state}"
            )
        for rota in room.rotas:
            click.echo(
                f"rota {rota.name} ({rota.role}, {rota.zone}): now "
                f"{'; '.join(rota.now) or 'nobody'}; next {', '.join(rota.next) or 'nobody'}"
            )
        _warn(desk, now)


def _warn(desk: Desk, now: datetime) -> None:
    from farwatch.desk import recipient_room
    from farwatch.model.account import Scope

    room = recipient_room.shown(desk, Scope(), now)
    for text in (*room.warnings, *(text for rota in room.rotas for text in rota.warnings)):
        click.echo(f"warning: {text}", err=True)
