"""The two corpora as a whole, so that a change that costs quality is seen; nothing is copied."""

from __future__ import annotations

from pathlib import Path

from benchmarks.evaluate_geoparsing import distance_km, table
from benchmarks.geoparsing_corpora import geovirus, lgl


def test_offsets_point_at_their_phrases(shared: Path) -> None:
    folder = shared / "corpora" / "geoparsing"
    articles = [*lgl(folder), *geovirus(folder, frozenset())]
    assert len(articles) == 588 + 229
    assert sum(article.unaligned for article in articles) == 0
    for article in articles:
        for gold in article.gold:
            assert article.text[gold.start : gold.end] == gold.text


def test_quality_does_not_fall(shared: Path) -> None:
    rows = {row["corpus"]: row for row in table(shared, slice(0, None, 6))}
    assert float(rows["LGL"]["acc161"]) >= 0.72
    assert float(rows["GeoVirus"]["acc161"]) >= 0.82
    assert float(rows["mean"]["precision"]) >= 0.75
    assert float(rows["mean"]["country_code"]) >= 0.93


def test_distance() -> None:
    assert distance_km(0, 0, 0, 1) - 111.19 < 0.1
    assert distance_km(10, 20, 10, 20) == 0
