"""Knowledge: everything an assessment may rest on, as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np
import pyarrow as pa

from farwatch.foresee.advice import Advisory
from farwatch.foresee.ahead import UNFORECAST, Ratio
from farwatch.foresee.floors import Warnings, warnings
from farwatch.foresee.grid import Grid
from farwatch.foresee.listen import Heard, quality
from farwatch.foresee.settle import Override
from farwatch.foresee.survey import Ears, Survey, survey
from farwatch.model.assessment import Assessment
from farwatch.model.kinds import Category
from farwatch.model.report import Figure


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known at the time of assessment; nothing in it is younger.

    `events` is an EVENTS table; `heard` the required source classes by country (alpha-2), "" for
    all others; `previous` the last assessment by place; `released` names the person who lets a
    place leave level 5 or 6; `ratios` say by country what its forecast does to its rate.
    """

    events: pa.Table
    figures: Sequence[Figure] = ()
    advisories: Sequence[Advisory] = ()
    heard: Mapping[str, Sequence[Heard]] = field(default_factory=dict)
    previous: Mapping[str, Assessment] = field(default_factory=dict)
    overrides: Sequence[Override] = ()
    released: Mapping[str, str] = field(default_factory=dict)
    ratios: Mapping[str, Ratio] = field(default_factory=dict)

    def listened(self, country: str | None) -> Sequence[Heard]:
        """The required classes of a country."""
        return self.heard.get(country or "", self.heard.get("", ()))

    def ratio(self, country: str | None) -> Ratio:
        """What the country's forecast does to its rate of conflict."""
        return self.ratios.get(country or "", UNFORECAST)


@dataclass(frozen=True)
class Views:
    """The surveys that the places of one round share; each is made when first asked for."""

    knowledge: Knowledge
    grid: Grid
    as_of: datetime

    @cached_property
    def ears(self) -> Ears:
        """Coverage of every cell, by its country."""
        by_country = [quality(self.knowledge.listened(code)) for code in self.grid.countries]
        q = np.array([*by_country, quality(self.knowledge.listened(None))])
        return Ears(q[self.grid.country, 0], q[self.grid.country, 1])

    @cached_property
    def now(self) -> Survey:
        """All events."""
        return self._survey(self.as_of)

    @cached_property
    def credible(self) -> Survey:
        """Only official events and those of credibility 1 or 2."""
        return self._survey(self.as_of, credible=True)

    @cached_property
    def calm(self) -> tuple[Survey, ...]:
        """As it stood at the start, in the middle and at the end of the days a step down needs."""
        days = self.now.constants.step_down["days"]
        past = [self.as_of - timedelta(days=days * share) for share in (1.0, 0.5)]
        return (*(self._survey(when) for when in past), self.now)

    @cached_property
    def hazards(self) -> Warnings:
        """Live hazard warnings."""
        return self._warnings(Category.HAZARD)

    @cached_property
    def outbreaks(self) -> Warnings:
        """Live outbreaks."""
        return self._warnings(Category.HEALTH)

    def _survey(self, when: datetime, *, credible: bool = False) -> Survey:
        """The rates at a time by what is known now: its events, and its forecasts."""
        told = {code: one.value for code, one in self.knowledge.ratios.items() if one.value != 1.0}
        return survey(
            self.knowledge.events, self.grid, when, self.ears, credible=credible, ratios=told
        )

    def _warnings(self, category: Category) -> Warnings:
        constants = self.now.constants
        return warnings(self.knowledge.events, category, self.grid, self.as_of, constants)
