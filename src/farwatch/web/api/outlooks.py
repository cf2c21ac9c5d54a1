"""Outlooks by the API: a site's, a country's unrest, its admin-1s.

The first asking of a country may find it being worked out (`ready` false): ask again.
"""

from __future__ import annotations

from fastapi import APIRouter

from farwatch.desk import outlook_room
from farwatch.web.forecast_asked import country_of
from farwatch.web.outlook_bodies import (
    PlacesOutlookBody,
    SiteOutlookBody,
    UnrestBody,
    places_body,
    site_body,
    unrest_body,
)
from farwatch.web.visitor import Serving, Visiting

router = APIRouter()
_WAIT = 5.0  # seconds that an outlook is waited for


@router.get("/sites/{name:path}/outlook", name="api.sites.outlook", tags=["sites"])
def show_site_outlook(desk: Serving, visitor: Visiting, name: str) -> SiteOutlookBody:
    """The chance of a deadly event within 25 and 50 km of a site in the next 30 and 90 days, beside
    its own rate, with the skill measured on years that were not learned from."""
    return site_body(name, outlook_room.of_site(desk, name, visitor.scope, visitor.now, _WAIT))


@router.get("/forecasts/{country}/unrest", name="api.forecasts.unrest", tags=["forecasts"])
def show_unrest(desk: Serving, visitor: Visiting, country: str) -> UnrestBody:
    """Events of unrest in a country's next eight weeks, by series; a series without skill over
    persistence on its own past is withheld, with the reason."""
    code = country_of(country, visitor.scope)
    return unrest_body(code, outlook_room.of_unrest(desk, code, visitor.now, _WAIT))


@router.get("/forecasts/{country}/places", name="api.forecasts.places", tags=["forecasts"])
def show_places(desk: Serving, visitor: Visiting, country: str) -> PlacesOutlookBody:
    """Battle deaths of the next six months in a country's admin-1s, as the history's publisher
    names them, the likeliest first."""
    code = country_of(country, visitor.scope)
    return places_body(code, outlook_room.of_places(desk, code, visitor.now, _WAIT))
