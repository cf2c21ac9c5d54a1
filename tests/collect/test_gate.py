from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from farwatch.collect.gate import permit
from farwatch.errors import TermsError
from farwatch.model.terms import Source

TODAY = date(2026, 6, 1)
MakeSource = Callable[..., Source]


def test_complete_current_terms_are_permitted(make_source: MakeSource) -> None:
    assert permit(make_source(), "GB", False, TODAY) is None
    assert permit(make_source(), "", False, date(2027, 1, 1)) is None  # the last day counts


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({"publisher": " "}, "publisher is empty"),
        ({"owner": ""}, "owner is empty"),
        ({"licence": ""}, "licence is empty"),
        ({"legal_basis": ""}, "legal_basis is empty"),
        ({"attribution": ""}, "attribution is empty"),
        ({"redistribution": "maybe"}, "'maybe'"),
        ({"personal_data": "lots"}, "'lots'"),
        ({"retention_days": 0}, "retention_days 0"),
        ({"expires": date(2026, 5, 31)}, "expired on 2026-05-31"),
        ({"expires": date(2025, 1, 1)}, "before their review"),
        ({"not_permitted_in": ("gb",)}, "do not permit collecting in GB"),
        ({"non_commercial": True}, "non-commercial use only"),
    ],
)
def test_other_terms_are_refused_by_name(
    make_source: MakeSource, terms: dict[str, Any], said: str
) -> None:
    with pytest.raises(TermsError, match="source 'nowhere' is not collected") as caught:
        permit(make_source("nowhere", terms=terms), "gb", False, TODAY)
    assert said in str(caught.value)


def test_attribution_may_be_empty_where_none_is_asked(make_source: MakeSource) -> None:
    source = make_source(terms={"attribution": "", "redistribution": "no"})
    assert permit(source, "GB", False, TODAY) is None


def test_declared_non_commercial_use_is_permitted(make_source: MakeSource) -> None:
    assert permit(make_source(terms={"non_commercial": True}), "GB", True, TODAY) is None


def test_an_unstated_jurisdiction_is_refused_where_it_matters(make_source: MakeSource) -> None:
    with pytest.raises(TermsError, match="jurisdiction is not set"):
        permit(make_source(terms={"not_permitted_in": ("CN",)}), "", False, TODAY)


@pytest.mark.parametrize(
    "field", ["every_seconds", "max_bytes", "timeout_seconds", "requests_per_minute"]
)
def test_a_source_without_limits_is_refused(make_source: MakeSource, field: str) -> None:
    with pytest.raises(TermsError, match=f"its limit {field} 0 is not above zero"):
        permit(make_source(limits={field: 0}), "GB", False, TODAY)


def test_a_disabled_source_is_refused(make_source: MakeSource) -> None:
    with pytest.raises(TermsError, match="'usgs' is not collected: it is disabled"):
        permit(make_source(enabled=False), "GB", False, TODAY)
