"""Score local outlooks on recorded UCDP GED: sites, admin-1s and cells, on years not learned from.

    python -m benchmarks.evaluate outlook

The form and the constants were chosen on the earlier years of each series; the tables are of the
later ones, refitted as time goes on. Sites: places over 5,000 people. Intervals: bootstrap over
places, 95 %.
"""

from __future__ import annotations

from pathlib import Path
from time import process_time

import numpy as np
from benchmarks import evaluate_assessment
from benchmarks.aims import Figure

from farwatch.desk.outlook import country_cells
from farwatch.foresee.forecast import local, local_backtest, outlook_backtest
from farwatch.foresee.forecast.bouts import bouts
from farwatch.foresee.forecast.happenings import Happenings, from_table, time_of
from farwatch.foresee.forecast.outlook_model import TARGETS, Target, after
from farwatch.foresee.forecast.outlook_scores import auc, bins, brier, interval, log_loss
from farwatch.foresee.grid import Grid
from farwatch.model.outlook import Bin, Score, Skill
from farwatch.sources.ged_events import read_events

# series, country, first day after it, first year tuned on, first year tested on
SERIES = (
    ("ethiopia", "ET", "2023-01-01", 2000, 2011),
    ("sri_lanka", "LK", "2010-01-01", 1996, 2002),
)
STEPS = (1, 2, 3, 6, 7, 12)  # a month late is a step further
AIMED = (1, 3, 6)
LEAST_GAIN = 0.00001  # the last digit shown: the low end of an interval lies above 0


def evaluate(folder: Path) -> list[Figure]:
    """Print every table; the figures are the low ends of the gains, the aim: above 0."""
    found: list[Figure] = []
    for name, country, end, tuned, tested in SERIES:
        events = from_table(read_events([folder / f"ged_events_{name}.csv.gz"]).events)
        cut = _day(end)
        began = process_time()
        for late in (0, 30):
            found += _sites(folder, (name, country), events, (cut, late, tuned, tested))
        panels = {
            "admin-1s": local.admin1s(events, cut),
            "cells": local.cells(events, country_cells(country), cut),
        }
        for kind, panel in panels.items():
            found += _places(f"{name}, {kind}", panel, tested)
        print(f"  {name}: {process_time() - began:.0f} s of one core")
    return found


def _day(text: str) -> float:
    return float(np.datetime64(text, "D").astype(int))


def _sites(
    folder: Path, series: tuple[str, str], events: Happenings, when: tuple[float, int, int, int]
) -> list[Figure]:
    """The site outlook's tables, tuning years and tested years apart."""
    (name, country), (cut, late, tuned, tested) = series, when
    grid = evaluate_assessment.sites(country)
    found = bouts(events, grid.lat, grid.lon, cut)
    nows = after(cut, late, found.start + 365)
    whole = outlook_backtest.trial(found, nows, late, _day(f"{tuned}-01-01"))
    if whole is None:
        raise SystemExit(f"{name}: too few events before {tuned} to learn from")
    border = _day(f"{tested}-01-01")
    old = "inputs a month late" if late else "inputs as of the time"
    _site_table(f"{name}, tuned on {tuned}-{tested - 1}, {old}", whole.between(0, border))
    mine = whole.between(border, np.inf)
    beside = _assessment(folder / f"ged_events_{name}.csv.gz", (name, country), grid, mine)
    _site_table(f"{name}, tested from {tested} on, {old}", mine)
    print(beside)
    figures = []
    for target in TARGETS:
        for what, gain in _gains(mine, target).items():
            label = f"{name} {late} d late, {target}, {what}"
            figures.append(Figure(label, gain[0], "", LEAST_GAIN, form=".5f"))
    return figures


def _assessment(
    path: Path, series: tuple[str, str], grid: Grid, tried: outlook_backtest.Trial
) -> str:
    """The assessment's P, which it gives for 30 days, in the same cases as the nearest target."""
    history = evaluate_assessment.read(path, *series)
    times = [time_of(day) for day in tried.nows]
    p = evaluate_assessment.method(history, grid, times, tried.late)
    near, told = TARGETS[0], tried.told
    y = tried.y[near]
    rank = auc(p[told], y[told])
    gains = []
    for name, loss in (("log", log_loss), ("Brier", brier)):
        gain = np.where(told, loss(p, y) - loss(tried.p[near], y), 0.0).sum(axis=1)
        low, high = interval(gain, told.sum(axis=1).astype(float))
        gains.append(f"{name} {low:+.5f} to {high:+.5f}")
    return (
        f"  beside it, {near}: the assessment's P {log_loss(p, y)[told].mean():.5f},"
        f" {brier(p, y)[told].mean():.5f}, AUC {np.nan if rank is None else rank:.3f};"
        f" gain over it: {', '.join(gains)}"
    )


def _gains(tried: outlook_backtest.Trial, target: Target) -> dict[str, tuple[float, float]]:
    y, p, told = tried.y[target], tried.p[target], tried.told
    found = {}
    for other, q in (("own rate", tried.own[target]), ("any last month", tried.lately[target])):
        for name, loss in (("log", log_loss), ("Brier", brier)):
            gain = np.where(told, loss(q, y) - loss(p, y), 0.0).sum(axis=1)
            found[f"{name} over {other}"] = interval(gain, told.sum(axis=1).astype(float))
    return found


def _site_table(title: str, tried: outlook_backtest.Trial) -> None:
    told = tried.told
    print(f"\n{title}: {len(told)} sites, {len(tried.nows)} times, told {told.mean():.1%}")
    print(f"  {'':<44}{'log':>9}{'Brier':>9}{'skill':>8}{'AUC':>7}{'mean P':>8}")
    for target in TARGETS:
        y = tried.y[target][told]
        flat = max(y.mean() * (1 - y.mean()), 1e-9)
        print(f"  deadly event {target}, base rate {y.mean():.4f}")
        rows = {"outlook": tried.p, "own 3-year rate": tried.own, "any last month": tried.lately}
        for label, chances in rows.items():
            p = chances[target][told]
            loss = brier(p, y).mean()
            rank = auc(p, y)
            print(
                f"    {label:<42}{log_loss(p, y).mean():>9.5f}{loss:>9.5f}{1 - loss / flat:>8.3f}"
                f"{np.nan if rank is None else rank:>7.3f}{p.mean():>8.4f}"
            )
        for what, (low, high) in _gains(tried, target).items():
            print(f"      gain in {what}: {low:+.5f} to {high:+.5f}")
        print(_reliability(bins(tried.p[target][told], y)))


def _reliability(found: tuple[Bin, ...]) -> str:
    told = ", ".join(f"{one.forecast:.3f}: {one.observed:.3f} ({one.cases:,})" for one in found)
    return f"      forecast: observed (cases)  {told}"


def _places(name: str, panel: local.Panel, tested: int) -> list[Figure]:
    """The tables of months, by step, and of onsets."""
    first = (tested - 1970) * 12 - panel.first
    inside = panel.deaths.sum()
    print(
        f"\n{name}: {len(panel.names)} places, tested from {tested} on,"
        f" {inside / (inside + panel.elsewhere):.0%} of battle deaths lie in one"
    )
    figures = []
    for step in STEPS:
        tried = local_backtest.trial(panel, step, first)
        if tried is None:
            print(f"  {step} ahead: too few months with deaths to learn from")
            continue
        found = local_backtest.scores_of(tried)
        _score_lines(f"{step} ahead", found)
        told = tried.told
        print(_reliability(bins(tried.p_any[told], tried.y_any[told])))
        for one in found if step in AIMED else ():
            label = f"{name}, {step} ahead: {one.name}"
            figures.append(Figure(label, one.low, "", LEAST_GAIN, form=".5f"))
    try:
        _onset(local_backtest.onset_skill(panel, 1, first))
    except ValueError as error:
        print(f"  withheld: {error}")
    return figures


def _score_lines(title: str, found: tuple[Score, ...]) -> None:
    for one in found:
        print(
            f"  {title:<12}{one.name:<28}{one.ours:>9.5f}, own year {one.baseline:>9.5f},"
            f" gain {one.low:+.5f} to {one.high:+.5f}"
        )


def _onset(skill: Skill) -> None:
    print(f"  {skill.target}: {skill.cases:,} cases, AUC {skill.auc:.3f}")
    for one in skill.scores:
        print(
            f"    {one.name:<28}{one.ours:>9.5f}, {skill.baseline} {one.baseline:>9.5f},"
            f" gain {one.low:+.5f} to {one.high:+.5f}"
        )
    print(_reliability(skill.bins))
