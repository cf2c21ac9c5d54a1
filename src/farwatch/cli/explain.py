"""`farwatch explain`: the whole chain behind an alert, an event, an assessment or a forecast."""

from __future__ import annotations

import click

from farwatch.cli import desk_options
from farwatch.cli.desk_options import Where


@click.command()
@click.argument("name", metavar="ALERT|EVENT|ASSESSMENT|FORECAST")
@desk_options.as_json
@desk_options.of_a_desk
def explain(name: str, plain: bool, where: Where) -> None:  # noqa: FBT001 - click passes flags
    """Print the whole chain back to the reports; of a forecast, what it says and is worth.

    The name is an id, an alert's key, a place that was assessed ("country:ET"), or the beginning
    of an id that fits one thing only. An assessment that `farwatch assess` printed and nobody kept
    is made anew from its id, "country:ET@2026-06-01T12:00:00Z".
    """
    from farwatch.desk import explaining
    from farwatch.desk.telling import tell

    with where.open() as desk, desk.database.read() as conn:
        chain = explaining.explain(desk, conn, name)
    if plain:
        desk_options.echo_json(chain)
        return
    for line in tell(chain):
        click.echo(line)
