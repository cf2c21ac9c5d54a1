"""The compiled built-in world, and a small table written for the tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from farwatch.world import borders as border_files
from farwatch.world import gazetteer as gazetteers
from farwatch.world.borders import Borders
from farwatch.world.feature import Entry, Feature, NameKind
from farwatch.world.gazetteer import Gazetteer
from farwatch.world.table import TableWriter

ENTRIES = (
    Entry(
        "Freedonia",
        10.0,
        20.0,
        Feature.COUNTRY,
        1,
        "FD",
        fcode="A.PCLI",
        population=900_000,
        names=(("Freedonian", NameKind.DEMONYM), ("F.D.", NameKind.SHORT)),
    ),
    Entry("North Shire", 11.0, 20.0, Feature.ADMIN1, 2, "FD", "FD.01", population=500_000),
    Entry(
        "Tänguié",
        11.1,
        20.1,
        Feature.CITY,
        3,
        "FD",
        "FD.01",
        fcode="P.PPL",
        population=70_000,
        names=(("Tangy", NameKind.ALTERNATE),),
    ),
    Entry("Saint Mary Port", 9.0, 20.0, Feature.CITY, 4, "FD", "FD.02", population=3_000),
    Entry("Tänguié", -40.0, 170.0, Feature.CITY, 5, "SY", population=90),
    Entry("Wide Sea", 0.0, 0.0, Feature.REGION),
)


@pytest.fixture(scope="session")
def world() -> Gazetteer:
    return gazetteers.open()


@pytest.fixture(scope="session")
def borders() -> Borders:
    return border_files.open()


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Gazetteer:
    folder = tmp_path_factory.mktemp("gazetteer")
    writer = TableWriter(folder)
    for entry in ENTRIES:
        writer.add(entry)
    writer.finish({"made_from": {"tests": 1}})
    return gazetteers.open(folder)


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    return tmp_path / "nothing"
