"""`farwatch events`: see events, join, part and regrade them, undo it; the search index."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from farwatch.cli import desk_options
from farwatch.cli.desk_options import Where, counted
from farwatch.errors import UsageError

if TYPE_CHECKING:
    from farwatch.desk.joining import Outcome
    from farwatch.model.event import Event
    from farwatch.model.protect import Alert


@click.group()
def events() -> None:
    """See events, join two of them, part a report from one, regrade; undo it."""


@events.command("list")
@click.option("--country", metavar="CODE|NAME", help="Only in this country.")
@click.option("--kind", metavar="KIND", help="Only of this kind.")
@click.option("--since", metavar="TIME", help="Only reported on since (ISO 8601 time or day).")
@desk_options.as_json
@desk_options.of_a_desk
def list_(
    country: str | None,
    kind: str | None,
    since: str | None,
    plain: bool,  # noqa: FBT001 - click passes flags as bools
    where: Where,
) -> None:
    """List events, oldest start first."""
    from farwatch.cli.when import given
    from farwatch.store import events as store
    from farwatch.world.codes import alpha2

    which = store.Which(
        country=alpha2(country) if country else None,
        reported_since=given(since, "--since"),
    )
    wanted = _kind(kind)
    with where.open() as desk, desk.database.read() as conn:
        found = [e for e in store.chosen(conn, which) if wanted is None or e.kind.value == wanted]
    if plain:
        desk_options.echo_json(found)
        return
    for event in found:
        click.echo(_line(event))
    click.echo(counted(len(found), "event"), err=True)


@events.command()
@click.argument("one", metavar="EVENT")
@click.argument("other", metavar="EVENT")
@desk_options.by
@click.option("--reason", required=True, metavar="TEXT", help="Why they are one.")
@desk_options.at
@desk_options.of_a_desk
def join(
    one: str, other: str, by: str, reason: str, moment: str | None, where: Where
) -> None:  # fmt: skip
    """Say that two events are one happening: remembered for ever, whatever the model says."""
    from farwatch.desk import joining
    from farwatch.desk.deciding import Person

    person = Person(by, desk_options.now_or(moment))
    with where.open() as desk:
        _show(joining.join(desk, (one, other), person, reason))


@events.command()
@click.argument("name", metavar="EVENT")
@click.argument("statement", metavar="REPORT")
@desk_options.by
@click.option("--reason", required=True, metavar="TEXT", help="Why it is another happening.")
@desk_options.at
@desk_options.of_a_desk
def part(
    name: str, statement: str, by: str, reason: str, moment: str | None, where: Where
) -> None:  # fmt: skip
    """Say that a report tells of another happening than the rest of its event.

    REPORT is "source key", a key, a report's id, or a beginning that fits one of the event's.
    """
    from farwatch.desk import joining
    from farwatch.desk.deciding import Person

    person = Person(by, desk_options.now_or(moment))
    with where.open() as desk:
        _show(joining.part(desk, name, statement, person, reason))


@events.command()
@click.argument("name", metavar="EVENT")
@click.argument("grade", metavar="GRADE")
@desk_options.by
@click.option("--reason", required=True, metavar="TEXT", help="Why it is graded so.")
@desk_options.at
@desk_options.of_a_desk
def regrade(
    name: str, grade: str, by: str, reason: str, moment: str | None, where: Where
) -> None:  # fmt: skip
    """Grade an event by hand, both halves ("B2"): it outweighs the model until it is undone."""
    from farwatch.desk import regrading
    from farwatch.desk.deciding import Person

    person = Person(by, desk_options.now_or(moment))
    with where.open() as desk:
        done = regrading.regrade(desk, name, grade, person, reason)
    click.echo(_line(done.event))
    _alerts(done.alerts)


@events.command()
@click.argument("decision", type=int, metavar="NUMBER")
@desk_options.by
@desk_options.at
@desk_options.of_a_desk
def undo(decision: int, by: str, moment: str | None, where: Where) -> None:
    """Take a join, a parting or a regrade back; NUMBER is its entry in `farwatch audit list`."""
    from farwatch.desk import undoing
    from farwatch.desk.deciding import Person

    person = Person(by, desk_options.now_or(moment))
    with where.open() as desk:
        done = undoing.undo(desk, decision, person)
    for event in done.events:
        click.echo(_line(event))
    _alerts(done.alerts)


@events.command()
@desk_options.of_a_desk
def reindex(where: Where) -> None:
    """Build the search index of events and reports anew."""
    from farwatch.desk import indexing

    with where.open() as desk:
        done = indexing.rebuild(
            desk, lambda n, of: click.echo(f"\r{n:,} of {of:,}", nl=False, err=True)
        )
    click.echo(err=True)
    click.echo(f"{done:,} events and reports indexed")


def _alerts(sent: Iterable[Alert]) -> None:
    for alert in sent:
        click.echo(f"{alert.message.value} {alert.id} to {alert.recipient}")


def _show(outcome: Outcome) -> None:
    word = outcome.judgements[0]
    click.echo(
        f"{counted(len(outcome.judgements), 'judgement')} kept: {word.verdict.value} by {word.by}"
    )
    for event in outcome.changed:
        click.echo(_line(event))
    _alerts(outcome.alerts)
    if not outcome.changed:
        click.echo("no event changed")


def _kind(text: str | None) -> str | None:
    from farwatch.model.kinds import Kind

    if text is None:
        return None
    wanted = text.strip().casefold().replace("-", "_").replace(" ", "_")
    if wanted not in {kind.value for kind in Kind}:
        known = ", ".join(kind.value for kind in Kind)
        raise UsageError(f"--kind {text!r} is none of: {known}")
    return wanted


def _line(event: Event) -> str:
    from farwatch.channels.terminal import printable

    mark = "EXERCISE " if event.exercise else ""
    place = event.place
    where = f"{place.name}, {place.country or '--'}" if place else "not located"
    start = event.happened.start if event.happened else event.first_reported
    count = counted(len(event.statements), "report")
    return printable(
        f"{event.id}  {start:%Y-%m-%d %H:%M}  {event.kind.value} {event.severity}  {event.grade}  "
        f"{event.state.value}  {count}  {where}: {mark}{event.title}"
    ).replace("\n", " ")
