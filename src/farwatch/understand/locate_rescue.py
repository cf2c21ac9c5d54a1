"""Small places, taken for none at first, that lie beside the places a text surely names."""

from __future__ import annotations

import numpy as np

from farwatch.model.place import EARTH_KM
from farwatch.understand.locate_fame import ADMIN2, CITY, POINT
from farwatch.understand.locate_filter import THRESHOLD, Mention
from farwatch.understand.locate_weigh import Choice
from farwatch.world.words import Words

_BESIDE_KM = 100.0
_SURE = 0.6  # share and score from which a chosen place vouches for its surroundings
_LIFT = 1.2


def rescue(
    mentions: list[Mention], chosen: list[tuple[Mention, Choice, int]], lists: Words
) -> bool:
    """Lift the score of names held back only by their place's size; True if any is a place now.

    A name that is also a person's or a common word stays out: such names have a like-named village
    nearly everywhere.
    """
    sure = [
        choice.xyz[best]
        for mention, choice, best in chosen
        if choice.share[best] >= _SURE and int(choice.feature[best]) in (CITY, ADMIN2, POINT)
    ]
    if not sure:
        return False
    anchors = np.array(sure)
    lifted = False
    for mention in mentions:
        if _held_back_by_size(mention, lists) and _beside(mention, anchors):
            mention.add(_LIFT, f"within {_BESIDE_KM:.0f} km of other places named")
            lifted |= mention.score >= THRESHOLD
    return lifted


def _held_back_by_size(mention: Mention, lists: Words) -> bool:
    if mention.score >= THRESHOLD or mention.person or mention.demonym:
        return False
    words = mention.span.key.split()
    named = any(w in lists.first_names or w in lists.surnames or w in lists.common for w in words)
    return mention.score >= mention.known and not named


def _beside(mention: Mention, anchors: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> bool:
    found, usable = mention.span.found, mention.span.usable
    chord = np.sqrt(np.maximum(2 - 2 * (found.xyz[usable] @ anchors.T), 0))
    return bool((chord * EARTH_KM <= _BESIDE_KM).any())
