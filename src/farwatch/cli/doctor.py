"""`farwatch doctor`: what is configured, reachable and missing."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from farwatch.cli.desk_options import Where, of_a_desk
from farwatch.errors import FarwatchError

if TYPE_CHECKING:
    from farwatch.desk.doctor import Checkup


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@of_a_desk
def doctor(as_json: bool, where: Where) -> None:  # noqa: FBT001 - click passes flags as bools
    """Say what is configured, reachable and missing; exit code 1 if something needs doing.

    Nothing is made, changed or sent by looking.
    """
    from farwatch.desk.doctor import examine

    found = examine(where.settings(), datetime.now(UTC).date())
    if as_json:
        click.echo(json.dumps(_plain(found), ensure_ascii=False, indent=2))
    else:
        _show(found)
    wrong = [finding.what for finding in found.findings if not finding.fine]
    if wrong:
        raise FarwatchError(f"{len(wrong)} to mend: {', '.join(wrong)}")


def _show(found: Checkup) -> None:
    click.echo("Settings")
    for setting in found.settings:
        click.echo(f"  {setting.name:<15} {setting.value or '(empty)'}  [{setting.origin}]")
    click.echo("\nFound")
    for finding in found.findings:
        click.echo(f"  {'ok  ' if finding.fine else 'MEND'} {finding.what:<12} {finding.said}")
        if finding.todo:
            click.echo(f"       {'':<12} -> {finding.todo}")
    click.echo("\nSources")
    for one in found.sources:
        click.echo(f"  {'no ' if one.refused else 'yes'} {one.refused or one.source.id}")


def _plain(found: Checkup) -> dict[str, object]:
    return {
        "fine": found.fine,
        "settings": {
            one.name: {"value": one.value, "origin": one.origin} for one in found.settings
        },
        "findings": [
            {"what": one.what, "fine": one.fine, "said": one.said, "todo": one.todo}
            for one in found.findings
        ],
        "sources": [
            {"id": one.source.id, "permitted": not one.refused, "reason": one.refused}
            for one in found.sources
        ],
    }
