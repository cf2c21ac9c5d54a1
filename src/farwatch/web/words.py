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
    # What webhooks are told of
    told={
        "alert.changed": _("an alert was made or decided on"),
        "event.changed": _("an event came or changed"),
    },
    channel={
        "terminal": _("the desk's own log"), "jsonl": _("a file of alerts"),
        "webhook": _("a program elsewhere"), "email": _("e-mail"),
        "sms, voice": _("text messages and calls"), "chat": _("chat"),
        "heartbeat": _("an outside monitor that watches this desk"),
    },
    # Exercises
    run_state={
        "starting": _("starting"), "running": _("running"), "paused": _("paused"),
        "stopped": _("stopped"), "finished": _("finished"), "failed": _("failed"),
        "lost": _("ended without a word"),
    },
    rule={"expect": _("must come"), "forbid": _("must not come"), "level": _("level")},
    # What an error's page says of an answer's status: what happened, and how to go on
    failed={
        400: _("This could not be read"), 401: _("You are not signed in"),
        403: _("Your account may not do this"), 404: _("There is nothing here"),
        405: _("This cannot be done here"), 409: _("Somebody changed it meanwhile"),
        413: _("This is too large"), 422: _("This could not be taken"),
        429: _("Too many tries"), 500: _("Something went wrong on our side"),
        502: _("Another server did not answer"), 503: _("The desk is busy or away for a moment"),
    },
    go_on={
        400: _("Nothing was changed. Go back and correct it."), 401: _("Sign in and try again."),
        403: _("An administrator can give your account another role."),
        404: _("It may have been removed, or lie outside what your account sees."),
        405: _("Nothing was changed. Go back and use the page's own buttons."),
        409: _("Nothing of yours was stored. Load the page again, look, and decide anew."),
        413: _("Nothing was stored. Send a smaller file, or in parts."),
        422: _("Nothing was changed. Go back and correct it; what you typed is still there."),
        429: _("Wait a little, then try again."),
        500: _("What was stored before stands. Try again; if it stays, ask for help."),
        502: _("Nothing was changed. Try again in a moment."),
        503: _("Nothing that was stored is lost. Try again in a moment."),
    },
)  # fmt: skip
