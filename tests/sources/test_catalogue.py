from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from farwatch.errors import TermsError, UnreadableFeed
from farwatch.model.document import Document
from farwatch.sources import FORMATS, catalogue, read


def plain(**changes: Any) -> dict[str, Any]:
    text = (catalogue.BUILT_IN / "gdelt.yaml").read_text(encoding="utf-8")
    body: dict[str, Any] = yaml.safe_load(text) | {"id": "mine"}
    for name, value in changes.items():
        where, _, inner = name.partition("__")
        target = body[where] if inner else body
        if value is ...:
            del target[inner or where]
        else:
            target[inner or where] = value
    return body


def load(folder: Path, body: object) -> Any:
    (folder / "mine.yaml").write_text(yaml.safe_dump(body), encoding="utf-8")
    return catalogue.load(folder)["mine"]


def test_every_built_in_source_loads_and_names_a_format() -> None:
    sources = catalogue.load()
    assert {"gdelt", "fcdo", "canada", "state-department", "who", "ucdp", "inform"} <= set(sources)
    assert {source.format for source in sources.values()} <= set(FORMATS)
    assert all(source.terms.reviewed < source.terms.expires for source in sources.values())


def test_terms_that_forbid_commerce_say_so() -> None:
    sources = catalogue.load()
    assert sources["who"].terms.non_commercial
    assert not sources["rss"].enabled
    assert not sources["gdelt"].terms.non_commercial


def test_a_whole_source_is_read(tmp_path: Path) -> None:
    source = load(tmp_path, plain(covers=["country:ZM", "site:mine-1"], enabled=...))
    assert source.covers == ("country:ZM", "site:mine-1")
    assert source.enabled
    assert source.expected_per_day == (20000.0, 300000.0)


WRONG = [
    ({"colour": "red"}, "'colour' is unknown"),
    ({"terms__mood": "good"}, "'terms.mood' is unknown"),
    ({"title": ...}, "'title' is missing"),
    ({"terms__licence": ...}, "'terms.licence' is missing"),
    ({"limits__max_bytes": ...}, "'limits.max_bytes' is missing"),
    ({"terms__licence": " "}, "terms.licence ' ' is empty"),
    ({"format": "telepathy"}, "format 'telepathy' is none of"),
    ({"id": "other"}, "id 'other' is not the file's name 'mine'"),
    ({"reliability": "G"}, "reliability 'G' is none of A, B"),
    ({"source_class": "rumour"}, "source_class 'rumour'"),
    ({"official": "maybe"}, "official 'maybe' is not true or false"),
    ({"expected_per_day": [5, 1]}, "is not low, then high"),
    ({"expected_per_day": [5]}, "is not a list of two numbers"),
    ({"expected_per_day": ["1", 2]}, "is not a list of two numbers"),
    ({"silent_after_hours": 0}, "silent_after_hours 0"),
    ({"silent_after_hours": True}, "silent_after_hours True is not a number"),
    ({"silent_after_hours": float("nan")}, "silent_after_hours nan"),
    ({"window_hours": "day"}, "window_hours 'day'"),
    ({"urls": ["file:///etc/passwd"]}, "no http address"),
    ({"urls": "https://one.example"}, "urls 'https://one.example' is not a list"),
    ({"countries": ["ZMB"]}, "holds 'ZMB', no ISO alpha-2 code"),
    ({"covers": ["planet:earth"]}, "holds 'planet:earth'"),
    ({"terms__reviewed": "soon"}, "terms.reviewed 'soon' is not a date"),
    ({"terms__retention_days": 1.5}, "terms.retention_days 1.5 is not a whole number"),
    ({"terms__not_permitted_in": ["Mars"]}, "no ISO alpha-2 code"),
    ({"terms__redistribution": "perhaps"}, "terms.redistribution 'perhaps'"),
    ({"terms__personal_data": "plenty"}, "terms.personal_data 'plenty'"),
    ({"terms": None}, "terms None holds no fields"),
    ({"limits__requests_per_minute": -1}, "limits.requests_per_minute -1"),
]


@pytest.mark.parametrize(("changes", "message"), WRONG)
def test_a_bad_source_is_refused_by_name_and_field(
    tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(TermsError) as caught:
        load(tmp_path, plain(**changes))
    assert "source 'mine'" in str(caught.value)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ["id: [", "- a\n- b\n", "", "id: a\nid: b\n", "? [a, b]\n: c\n", "\udcff", "a: !!python/x"],
)
def test_what_is_no_yaml_of_fields_is_refused_by_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "odd.yaml").write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(TermsError, match="source 'odd'"):
        catalogue.load(tmp_path)


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TermsError, match="does not exist"):
        catalogue.load(tmp_path / "nowhere")


def test_an_unknown_format_is_no_feed(tmp_path: Path, now: Any) -> None:
    from dataclasses import replace

    source = replace(load(tmp_path, plain()), format="telepathy")
    with pytest.raises(UnreadableFeed, match="telepathy"):
        next(read(Document(source, "x", b"", now)))
