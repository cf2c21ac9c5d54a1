"""What lists of accounts and of the audit may be asked, and who administers."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Depends, Query

from farwatch.desk.administering import By
from farwatch.model.account import Role
from farwatch.store.account_lists import AccountChoice, AuditChoice
from farwatch.web.asked import moment
from farwatch.web.visitor import Visitor

_SINCE = Query(description="ISO 8601 with a zone: what changed since, oldest first.")


async def _accounts(
    role: Annotated[list[Role | Literal[""]] | None, Query(description="Only these roles.")] = None,
    active: Annotated[
        Literal["", "true", "false"], Query(description="Only active ones, or only others.")
    ] = "",
    updated_since: Annotated[str | None, _SINCE] = None,
) -> AccountChoice:
    return AccountChoice(
        roles=tuple(str(one) for one in role or () if one),
        active=None if active == "" else active == "true",
        updated_since=moment(updated_since),
    )


async def _audit(
    kind: Annotated[
        str | None, Query(max_length=100, description="A kind or its beginning: account, token.")
    ] = None,
    by: Annotated[str | None, Query(max_length=200, description="Who decided or read.")] = None,
    subject: Annotated[str | None, Query(max_length=300, description="What it is about.")] = None,
    updated_since: Annotated[str | None, _SINCE] = None,
) -> AuditChoice:
    return AuditChoice(kind or None, by or None, subject or None, moment(updated_since))


def by_of(visitor: Visitor) -> By:
    """Who administers."""
    return By(visitor.known.name, visitor.scope)


AccountsAsked = Annotated[AccountChoice, Depends(_accounts)]
AuditAsked = Annotated[AuditChoice, Depends(_audit)]
