"""What lists of sites may be asked, and what forms of sites give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Query

from farwatch.desk.deciding import Person
from farwatch.desk.site_changes import Filled
from farwatch.desk.site_importing import Importer
from farwatch.errors import RejectedRows
from farwatch.protect.columns import FIELDS
from farwatch.store.site_lists import SORTS, SiteChoice
from farwatch.web.asked import moment
from farwatch.web.visitor import Visiting, Visitor


async def _choice(  # noqa: PLR0913 (one argument a parameter of the URL)
    visitor: Visiting,
    q: Annotated[str, Query(max_length=200, description="Words of name or id.")] = "",
    country: Annotated[str, Query(pattern="^([A-Za-z]{2})?$")] = "",
    admin1: Annotated[str, Query(max_length=20, description="GeoNames' code: ZM.08.")] = "",
    tier: Annotated[str, Query(pattern="^[123]?$")] = "",
    programme: Annotated[str, Query(max_length=200)] = "",
    exposed: Annotated[str, Query(pattern="^(true|false|)$")] = "",
    retired: Annotated[str, Query(pattern="^(true|false|)$")] = "",
    sort: Annotated[str, Query(pattern=f"^({'|'.join(SORTS)}|)$")] = "",
    order: Annotated[str, Query(pattern="^(asc|desc|)$")] = "",
    updated_since: Annotated[str | None, Query(description="ISO 8601 with a zone.")] = None,
) -> SiteChoice:
    return SiteChoice(
        visitor.now, country.upper() or None, admin1 or None, (int(tier),) if tier else (),
        programme or None, {"true": True, "false": False}.get(exposed), retired == "true",
        q or None, moment(updated_since), sort or "name",
        (order or ("desc" if sort == "exposed" else "asc")) == "desc",
    )  # fmt: skip


SitesAsked = Annotated[SiteChoice, Depends(_choice)]


def person_of(visitor: Visitor) -> Person:
    """The visitor as who decides."""
    return Person(visitor.known.name, visitor.now)


def importer_of(visitor: Visitor) -> Importer:
    """The visitor as who imports."""
    return Importer(person_of(visitor), visitor.scope, visitor.known.id)


def filled_from(form: Mapping[str, Any]) -> Filled:
    """A site's form; attributes are lines of NAME = VALUE. Raises RejectedRows for another."""
    attributes: dict[str, str] = {}
    for line in str(form.get("attributes", "")).splitlines():
        name, equals, value = line.partition("=")
        if not line.strip():
            continue
        if not equals or not name.strip():
            raise RejectedRows(
                "the form", "is not NAME = VALUE", field="attributes", value=line.strip()
            )
        attributes[name.strip()] = value.strip()
    return Filled({name: str(form.get(name, "")) for name in FIELDS}, attributes)


def mapping_from(given: Mapping[str, Any]) -> dict[str, str]:
    """Which column holds which field, as a form or an address says: `map.lat=Y`."""
    return {name: str(given[f"map.{name}"]) for name in FIELDS if str(given.get(f"map.{name}", ""))}
