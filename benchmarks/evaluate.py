"""How good it is, not how fast: `make evaluate` prints every table beside its aims.

    python -m benchmarks.evaluate [histories geoparsing merge assessment outlook unrest ...]

Geoparsing and merging on the corpora, assessment and outlooks on recorded history, the exercise's
scenarios over ten seeds, with every miss listed.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from benchmarks.aims import SHARED, Figure, printed, summary

from farwatch.exercise import scenario
from farwatch.exercise.score import Finding

SEEDS = range(1, 11)
AIM_161 = {"LGL": 0.60, "GeoVirus": 0.72}
AIM_B3 = 0.90
RULES = {"expect": "alerts in time", "forbid": "prohibitions kept", "level": "levels right"}


def geoparsing() -> list[Figure]:
    """Precision, recall and accuracy within 161 km by corpus; the best open peer: 0.59 on LGL."""
    from benchmarks.evaluate_geoparsing import table

    shown = {
        "precision": "detection precision",
        "recall": "detection recall",
        "exact_id": "exact id",
        "acc161": "right within 161 km",
        "country_code": "countries",
    }
    found = []
    for row in table(SHARED):
        name = str(row["corpus"])
        for key, what in shown.items():
            least = AIM_161.get(name) if key == "acc161" else None
            if key in row and row[key] == row[key]:  # a corpus without such ids has not a number
                found.append(Figure(f"{name}: {what}", float(row[key]), "", least, form=".3f"))
    return found


def merge() -> list[Figure]:
    """B3 F1 of every row of the table; the aim is for what was held out, whole topics."""
    from benchmarks.evaluate_merge import table

    found = []
    for method, texts, precision, recall, f1 in table(SHARED):
        held_out = method == "ours, held out" and "thinned" not in texts
        told = f"P {precision:.3f} R {recall:.3f}"
        aim = AIM_B3 if held_out else None
        found.append(Figure(f"{method}, {texts}: B3 F1", f1, told, aim, form=".3f"))
    return found


def assessment() -> list[Figure]:
    """Print its own tables; the aim: intervals of the gain over the own rate lie above 0."""
    from benchmarks import evaluate_assessment

    return evaluate_assessment.evaluate(SHARED / "recorded" / "ucdp")


def outlook() -> list[Figure]:
    """Print its own tables; the aim: intervals of the gain over each baseline lie above 0."""
    from benchmarks import evaluate_outlook

    return evaluate_outlook.evaluate(SHARED / "recorded" / "ucdp")


def scenarios(seeds: Sequence[int] = SEEDS) -> list[Figure]:
    """What each scenario's truth asks for, met over all seeds; misses are printed."""
    runs = [(name, seed) for name in scenario.names() for seed in seeds]
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        scored = dict(zip(runs, pool.map(run, *zip(*runs, strict=True)), strict=True))
    found: list[Figure] = []
    for name in scenario.names():
        mine = {seed: scored[name, seed] for seed in seeds}
        found += counted(name, [finding for one in mine.values() for finding in one])
        print("\n".join(missed(name, mine)), flush=True)
    return found


def run(name: str, seed: int) -> list[Finding]:
    """One exercise in a folder of its own, gone afterwards."""
    from farwatch.desk.exercising import run_exercise

    with tempfile.TemporaryDirectory() as folder:
        return run_exercise(name, seed, Path(folder))


def counted(name: str, findings: Sequence[Finding]) -> list[Figure]:
    """Per sort of finding: how many of how many hold; the aim is all. And the latest alert."""
    found = []
    for rule, what in RULES.items():
        mine = [finding for finding in findings if finding.rule == rule]
        held = sum(finding.passed for finding in mine)
        if mine:
            of = f"of {len(mine)}"
            found.append(Figure(f"{name}: {what}", held, of, least=len(mine)))
    late = [finding.late_seconds for finding in findings if finding.late_seconds is not None]
    if late:
        found.append(Figure(f"{name}: latest alert after its time", max(0.0, *late), "s"))
    return found


def missed(name: str, found: Mapping[int, Iterable[Finding]]) -> list[str]:
    """Every miss, told once with the seeds it happened in."""
    seeds: dict[tuple[str, str], list[int]] = {}
    details: dict[tuple[str, str], str] = {}
    for seed, findings in found.items():
        for one in findings:
            if not one.passed:
                key = one.rule, one.name
                seeds.setdefault(key, []).append(seed)
                details.setdefault(key, one.detail)
    return [
        f"  {name} missed {rule} {what!r} with seeds {', '.join(map(str, at))}: "
        f"{details[rule, what]}"
        for (rule, what), at in seeds.items()
    ] or [f"  {name}: nothing missed"]


def histories() -> list[Figure]:
    """What became of every change in the recorded histories; the aim: no duplicate alert."""
    from benchmarks.evaluate_histories import table

    return table()


def unrest() -> list[Figure]:
    """Print the recorded series; the aim: outlooks of synthetic series as their truth is."""
    from benchmarks import evaluate_unrest

    return evaluate_unrest.evaluate()


TABLES = {
    "histories": ("recorded histories replayed in order", histories),
    "geoparsing": ("geoparsing, end to end from raw text", geoparsing),
    "merge": ("merging texts by happening", merge),
    "assessment": ("assessment on recorded history", assessment),
    "outlook": ("sites, admin-1s and cells on recorded history", outlook),
    "unrest": ("unrest of the next weeks against persistence", unrest),
    "scenarios": (f"the exercise's scenarios over {len(SEEDS)} seeds", scenarios),
}


def main(names: Sequence[str]) -> None:
    """Print the named tables, or all of them."""
    unknown = sorted(set(names) - set(TABLES))
    if unknown:
        sys.exit(f"no table {unknown[0]!r}; there are {', '.join(TABLES)}")
    every: list[Figure] = []
    for name in names or TABLES:
        title, table = TABLES[name]
        every += printed(f"{name}: {title}", table())
    print(f"\n{summary(every)}")


if __name__ == "__main__":
    main(sys.argv[1:])
