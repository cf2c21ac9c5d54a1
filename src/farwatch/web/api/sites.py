"""Sites by the API: lists, single sites, adding, changing, retiring, importing a list."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query
from pydantic import BaseModel, Field

from farwatch.desk import site_changes, site_importing, site_room
from farwatch.desk.site_changes import Changed, Filled
from farwatch.desk.site_importing import Asked
from farwatch.model.assessment import Assessment
from farwatch.model.protect import Exposure, Site
from farwatch.protect.remedies import remedy
from farwatch.store.site_lists import Listed
from farwatch.web.asked import Wants
from farwatch.web.noted import Notes
from farwatch.web.site_asked import SitesAsked, importer_of, person_of
from farwatch.web.visitor import Serving, Visiting

router = APIRouter(tags=["sites"])


class SiteRow(BaseModel):
    """A site; `version` is what a change must name; `severity` the worst at it of a live event."""

    site: Site
    version: int
    updated: datetime | None
    retired: datetime | None
    severity: int
    reached: int


class SitePage(BaseModel):
    """Some sites; `next` is the cursor of those after them, null at the end."""

    items: list[SiteRow]
    next: str | None
    total: int


class SiteBody(BaseModel):
    """A site with what reaches it. `place` is its cell, `unit` its admin-1; `there` the level kept
    of the admin-1."""

    site: SiteRow
    place: str
    unit: str | None
    there: Assessment | None
    exposures: list[Exposure]
    silent: list[str]


class SiteGiven(BaseModel):
    """A site as it is given: fields as a list's columns hold them, attributes by name."""

    fields: dict[str, str] = Field(examples=[{"name": "Kitwe depot", "lat": "-12.8", "lon": "28"}])
    attributes: dict[str, str] = Field(default_factory=dict)
    version: int = 0


class ChangedBody(BaseModel):
    """A site after a change, and how many alerts were sent because of it."""

    site: SiteRow
    alerts: int


class VersionGiven(BaseModel):
    """The version that was read."""

    version: int


class RejectedRow(BaseModel):
    """A row that is not taken: where, which value, why, and what to do."""

    line: int
    field: str
    value: str
    reason: str
    what_to_do: str


class Imported(BaseModel):
    """What an import came to, or with `dry_run` would come to."""

    stored: bool
    columns: dict[str, str]
    dropped: list[str]
    added: int
    changed: int
    unchanged: int
    rejected: list[RejectedRow]
    alerts: int


@router.get("/sites", name="api.sites.list")
def list_sites(desk: Serving, visitor: Visiting, asked: SitesAsked, wanted: Wants) -> SitePage:
    """Sites in our care (`retired=true`: those out of it), by name unless asked otherwise; with
    `updated_since`, what changed since, oldest change first."""
    found, total = site_room.listed(desk, asked, visitor.scope, wanted)
    return SitePage(items=[_row(one) for one in found.items], next=found.next, total=total)


@router.post("/sites", name="api.sites.add", status_code=201)
def add_site(desk: Serving, visitor: Visiting, given: SiteGiven) -> ChangedBody:
    """Add a site; 422 names the field that is wrong."""
    filled = Filled(given.fields, given.attributes)
    return _changed(site_changes.add(desk, filled, person_of(visitor), visitor.scope))


@router.post("/sites/import", name="api.sites.import")
def import_sites(
    desk: Serving, visitor: Visiting,
    data: Annotated[bytes, Body(media_type="text/csv", description="The table, or gzip of it.")],
    partial: Annotated[bool, Query(description="Take the good rows.")] = False,  # noqa: FBT002
    dry_run: Annotated[bool, Query(description="Store nothing.")] = False,  # noqa: FBT002
    columns: Annotated[
        list[str] | None, Query(alias="map", description="FIELD=COLUMN, as often as needed.")
    ] = None,
) -> Imported:  # fmt: skip
    """Import a list; refused whole (422) where a row is wrong, unless `partial`."""
    asked = {name: column for one in columns or () for name, _, column in [one.partition("=")]}
    who, stored = importer_of(visitor), not dry_run
    number = site_importing.upload(desk, who, "the list sent", data)
    file = site_importing.uploaded(desk, who, number)
    looked = site_importing.look(desk, who, file, asked)
    came: Asked | dict[str, Any] = {
        "added": len(looked.written.added), "changed": len(looked.written.changed),
        "unchanged": len(looked.written.unchanged), "alerts": 0,
    }  # fmt: skip
    if stored:
        came = site_importing.take(desk, who, number, asked, partial=partial)
    return Imported(
        stored=stored, columns=dict(looked.list.columns), dropped=list(looked.list.dropped),
        rejected=[
            RejectedRow(line=one.line, field=one.field, value=one.value, reason=one.reason,
                        what_to_do=remedy(one))
            for one in looked.rejected
        ],
        **{name: int(came[name]) for name in ("added", "changed", "unchanged", "alerts")},
    )  # fmt: skip


@router.post("/sites/{name:path}/retire", name="api.sites.retire")
def retire_site(desk: Serving, visitor: Visiting, name: str, read: VersionGiven) -> ChangedBody:
    """Take a site out of our care; 409 where another version stands than was read."""
    who = person_of(visitor)
    return _changed(site_changes.retire(desk, name, read.version, who, visitor.scope))


@router.post("/sites/{name:path}/take-back", name="api.sites.take_back")
def take_site_back(desk: Serving, visitor: Visiting, name: str, read: VersionGiven) -> ChangedBody:
    """Undo a retirement; 409 where another version stands than was read."""
    who = person_of(visitor)
    return _changed(site_changes.take_back(desk, name, read.version, who, visitor.scope))


@router.get("/sites/{name:path}", name="api.sites.show")
def show_site(desk: Serving, visitor: Visiting, name: str, noting: Notes) -> SiteBody:
    """One site with what reaches it, the level of its region and the silent feeds around it."""
    shown = site_room.shown(desk, name, visitor.scope, visitor.now)
    noting.events(one.event for one in shown.reached).write()
    return SiteBody(
        site=_row(shown.listed), place=shown.cell, unit=shown.unit, there=shown.there,
        exposures=[one.exposure for one in shown.reached],
        silent=[one.source for one in shown.silent],
    )  # fmt: skip


@router.put("/sites/{name:path}", name="api.sites.change")
def change_site(desk: Serving, visitor: Visiting, name: str, given: SiteGiven) -> ChangedBody:
    """Change a site; all its fields and attributes are given. 409 where another version stands
    than `version`."""
    filled = Filled(given.fields, given.attributes)
    who = person_of(visitor)
    return _changed(site_changes.edit(desk, name, filled, given.version, who, visitor.scope))


def _row(one: Listed) -> SiteRow:
    return SiteRow(
        site=one.site, version=one.version, updated=one.updated, retired=one.retired,
        severity=one.severity, reached=one.reached,
    )  # fmt: skip


def _changed(changed: Changed) -> ChangedBody:
    return ChangedBody(site=_row(changed.site), alerts=changed.alerts)
