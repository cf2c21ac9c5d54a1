"""How a map looks: colours apart for every kind of colour vision, a shape for each category."""

from __future__ import annotations

from farwatch.model.kinds import Category, Kind
from farwatch.model.protect import Route

SEA, LAND, OWN_LAND, BORDER = "#dfe8ee", "#eceae4", "#fbfaf7", "#b9b5aa"
INK, QUIET, PAPER = "#1d2733", "#6b7480", "#ffffff"
BANNER = "#ffd400"
# Okabe and Ito's palette
LOOK: dict[Category | None, tuple[str, str, str]] = {  # colour, marker, words
    Category.CONFLICT: ("#d55e00", "X", "Conflict"),
    Category.TERRORISM: ("#a3376f", "*", "Terrorism"),
    Category.CRIME: ("#e69f00", "s", "Crime, abduction"),
    Category.UNREST: ("#0072b2", "o", "Unrest"),
    Category.HAZARD: ("#009e73", "^", "Hazard"),
    Category.CYBER: ("#56b4e9", "D", "Cyber"),
    Category.HEALTH: ("#7a5ea8", "P", "Health"),
    None: ("#8a8f96", "o", "Other"),
}
ROUTE = {  # colour of the halo and badge, words
    Route.INTERRUPT: ("#b30000", "I interrupt"),
    Route.QUEUE: ("#b35f00", "II queue"),
    Route.DIGEST: ("#2f5f92", "III digest"),
}
LOUDEST = (Route.INTERRUPT, Route.QUEUE, Route.DIGEST)
TIER = {1: 74.0, 2: 46.0, 3: 26.0}  # square points
ATTRIBUTION = "Places: GeoNames (CC BY 4.0).  Borders: Natural Earth (public domain)."


def look(kind: Kind) -> tuple[str, str, str]:
    """Colour, marker and words of a kind's category."""
    return LOOK[kind.category]


def area(severity: int) -> float:
    """A marker's area in square points for a severity 1-5."""
    return 22.0 + 26.0 * (severity - 1)
