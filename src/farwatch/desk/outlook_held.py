"""The conflict events that the desk holds, as outlooks read them, as known at a time."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from threading import Lock

import pyarrow as pa

from farwatch.desk.history import events_as_of, held_vintages
from farwatch.desk.opening import Desk
from farwatch.desk.outlook import Told
from farwatch.errors import UsageError
from farwatch.sources.history_file import GDELT, PANEL

NONE_HELD = (
    "no conflict event was known to this desk at {when}: import a release of UCDP's georeferenced"
    " events by `farwatch history import FILE`"
)
_NEEDED = (
    "id", "type_of_violence", "date_start", "date_end", "lat", "lon", "where_prec", "country",
    "adm_1", "best",
)  # fmt: skip
_ONE_AT_A_TIME = Lock()


def told_by(desk: Desk, as_of: datetime) -> Told:
    """All events of the releases published by a time; their names are its version.

    Of each month of a country one release speaks, as `events_as_of` says. The table read last is
    kept. Raises UsageError with what to import where none was known.
    """
    known = [
        f"{one.dataset}@{one.vintage:%Y-%m-%dT%H:%M:%SZ} {one.files} {one.rows}"
        for one in held_vintages(desk)
        if one.sort not in {PANEL, GDELT} and one.vintage <= as_of
    ]
    if not known:
        raise UsageError(NONE_HELD.format(when=f"{as_of:%Y-%m-%d %H:%M} UTC"))
    version = f"{desk.settings.lake}: {', '.join(known)}"
    with _ONE_AT_A_TIME:
        return Told(version, _read(_Asked(desk, as_of, version)))


class _Asked:
    """A desk and a time, alike where the same releases are known."""

    def __init__(self, desk: Desk, as_of: datetime, version: str) -> None:
        self.desk, self.as_of, self.version = desk, as_of, version

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked) and self.version == other.version

    def __hash__(self) -> int:
        return hash(self.version)


@lru_cache(maxsize=2)
def _read(asked: _Asked) -> pa.Table:
    return events_as_of(asked.desk, asked.as_of).select(list(_NEEDED))
