"""The gate: a source is read only under terms that are complete, current and allow this use."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from farwatch.errors import TermsError
from farwatch.model.terms import Source, Terms

REDISTRIBUTION = ("yes", "attribution", "no")
PERSONAL_DATA = ("none", "incidental", "staff")

# Terms without one of these are incomplete; attribution may be empty only where none is asked.
_REQUIRED = ("publisher", "owner", "licence", "legal_basis")


def permit(
    source: Source,
    jurisdiction: str,
    non_commercial: bool,  # noqa: FBT001 (a declaration of the organisation, passed by name too)
    today: date,
) -> None:
    """Return if `source` may be collected on `today`; else raise TermsError naming it and why.

    `jurisdiction` is the ISO alpha-2 code of where the organisation collects, "" if it has not
    said; `non_commercial` is whether it declares non-commercial use.
    """
    for reason in _objections(source, jurisdiction.strip().upper(), today):
        raise TermsError(f"source {source.id!r} is not collected: {reason}")
    if source.terms.non_commercial and not non_commercial:
        raise TermsError(
            f"source {source.id!r} is not collected: its terms allow non-commercial use only, "
            "which the organisation has not declared (setting non_commercial)"
        )
    if not source.enabled:
        raise TermsError(f"source {source.id!r} is not collected: it is disabled")


def _objections(source: Source, jurisdiction: str, today: date) -> Iterator[str]:
    terms = source.terms
    yield from _incomplete(terms)
    for name in ("every_seconds", "max_bytes", "timeout_seconds", "requests_per_minute"):
        if not getattr(source.limits, name) > 0:
            yield f"its limit {name} {getattr(source.limits, name)!r} is not above zero"
    if terms.expires < terms.reviewed:
        yield f"its terms expire on {terms.expires}, before their review on {terms.reviewed}"
    if today > terms.expires:
        yield f"its terms expired on {terms.expires} and must be reviewed"
    banned = {code.upper() for code in terms.not_permitted_in}
    if banned and not jurisdiction:
        yield (
            f"its terms forbid collecting in {', '.join(sorted(banned))} and the organisation's "
            "jurisdiction is not set (setting jurisdiction)"
        )
    if jurisdiction in banned:
        yield f"its terms do not permit collecting in {jurisdiction}"


def _incomplete(terms: Terms) -> Iterator[str]:
    for name in _REQUIRED:
        if not str(getattr(terms, name) or "").strip():
            yield f"its terms are incomplete, {name} is empty"
    if terms.redistribution not in REDISTRIBUTION:
        yield f"its terms' redistribution {terms.redistribution!r} is none of {REDISTRIBUTION}"
    if terms.redistribution == "attribution" and not terms.attribution.strip():
        yield "its terms are incomplete, attribution is empty although it is asked for"
    if terms.personal_data not in PERSONAL_DATA:
        yield f"its terms' personal_data {terms.personal_data!r} is none of {PERSONAL_DATA}"
    if terms.retention_days <= 0:
        yield f"its terms' retention_days {terms.retention_days!r} is not a number of days"
