"""`farwatch deliveries`: who was told, who has not confirmed; and handing over alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from farwatch.cli import desk_options
from farwatch.cli.desk_options import Where, as_json, echo_json

if TYPE_CHECKING:
    from farwatch.desk.delivery_room import Delivery

_PAUSE_S = 0.25


@click.group(invoke_without_command=True)
@click.option("--open", "unconfirmed", is_flag=True, help="Only what is not confirmed.")
@click.option("--alert", metavar="KEY", help="Only of this alert.")
@as_json
@desk_options.of_a_desk
@click.pass_context
def deliveries(
    ctx: click.Context, *, unconfirmed: bool, alert: str | None, plain: bool, where: Where
) -> None:
    """Who was told of what, by which channel, and who has not confirmed."""
    if ctx.invoked_subcommand is not None:
        return
    from farwatch.desk import delivery_room
    from farwatch.model.account import Scope
    from farwatch.model.recipient import AWAITED
    from farwatch.store.keyset import MOST, Wanted
    from farwatch.store.notice_lists import NoticeChoice

    states = tuple(state.value for state in AWAITED) if unconfirmed else ()
    choice = NoticeChoice(states, alert)
    with where.open() as desk:
        found: list[Delivery] = []
        after = None
        while True:
            page = delivery_room.listed(desk, choice, Scope(), Wanted(MOST, after))
            found += page.items
            after = page.next
            if after is None:
                break
        counts = delivery_room.counts(desk, choice, Scope())
    if plain:
        echo_json(found)
        return
    for one in found:
        click.echo(_line(one))
    click.echo(", ".join(f"{number:,} {state}" for state, number in sorted(counts.items()))
               or "nobody was told yet")  # fmt: skip


@deliveries.command("run")
@click.option("--once", is_flag=True, help="What is due now, then stop.")
@desk_options.of_a_desk
def run(*, once: bool, where: Where) -> None:
    """Escalate and hand over what is due, until stopped. The watch does so by itself; this is for a
    desk whose watch runs elsewhere."""
    import time

    from farwatch.desk.clock import now_of
    from farwatch.desk.delivering import connected, deliver

    with where.open() as desk, connected(desk) as channels:
        while True:
            counts = deliver(desk, channels, now_of(desk) if desk.settings.exercise
                             else datetime.now(UTC))  # fmt: skip
            if once:
                click.echo(f"{counts['sent']:,} handed over, {counts['failed']:,} failed")
                return
            time.sleep(_PAUSE_S)


def _line(one: Delivery) -> str:
    went = "; ".join(
        f"{sent.channel} {sent.receipt or sent.state}"
        + (f" at {sent.handed_over:%H:%M}" if sent.handed_over else "")
        + (f", perhaps {sent.repeats + 1} times" if sent.repeats else "")
        for sent in one.messages
    )
    mark = "EXERCISE " if one.exercise else ""
    return (
        f"{one.asked:%Y-%m-%d %H:%M}  {one.state}  {one.name} ({one.role})  {mark}{one.title}  "
        f"{went or 'no channel'}"
    )
