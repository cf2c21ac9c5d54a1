"""`farwatch backup` and `farwatch restore`: a desk into one file, and back onto an empty one."""

from __future__ import annotations

from pathlib import Path

import click

from farwatch.cli.desk_options import Where, as_json, of_a_desk


def _user() -> str:
    import getpass

    return getpass.getuser()


_by = click.option("--by", default=_user, metavar="NAME", help="Who does it; default: you.")
_file = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))


@click.command()
@_file
@click.option("--no-lake", is_flag=True, help="Leave the lake out: its store keeps versions.")
@_by
@as_json
@of_a_desk
def backup(*, file: Path, no_lake: bool, by: str, plain: bool, where: Where) -> None:
    """Write a running desk into FILE, as it stands at one moment.

    The file holds what accounts are proved by: keep it as you keep the desk.
    """
    from datetime import UTC, datetime

    from farwatch.desk.backing_up import back_up

    with where.open() as desk:
        made = back_up(desk, file.absolute(), by, datetime.now(UTC), lake=not no_lake)
    if plain:
        from farwatch.cli.desk_options import echo_json

        echo_json(made)
        return
    rows = sum(member.rows or 0 for member in made.members.values())
    click.echo(f"{file}: {rows:,} rows, {len(made.members):,} files; audit of "
               f"{made.audit_entries:,} entries, newest seal {made.audit_head}")  # fmt: skip


@click.command()
@_file
@_by
@of_a_desk
def restore(file: Path, by: str, where: Where) -> None:
    """Restore FILE into an empty desk, on either database; overwrites nothing."""
    from datetime import UTC, datetime

    from farwatch.desk.restoring import restore as restored

    found = restored(where.settings(), file, by, datetime.now(UTC))
    made, head = found.manifest.made, found.manifest.audit_head
    click.echo(f"{found.rows:,} rows of {made:%Y-%m-%d %H:%M} UTC; check it with farwatch doctor, "
               f"and farwatch audit verify --head {head}")  # fmt: skip
    for todo in found.todo:
        click.echo(f"to do: {todo}")
