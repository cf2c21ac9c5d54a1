"""Words inside runs of Han, kana, Hangul or Thai letters: the longest known one, left to right."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

# Also Lao, Khmer and Burmese: scripts that set no spaces between words, or glue endings to them.
UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)
_MOST = 8
_GIVEN = 2  # signs of a given name
# Signs that follow a word without being a part of a name.
_GLUE = frozenset("的了在说是和与将被对从向到于有也不已又但及或为以中上下内外后前里年月日时分"
                  "人名起次个者家"
                  "のがをはにでとへもや는은이가을를에서의도로과와")  # fmt: skip


def pieces(
    run: str,
    known: Callable[[str], bool],
    family: Callable[[str], bool],
    places: Mapping[int, int] | None = None,
    *,
    query: bool = False,
) -> list[str]:
    """The known words of a run; `places` are ends by start, kept as they are.

    A surname's sign that begins no word takes the two signs after it along: a name. So does a word
    that begins with such a sign and is followed by a sign that belongs nowhere. In a question what
    belongs nowhere is given as "", so that it finds nothing.
    """
    found: list[str] = []
    at = 0
    stops = places or {}
    while at < len(run):
        if at in stops:
            found.append(run[at : stops[at]])
            at = stops[at]
            continue
        size = _longest(run, at, known, stops)
        if size and family(run[at]) and size == _GIVEN and _hangs(run, at + size, known, stops):
            found += [""] if query else []
            at += size + 1
        elif size:
            found.append(run[at : at + size])
            at += size
        elif family(run[at]):
            found += [""] if query else []
            at = min([at + 1 + _GIVEN, *(stop for stop in stops if stop > at)])
        else:
            found += [""] if query and run[at] not in _GLUE else []
            at += 1
    return found


def _longest(
    run: str, at: int, known: Callable[[str], bool], stops: Mapping[int, int]
) -> int:  # fmt: skip
    end = min([len(run), at + _MOST, *(stop for stop in stops if stop > at)])
    return next((to - at for to in range(end, at + 1, -1) if known(run[at:to])), 0)


def _hangs(run: str, at: int, known: Callable[[str], bool], stops: Mapping[int, int]) -> bool:
    """Whether the sign here stands alone between two words, and is none that glues them."""
    if at >= len(run) or at in stops or run[at] in _GLUE:
        return False
    return not _longest(run, at, known, stops)
