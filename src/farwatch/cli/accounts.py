"""`farwatch accounts`: who may sign in; the way back for an administrator who is locked out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from farwatch.cli import desk_options
from farwatch.cli.desk_options import Where

if TYPE_CHECKING:
    from farwatch.desk.administering import By
    from farwatch.desk.opening import Desk
    from farwatch.model.account import Account


@click.group()
def accounts() -> None:
    """Who may sign in; the way back for an administrator who is locked out.

    Who may run this on the desk's machine may read its database anyway.
    """


@accounts.command("list")
@desk_options.as_json
@desk_options.of_a_desk
def list_(plain: bool, where: Where) -> None:  # noqa: FBT001
    """List accounts by name."""
    from farwatch.channels.terminal import printable
    from farwatch.store import accounts as store

    with where.open() as desk, desk.database.read() as conn:
        found = store.every(conn)
    if plain:
        desk_options.echo_json(found)
        return
    for one in found:
        bounds = ", ".join(one.scope.countries + one.scope.programmes) or "all of the desk"
        state = "" if one.active else "  not active"
        second = one.second_factor or ("provider" if one.provider else "password alone")
        click.echo(printable(f"{one.name}  {one.role}  {bounds}  {second}{state}"))
    click.echo(desk_options.counted(len(found), "account"))


@accounts.command()
@click.argument("name")
@click.option("--role", default="viewer", metavar="ROLE", help="The default is viewer.")
@click.option("--email", metavar="ADDRESS")
@click.option("--country", "countries", multiple=True, metavar="CODE", help="Sees these alone.")
@click.option("--programme", "programmes", multiple=True, metavar="NAME", help="Sees these alone.")
@desk_options.by
@desk_options.of_a_desk
def add(  # noqa: PLR0913 (one argument an option)
    name: str,
    role: str,
    email: str | None,
    countries: tuple[str, ...],
    programmes: tuple[str, ...],
    by: str,
    where: Where,
) -> None:
    """Add an account and print its one-time link, which lasts three days."""
    from farwatch.desk import administering
    from farwatch.desk.accounts import NewAccount
    from farwatch.errors import UsageError
    from farwatch.model.account import Role

    try:
        known = Role(role.replace("-", " ").replace("_", " "))
    except ValueError as error:
        raise UsageError(f"role {role!r} is none of: {', '.join(Role)}") from error
    scope = administering.scope_of(",".join(countries), ",".join(programmes))
    new = NewAccount(name, known, email=email, scope=scope)
    with where.open() as desk:
        account, secret = administering.invite(desk, new, _by(by), datetime.now(UTC))
        click.echo(f"{account.name} is a {account.role}; the owner chooses a password at")
        click.echo(_link(desk, secret))


@accounts.command()
@click.argument("name")
@click.option("--second-factor", "second", is_flag=True, help="Take out its second factors too.")
@desk_options.by
@desk_options.of_a_desk
def reset(name: str, second: bool, by: str, where: Where) -> None:  # noqa: FBT001
    """End every sign-in of an account, unlock it, and print a one-time link to a new password."""
    from farwatch.desk import administering

    with where.open() as desk:
        account = _named(desk, name)
        now = datetime.now(UTC)
        secret = administering.reset(desk, account.id, _by(by), now, second=second)
        click.echo(f"{account.name} is unlocked, and every sign-in has ended")
        if secret:
            click.echo("within a day the owner chooses a password at")
            click.echo(_link(desk, secret))


@accounts.command()
@click.argument("name")
@click.option("--undo", is_flag=True, help="Activate it again.")
@desk_options.by
@desk_options.of_a_desk
def deactivate(name: str, undo: bool, by: str, where: Where) -> None:  # noqa: FBT001
    """Let an account sign in no more; refused for the last administrator who sees all."""
    from farwatch.desk import administering
    from farwatch.desk.administering import Changes

    with where.open() as desk:
        account = _named(desk, name)
        changes = Changes(active=undo)
        administering.change(desk, account.id, changes, _by(by), datetime.now(UTC))
        click.echo(f"{account.name} is {'active' if undo else 'not active any more'}")


def _by(name: str) -> By:
    """Who administers; raises UsageError for a name that is no person's."""
    from farwatch.desk.administering import By
    from farwatch.desk.deciding import Person

    return By(Person(name, datetime.now(UTC)).name.strip())


def _named(desk: Desk, name: str) -> Account:
    from farwatch.store import accounts as store

    with desk.database.read() as conn:
        return store.named(conn, name)


def _link(desk: Desk, secret: str) -> str:
    return f"{desk.settings.site_url}/invited/{secret}"
