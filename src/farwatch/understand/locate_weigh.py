"""Weigh the places of all names of a text against each other.

Every name gets a share over its places. The shares start from population and kind, and are
re-weighed by how much of the other names' share lies in the same first-level unit, the same country
or within some 60 km (spatial minimality and one sense per discourse; Leidner 2007).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from farwatch.model.place import EARTH_KM
from farwatch.understand.locate_fame import ADMIN2, CITY, POINT
from farwatch.world.candidates import unit_vectors
from farwatch.world.gazetteer import Gazetteer

_KEEP = 12  # places of a name that are weighed against each other's distance
_ROUNDS = 3
_NEAR_KM = 60.0
_HINT_KM = 150.0
# What the rest of the text adds, against _STEEPNESS-fold log-prior: hand-set, not fitted.
_SAME_COUNTRY, _SAME_ADMIN1, _NEARBY, _STEEPNESS = 0.9, 1.1, 1.5, 2.0


@dataclass(frozen=True, slots=True)
class Hint:
    """Where a source is or what it writes of: alpha-2, admin-1 code ("ZM.08"), a point."""

    country: str | None = None
    admin1: str | None = None
    lat: float | None = None
    lon: float | None = None


@dataclass(slots=True)
class Choice:
    """One name's places that are still possible, side by side, with their shares."""

    index: NDArray[np.intp]  # into the span's candidates
    prior: NDArray[np.float64]
    share: NDArray[np.float64]
    country: NDArray[np.int32]
    admin1: NDArray[np.int32]
    xyz: NDArray[np.float32]
    feature: NDArray[np.uint8]
    inside: str = ""  # the unit that the text puts it in


Group = tuple[str, int]  # a key, and the row of the unit that narrows it (-1: none)


def weigh(
    choices: list[Choice], gazetteer: Gazetteer, hint: Hint | None, weights: NDArray[np.float64]
) -> None:
    """Set every choice's shares; `weights` say how much each name speaks for its surroundings."""
    if not choices:
        return
    _rounds(_Flat(choices, gazetteer, hint, weights), _ROUNDS - 1, near=None)
    for choice in choices:
        _prune(choice)
    flat = _Flat(choices, gazetteer, hint, weights)
    _rounds(flat, _ROUNDS, near=_nearness(flat))


def _prune(choice: Choice) -> None:
    if len(choice.index) <= _KEEP:
        return
    best = np.argsort(-choice.share, kind="stable")[:_KEEP]
    for name in ("index", "prior", "share", "country", "admin1", "xyz", "feature"):
        setattr(choice, name, getattr(choice, name)[best])


class _Flat:
    """All choices' places in one row of arrays; `owner` is the choice each belongs to."""

    def __init__(
        self,
        choices: list[Choice],
        gazetteer: Gazetteer,
        hint: Hint | None,
        weights: NDArray[np.float64],
    ) -> None:
        sizes = [len(choice.index) for choice in choices]
        self.choices = choices
        self.owner = np.repeat(np.arange(len(choices)), sizes)
        self.starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        self.weight = weights[self.owner]
        self.prior = np.concatenate([choice.prior for choice in choices])
        self.share = np.concatenate([choice.share for choice in choices])
        self.xyz = np.concatenate([choice.xyz for choice in choices])
        self.feature = np.concatenate([choice.feature for choice in choices])
        country = np.concatenate([choice.country for choice in choices])
        admin1 = np.concatenate([choice.admin1 for choice in choices])
        if hint is not None:
            self.prior = self.prior + _STEEPNESS * _hinted(
                self.xyz, country, admin1, gazetteer, hint
            )
        self.units = [
            _Units(number, self.owner, weight)
            for number, weight in ((country, _SAME_COUNTRY), (admin1, _SAME_ADMIN1))
        ]


class _Units:
    """Which places lie in the same unit, and which of those belong to the same name."""

    def __init__(self, number: NDArray[np.int32], owner: NDArray[np.int64], weight: float) -> None:
        self.number, self.weight, self.known = number, weight, number > 0
        _, self.own = np.unique(owner * (int(number.max()) + 1) + number, return_inverse=True)

    def support(self, share: NDArray[np.float64]) -> NDArray[np.float64]:
        """What the other names' shares in a place's unit add to it."""
        everyone, own = np.bincount(self.number, share), np.bincount(self.own, share)
        others = np.asarray(everyone[self.number] - own[self.own], dtype=np.float64)
        return self.weight * _soft(others * self.known)


def _rounds(flat: _Flat, rounds: int, near: NDArray[np.float32] | None) -> None:
    for _ in range(rounds):
        share = flat.weight * flat.share
        support = flat.units[0].support(share) + flat.units[1].support(share)
        if near is not None:
            support += _NEARBY * _soft(near @ share)
        score = flat.prior + _STEEPNESS * support
        score -= np.maximum.reduceat(score, flat.starts)[flat.owner]
        exp = np.exp(score)
        flat.share = exp / np.add.reduceat(exp, flat.starts)[flat.owner]
    for choice, share in zip(flat.choices, np.split(flat.share, flat.starts[1:]), strict=True):
        choice.share = share


def _nearness(flat: _Flat) -> NDArray[np.float32]:
    """How near any two places are, 1 at the same spot, falling to 0; 0 between a name's own."""
    exact = (flat.feature == CITY) | (flat.feature == POINT) | (flat.feature == ADMIN2)
    chord2 = np.maximum(2 - 2 * (flat.xyz @ flat.xyz.T), 0)
    near = np.exp(-np.sqrt(chord2) * np.float32(EARTH_KM / _NEAR_KM))
    near *= exact[:, None] & exact[None, :] & (flat.owner[:, None] != flat.owner[None, :])
    return np.asarray(near, dtype=np.float32)


def _soft(amount: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.log1p(2 * np.maximum(amount, 0)))


def _hinted(
    xyz: NDArray[np.float32],
    country: NDArray[np.int32],
    admin1: NDArray[np.int32],
    gazetteer: Gazetteer,
    hint: Hint,
) -> NDArray[np.float64]:
    support = np.zeros(len(country))
    if hint.country in gazetteer.countries:
        support += 1.6 * (country == gazetteer.countries.index(hint.country))
    if hint.admin1 in gazetteer.admin1_codes:
        support += 1.6 * (admin1 == gazetteer.admin1_codes.index(hint.admin1))
    if hint.lat is not None and hint.lon is not None:
        here = unit_vectors(np.array([hint.lat]), np.array([hint.lon]))[0]
        support += 2.5 * np.exp(-np.linalg.norm(xyz - here, axis=1) * EARTH_KM / _HINT_KM)
    return support


def one_sense(choices: dict[Group, Choice]) -> None:
    """A name narrowed once ("Springfield, Ill.") means that place wherever it stands alone."""
    narrowed: dict[str, list[Choice]] = {}
    for (key, unit), choice in choices.items():
        if unit >= 0:
            narrowed.setdefault(key, []).append(choice)
    for (key, unit), choice in choices.items():
        if unit < 0 and len(narrowed.get(key, ())) == 1:
            meant = narrowed[key][0]
            same = choice.index == meant.index[meant.share.argmax()]
            if same.any():
                choice.share = np.where(same, 0.95, 0.05 * choice.share)
                choice.inside = meant.inside


def softmax(score: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scores as shares that sum to 1."""
    exp = np.exp(score - score.max())
    return np.asarray(exp / exp.sum())
