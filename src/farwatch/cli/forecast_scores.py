"""The table that `farwatch forecast backtest` prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

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


def table(report: Mapping[str, Any]) -> Iterator[str]:
    """Measures down, methods across, means over the windows; and what it cost."""
    if unknown := report["windows_without_outcome"]:
        years = ", ".join(map(str, unknown))
        yield f"drawn and not scored, for the panel ends before: {years}"
    if "mean" in report:
        yield from _means(report)
    else:
        yield "nothing to score: the panel ends before the windows do"
    cost = report["cost"]
    yield (
        f"{cost['wall_seconds']:.0f} s, of them {cost['processor_seconds']:.0f} s of processor; "
        f"peak {cost['peak_mib']:,} MiB"
    )


def _means(report: Mapping[str, Any]) -> Iterator[str]:
    mean = report["mean"]
    count = len(report["windows"])
    yield f"mean of {count} window{'s' if count > 1 else ''}".ljust(34) + "".join(
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
