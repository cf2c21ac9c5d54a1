"""Text and origins out of what publishers send: HTML to plain text, addresses to domains."""

from __future__ import annotations

import html
import re
from functools import cache, lru_cache
from html.parser import HTMLParser
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

MAX_TEXT = 200_000  # characters of one report's text; the rest stays in `raw`

# Control characters, direction overrides (they can hide what a text says) and lone surrogates;
# the joiners that Persian and Indic scripts need stay.
_UNSEEN = re.compile(
    "[\\x00-\\x08\\x0e-\\x1f\\x7f-\\x84\\x86-\\x9f\\u202a-\\u202e\\u2066-\\u2069\\ud800-\\udfff]"
)
_HIDDEN = {"script", "style", "template", "iframe", "object", "noscript"}
_BLOCKS = {
    "p", "br", "div", "li", "ul", "ol", "tr", "td", "th", "table", "section", "article",
    "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "dt", "dd", "pre",
}  # fmt: skip


class _Text(HTMLParser):
    """Collects the text of a page; nothing is fetched or run."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self.hidden += 1
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self.hidden = max(0, self.hidden - 1)
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(data)


def plain(markup: str) -> str:
    """HTML (or text) as plain text: tags gone, entities read, white space folded, bounded.

    A paragraph ends in a line break. What was escaped twice is not unescaped twice.
    """
    if "<" not in markup and "&" not in markup:
        return tidy(markup)
    parser = _Text()
    try:
        parser.feed(markup[: 4 * MAX_TEXT])
        parser.close()
    except AssertionError:  # the standard parser's verdict on a broken "<![": take the text as is
        return tidy(html.unescape(re.sub(r"<[^>]*>", " ", markup)))
    return tidy("".join(parser.parts))


def tidy(text: str) -> str:
    """White space folded within lines, empty lines dropped, control characters gone, bounded."""
    text = _UNSEEN.sub(" ", text[: 2 * MAX_TEXT])
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)[:MAX_TEXT]


def domain_of(url: str | None) -> str:
    """The registrable domain of an address ("news.bbc.co.uk" -> "bbc.co.uk"), "" if it has none."""
    try:
        host = (urlsplit(url or "").hostname or "").rstrip(".").lower()
    except ValueError:  # "http://[broken"
        return ""
    return _registrable(host) if host else ""


@lru_cache(maxsize=16384)
def _registrable(host: str) -> str:
    try:
        return str(ip_address(host))
    except ValueError:
        return str(_suffixes().privatesuffix(host) or host)


@cache
def _suffixes() -> Any:
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()
