"""A tree of text: branches wrapped and indented, with nothing in them that steers a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from farwatch.channels.terminal import printable

WIDTH = 80
_STEP = 2
_LEAST = 30  # columns left for text, however deep the branch


@dataclass(frozen=True, slots=True)
class Branch:
    """A line of text and what stands under it."""

    text: str
    parts: tuple[Branch, ...] = ()


def branch(text: str, *parts: Branch | str) -> Branch:
    """A branch; a text among the parts is a branch without parts, an empty one is left out."""
    made = (Branch(part) if isinstance(part, str) else part for part in parts)
    return Branch(text, tuple(part for part in made if part.text))


def lines(root: Branch, width: int = WIDTH, depth: int = 0) -> Iterator[str]:
    """The tree's lines, none wider than `width` but for a word that is (an address, a key)."""
    lead = " " * (_STEP * depth)
    text = " ".join(printable(root.text).split())
    yield from textwrap.wrap(
        text,
        max(width, len(lead) + _LEAST),
        initial_indent=lead,
        subsequent_indent=lead + " " * (2 * _STEP),
        break_long_words=False,
        break_on_hyphens=False,
    )
    for part in root.parts:
        yield from lines(part, width, depth + 1)


def listed(title: str, parts: Iterable[Branch | str], empty: str = "") -> Branch:
    """A titled list; with nothing in it the title says `empty`, or the branch is left out."""
    held = tuple(parts)
    if held:
        return branch(title, *held)
    return branch(f"{title}: {empty}" if empty else "")
