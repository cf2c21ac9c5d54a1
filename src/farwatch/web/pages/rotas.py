"""A rota's form: its week and its stand-ins, one a line."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from farwatch.desk import rota_room
from farwatch.errors import FarwatchError, InputError
from farwatch.protect import rota_lines
from farwatch.protect.recipient_rows import WrongValue
from farwatch.web.alert_asked import person_of
from farwatch.web.render import page
from farwatch.web.visitor import Serving, Visiting

router = APIRouter()
_BACK = "/deliveries/recipients"
_EXAMPLES = {
    "zone": "Africa/Lusaka", "shifts": "ada: Mon 08:00 - Mon 20:00",
    "stand_ins": "ada by ben: 2026-06-01T00:00Z - 2026-06-08T00:00Z",
}  # fmt: skip
_LONG = Form(max_length=20_000)


@router.get("/deliveries/rotas/new", name="rotas.new")
def new_rota(request: Request) -> Response:
    """An empty form."""
    row = dict.fromkeys(("name", "role", "shifts", "stand_ins"), "") | {"zone": "UTC"}
    return _form(request, row, "", fresh=True)


@router.get("/deliveries/rotas/{name}", name="rotas.show")
def show_rota(request: Request, desk: Serving, name: str) -> Response:
    """One rota, to be changed."""
    rota = rota_room.read(desk, name)
    turns, absent = rota_lines.lines(rota)
    row = {"name": rota.name, "role": rota.role, "zone": rota.zone, "shifts": turns,
           "stand_ins": absent}  # fmt: skip
    return _form(request, row, "", fresh=False)


@router.post("/deliveries/rotas/save", name="rotas.save")
def save_rota(  # noqa: PLR0913 (one argument a field of the form)
    request: Request, desk: Serving, visitor: Visiting, name: Annotated[str, Form()] = "",
    role: Annotated[str, Form()] = "", zone: Annotated[str, Form()] = "UTC",
    shifts: Annotated[str, _LONG] = "", stand_ins: Annotated[str, _LONG] = "",
) -> Response:  # fmt: skip
    """Add or change a rota; what is wrong is said beside the form."""
    row = {"name": name, "role": role, "zone": zone, "shifts": shifts, "stand_ins": stand_ins}
    try:
        read = {"shifts": rota_lines.shifts(shifts), "stand_ins": rota_lines.stand_ins(stand_ins)}
        rota_room.save(desk, row | read, visitor.scope, person_of(visitor))
    except WrongValue as wrong:
        field, value, reason = wrong.args
        return _wrong(request, row, str(InputError("rota", reason, field=field, value=value)))
    except FarwatchError as error:
        return _wrong(request, row, str(error))
    return RedirectResponse(_BACK, status_code=HTTPStatus.SEE_OTHER)


@router.post("/deliveries/rotas/remove", name="rotas.remove")
def remove_rota(desk: Serving, visitor: Visiting, name: Annotated[str, Form()]) -> Response:
    """Take a rota away."""
    rota_room.remove(desk, name, visitor.scope, person_of(visitor))
    return RedirectResponse(_BACK, status_code=HTTPStatus.SEE_OTHER)


def _wrong(request: Request, row: dict[str, str], why: str) -> Response:
    answer = _form(request, row, why, fresh=False)
    answer.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    return answer


def _form(request: Request, row: dict[str, str], wrong: str, *, fresh: bool) -> Response:
    context = {"row": row, "wrong": wrong, "fresh": fresh, "examples": _EXAMPLES}
    return page(request, "rota.html", context)
