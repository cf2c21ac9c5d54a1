"""Every text has its words in every language, and every language can be chosen and drawn."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from starlette.testclient import TestClient
from web_desk import KITWE, Enter, alert, event

from farwatch.model.account import Role
from farwatch.model.kinds import Category, Kind
from farwatch.model.protect import AlertState, Disposition, Exposure
from farwatch.protect.wording import headline as drafted
from farwatch.protect.wording import kind_name
from farwatch.web import i18n
from farwatch.web.headlines import headline
from farwatch.web.rooms import ROOMS
from farwatch.web.words import HEADLINE_KIND, WORDS

WEB = Path(i18n.__file__).parent
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
OTHERS = [code for code in i18n.LANGUAGES if code != "en"]
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[a-z.0-9]*[sdf]|\{[a-z_]+\}")
# What stands in a template outside `_()` and is of no language: names, units, signs.
PLAIN = {"Farwatch", "UTC", "km", "min", "GeoJSON", "nbsp", "middot", "times", "hellip", "OpenAPI",
         "Enter", "lat", "lon", "lines"}  # fmt: skip
PHYSICAL = re.compile(
    r"(?:^|[\s;{])((?:margin|padding|border)-(?:left|right)|left|right)\s*:"
    r"|(?:text-align|float)\s*:\s*(?:left|right)"
)


def extracted() -> Catalog:
    found = Catalog()
    for name, _, message, _, context in extract_from_dir(str(WEB), METHODS):
        assert name
        found.add(message, context=context)
    return found


def catalogue(code: str) -> Catalog:
    path = WEB / "locale" / code.replace("-", "_") / "LC_MESSAGES" / "farwatch.po"
    return read_po(io.BytesIO(path.read_bytes()))


@pytest.fixture(scope="module")
def wanted() -> Catalog:
    return extracted()


def ids(found: Catalog) -> set[object]:
    return {message.id for message in found if message.id}


@pytest.mark.parametrize("code", OTHERS)
def test_a_catalogue_holds_every_text_and_no_other(code: str, wanted: Catalog) -> None:
    held = ids(catalogue(code))
    assert ids(wanted) - held == set(), "run `make messages` and translate these"
    assert held - ids(wanted) == set(), "these are said no longer: run `make messages`"


@pytest.mark.parametrize("code", OTHERS)
def test_every_text_is_translated_with_its_placeholders(code: str) -> None:
    untold, wrong = [], []
    for message in catalogue(code):
        if not message.id:
            continue
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        source = message.id if isinstance(message.id, tuple) else (message.id,)
        if message.fuzzy or not all(texts):
            untold.append(message.id)
            continue
        named = {name for text in source for name in PLACEHOLDER.findall(text)}
        for text in texts:
            if set(PLACEHOLDER.findall(text)) != named:
                wrong.append((message.id, text))
    assert not untold
    assert not wrong


@pytest.mark.parametrize("code", OTHERS)
def test_a_catalogue_has_the_plural_forms_of_its_language(code: str) -> None:
    found = catalogue(code)
    for message in found:
        if isinstance(message.id, tuple):
            assert len(message.string) == found.num_plurals, message.id


def test_what_is_marked_for_translation_in_a_variable_has_words() -> None:
    assert set(HEADLINE_KIND) == set(Kind)
    assert {kind: kind_name(kind) for kind in Kind} == HEADLINE_KIND
    assert set(WORDS.role) == {role.value for role in Role}
    assert set(WORDS.alert_state) == {state.value for state in AlertState}
    assert set(WORDS.disposition) == {one.value for one in Disposition}
    assert set(WORDS.category) == {one.value for one in Category} | {"overall"}


def texts_of(template: str) -> Iterator[str]:
    """What a template shows outside of its expressions, and what its speaking attributes say."""
    text = re.sub(r"\{#.*?#\}", "", template, flags=re.S)
    text = re.sub(r"\{%-?\s*trans\b.*?endtrans\s*-?%\}", " ", text, flags=re.S)
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", " ", text, flags=re.S)
    text = re.sub(r"<(script|style|svg|code|pre|kbd)\b.*?</\1>", " ", text, flags=re.S)
    yield from re.findall(r'\b(?:placeholder|alt|aria-label|title)="([^"]*)"', text)
    yield re.sub(r"\S+/\S+", " ", re.sub(r"<[^>]*>", " ", text))  # paths are of no language


@pytest.mark.parametrize(
    "template", sorted((WEB / "templates").glob("*.html")), ids=lambda path: path.name
)
def test_a_template_says_nothing_that_is_not_marked(template: Path) -> None:
    said = " ".join(texts_of(template.read_text(encoding="utf-8")))
    words = {word for word in re.findall(r"[A-Za-z][A-Za-z_-]+", said) if not word.isupper()}
    words -= PLAIN
    assert not words, "mark these with _()"


@pytest.mark.parametrize(
    "sheet", sorted((WEB / "static").glob("*.css")), ids=lambda path: path.name
)
def test_a_sheet_knows_no_left_and_right(sheet: Path) -> None:
    """Start and end turn with the language; left and right do not."""
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.S)
    assert PHYSICAL.findall(text) == []


@pytest.mark.parametrize(
    ("headers", "cookie", "language"),
    [
        ({}, None, "en"),
        ({"accept-language": "zh-CN,zh;q=0.9"}, None, "zh-Hans"),
        ({"accept-language": "fr"}, None, "en"),
        ({"accept-language": "en"}, "zh-Hans", "zh-Hans"),
        ({}, "tlh", "en"),
    ],
)
def test_the_sign_in_page_speaks_the_visitors_language(
    client: TestClient, headers: dict[str, str], cookie: str | None, language: str
) -> None:
    if cookie:
        client.cookies.set(i18n.COOKIE, cookie)
    text = client.get("/sign-in", headers=headers).text
    assert f'<html lang="{language}" dir="ltr">' in text


def test_a_language_is_chosen_and_stays_with_the_account(enter: Enter) -> None:
    client = enter(Role.VIEWER)
    answer = client.post("/language", data={"language": "zh-Hans", "next": "/alerts?state=open"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/alerts?state=open")
    client.cookies.delete(i18n.COOKIE)
    assert '<html lang="zh-Hans"' in client.get("/alerts").text


@pytest.mark.parametrize(
    "following", ["https://evil.example/", "//evil.example", "/\\evil.example"]
)
def test_choosing_a_language_leads_nowhere_else(client: TestClient, following: str) -> None:
    answer = client.post("/language", data={"language": "en", "next": following})
    assert answer.headers["location"] == "/"


def test_a_language_that_is_none_is_refused(client: TestClient) -> None:
    assert client.post("/language", data={"language": "tlh"}).status_code == 422


def test_every_room_has_its_own_key() -> None:
    keys = [room.key for room in ROOMS]
    assert len(keys) == len(set(keys))


def near(km: float, site: str = "Kitwe plant") -> Exposure:
    return Exposure("e", 1, site.lower(), Kind.RIOT, 3, km, 20.0, 1.0, site_name=site)


@pytest.mark.parametrize(
    ("exposures", "verify", "start", "told"),
    [
        ((near(4.3),), False, "", "骚乱，中等，Kitwe；距Kitwe plant 4.3 公里"),
        ((near(0),), True, "", "未证实：骚乱，中等，Kitwe；位于Kitwe plant"),
        ((near(12),), False, "All clear: ", "警报解除：骚乱，中等，Kitwe；距Kitwe plant 12 公里"),
        ((), False, "", '骚乱，中等<span lang="en">, Kitwe: Crowd &lt;b&gt; in Kitwe</span>'),
    ],
)
def test_a_drafted_headline_is_composed_in_the_readers_language(
    exposures: tuple[Exposure, ...], verify: bool, start: str, told: str
) -> None:
    from dataclasses import replace

    of = event("e", Kind.RIOT, "Crowd <b> in Kitwe", -12.8, 28.2, "ZM")
    made = replace(
        alert(of, KITWE), exposures=exposures,
        headline=start + drafted(of, exposures, "Moderate", verify=verify),
    )  # fmt: skip
    words = i18n.translations("zh-Hans")
    assert str(headline(made, words, "zh-Hans")) == told
    assert "&lt;b&gt;" in str(headline(made, words, "en")) or exposures


def test_a_rising_level_is_told_in_the_readers_language() -> None:
    from dataclasses import replace

    rise = "unrest at Copperbelt is at level 5 (high), up from 4; concerns Kitwe plant"
    of = event("e", Kind.LEVEL_CHANGE, "unrest", -12.8, 28.2, "ZM")
    told = f"Threat level raised, Extreme: {rise}"
    made = replace(alert(of, KITWE), severity="Extreme", headline=told)
    found = str(headline(made, i18n.translations("zh-Hans"), "zh-Hans"))
    assert (
        found
        == "威胁级别上升，极严重：Copperbelt的动乱为 5 级（高），此前为 4 级；关系到Kitwe plant"
    )


def test_a_headline_of_another_hand_stays_as_it_is_and_says_so() -> None:
    from dataclasses import replace

    of = event("e", Kind.RIOT, "Crowd in Kitwe", -12.8, 28.2, "ZM")
    made = replace(alert(of, KITWE), headline="Leave <now>")
    found = headline(made, i18n.translations("zh-Hans"), "zh-Hans")
    assert str(found) == '<span lang="en">Leave &lt;now&gt;</span>'
