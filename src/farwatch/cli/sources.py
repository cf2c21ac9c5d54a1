"""`farwatch sources`: what may be read, under which terms, and how it was heard."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from farwatch.desk.listing import Listed


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON: all terms and limits.")
def sources(as_json: bool) -> None:  # noqa: FBT001 - click passes flags as bools
    """List the sources: terms, whether each may be read, and when it was last heard."""
    from farwatch import settings
    from farwatch.desk.listing import heard_so_far, listed, read_sources

    held = settings.load()
    today = datetime.now(UTC).date()
    found = list(listed(read_sources(held).values(), held, today, heard_so_far(held)))
    if as_json:
        click.echo(json.dumps([_plain(one) for one in found], ensure_ascii=False, indent=2))
        return
    for one in found:
        _show(one)


def _show(one: Listed) -> None:
    source, terms = one.source, one.source.terms
    click.echo(f"{source.id}  {source.title} [{source.reliability}]")
    click.echo(f"    {terms.publisher}; {terms.licence}; terms hold until {terms.expires}")
    click.echo(f"    {one.refused or 'may be read'}")
    click.echo(f"    {_heard(one)}")


def _heard(one: Listed) -> str:
    heard = one.heard
    if heard is None:
        return "never tried"
    last = heard.last_heard.isoformat() if heard.last_heard else "never"
    new = heard.last_new.isoformat() if heard.last_new else "never"
    failing = f"; failed {heard.failures} times in a row: {heard.last_error}"
    return f"last heard {last}, last new {new}{failing if heard.failures else ''}"


def _plain(one: Listed) -> dict[str, object]:
    from farwatch.model.codec import to_plain

    return {
        "source": to_plain(one.source),
        "permitted": not one.refused,
        "reason": one.refused,
        "health": None if one.heard is None else to_plain(one.heard),
    }
