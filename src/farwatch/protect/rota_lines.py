"""A rota's shifts and stand-ins as lines of a form, and back.

ada: Mon 08:00 - Mon 20:00
ada by ben: 2026-06-01T00:00Z - 2026-06-08T00:00Z
"""

from __future__ import annotations

import re
from datetime import UTC

from farwatch.model.recipient import Rota
from farwatch.protect.recipient_rows import WrongValue
from farwatch.protect.rota import clock

_SHIFT = re.compile(r"(?P<person>[^:]+):(?P<from>[^-–]+)[-–](?P<to>[^-–]+)")
_STAND_IN = re.compile(
    r"(?P<absent>[^:]+?)\s+by\s+(?P<by>[^:]+):(?P<from>\S+?)\s+[-–]\s+(?P<to>\S+)"
)


def shifts(text: str) -> list[dict[str, str]]:
    """The shifts of a text, one a line; raises WrongValue with the line that is none."""
    return _each(text, _SHIFT, "shifts", "reads 'ada: Mon 08:00 - Mon 20:00'")


def stand_ins(text: str) -> list[dict[str, str]]:
    """The stand-ins of a text, one a line; raises WrongValue with the line that is none."""
    how = "reads 'ada by ben: 2026-06-01T00:00Z - 2026-06-08T00:00Z'"
    return _each(text, _STAND_IN, "stand_ins", how)


def lines(rota: Rota) -> tuple[str, str]:
    """Shifts and stand-ins as text."""
    turns = [f"{one.person}: {clock(one.start)} - {clock(one.end)}" for one in rota.shifts]
    absent = [
        f"{one.absent} by {one.by}: {one.start.astimezone(UTC):%Y-%m-%dT%H:%MZ} - "
        f"{one.end.astimezone(UTC):%Y-%m-%dT%H:%MZ}"
        for one in rota.stand_ins
    ]
    return "\n".join(turns), "\n".join(absent)


def _each(text: str, shape: re.Pattern[str], field: str, how: str) -> list[dict[str, str]]:
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        read = shape.fullmatch(line.replace(": ", ":", 1))
        if read is None:
            raise WrongValue(field, line, how)
        found.append({name: value.strip() for name, value in read.groupdict().items()})
    return found
