"""What is measured and what was aimed at, side by side, as data."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SHARED = Path(__file__).resolve().parents[2] / "shared"


@dataclass(frozen=True)
class Figure:
    """One measured number. `least` and `most` bound the aim; neither means that it is only told."""

    name: str
    value: float
    unit: str = ""
    least: float | None = None
    most: float | None = None
    form: str = ",.0f"

    @property
    def aim(self) -> str:
        """The aim in words, empty where there is none."""
        if self.least is not None:
            return f"at least {self.least:{self.form}}"
        return f"at most {self.most:{self.form}}" if self.most is not None else ""

    @property
    def met(self) -> bool | None:
        """Whether the aim is met; None without one. Not a number meets nothing."""
        if self.least is not None:
            return self.value >= self.least
        return self.value <= self.most if self.most is not None else None

    def __str__(self) -> str:
        """Name, figure, aim and verdict in one line."""
        told = f"  {self.name:<52}{self.value:>14{self.form}} {self.unit:<8}"
        verdict = {True: "met", False: "NOT MET", None: ""}[self.met]
        return f"{told} {self.aim:<22}{verdict}".rstrip()


def summary(figures: Sequence[Figure]) -> str:
    """How many aims are met, and each that is not."""
    aims = [figure for figure in figures if figure.met is not None]
    missed = [figure for figure in aims if not figure.met]
    lines = [f"{len(aims) - len(missed)} of {len(aims)} aims met"]
    lines += [
        f"not met: {one.name}: {one.value:{one.form}} {one.unit}, {one.aim}" for one in missed
    ]
    return "\n".join(lines)


def printed(title: str, figures: Sequence[Figure]) -> Sequence[Figure]:
    """Print a title with its figures, and give them back."""
    print(f"\n{title}")
    for figure in figures:
        print(figure)
    sys.stdout.flush()
    return figures
