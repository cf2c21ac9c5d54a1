"""The audit for those who may read it: lists bounded by their part of the desk, and the proof."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from farwatch.desk import administering
from farwatch.desk.administering import By
from farwatch.desk.opening import Desk
from farwatch.errors import Forbidden, StoreError
from farwatch.store import account_lists, audit
from farwatch.store.account_lists import AuditChoice
from farwatch.store.audit import Decision, Entry
from farwatch.store.keyset import Page, Wanted


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether the chain is whole: how many entries, the newest seal, or what is broken."""

    entries: int
    head: str
    broken: str | None = None


def listed(
    desk: Desk, choice: AuditChoice, by: By, wanted: Wanted, now: datetime
) -> Page[Entry]:  # fmt: skip
    """A page of the audit; reading it is written into it.

    Who is bounded to a part of the desk reads what concerns the accounts of that part alone: an
    entry about an alert or a site names no country to bound it by.
    """
    with desk.database.begin() as conn:
        about = administering.theirs(conn, by.scope)
        found = account_lists.audit_listed(conn, choice, about, by.scope, wanted)
        details = {"kind": choice.kind, "by": choice.by, "subject": choice.subject}
        audit.append(conn, Decision("audit.read", by.name, "audit", now, details))
    return found


def proof(desk: Desk, by: By) -> Proof:
    """Look at every seal; raises Forbidden for who does not see all of the desk."""
    if not by.scope.everywhere:
        raise Forbidden("the whole chain is proved to those who see all of the desk")
    with desk.database.read() as conn:
        head = audit.head(conn)
        try:
            return Proof(audit.verify(conn), head)
        except StoreError as error:
            return Proof(0, head, str(error))
