"""LGL and GeoVirus as gold toponyms with 0-based code-point offsets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

_REACH = 80  # characters around a stated offset in which the phrase is looked for


@dataclass(frozen=True, slots=True)
class Gold:
    start: int
    end: int
    text: str
    lat: float
    lon: float
    geonameid: int | None
    country_name: str | None  # set where the toponym is a whole country


@dataclass(frozen=True, slots=True)
class Article:
    id: str
    text: str
    gold: tuple[Gold, ...]
    unaligned: int  # gold toponyms whose phrase is nowhere near its offset


def lgl(folder: Path) -> Iterator[Article]:
    for article in _articles(folder / "lgl.xml"):
        text = article.findtext("text") or ""
        gold, lost = [], 0
        for toponym in article.iterfind("toponyms/toponym"):
            tag = toponym.find("gaztag")
            if tag is None:  # marked as a toponym, not resolved by the annotators
                continue
            phrase = toponym.findtext("phrase") or ""
            start = _aligned(text, phrase, int(toponym.findtext("start") or 0))
            if start is None:
                lost += 1
                continue
            country = (tag.findtext("fcode") or "").startswith("PCL")
            gold.append(
                Gold(
                    start,
                    start + len(phrase),
                    phrase,
                    float(tag.findtext("lat") or "nan"),
                    float(tag.findtext("lon") or "nan"),
                    int(tag.get("geonameid") or 0) or None,
                    tag.findtext("name") if country else None,
                )
            )
        yield Article(str(article.get("docid")), text, tuple(gold), lost)


def geovirus(folder: Path, countries: frozenset[str]) -> Iterator[Article]:
    """`countries` are names; a toponym whose page is one of them is a whole country."""
    for number, article in enumerate(_articles(folder / "GeoVirus.xml")):
        text = article.findtext("text") or ""
        gold, lost = [], 0
        for location in article.iterfind("locations/location"):
            name = location.findtext("name") or ""
            start = _aligned(text, name, int(location.findtext("start") or 0) - 1)
            if start is None:
                lost += 1
                continue
            page = (location.findtext("page") or "").rsplit("/", 1)[-1].replace("_", " ")
            gold.append(
                Gold(
                    start,
                    start + len(name),
                    name,
                    float(location.findtext("lat") or "nan"),
                    float(location.findtext("lon") or "nan"),
                    None,
                    page if page in countries else None,
                )
            )
        yield Article(str(number), text, tuple(gold), lost)


def _articles(path: Path) -> list[etree._Element]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return list(etree.parse(str(path), parser).getroot().iterfind("article"))


def _aligned(text: str, phrase: str, stated: int) -> int | None:
    """Where the phrase stands nearest to its stated offset, None if not within reach."""
    low = max(stated - _REACH, 0)
    window = text[low : stated + _REACH + len(phrase)]
    found, at = [], window.find(phrase)
    while at >= 0:
        found.append(low + at)
        at = window.find(phrase, at + 1)
    return min(found, key=lambda start: abs(start - stated), default=None)
