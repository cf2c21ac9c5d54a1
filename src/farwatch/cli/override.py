"""`farwatch assess override`: a named person's level over the model's, until it ends by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from farwatch.cli import desk_options
from farwatch.cli.desk_options import Where, as_json, at, by, echo_json, now_or

if TYPE_CHECKING:
    from farwatch.store.overrides import Kept


class _SetByDefault(click.Group):
    """`override PLACE CATEGORY LEVEL` without a verb of its own."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the verb before what names a place."""
        first = next((one for one in args if not one.startswith("-")), None)
        if first is not None and first not in self.commands and "--help" not in args:
            args = ["set", *args]
        return super().parse_args(ctx, args)


@click.group("override", cls=_SetByDefault)
def override() -> None:
    """Set a level over the model's: `override PLACE CATEGORY LEVEL`; `end` it, `list` them.

    PLACE is country:ET, admin1:ZM.08 or a cell. The model's level stands beside it everywhere.
    """


@override.command("set", hidden=True)
@click.argument("place")
@click.argument("category")
@click.argument("level", type=click.IntRange(1, 6))
@click.option("--reason", required=True, metavar="TEXT", help="Why; it is shown beside the level.")
@click.option("--until", required=True, metavar="TIME", help="When it ends, within 30 days.")
@by
@at
@desk_options.of_a_desk
def set_(  # noqa: PLR0913 - an argument an option
    place: str,
    category: str,
    level: int,
    reason: str,
    until: str,
    by: str,
    moment: str | None,
    where: Where,
) -> None:
    """Set the level of a category at a place until a time."""
    from farwatch.cli.when import moment as time_of
    from farwatch.desk.deciding import Person
    from farwatch.desk.overriding import Wish, category_of, put

    wish = Wish(place, category_of(category), level, reason, time_of(until, "--until"))
    with where.open() as desk:
        click.echo(_line(put(desk, wish, Person(by, now_or(moment)))))


@override.command("end")
@click.argument("place")
@click.argument("category")
@by
@at
@desk_options.of_a_desk
def end(place: str, category: str, by: str, moment: str | None, where: Where) -> None:
    """End what stands for a category at a place before its time."""
    from farwatch.desk.deciding import Person
    from farwatch.desk.overriding import category_of
    from farwatch.desk.overriding import end as ended

    with where.open() as desk:
        kept = ended(desk, place, category_of(category), Person(by, now_or(moment)))
        click.echo(f"ended: {_line(kept)}")


@override.command("list")
@as_json
@desk_options.of_a_desk
def list_(plain: bool, where: Where) -> None:  # noqa: FBT001 - click passes flags as bools
    """Every level that a person set, newest first."""
    from farwatch.desk.overriding import listed
    from farwatch.model.account import Scope
    from farwatch.store.keyset import MOST, Wanted

    with where.open() as desk:
        found = listed(desk, Scope(), Wanted(MOST)).items
    if plain:
        echo_json(found)
        return
    for kept in found:
        click.echo(_line(kept))


def _line(kept: Kept) -> str:
    one = kept.override
    over = f", ended {kept.ended:%Y-%m-%d %H:%M} UTC" if kept.ended else ""
    return (
        f"{one.place} {one.category} {one.level} by {one.by} until "
        f"{one.until:%Y-%m-%d %H:%M} UTC{over}: {one.reason}"
    )
