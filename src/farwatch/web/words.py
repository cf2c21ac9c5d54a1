"""The words of codes and enums, in one table, marked so that the catalogues have them.

A template writes `_(WORDS.volume[code])`; gettext cannot find a text behind a variable by itself.
"""

from __future__ import annotations

from types import SimpleNamespace

from farwatch.model.kinds import Kind


def _(text: str) -> str:
    """Marks a text for translation; the template translates it."""
    return text


# As an alert's headline names it; `protect.wording.kind_name` says the same (a test compares them).
HEADLINE_KIND = {
    Kind.SUSPECT_DEVICE: _("Suspect device"), Kind.EXPLOSION: _("Explosion"),
    Kind.GUN_ATTACK: _("Gun attack"), Kind.ARMED_CLASH: _("Armed clash or raid"),
    Kind.SHELLING: _("Shelling or air strike"), Kind.ABDUCTION: _("Abduction"),
    Kind.ROAD_ATTACK: _("Road ambush or mine"), Kind.THREAT: _("Threat"), Kind.CRIME: _("Crime"),
    Kind.PROTEST: _("Protest"), Kind.RIOT: _("Riot"), Kind.BLOCKADE: _("Blockade"),
    Kind.RESTRICTION: _("Restriction (curfew, closure)"), Kind.ROAD_CLOSED: _("Road closed"),
    Kind.EARTHQUAKE: _("Earthquake"), Kind.TSUNAMI: _("Tsunami"), Kind.CYCLONE: _("Cyclone"),
    Kind.FLOOD: _("Flood"), Kind.STORM: _("Storm"), Kind.VOLCANO: _("Volcano"),
    Kind.WILDFIRE: _("Wildfire"), Kind.LANDSLIDE: _("Landslide"), Kind.DROUGHT: _("Drought"),
    Kind.HEAT: _("Heat"), Kind.COLD: _("Cold"), Kind.INDUSTRIAL: _("Industrial accident"),
    Kind.OUTBREAK: _("Outbreak"), Kind.CYBER: _("Cyber"),
    Kind.LEVEL_CHANGE: _("Threat level raised"), Kind.SILENCE: _("Silent feeds"),
    Kind.ADVISORY: _("Advisory"), Kind.OTHER: _("Other"),
}  # fmt: skip

WORDS = SimpleNamespace(
    # Alerts, in CAP's words
    severity={
        "Extreme": _("Extreme"), "Severe": _("Severe"), "Moderate": _("Moderate"),
        "Minor": _("Minor"), "Unknown": _("Unknown"),
    },
    urgency={
        "Immediate": _("Immediate"), "Expected": _("Expected"), "Future": _("Future"),
        "Past": _("Past"), "Unknown": _("Unknown"),
    },
    certainty={
        "Observed": _("Observed"), "Likely": _("Likely"), "Possible": _("Possible"),
        "Unlikely": _("Unlikely"), "Unknown": _("Unknown"),
    },
    advice={
        "Shelter": _("Shelter"), "Evacuate": _("Evacuate"), "Prepare": _("Prepare"),
        "Execute": _("Execute"), "Avoid": _("Avoid"), "Monitor": _("Monitor"),
        "Assess": _("Assess"), "AllClear": _("AllClear"), "None": _("None"),
    },
    message={"Alert": _("Alert"), "Update": _("Update"), "Cancel": _("Cancel")},
    alert_state={
        "open": _("open"), "acknowledged": _("acknowledged"), "closed": _("closed"),
        "cancelled": _("cancelled"), "expired": _("expired"),
    },
    disposition={
        "none": _("none"), "some impact": _("some impact"),
        "significant impact": _("significant impact"), "duplicate": _("duplicate"),
        "not relevant": _("not relevant"),
    },
    # Events and places
    event_state={"live": _("live"), "ended": _("ended"), "withdrawn": _("withdrawn")},
    category={
        "conflict": _("conflict"), "terrorism": _("terrorism"), "crime": _("crime"),
        "unrest": _("unrest"), "hazard": _("hazard"), "cyber": _("cyber"), "health": _("health"),
        "overall": _("overall"),
    },
    level={
        1: _("minimal"), 2: _("low"), 3: _("moderate"), 4: _("substantial"), 5: _("high"),
        6: _("extreme"), 0: _("not assessed"),
    },
    trend={
        "rising": _("rising"), "falling": _("falling"), "steady": _("steady"),
        "unknown": _("unknown"),
    },
    precision={
        "point": _("exact place"), "city": _("town"), "admin2": _("district"),
        "admin1": _("province or state"), "country": _("country, no closer"),
        "region": _("region, no closer"),
    },
    reliability={
        "A": _("completely reliable"), "B": _("usually reliable"), "C": _("fairly reliable"),
        "D": _("not usually reliable"), "E": _("unreliable"),
        "F": _("reliability cannot be judged"),
    },
    credibility={
        1: _("confirmed by other independent sources"), 2: _("probably true"),
        3: _("possibly true"), 4: _("doubtful"), 5: _("improbable"),
        6: _("truth cannot be judged"),
    },
    # Accounts
    role={
        "viewer": _("viewer"), "analyst": _("analyst"), "duty officer": _("duty officer"),
        "manager": _("manager"), "administrator": _("administrator"), "partner": _("partner"),
    },
    # Sources
    source_class={
        "global_news": _("world news"), "local_news": _("local news"),
        "official": _("an authority"), "staff": _("our own staff"), "data": _("data"),
    },
    volume={
        "low": _("less than expected"), "normal": _("as expected"),
        "high": _("more than expected"), "unknown": _("not known yet"),
    },
    redistribution={
        "yes": _("Its reports may be passed on."),
        "attribution": _("Its reports may be passed on if the publisher is named."),
        "no": _("Its reports may not be passed on."),
    },
    personal_data={
        "none": _("It holds no personal data."),
        "incidental": _("It may hold personal data by the way; names are not looked up or kept "
                        "beyond the report."),
        "staff": _("It holds words of our own staff; they are kept no longer than needed."),
    },
    read_field={
        "kind": _("Kind"), "severity": _("Severity"), "place": _("Place"),
        "country": _("Country"), "time": _("Time"), "grade": _("Grade"),
        "past": _("Tells of the past"),
    },
    # Exercises
    run_state={
        "starting": _("starting"), "running": _("running"), "paused": _("paused"),
        "stopped": _("stopped"), "finished": _("finished"), "failed": _("failed"),
        "lost": _("ended without a word"),
    },
    rule={"expect": _("must come"), "forbid": _("must not come"), "level": _("level")},
    # The words of HTTP's answers, as an error's page shows them
    answer={
        400: _("Bad Request"), 401: _("Unauthorized"), 403: _("Forbidden"),
        404: _("Not Found"), 405: _("Method Not Allowed"), 409: _("Conflict"),
        413: _("Request Entity Too Large"), 422: _("Unprocessable Entity"),
        429: _("Too Many Requests"), 500: _("Internal Server Error"), 502: _("Bad Gateway"),
        503: _("Service Unavailable"),
    },
)  # fmt: skip
