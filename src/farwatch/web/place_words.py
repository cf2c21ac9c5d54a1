"""What pages of places and sites call things; templates translate them."""

from __future__ import annotations


def _(text: str) -> str:
    """Marks a text for translation; who shows it translates it."""
    return text


CATEGORIES = {
    "conflict": _("Conflict"),
    "terrorism": _("Terrorism"),
    "unrest": _("Unrest"),
    "crime": _("Crime"),
    "hazard": _("Hazard"),
    "health": _("Health"),
    "cyber": _("Cyber"),
}
DECIDED = {**CATEGORIES, "advisory": _("Governments' advice")}
TRENDS = {
    "rising": _("rising"),
    "falling": _("falling"),
    "steady": _("steady"),
    "unknown": _("trend unknown"),
}
FACTORS = {
    "A_fast": _("Recent events here"),
    "A_slow": _("Events here, long memory"),
    "neighbourhood": _("Recent events around"),
    "prior": _("The region's long-run rate"),
    "thin coverage": _("Thin coverage"),
    "chronic exposure": _("Chronic exposure"),
    "live warning": _("Live warning"),
    "homicide baseline": _("Homicide rate"),
    "coverage q": _("Coverage"),
    "forecast ratio": _("Forecast"),
}
GOVERNMENTS = {
    "gb": _("United Kingdom"),
    "us": _("United States"),
    "ca": _("Canada"),
}
SITE_FIELDS = {
    "id": _("Id"),
    "name": _("Name"),
    "lat": _("Latitude"),
    "lon": _("Longitude"),
    "country": _("Country"),
    "tier": _("Tier"),
    "staff": _("Staff"),
    "programme": _("Programme"),
    "coast_km": _("Distance to the coast, km"),
    "height_m": _("Height above the sea, m"),
}
SORTS = {
    "name": _("Name"),
    "country": _("Country"),
    "tier": _("Tier"),
    "staff": _("Staff"),
    "exposed": _("Exposure"),
}
# What the pictures say; the picture's own words stand here so that they are translated.
PICTURES = (
    _("Together"),
    _("What makes the level, step by step"),
    _("Levels over time"),
    _("not assessed"),
    _("nothing kept"),
)
