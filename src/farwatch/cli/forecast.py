"""`farwatch forecast`: battle deaths by country and month, 1-36 months ahead, with their skill."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from farwatch.cli import desk_options
from farwatch.cli.desk_options import Where
from farwatch.cli.outlook import site
from farwatch.cli.unrest import unrest

if TYPE_CHECKING:
    from datetime import datetime

    from farwatch.desk.opening import Desk
    from farwatch.model.forecast import Forecast

_as_of = click.option("--as-of", metavar="TIME", help="The history as known then (ISO 8601).")
_now = click.option("--now", "moment", metavar="TIME", help="The time it is (ISO 8601); else now.")


@click.group()
def forecast() -> None:
    """Battle deaths ahead: distributions by country and month, each with its measured skill."""


forecast.add_command(site)
forecast.add_command(unrest)


@forecast.command()
@_as_of
@_now
@desk_options.of_a_desk
def train(as_of: str | None, moment: str | None, where: Where) -> None:
    """Test the model on the last five whole years of the history, and keep it with its skill.

    What it learned is not kept but learned again at each run, from the same history and seed.
    """
    from farwatch.cli.forecast_lines import card_lines
    from farwatch.desk import forecasting

    now = desk_options.now_or(moment)
    known = _known_at(as_of, now)
    with where.open() as desk:
        card = forecasting.train(desk, now, known, lambda line: click.echo(line, err=True))
    click.echo("\n".join(card_lines(card)))


@forecast.command()
@_as_of
@_now
@desk_options.of_a_desk
def run(as_of: str | None, moment: str | None, where: Where) -> None:
    """Forecast every country, raise watch notices, and score those that time has told of."""
    from farwatch.cli.forecast_lines import made_lines
    from farwatch.desk import forecasting

    now = desk_options.now_or(moment)
    known = _known_at(as_of, now)
    with where.open() as desk:
        made = forecasting.run(desk, now, known)
    click.echo("\n".join(made_lines(made, now)))


@forecast.command()
@click.argument("country", metavar="COUNTRY")
@desk_options.as_json
@_now
@desk_options.of_a_desk
def show(
    country: str,
    plain: bool,  # noqa: FBT001 - click passes flags as bools
    moment: str | None,
    where: Where,
) -> None:
    """Show a country's newest forecast: months, what moves it, history, the model's record there.

    Words of likelihood are those of ICD 203.
    """
    from farwatch.cli.forecast_lines import country_lines, of_country
    from farwatch.world.codes import alpha2

    code, now = alpha2(country), desk_options.now_or(moment)
    with where.open() as desk:
        found = _newest(desk, code, now)
    if plain:
        desk_options.echo_json(of_country(found))
        return
    click.echo("\n".join(country_lines(found, now)))


@forecast.command()
@desk_options.as_json
@desk_options.of_a_desk
def notices(
    plain: bool,  # noqa: FBT001 - click passes flags as bools
    where: Where,
) -> None:
    """List the watch notices, newest first, with what became of them and what was decided."""
    from farwatch.cli.forecast_lines import judged_line, notice_lines
    from farwatch.desk import forecasting

    with where.open() as desk:
        found = forecasting.notices(desk)
    if plain:
        desk_options.echo_json(found)
        return
    for one in found:
        click.echo("\n".join(notice_lines(one)))
    click.echo(judged_line(found), err=True)


@forecast.command()
@click.argument("notice", metavar="NOTICE")
@click.argument("text", metavar="TEXT")
@desk_options.by
@desk_options.at
@desk_options.of_a_desk
def step(notice: str, text: str, by: str, moment: str | None, where: Where) -> None:
    """Record a pre-emptive step that a person decided on after a notice; it goes into the audit."""
    from farwatch.cli.forecast_lines import notice_lines
    from farwatch.desk import forecasting

    now = desk_options.now_or(moment)
    with where.open() as desk:
        found = forecasting.record_step(desk, notice, text, by, now)
    click.echo("\n".join(notice_lines(found)))


@forecast.command()
@click.option(
    "--panel", "path", required=True, metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A country-month panel, Parquet or CSV: month_id, country_id, ged_sb[, ged_ns, ged_os].",
)  # fmt: skip
@click.option(
    "--windows", "said", required=True, metavar="FIRST:LAST",
    help="Years, each forecast from October of the one before: 2018:2022, or 2018,2020.",
)  # fmt: skip
@click.option(
    "--horizons", "ahead", default="3:14", show_default=True, metavar="FIRST:LAST",
    help="Months ahead, 1 to 36, that are learnt, drawn and scored; 3:14 is the protocol.",
)  # fmt: skip
@click.option(
    "-o", "--out", "folder", required=True, metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where window_<year>.parquet and scores.json are written.",
)  # fmt: skip
def backtest(path: Path, said: str, ahead: str, folder: Path) -> None:
    """Forecast past years from what was known then, and score them.

    By the protocol of the VIEWS prediction challenge: data through October, the next year's twelve
    months, 1,000 draws of each country; zero, last-Poisson and conflictology-12 in the same run.
    Other months ahead are scored by stretches of them besides.
    """
    from farwatch.cli.forecast_scores import table
    from farwatch.desk.backtesting import backtest_file
    from farwatch.foresee.forecast.backtest import horizons, windows

    years, months = windows(said), horizons(ahead)
    found = backtest_file(path, years, folder, lambda line: click.echo(line, err=True), months)
    click.echo("\n".join(table(found.report)))
    click.echo(f"draws and scores in {folder}")


def _known_at(as_of: str | None, now: datetime) -> datetime | None:
    """The time that `--as-of` gave; raises UsageError for one that has not come."""
    from farwatch.cli.when import given
    from farwatch.errors import UsageError

    known = given(as_of, "--as-of")
    if known is not None and known > now:
        raise UsageError(f"--as-of: {as_of!r} has not come yet; nobody knows what will be known")
    return known


def _newest(desk: Desk, code: str, now: datetime) -> Forecast:
    """A country's newest forecast; raises NotFound, which says what brings one."""
    from farwatch.desk import forecasting
    from farwatch.errors import NotFound
    from farwatch.world.codes import country_name

    found = forecasting.shown(desk, code, now)
    if found is None:
        command = "run" if forecasting.card(desk) else "train` and `farwatch forecast run"
        raise NotFound(
            f"nothing was forecast of {country_name(code)} ({code}), which does not mean that it "
            f"is safe: it is unknown; `farwatch forecast {command}` forecasts every country that "
            "the history codes"
        )
    return found
