"""`farwatch forecast`: battle deaths by country and month, 1-36 months ahead, with their skill."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from farwatch.cli.outlook import site
from farwatch.cli.unrest import unrest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_MEASURES = (
    ("crps", "CRPS", "{:.2f}"),
    ("crps_without_ukraine_ethiopia", "  without Ukraine and Ethiopia", "{:.2f}"),
    ("crps_log1p", "CRPS of log1p", "{:.4f}"),
    ("ign", "IGN", "{:.4f}"),
    ("mis", "MIS", "{:.1f}"),
    ("coverage_90_active", "90 % interval holds, active", "{:.3f}"),
    ("brier_at_least_1", "Brier, 1 or more", "{:.4f}"),
    ("brier_at_least_25", "Brier, 25 or more", "{:.4f}"),
    ("brier_onset", "Brier, onset", "{:.4f}"),
    ("auc_at_least_1", "AUC, 1 or more", "{:.3f}"),
    ("auc_at_least_25", "AUC, 25 or more", "{:.3f}"),
    ("auc_onset", "AUC, onset", "{:.3f}"),
)


@click.group()
def forecast() -> None:
    """Battle deaths ahead: distributions by country and month, each with its measured skill."""


forecast.add_command(site)
forecast.add_command(unrest)


@forecast.command()
@click.option(
    "--panel", "path", required=True, metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A country-month panel, Parquet or CSV: month_id, country_id, ged_sb[, ged_ns, ged_os].",
)  # fmt: skip
@click.option(
    "--windows", "said", required=True, metavar="FIRST:LAST",
    help="Years, each forecast from October of the one before: 2018:2022.",
)  # fmt: skip
@click.option(
    "-o", "--out", "folder", required=True, metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where window_<year>.parquet and scores.json are written.",
)  # fmt: skip
def backtest(path: Path, said: str, folder: Path) -> None:
    """Forecast past years from what was known then, and score them.

    By the protocol of the VIEWS prediction challenge: data through October, the next year's twelve
    months, 1,000 draws of each country; zero, last-Poisson and conflictology-12 in the same run.
    """
    from farwatch.desk.backtesting import backtest_file
    from farwatch.foresee.forecast.backtest import windows

    years = windows(said)
    found = backtest_file(path, years, folder, lambda line: click.echo(line, err=True))
    click.echo("\n".join(_table(found.report)))
    click.echo(f"draws and scores in {folder}")


def _table(report: Mapping[str, Any]) -> Iterator[str]:
    """Measures down, methods across, means over the windows."""
    if "mean" not in report:
        yield "nothing to score: the panel ends before the windows do"
        return
    mean = report["mean"]
    yield f"mean of {len(report['windows'])} windows".ljust(34) + "".join(
        f"{name:>18}" for name in mean
    )
    for key, words, shape in _MEASURES:
        cells = ("-" if one[key] is None else shape.format(one[key]) for one in mean.values())
        yield words.ljust(34) + "".join(f"{cell:>18}" for cell in cells)
    for other, scores in report["against"].items():
        yield f"against {other} (difference, 95 % of country bootstrap)"
        for one in scores:
            gap = one["value"] - one["baseline"]
            ends = f"{one['low']:.4f} to {one['high']:.4f}"
            yield f"  {one['name']:<20}{gap:>10.4f}  {ends}: {one['verdict']}"
    cost = report["cost"]
    yield (
        f"{cost['wall_seconds']:.0f} s, of them {cost['processor_seconds']:.0f} s of processor; "
        f"peak {cost['peak_mib']:,} MiB"
    )
