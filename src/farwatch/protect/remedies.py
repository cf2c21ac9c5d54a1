"""What to do about a rejected row of a site list, beside the reason for which it was."""

from __future__ import annotations

from farwatch.protect.sites import Rejected


def _(text: str) -> str:
    """Marks a text for translation; who shows it translates it."""
    return text


_BY_REASON: tuple[tuple[str, str], ...] = (
    ("likely swapped", _("Swap latitude and longitude, or choose the columns the other way round")),
    ("sign is likely wrong", _("Turn the sign: south and west are negative")),
    ("km from", _("Correct coordinates or country; an empty country is found from them")),
    ("stands on line", _("Keep one of the two rows, or give each an id of its own")),
    ("outside your scope", _("Ask an administrator to import it, or leave the row out")),
    ("in the header", _("Put values that hold the delimiter in quotes")),
    ("thousand or a decimal", _("Write the number without the comma")),
    ("what is written for not known", _("Find the coordinates, or leave the row out")),
)  # fmt: skip
_BY_FIELD: dict[str, str] = {
    "id": _("Give every row an id, or choose no id column to have ids derived"),
    "name": _("Give the site a name, or choose the column that holds it"),
    "lat": _("Give degrees as a decimal number, south negative: -12.8175"),
    "lon": _("Give degrees as a decimal number, west negative: 28.2046"),
    "country": _("Give the ISO code or the English name of the country, or leave it empty"),
    "tier": _("Give 1, 2 or 3, or leave it empty"),
    "staff": _("Give a count of people, or leave it empty"),
    "coast_km": _("Give kilometres as a number, or leave it empty"),
    "height_m": _("Give metres as a number, or leave it empty"),
}
_ELSE = _("Correct the value, or leave the row out")


def remedy(row: Rejected) -> str:
    """One sentence that says what to do."""
    for words, what in _BY_REASON:
        if words in row.reason:
            return what
    return _BY_FIELD.get(row.field, _ELSE)
