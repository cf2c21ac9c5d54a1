"""The table that `farwatch forecast backtest` prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_NAMED = 12  # countries that are not forecast
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
    yield from _partly(report)
    if "mean" in report:
        yield from _means(report)
        yield from _ahead(report.get("ahead", ()))
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


def _partly(report: Mapping[str, Any]) -> Iterator[str]:
    """What of the windows was not forecast, and what was forecast and not scored."""
    if unknown := report["windows_without_outcome"]:
        years = ", ".join(map(str, unknown))
        yield f"drawn and not scored, for the panel ends before: {years}"
    for year, seen in report["tested"].items():
        if 0 < seen["months_scored"] < seen["months"]:
            yield (
                f"window {year}: scored on {seen['months_scored']} of {seen['months']} months, for "
                f"the panel ends in {seen['scored_through']}; the others are drawn"
            )
        if out := seen["left_out"]:
            more = f" and {len(out) - _NAMED} more" if len(out) > _NAMED else ""
            yield (
                f"window {year}: not forecast, for they have no ged_sb in {seen['data_through']}: "
                f"country_id {', '.join(map(str, out[:_NAMED]))}{more}"
            )


def _ahead(stretches: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A line a stretch of months ahead and score, beside the baseline's."""
    for one in stretches:
        years = one["windows"]
        count = f"{len(years)} window{'s' if len(years) > 1 else ''}"
        for other, scores in one["against"].items():
            yield f"{one['first']} to {one['last']} months ahead, {count}, against {other}"
            for score in scores:
                ends = f"{score['low']:.4f} to {score['high']:.4f}"
                yield (
                    f"  {score['name']:<20}{score['value']:>10.4f}{score['baseline']:>10.4f}  "
                    f"{ends}: {score['verdict']}"
                )
