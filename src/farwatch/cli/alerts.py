"""`farwatch alerts`: see alerts, and decide about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from farwatch.cli import desk_options
from farwatch.cli.desk_options import Where, counted
from farwatch.errors import InputError

if TYPE_CHECKING:
    from farwatch.model.protect import Alert


@click.group()
def alerts() -> None:
    """See alerts, and decide about them."""


@alerts.command("list")
@click.option("--open", "active", is_flag=True, help="Only those that stand.")
@click.option("--site", metavar="ID", help="Only those that speak of this site.")
@desk_options.as_json
@desk_options.of_a_desk
def list_(
    active: bool,  # noqa: FBT001 - click passes flags as bools
    site: str | None,
    plain: bool,  # noqa: FBT001
    where: Where,
) -> None:
    """List alerts in the order sent."""
    from farwatch.desk.deciding import listed
    from farwatch.store import sites

    with where.open() as desk, desk.database.read() as conn:
        found = listed(conn, active=active, site=site)
        if site is not None and not found:
            sites.get(conn, site)  # a site that nobody knows has no alerts either
    if plain:
        desk_options.echo_json(found)
        return
    for alert in found:
        click.echo(_line(alert))
    click.echo(counted(len(found), "alert"), err=True)


@alerts.command()
@click.argument("name", metavar="ALERT")
@desk_options.as_json
@desk_options.of_a_desk
def show(name: str, plain: bool, where: Where) -> None:  # noqa: FBT001
    """Show one alert; `farwatch explain` shows what stands behind it."""
    from farwatch.channels.terminal import printable
    from farwatch.desk import naming

    with where.open() as desk, desk.database.read() as conn:
        alert = naming.revision(conn, name)
    if plain:
        desk_options.echo_json(alert)
        return
    click.echo(_line(alert))
    for title, words in (("site", alert.sites), ("advice", alert.advice), ("why", alert.reasons)):
        for text in words:
            click.echo(f"  {title}: {printable(text)}")
    click.echo(f"  event: {alert.event} version {alert.event_version}")
    click.echo(f"  ends: {alert.ends:%Y-%m-%d %H:%M} UTC")


@alerts.command()
@click.argument("name", metavar="ALERT")
@desk_options.by
@desk_options.at
@desk_options.of_a_desk
def acknowledge(name: str, by: str, moment: str | None, where: Where) -> None:
    """Say that somebody has seen an alert."""
    from farwatch.desk import deciding

    person = deciding.Person(by, desk_options.now_or(moment))
    with where.open() as desk:
        alert = deciding.acknowledge(desk, name, person)
    click.echo(f"alert {alert.id} is acknowledged by {by}")


@alerts.command()
@click.argument("name", metavar="ALERT")
@desk_options.by
@click.option("--role", metavar="ROLE", help="Theirs; else their account's, else duty officer.")
@click.option("--reason", default="", metavar="TEXT", help="Why, for the audit.")
@desk_options.at
@desk_options.of_a_desk
def release(
    name: str, by: str, role: str | None, reason: str, moment: str | None, where: Where
) -> None:
    """Let the sites be told, now and when the happening is revised, as the decision-authority
    matrix allows the role."""
    from farwatch.desk import authority, deciding

    person = deciding.Person(by, desk_options.now_or(moment))
    with where.open() as desk:
        decider = authority.Decider(person, authority.role_of(desk, by, role))
        done = authority.release(desk, name, decider, reason)
    told = ", ".join(alert.recipient for alert in done.sent) or "nobody"
    click.echo(
        f"alert {done.alert.id} is released by {by}; newly told: {told}; "
        f"{counted(done.queued, 'message')} queued"
    )


@alerts.command()
@click.argument("name", metavar="ALERT")
@click.argument("disposition")
@desk_options.by
@desk_options.at
@desk_options.of_a_desk
def dispose(name: str, disposition: str, by: str, moment: str | None, where: Where) -> None:
    """Say what an alert proved to be, which closes it.

    DISPOSITION is none, some-impact, significant-impact, duplicate or not-relevant.
    """
    from farwatch.desk import deciding

    word = deciding.disposition_of(disposition)
    person = deciding.Person(by, desk_options.now_or(moment))
    with where.open() as desk:
        alert = deciding.dispose(desk, name, word, person)
    click.echo(f"alert {alert.id} is {alert.state.value}: {word.value}, says {by}")


@alerts.command()
@click.argument("name", metavar="ALERT")
@click.option(
    "-o",
    "--output",
    default="-",
    show_default=True,
    type=click.Path(dir_okay=False, allow_dash=True),
)
@desk_options.of_a_desk
def export(name: str, output: str, where: Where) -> None:
    """Write an alert as CAP 1.2; an older revision's id exports that revision."""
    from farwatch.desk import deciding

    with where.open() as desk, desk.database.read() as conn:
        data = deciding.cap(desk, conn, name)
    try:
        with click.open_file(output, "wb") as file:
            file.write(data + b"\n")
    except OSError as error:
        raise InputError(output, f"cannot be written: {error.strerror}") from error


def _line(alert: Alert) -> str:
    from farwatch.channels.terminal import printable

    mark = "EXERCISE " if alert.exercise else ""
    proved = f" ({alert.disposition.value})" if alert.disposition else ""
    held = "" if alert.released else " not released"
    return printable(
        f"{alert.id}  {alert.sent:%Y-%m-%d %H:%M}  {alert.route.value:<3}  "
        f"{alert.state.value}{proved}{held}  to {alert.recipient}  {mark}{alert.headline}"
    ).replace("\n", " ")
