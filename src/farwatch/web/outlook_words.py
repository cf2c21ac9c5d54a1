"""What outlooks call things; templates translate them."""

from __future__ import annotations


def _(text: str) -> str:
    """Marks a text for translation; who shows it translates it."""
    return text


# A weekly series -> its name for readers.
SERIES = {
    "gdelt_protest": _("Protests and riots in the news"),
    "gdelt_coerce": _("Coercion by authorities in the news"),
    "gdelt_assault": _("Assaults in the news"),
    "desk_protest": _("Protests, of this desk's events"),
    "desk_riot": _("Riots, of this desk's events"),
    "desk_blockade": _("Blockades, of this desk's events"),
    "desk_restriction": _("Restrictions, of this desk's events"),
}

# Groups of past events that a site's chance rests on, as `foresee.forecast.outlook` names them (a
# test compares).
NEAR = (
    _("within 25 km, last 90 days"),
    _("within 25 km, earlier"),
    _("25 to 100 km, last 90 days"),
    _("25 to 100 km, earlier"),
    _("100 to 400 km"),
)


def place_name(place: str) -> str:
    """ "ged-adm1:Tigray state" as its publisher names it: "Tigray state"."""
    return place.partition(":")[2] or place
