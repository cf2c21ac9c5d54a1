"""The kinds of happening, as the desk's reach table names them; hazards carry their GLIDE type."""

from __future__ import annotations

from enum import StrEnum


class Category(StrEnum):
    """Threat categories: the five of the UN Security Level System, then the desk's own two."""

    CONFLICT = "conflict"
    TERRORISM = "terrorism"
    CRIME = "crime"
    UNREST = "unrest"
    HAZARD = "hazard"
    CYBER = "cyber"
    HEALTH = "health"


class Kind(StrEnum):
    """One kind of happening. `OTHER` is a report that says nothing a desk would act on."""

    SUSPECT_DEVICE = "suspect_device"
    EXPLOSION = "explosion"
    GUN_ATTACK = "gun_attack"
    ARMED_CLASH = "armed_clash"  # armed clash, raid
    SHELLING = "shelling"  # shelling, air or drone strike
    ABDUCTION = "abduction"
    ROAD_ATTACK = "road_attack"  # ambush, roadside bomb, mine
    THREAT = "threat"  # a threat was uttered or intimidation seen; no attack yet
    CRIME = "crime"
    PROTEST = "protest"
    RIOT = "riot"  # riot, looting
    BLOCKADE = "blockade"  # people block a road or a gate
    RESTRICTION = "restriction"  # coup, curfew, border or airport closed, net shutdown
    ROAD_CLOSED = "road_closed"
    EARTHQUAKE = "earthquake"
    TSUNAMI = "tsunami"
    CYCLONE = "cyclone"
    FLOOD = "flood"
    STORM = "storm"
    VOLCANO = "volcano"
    WILDFIRE = "wildfire"
    LANDSLIDE = "landslide"
    DROUGHT = "drought"
    HEAT = "heat"
    COLD = "cold"
    INDUSTRIAL = "industrial"
    OUTBREAK = "outbreak"
    CYBER = "cyber"
    LEVEL_CHANGE = "level_change"
    SILENCE = "silence"
    ADVISORY = "advisory"
    OTHER = "other"

    @property
    def category(self) -> Category | None:
        """The threat category this kind counts towards; None for the desk's own notices."""
        return CATEGORY.get(self)

    @property
    def glide(self) -> str | None:
        """GLIDE hazard type code (two letters), None where the kind is no hazard."""
        return GLIDE.get(self)


CATEGORY: dict[Kind, Category] = {
    Kind.SUSPECT_DEVICE: Category.TERRORISM,
    Kind.EXPLOSION: Category.TERRORISM,
    Kind.GUN_ATTACK: Category.TERRORISM,
    Kind.ARMED_CLASH: Category.CONFLICT,
    Kind.SHELLING: Category.CONFLICT,
    Kind.ROAD_ATTACK: Category.CONFLICT,
    Kind.THREAT: Category.CONFLICT,
    Kind.ABDUCTION: Category.CRIME,
    Kind.CRIME: Category.CRIME,
    Kind.PROTEST: Category.UNREST,
    Kind.RIOT: Category.UNREST,
    Kind.BLOCKADE: Category.UNREST,
    Kind.RESTRICTION: Category.UNREST,
    Kind.ROAD_CLOSED: Category.HAZARD,
    Kind.EARTHQUAKE: Category.HAZARD,
    Kind.TSUNAMI: Category.HAZARD,
    Kind.CYCLONE: Category.HAZARD,
    Kind.FLOOD: Category.HAZARD,
    Kind.STORM: Category.HAZARD,
    Kind.VOLCANO: Category.HAZARD,
    Kind.WILDFIRE: Category.HAZARD,
    Kind.LANDSLIDE: Category.HAZARD,
    Kind.DROUGHT: Category.HAZARD,
    Kind.HEAT: Category.HAZARD,
    Kind.COLD: Category.HAZARD,
    Kind.INDUSTRIAL: Category.HAZARD,
    Kind.OUTBREAK: Category.HEALTH,
    Kind.CYBER: Category.CYBER,
}

GLIDE: dict[Kind, str] = {
    Kind.EARTHQUAKE: "EQ",
    Kind.TSUNAMI: "TS",
    Kind.CYCLONE: "TC",
    Kind.FLOOD: "FL",
    Kind.STORM: "ST",
    Kind.VOLCANO: "VO",
    Kind.WILDFIRE: "WF",
    Kind.LANDSLIDE: "LS",
    Kind.DROUGHT: "DR",
    Kind.HEAT: "HT",
    Kind.COLD: "CW",
    Kind.INDUSTRIAL: "AC",
    Kind.OUTBREAK: "EP",
}
