"""Rotas, one by one: read, changed, taken away. They are the whole desk's, and so is who may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from farwatch.desk.deciding import Person
from farwatch.desk.opening import Desk
from farwatch.errors import Forbidden, InputError
from farwatch.model.account import Scope
from farwatch.model.recipient import Rota
from farwatch.protect.recipient_rows import WrongValue, rota
from farwatch.store import recipients


def read(desk: Desk, name: str) -> Rota:
    """One rota; raises NotFound."""
    with desk.database.read() as conn:
        return recipients.get_rota(conn, name)


def save(desk: Desk, row: Mapping[str, Any], scope: Scope, person: Person) -> Rota:
    """Add or change a rota from plain values, as YAML gives them; who is on duty follows at once.

    Raises InputError with the field and value that are wrong, Forbidden for a bounded account.
    """
    _check(scope)
    try:
        made = rota(row)
    except WrongValue as wrong:
        field, value, reason = wrong.args
        raise InputError("rota", reason, field=field, value=value) from wrong
    with desk.database.begin() as conn:
        stood = made.name in {one.name for one in recipients.load_rotas(conn)}
        recipients.add_rotas(conn, [made])
        details = {"role": made.role, "shifts": len(made.shifts), "stand_ins": len(made.stand_ins)}
        person.decides(conn, "change rota" if stood else "add rota", made.name, details)
    return made


def remove(desk: Desk, name: str, scope: Scope, person: Person) -> None:
    """Take a rota away: its role is told in the order of names then. Raises NotFound, Forbidden."""
    _check(scope)
    with desk.database.begin() as conn:
        gone = recipients.get_rota(conn, name)
        recipients.remove_rota(conn, name)
        person.decides(conn, "remove rota", name, {"role": gone.role})


def _check(scope: Scope) -> None:
    if not scope.everywhere:
        raise Forbidden(
            "a rota is the whole desk's: an account bound to countries or programmes may not "
            "change it"
        )
