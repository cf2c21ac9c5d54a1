"""`farwatch audit`: the chain of decisions, each sealed over the one before."""

from __future__ import annotations

import click

from farwatch.cli import desk_options
from farwatch.cli.desk_options import Where


@click.group()
def audit() -> None:
    """The chain of decisions, each sealed over the one before."""


@audit.command()
@click.option("--head", metavar="HASH", help="A newest seal noted earlier: it must still be there.")
@desk_options.of_a_desk
def verify(head: str | None, where: Where) -> None:
    """Check that every entry is as it was sealed; exit code 8 names the first that is not.

    Entries cut off the end are seen only with --head.
    """
    from farwatch.errors import StoreError
    from farwatch.store import audit as store

    with where.open() as desk, desk.database.read() as conn:
        count, newest = store.verify(conn), store.head(conn)
        seals = {entry.hash for entry in store.entries(conn)} | {store.FIRST}
    if head is not None and head.strip().lower() not in seals:
        raise StoreError(f"audit seal {head!r} is gone: entries were taken from the chain's end")
    click.echo(f"{count:,} entries, each as it was sealed; newest seal {newest}")


@audit.command("list")
@click.option("--subject", metavar="NAME", help="Only about this alert's key or event.")
@desk_options.as_json
@desk_options.of_a_desk
def list_(subject: str | None, plain: bool, where: Where) -> None:  # noqa: FBT001
    """List decisions, oldest first."""
    from farwatch.channels.terminal import printable
    from farwatch.store import audit as store

    with where.open() as desk, desk.database.read() as conn:
        found = store.entries(conn, subject)
    if plain:
        desk_options.echo_json(found)
        return
    for entry in found:
        what = entry.decision
        line = f"{entry.id}  {what.at:%Y-%m-%d %H:%M}  {what.kind}  {what.subject}  by {what.by}"
        click.echo(printable(line).replace("\n", " "))
