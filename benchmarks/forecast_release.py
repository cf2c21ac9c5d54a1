"""Keep a release's forecast scores, good or bad, and draw them.

    python -m benchmarks.forecast_release --ready           # may today's be written?
    python -m benchmarks.forecast_release out/scores.json   # keep and draw it

`docs/forecasts/<date>.json` is what the backtest wrote, with the commit that it was made from; it
is never written over. `docs/forecasts/{crps,pit,reliability}.svg` show the newest.
"""

from __future__ import annotations

import argparse
import json
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "forecasts"
LARGEST = 100 * 1024  # bytes of a picture
INK, QUIET = "#1f4e79", "#8a8a8a"
EVENTS = {
    "at_least_1": "1 death or more", "at_least_25": "25 deaths or more",
    "onset": "onset after a quiet year",
}  # fmt: skip


def keep(scores: Path, folder: Path, day: str, commit: Mapping[str, Any]) -> Path:
    """The scores as the release's file; SystemExit where there is one of that day already."""
    path = _free(folder, day)
    report = json.loads(scores.read_text(encoding="utf-8"))
    if "mean" not in report:
        raise SystemExit(f"{scores} holds no score: its panel ends before the windows do")
    folder.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8") as file:
        json.dump({"release": day, **commit, **report}, file, indent=1)
        file.write("\n")
    return path


def draw(kept: Path, folder: Path) -> list[Path]:
    """The three pictures of a kept release."""
    report = json.loads(kept.read_text(encoding="utf-8"))
    figures = {"crps": _crps(report), "pit": _pit(report), "reliability": _reliability(report)}
    return [_saved(figure, folder / f"{name}.svg") for name, figure in figures.items()]


def _free(folder: Path, day: str) -> Path:
    path = folder / f"{day}.json"
    if path.exists():
        raise SystemExit(f"{path} is kept already: a release's scores are never written over")
    return path


def _commit() -> dict[str, Any]:
    def git(*words: str) -> str:
        done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"a release names its commit, and git says: {done.stderr.strip()}")
        return done.stdout.strip()

    return {
        "commit": git("rev-parse", "HEAD"),
        "uncommitted_changes": bool(git("status", "--porcelain", "--untracked-files=no")),
    }


def _crps(report: Mapping[str, Any]) -> Any:
    """CRPS by window, the model and what it has to beat."""
    figure, axes = _sheet(1, (6.4, 3.4))
    (ax,) = axes
    years = list(report["windows"])
    methods = list(report["windows"][years[0]])
    for method, mark in zip(methods, "osv^Dx", strict=False):
        heights = [report["windows"][year][method]["crps"] for year in years]
        own = method == report["model"]
        ax.plot(range(len(years)), heights, mark, color=INK if own else QUIET, label=method,
                markersize=8 if own else 6, zorder=3 if own else 2)  # fmt: skip
    ax.set_xticks(range(len(years)), years)
    ax.set_xlim(-0.5, len(years) - 0.5)
    ax.set_yscale("log")
    ax.yaxis.set_major_formatter("{x:g}")
    ax.yaxis.set_minor_formatter("{x:g}")
    ax.grid(axis="y", which="both", color="#eeeeee")
    ax.set_ylabel("mean CRPS, deaths (log scale)")
    ax.set_title("CRPS by window; smaller is better", loc="left", fontsize=10)
    figure.legend(*ax.get_legend_handles_labels(), frameon=False, fontsize=8, ncols=len(methods),
                  loc="outside lower center")  # fmt: skip
    return figure


def _pit(report: Mapping[str, Any]) -> Any:
    """Ten shares of the randomised PIT; even bars are honest."""
    figure, axes = _sheet(2, (6.4, 2.8))
    for ax, (name, words) in zip(
        axes, (("all", "all countries"), ("active", "a death in the 60 months before")), strict=True
    ):
        shares = report["pit"][name]
        ax.bar([n / 10 + 0.05 for n in range(10)], shares, 0.094, color=INK)
        ax.axhline(0.1, color=QUIET, linestyle="--", linewidth=1)
        ax.set_ylim(0, max(0.2, *shares) * 1.05)
        ax.set_title(f"PIT, {words}", loc="left", fontsize=10)
        ax.set_xlabel("where what came lay in the forecast")
    axes[0].set_ylabel("share of cells")
    return figure


def _reliability(report: Mapping[str, Any]) -> Any:
    """Forecast probability against how often it came; area by the number of forecasts."""
    figure, axes = _sheet(3, (7.6, 3.0))
    for ax, (name, words) in zip(axes, EVENTS.items(), strict=True):
        bins = report["reliability"][name]
        ax.plot([0, 1], [0, 1], color=QUIET, linestyle="--", linewidth=1)
        said = [one["forecast"] for one in bins]
        came = [one["observed"] for one in bins]
        ax.plot(said, came, color=INK, linewidth=1)
        ax.scatter(said, came, s=[6 + one["count"] ** 0.5 for one in bins], color=INK)
        ax.set_xlim(-0.03, 1.03)
        ax.set_ylim(-0.03, 1.03)
        ax.set_title(words, loc="left", fontsize=10)
        ax.set_xlabel("probability forecast")
    axes[0].set_ylabel("share that came")
    return figure


def _sheet(count: int, size: tuple[float, float]) -> tuple[Any, list[Any]]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout="constrained")
    axes = list(figure.subplots(1, count, squeeze=False)[0])
    for ax in axes:
        ax.spines[["top", "right"]].set_visible(False)
        ax.tick_params(labelsize=8)
    return figure, axes


def _saved(figure: Any, path: Path) -> Path:
    from matplotlib import rc_context

    # The same scores give the same bytes, and words stay words.
    with rc_context({"svg.hashsalt": "farwatch", "svg.fonttype": "none"}):
        figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})
    if path.stat().st_size > LARGEST:
        raise SystemExit(f"{path} has {path.stat().st_size:,} bytes, more than {LARGEST:,}")
    return path


def main(arguments: list[str] | None = None, folder: Path = FOLDER) -> None:
    """As the module says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scores", nargs="?", type=Path, help="scores.json of a backtest")
    parser.add_argument("--ready", action="store_true", help="only whether it may be written")
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    parser.add_argument("--date", default=today, help="of the release, or its name")
    parser.add_argument("--commit", help="that the scores were made from; else the one at hand")
    given = parser.parse_args(arguments)
    if given.ready:
        _free(folder, given.date)
        _commit()
        return
    if given.scores is None:
        parser.error("which scores? give the scores.json of a backtest")
    commit = {"commit": given.commit} if given.commit else _commit()
    kept = keep(given.scores, folder, given.date, commit)
    print("\n".join(str(one) for one in (kept, *draw(kept, folder))))


if __name__ == "__main__":
    main()
