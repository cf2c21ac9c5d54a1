"""`farwatch sources`: what may be read, under which terms, how it does, how long it is kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from farwatch.cli import desk_options
from farwatch.cli.desk_options import Where

if TYPE_CHECKING:
    from collections.abc import Iterator

    from farwatch.collect.health import Health
    from farwatch.desk.listing import Listed
    from farwatch.desk.retaining import Retained


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON: all terms, limits and health.")
@desk_options.at
@desk_options.of_a_desk
@click.pass_context
def sources(ctx: click.Context, as_json: bool, moment: str | None, where: Where) -> None:  # noqa: FBT001 - click passes flags as bools
    """List the sources: terms, whether each may be read, and how each does."""
    from farwatch.desk.listing import heard_so_far, listed, read_sources

    ctx.obj = where
    if ctx.invoked_subcommand is not None:
        return
    held, now = where.settings(), desk_options.now_or(moment)
    known = read_sources(held)
    found = list(listed(known.values(), held, now.date(), heard_so_far(held, known, now)))
    if as_json:
        click.echo(json.dumps([_plain(one) for one in found], ensure_ascii=False, indent=2))
        return
    for one in found:
        _show(one)


@sources.command()
@click.option("--dry-run", is_flag=True, help="Count what would go; change nothing.")
@desk_options.at
@desk_options.as_json
@desk_options.of_a_desk
@click.pass_obj
def retain(
    group: Where,
    dry_run: bool,  # noqa: FBT001 - click passes flags as bools
    moment: str | None,
    plain: bool,  # noqa: FBT001
    where: Where,
) -> None:
    """Remove every report that is kept for longer than its source's terms allow.

    The watch does it once a day. Events stay, with a note of what went; the audit keeps the counts.
    """
    from farwatch.desk.retaining import retain as run

    here = where if where != Where(None, None) else group
    with here.open() as desk:
        done = run(desk, desk_options.now_or(moment), dry_run=dry_run)
    if plain:
        desk_options.echo_json(done)
        return
    for line in _removed(done):
        click.echo(line)
    for name in done.without_terms:
        click.echo(f"{name}: reports are held and no terms are known; give its YAML", err=True)


def _removed(done: Retained) -> Iterator[str]:
    word = "would be removed" if done.dry_run else "removed"
    for source, counts in done.removed.items():
        yield f"{source}: {word}: " + ", ".join(f"{what} {n:,}" for what, n in counts.items())
    if not done.removed:
        yield f"nothing is past its retention at {done.at:%Y-%m-%d %H:%M} UTC"


def _show(one: Listed) -> None:
    from farwatch.channels.terminal import printable

    source, terms = one.source, one.source.terms
    click.echo(f"{source.id}  {source.title} [{source.reliability}]")
    click.echo(
        f"    {terms.publisher}; {terms.licence}; terms hold until {terms.expires}; "
        f"reports are kept {terms.retention_days:,} days"
    )
    click.echo(f"    {one.refused or 'may be read'}")
    for line in ["never tried"] if one.health is None else _health(one.health):
        click.echo("    " + printable(line).replace("\n", " "))


def _health(health: Health) -> Iterator[str]:
    """When last heard, how much against what is due, and every warning."""
    answered, new = (
        f"{time:%Y-%m-%d %H:%M} UTC" if time else "never"
        for time in (health.last_answered, health.last_new)
    )
    yield f"last heard {answered}, last new {new}"
    low, high = health.expected
    per_day = "not yet known" if health.per_day is None else f"{health.per_day:,.1f} a day"
    yield (
        f"{health.count:,} reports in 7 days, {per_day}; {low:,g} to {high:,g} a day expected: "
        f"{health.volume}"
    )
    yield from (f"! {warning}" for warning in health.warnings)


def _plain(one: Listed) -> dict[str, object]:
    from farwatch.model.codec import to_plain

    return {
        "source": to_plain(one.source),
        "permitted": not one.refused,
        "reason": one.refused,
        "health": None if one.health is None else to_plain(one.health),
    }
