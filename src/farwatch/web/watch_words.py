"""Words and shapes of the watch room: what codes are called, and which mark a category has."""

from __future__ import annotations

from farwatch.model.event import State
from farwatch.model.kinds import Category, Kind
from farwatch.model.place import Precision
from farwatch.model.protect import AlertState


def _(text: str) -> str:
    """Marks a text for translation; the template translates it."""
    return text


KIND = {
    Kind.SUSPECT_DEVICE: _("Suspect device"), Kind.EXPLOSION: _("Explosion"),
    Kind.GUN_ATTACK: _("Gun attack"), Kind.ARMED_CLASH: _("Armed clash"),
    Kind.SHELLING: _("Shelling or air strike"), Kind.ABDUCTION: _("Abduction"),
    Kind.ROAD_ATTACK: _("Road attack"), Kind.THREAT: _("Threat"), Kind.CRIME: _("Crime"),
    Kind.PROTEST: _("Protest"), Kind.RIOT: _("Riot"), Kind.BLOCKADE: _("Blockade"),
    Kind.RESTRICTION: _("Restriction"), Kind.ROAD_CLOSED: _("Road closed"),
    Kind.EARTHQUAKE: _("Earthquake"), Kind.TSUNAMI: _("Tsunami"), Kind.CYCLONE: _("Cyclone"),
    Kind.FLOOD: _("Flood"), Kind.STORM: _("Storm"), Kind.VOLCANO: _("Volcano"),
    Kind.WILDFIRE: _("Wildfire"), Kind.LANDSLIDE: _("Landslide"), Kind.DROUGHT: _("Drought"),
    Kind.HEAT: _("Heat"), Kind.COLD: _("Cold"), Kind.INDUSTRIAL: _("Industrial accident"),
    Kind.OUTBREAK: _("Outbreak"), Kind.CYBER: _("Cyber"),
    Kind.LEVEL_CHANGE: _("Level change"), Kind.SILENCE: _("Silence of sources"),
    Kind.ADVISORY: _("Advisory"), Kind.OTHER: _("Other"),
}  # fmt: skip
CATEGORY = {
    Category.CONFLICT: _("Conflict"), Category.TERRORISM: _("Terrorism"),
    Category.CRIME: _("Crime"), Category.UNREST: _("Unrest"), Category.HAZARD: _("Hazard"),
    Category.CYBER: _("Cyber"), Category.HEALTH: _("Health"), None: _("Desk's own notice"),
}  # fmt: skip
SEVERITY = {  # CAP's words; 1 is what nobody warns of
    1: _("slight"), 2: _("minor"), 3: _("moderate"), 4: _("severe"), 5: _("extreme"),
}  # fmt: skip
STATE = {
    State.LIVE: _("Live"), State.ENDED: _("Ended"), State.WITHDRAWN: _("Withdrawn"),
}  # fmt: skip
ALERT_STATE = {
    AlertState.OPEN: _("Open alert"), AlertState.ACKNOWLEDGED: _("Alert acknowledged"),
    AlertState.CLOSED: _("Alert closed"), AlertState.CANCELLED: _("Alert cancelled"),
    AlertState.EXPIRED: _("Alert expired"),
}  # fmt: skip
PRECISION = {
    Precision.POINT: _("exact place"), Precision.CITY: _("town"), Precision.ADMIN2: _("district"),
    Precision.ADMIN1: _("province or state"), Precision.COUNTRY: _("country, no closer"),
    Precision.REGION: _("region, no closer"),
}  # fmt: skip
# One path a category, in a box from -12 to 12: the page draws it, and the script on its canvas.
SHAPES = {
    "conflict": "M0-10.5 10.5 0 0 10.5-10.5 0Z",
    "terrorism": (
        "M0-11.5 3-4.5 10.2-5.8 6 0 10.2 5.8 3 4.5 0 11.5-3 4.5-10.2 5.8-6 0-10.2-5.8-3-4.5Z"
    ),
    "crime": "M-10-8H10L0 10Z",
    "unrest": "M0-10 10 8H-10Z",
    "hazard": "M0-9.5A9.5 9.5 0 1 1 0 9.5 9.5 9.5 0 1 1 0-9.5Z",
    "cyber": "M-5.5-9.5H5.5L11 0 5.5 9.5H-5.5L-11 0Z",
    "health": "M-3.5-10H3.5V-3.5H10V3.5H3.5V10H-3.5V3.5H-10V-3.5H-3.5Z",
    "other": "M-10-4.5 0-10.5 10-4.5V8.5H-10Z",
}
