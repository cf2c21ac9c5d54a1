"""What a row of the gazetteer is: its kind, and the precision a mention of it has."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from farwatch.model.place import Precision


class Feature(IntEnum):
    """Kinds of place, as stored in the compiled table."""

    CITY = 0
    ADMIN2 = 1
    ADMIN1 = 2
    COUNTRY = 3
    REGION = 4  # seas, continents, several countries
    POINT = 5  # an airport, a port, a building, a peak
    AREA = 6  # a river, a lake, a park, an island: less well known by its name than a region

    @property
    def precision(self) -> Precision:
        """How exactly a mention of such a place is known."""
        return _PRECISION[self]


_PRECISION = {
    Feature.CITY: Precision.CITY,
    Feature.ADMIN2: Precision.ADMIN2,
    Feature.ADMIN1: Precision.ADMIN1,
    Feature.COUNTRY: Precision.COUNTRY,
    Feature.REGION: Precision.REGION,
    Feature.POINT: Precision.POINT,
    Feature.AREA: Precision.REGION,
}


class NameKind(IntEnum):
    """How a name belongs to its place."""

    PRIMARY = 0
    ALTERNATE = 1
    SHORT = 2  # an abbreviation: matched in capitals or with its full stops only
    DEMONYM = 3  # the adjective or people of the place: Ethiopian
    VARIANT = 4  # the main name less its last words: New York for New York City


@dataclass(frozen=True, slots=True)
class Entry:
    """One place to be compiled. `population` 0 means unknown; `country` "" for none."""

    name: str
    lat: float
    lon: float
    feature: Feature
    geonameid: int = 0
    country: str = ""
    admin1: str = ""  # "ZM.08"
    admin2: str = ""  # "US.LA.079"
    fcode: str = ""  # GeoNames class and code: "P.PPL"
    population: int = 0
    names: tuple[tuple[str, NameKind], ...] = ()  # besides `name`


@dataclass(frozen=True, slots=True)
class PlaceRecord:
    """One place of the gazetteer, as `lookup` answers.

    `admin1` and `admin2` are GeoNames' codes within the country ("08"), `admin1_name` the name.
    `geonameid` is None for places GeoNames does not number here (airports, seas).
    `alternate` says that the name looked up is not the place's main name.
    """

    row: int
    geonameid: int | None
    name: str
    lat: float
    lon: float
    country: str | None
    admin1: str | None
    admin1_name: str | None
    admin2: str | None
    feature_class: str
    feature_code: str
    population: int
    precision: Precision
    alternate: bool = False
