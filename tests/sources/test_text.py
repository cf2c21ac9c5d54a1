from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farwatch.sources.text import MAX_TEXT, domain_of, plain, tidy

PLAIN = {
    "": "",
    "one  two": "one two",
    "<p>A &amp; B</p><p>C</p>": "A & B\nC",
    "a<br/>b<br>c": "a\nb\nc",
    "x <script>alert('<p>no</p>')</script> y": "x y",
    "<style>p{}</style>z": "z",
    "5 &lt; 6": "5 < 6",
    "&amp;lt;b&amp;gt;": "&lt;b&gt;",
    "<li>one</li><li>two</li>": "one\ntwo",
    "<p>unclosed <b>bold": "unclosed bold",
    "it&rsquo;s&nbsp;here": "it’s here",
    "<!-- hidden -->seen": "seen",
}


@pytest.mark.parametrize(("markup", "text"), PLAIN.items())
def test_markup_becomes_text(markup: str, text: str) -> None:
    assert plain(markup) == text


def test_what_hides_or_breaks_text_goes_and_joiners_stay() -> None:
    assert tidy("a\x00b\u202ec\ud800d") == "a b c d"
    assert tidy("می\u200cخواهم") == "می\u200cخواهم"


def test_text_is_bounded() -> None:
    assert len(tidy("word " * MAX_TEXT)) == MAX_TEXT
    assert len(plain("<p>word</p>" * MAX_TEXT)) <= MAX_TEXT


@given(st.text())
def test_any_markup_gives_text_that_can_be_written(markup: str) -> None:
    text = plain(markup)
    text.encode("utf-8")
    assert tidy(text) == text


@given(
    st.lists(
        st.sampled_from(["<", "<!", "<![", "]]>", "<?", "&#", ";", "p", ">", "--", "/", "\x00"])
    )
)
def test_broken_markup_never_stops_the_reading(pieces: list[str]) -> None:
    assert isinstance(plain("".join(pieces)), str)


DOMAINS = {
    "https://news.bbc.co.uk/world?x": "bbc.co.uk",
    "http://www.example.com:8080/": "example.com",
    "https://user:secret@a.b.example.org/": "example.org",
    "http://192.0.2.7/feed": "192.0.2.7",
    "http://[2001:db8::1]/": "2001:db8::1",
    "https://copy1.example/": "copy1.example",
    "http://co.uk/": "co.uk",
    "HTTPS://WWW.PAPER.COM.AU.": "paper.com.au",
    "http://[broken": "",
    "BBC Monitoring": "",
    "": "",
}


@pytest.mark.parametrize(("url", "domain"), DOMAINS.items())
def test_an_address_belongs_to_a_registrable_domain(url: str, domain: str) -> None:
    assert domain_of(url) == domain


def test_no_address_has_no_domain() -> None:
    assert domain_of(None) == ""


@given(st.text(max_size=60))
def test_any_address_has_a_domain_or_none(url: str) -> None:
    assert isinstance(domain_of(url), str)
    assert isinstance(domain_of(f"http://{url}/"), str)
