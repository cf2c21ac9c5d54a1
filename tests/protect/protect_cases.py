"""Events and sites of the tests, made with what differs stated and the rest plain."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from farwatch.model.event import Event
from farwatch.model.grade import Grade
from farwatch.model.kinds import Kind
from farwatch.model.place import Geometry, Place, Precision
from farwatch.model.protect import Site
from farwatch.model.report import Span

NOW = datetime(2026, 5, 4, 3, 15, 10, tzinfo=UTC)


def place(lat: float, lon: float, radius: float = 0.0, **more: Any) -> Place:
    rings = more.pop("rings", ())
    precision = more.pop("precision", Precision.POINT)
    return Place(more.pop("name", "there"), precision, Geometry(lat, lon, radius, rings), **more)


def event(kind: Kind, severity: int, where: Place | None, **more: Any) -> Event:
    values: dict[str, Any] = {
        "id": "e1", "version": 1, "kind": kind, "severity": severity, "title": "Something happened",
        "place": where, "happened": Span(NOW), "first_reported": NOW, "last_reported": NOW,
        "grade": Grade("C", 2), "sources": ("wire",), "origins": ("wire.example", "daily.example"),
    }  # fmt: skip
    return Event(**(values | more))


PERU = (
    Site("chimbote_terminal", "Chimbote terminal", -9.07, -78.59, "PE", "PE.02", 1, 140, 1, 6),
    Site("trujillo_office", "Trujillo office", -8.11, -79.03, "PE", "PE.13", 2, 70, 6, 34),
    Site("huaraz_dam", "Huaraz dam works", -9.53, -77.53, "PE", "PE.02", 1, 55),
    Site("canon_del_pato", "Canon del Pato works", -8.813, -77.853, "PE", "PE.02", 1, 30),
    Site("lima_hq", "Lima head office", -12.05, -77.04, "PE", "PE.15", 1, 400),
    Site("piura_store", "Piura store", -5.19, -80.63, "PE", "PE.20", 3, 12),
)
ZAMBIA = (
    Site("kitwe_plant", "Kitwe plant", -12.80, 28.21, "ZM", "ZM.08", 1, 240),
    Site("chingola_refinery", "Chingola refinery", -12.53, 27.85, "ZM", "ZM.08", 1, 180),
    Site("ndola_depot", "Ndola depot", -12.97, 28.63, "ZM", "ZM.08", 2, 60),
    Site("solwezi_camp", "Solwezi camp", -12.17, 26.39, "ZM", "ZM.06", 1, 310),
    Site("lusaka_office", "Lusaka office", -15.42, 28.28, "ZM", "ZM.09", 2, 90),
)
BENIN = (
    Site("tanguieta_base", "Tanguieta base", 10.62, 1.27, "BJ", "BJ.08", 1, 22),
    Site("natitingou_clinic", "Natitingou clinic", 10.30, 1.38, "BJ", "BJ.08", 1, 35),
    Site("kandi_gin", "Kandi gin", 11.13, 2.94, "BJ", "BJ.07", 2, 80),
    Site("parakou_hub", "Parakou hub", 9.34, 2.63, "BJ", "BJ.10", 2, 45),
    Site("cotonou_office", "Cotonou office", 6.37, 2.39, "BJ", "BJ.14", 2, 60),
)
