"""Area: what an area's level is made of its cells'. Never a sum: size is not danger."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from farwatch.foresee.grid import Floats, Grid, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Area:
    """A place and its cells. A cell is an area of one."""

    place: str
    cells: Ints
    country: str | None
    admin1s: frozenset[str]

    @property
    def kind(self) -> str:
        """cell, admin1, country."""
        return self.place.partition(":")[0]

    @property
    def wide(self) -> bool:
        """Whether it has cells of different levels."""
        return self.kind in ("admin1", "country")


def area_of(place: str, grid: Grid) -> Area:
    """The area of a place's name; raises NotFound.

    An admin-1 stands for itself and a cell for its admin-1 where advice names parts of a country;
    a country stands for none of its parts.
    """
    cells = grid.members(place)
    number = int(grid.country[cells[0]])
    country = grid.countries[number] if number >= 0 else None
    numbers = set(grid.admin1[cells].tolist()) - {-1}
    parts = {grid.admin1s[n] for n in numbers} if not place.startswith("country:") else set()
    return Area(place, cells, country, frozenset(parts))


def deciding(values: Floats, population: Floats, quantile: float) -> int:
    """Position of the value that `quantile` of the people stand at or below."""
    order = np.argsort(values, kind="stable")
    people = np.cumsum(population[order])
    at = int(np.searchsorted(people, quantile * people[-1] * (1 - 1e-12)))
    return int(order[min(at, len(order) - 1)])


def beside(grid: Grid, cells: Ints, levels: Ints) -> tuple[str, ...]:
    """What stands beside an area's level: its worst cell, the share of people at 5 or 6."""
    worst = int(np.argmax(levels))
    people = grid.population[cells]
    share = float(people[levels >= 5].sum() / people.sum())
    name = grid.place[int(cells[worst])]
    return (
        f"worst cell {name} at level {int(levels[worst])}",
        f"{share:.1%} of the people in populated cells live at level 5 or 6",
    )
