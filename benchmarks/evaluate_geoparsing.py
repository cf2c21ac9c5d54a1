"""Geoparsing end to end from raw text on LGL and GeoVirus.

Run by `python -m benchmarks.evaluate_geoparsing`.

Detection counts a toponym as found where a predicted one has exactly its offsets. Accuracy is over
all gold toponyms: one that was not found is wrong. A whole country is right by its code.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.geoparsing_corpora import Article, Gold, geovirus, lgl

from farwatch.model.place import Precision
from farwatch.understand.locate import Toponym, locate
from farwatch.world import gazetteer as gazetteers
from farwatch.world.gazetteer import Gazetteer

SHARED = Path(__file__).resolve().parents[2] / "shared"
NEAR_KM = 161.0


@dataclass(slots=True)
class Tally:
    gold: int = 0
    predicted: int = 0
    found: int = 0
    near: int = 0
    numbered: int = 0  # gold toponyms with a GeoNames id
    same: int = 0
    countries: int = 0
    countries_right: int = 0
    near_or_same_code: int = 0

    def row(self, corpus: str) -> dict[str, float | str]:
        precision, recall = self.found / max(self.predicted, 1), self.found / max(self.gold, 1)
        return {
            "corpus": corpus,
            "toponyms": self.gold,
            "precision": precision,
            "recall": recall,
            "f1": 2 * precision * recall / max(precision + recall, 1e-9),
            "exact_id": self.same / self.numbered if self.numbered else math.nan,
            "acc161_distance_only": self.near / max(self.gold, 1),
            "acc161": self.near_or_same_code / max(self.gold, 1),
            "country_code": self.countries_right / max(self.countries, 1),
        }


def table(shared: Path = SHARED, part: slice = slice(None)) -> list[dict[str, float | str]]:
    """One row a corpus and their mean; `part` takes every n-th article."""
    world = gazetteers.open()
    names = {world.name_of(row): code for code, row in world.country_rows.items()}
    folder = shared / "corpora" / "geoparsing"
    corpora = {
        "LGL": list(lgl(folder))[part],
        "GeoVirus": list(geovirus(folder, frozenset(names)))[part],
    }
    rows = [score(articles, world, names).row(name) for name, articles in corpora.items()]
    mean: dict[str, float | str] = {"corpus": "mean"}
    for key in rows[0]:
        values = [float(row[key]) for row in rows if key != "corpus"]
        values = [value for value in values if not math.isnan(value)]
        if values:
            mean[key] = sum(values) / len(values)
    return [*rows, mean]


def score(articles: Iterable[Article], world: Gazetteer, names: dict[str, str]) -> Tally:
    """The counts over some articles; `names` maps a country's name to its code."""
    tally = Tally()
    for article in articles:
        predicted = {(t.start, t.end): t for t in locate(article.text, world)}
        tally.predicted += len(predicted)
        for gold in article.gold:
            add(tally, gold, predicted.get((gold.start, gold.end)), names)
    return tally


def add(tally: Tally, gold: Gold, found: Toponym | None, names: dict[str, str]) -> None:
    """Count one gold toponym and what was found at its offsets."""
    tally.gold += 1
    tally.numbered += gold.geonameid is not None
    tally.countries += gold.country_name is not None
    if found is None:
        return
    tally.found += 1
    close = distance_km(gold.lat, gold.lon, found.lat, found.lon) <= NEAR_KM
    tally.near += close
    tally.same += gold.geonameid is not None and gold.geonameid == found.geonameid
    if gold.country_name is None:
        tally.near_or_same_code += close
        return
    right = found.precision == Precision.COUNTRY and (
        found.geonameid == gold.geonameid or found.country == names.get(gold.country_name)
    )
    tally.countries_right += right
    tally.near_or_same_code += right


def distance_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance (haversine)."""
    p1, p2 = math.radians(lat1), math.radians(lat2)
    half = math.sin((p2 - p1) / 2) ** 2
    half += math.cos(p1) * math.cos(p2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * 6371.0 * math.asin(min(1.0, math.sqrt(half)))


def main() -> None:
    """Print the table; `--half 0` or `--half 1` takes every second article."""
    part = slice(int(sys.argv[2]), None, 2) if sys.argv[1:2] == ["--half"] else slice(None)
    rows = table(part=part)
    print("  ".join(f"{key:>20}" for key in rows[0]))
    for row in rows:
        shown = (row.get(key, math.nan) for key in rows[0])
        print("  ".join(f"{v:>20}" if isinstance(v, str) else f"{v:>20.3f}" for v in shown))


if __name__ == "__main__":
    main()
