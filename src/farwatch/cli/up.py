"""`farwatch up`: serve the console."""

from __future__ import annotations

import click

from farwatch.cli.desk_options import Where, of_a_desk


@click.command()
@of_a_desk
def up(where: Where) -> None:
    """Serve the desk's console and API until stopped."""
    from farwatch.web.serving import serve

    with where.open() as desk:
        serve(desk, lambda line: click.echo(line, err=True))
