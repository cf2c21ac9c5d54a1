"""Rotas by the API."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from farwatch.desk import recipient_room, rota_room
from farwatch.model.recipient import Rota
from farwatch.protect.rota import clock
from farwatch.web.alert_asked import person_of
from farwatch.web.visitor import Serving, Visiting

router = APIRouter(tags=["deliveries"])


class RotaOut(BaseModel):
    """A rota: who is on duty, who comes next, and what is wrong with it."""

    name: str
    role: str
    zone: str
    now: list[str]
    next: list[str]
    warnings: list[str]


class RotasOut(BaseModel):
    """The rotas as they stand, and names of recipients and rotas that lead nowhere."""

    rotas: list[RotaOut]
    warnings: list[str]
    as_of: datetime


class ShiftBody(BaseModel):
    """A weekly turn on the clock of the rota's zone."""

    model_config = ConfigDict(populate_by_name=True)
    person: str = Field(examples=["ada"])
    start: str = Field(alias="from", examples=["Mon 08:00"])
    end: str = Field(alias="to", examples=["Mon 20:00"])


class StandInBody(BaseModel):
    """Who takes another's shifts for a while; ISO 8601 with a zone."""

    model_config = ConfigDict(populate_by_name=True)
    absent: str = Field(examples=["ada"])
    by: str = Field(examples=["ben"])
    start: str = Field(alias="from", examples=["2026-06-01T00:00:00+00:00"])
    end: str = Field(alias="to", examples=["2026-06-08T00:00:00+00:00"])


class RotaBody(BaseModel):
    """A rota in the fields of the recipients' YAML."""

    role: str
    zone: str = "UTC"
    shifts: list[ShiftBody] = []
    stand_ins: list[StandInBody] = []


class RotaGone(BaseModel):
    """The name of the rota that was taken away."""

    removed: str


@router.get("/rotas", name="api.rotas.list")
def list_rotas(desk: Serving, visitor: Visiting) -> RotasOut:
    """Who is on duty now and next, and what is wrong with the rotas."""
    room = recipient_room.shown(desk, visitor.scope, visitor.now)
    rotas = [
        RotaOut(
            name=one.name, role=one.role, zone=one.zone, now=list(one.now), next=list(one.next),
            warnings=list(one.warnings),
        )
        for one in room.rotas
    ]  # fmt: skip
    return RotasOut(rotas=rotas, warnings=list(room.warnings), as_of=visitor.now)


@router.get("/rotas/{name}", name="api.rotas.show")
def show_rota(desk: Serving, name: str) -> RotaBody:
    """One rota with its shifts and stand-ins."""
    return _body(rota_room.read(desk, name))


@router.put("/rotas/{name}", name="api.rotas.save")
def save_rota(desk: Serving, visitor: Visiting, name: str, given: RotaBody) -> RotaBody:
    """Add or change a rota; 422 names the field and the value that are wrong."""
    row = {"name": name, **given.model_dump(by_alias=True)}
    return _body(rota_room.save(desk, row, visitor.scope, person_of(visitor)))


@router.delete("/rotas/{name}", name="api.rotas.remove")
def remove_rota(desk: Serving, visitor: Visiting, name: str) -> RotaGone:
    """Take a rota away: its role is told in the order of names then."""
    rota_room.remove(desk, name, visitor.scope, person_of(visitor))
    return RotaGone(removed=name)


def _body(rota: Rota) -> RotaBody:
    turns = [
        {"person": one.person, "from": clock(one.start), "to": clock(one.end)}
        for one in rota.shifts
    ]
    absent = [
        {"absent": one.absent, "by": one.by, "from": one.start.isoformat(),
         "to": one.end.isoformat()}
        for one in rota.stand_ins
    ]  # fmt: skip
    plain = {"role": rota.role, "zone": rota.zone, "shifts": turns, "stand_ins": absent}
    return RotaBody.model_validate(plain)
