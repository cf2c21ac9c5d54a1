"""Releases of history: how they are to be taken, what the lake holds of them, what is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pyarrow as pa

from farwatch.desk.opening import Desk
from farwatch.errors import UnreadableReport, UsageError
from farwatch.model.history import RELEASES
from farwatch.sources.history_file import GDELT


@dataclass(frozen=True, slots=True)
class How:
    """How files are to be taken. `vintage` is when they were published (else now; GDELT's rows say
    it themselves); `candidate` that GED files are candidate releases; `world` that they were coded
    for every country; `partial` to take the good rows of a file that has bad ones."""

    vintage: datetime | None = None
    dataset: str | None = None
    candidate: bool = False
    world: bool = False
    partial: bool = False

    def check(self, now: datetime) -> None:
        """Raise UsageError for what cannot be."""
        if self.vintage is not None and self.vintage > now:
            raise UsageError(f"vintage {self.vintage:%Y-%m-%d %H:%M} UTC is later than now")
        if self.dataset is not None and not self.dataset.replace("_", "").isalnum():
            raise UsageError(f"dataset {self.dataset!r} is no name of letters, digits and _")


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file. `months` are its first and last (VIEWS's numbers), `named` the first
    thousand rejected rows, `repeated` that the lake held it and nothing was added."""

    file: str
    sort: str
    dataset: str
    vintage: datetime
    rows: int
    rejected: int
    named: tuple[UnreadableReport, ...]
    months: tuple[int, int]
    countries: int
    slots: int = 0
    notes: tuple[str, ...] = ()
    repeated: bool = False


class Held:
    """What the lake holds already: files by dataset and digest, slots of GDELT by dataset."""

    def __init__(self, rows: Sequence[dict[str, object]]) -> None:
        self._vintages: dict[tuple[object, object], set[datetime]] = {}
        self._slots: dict[object, set[int]] = {}
        self._sorts = {str(row["dataset"]): str(row["sort"]) for row in rows}
        for row in rows:
            vintage = row["vintage"]
            if isinstance(vintage, datetime):
                key = (row["dataset"], row["digest"])
                self._vintages.setdefault(key, set()).add(vintage)
            if row["sort"] == GDELT and isinstance(row["slots"], list):
                self._slots.setdefault(row["dataset"], set()).update(row["slots"])

    @classmethod
    def of(cls, desk: Desk) -> Held:
        """What a desk's lake holds."""
        from farwatch.store import history_questions as questions

        with desk.lake.reading() as engine:
            table = engine.fetch(questions.releases_held(engine.table("releases")))
        return cls(table.to_pylist())

    def claim(self, dataset: str, sort: str) -> None:
        """Raise UsageError unless a dataset is of one sort: its releases answer for one another."""
        found = self._sorts.setdefault(dataset, sort)
        if found != sort:
            raise UsageError(f"dataset {dataset!r} is {found}, and cannot be {sort} as well")

    def vintage(self, dataset: str, digest: str, asked: datetime | None) -> datetime | None:
        """The vintage at which the lake holds a file; None if it does not, or not at the one that
        was asked for: a vintage that was forgotten can be given later."""
        found = self._vintages.get((dataset, digest), set())
        if asked is not None:
            return asked if asked in found else None
        return min(found, default=None)

    def slots(self, dataset: str) -> set[int]:
        """The quarter-hours heard, in minutes since 1970."""
        return self._slots.setdefault(dataset, set())


def put_release(
    desk: Desk,
    files: Sequence[tuple[FileReport, str, list[int]]],
    now: datetime,
    writer: str,
    number: int,
) -> None:
    """Write down which files were taken: each with its digest and its slots."""
    rows = [
        {
            "vintage": report.vintage,
            "dataset": report.dataset,
            "sort": report.sort,
            "file": report.file.rsplit("/", 1)[-1],
            "digest": digest,
            "imported": now,
            "rows": report.rows,
            "rejected": report.rejected,
            "first_month": report.months[0],
            "last_month": report.months[1],
            "countries": report.countries,
            "slots": slots or None,
        }
        for report, digest, slots in files
    ]
    table = pa.Table.from_pylist(rows, schema=RELEASES)
    desk.lake.append("releases", table, writer=writer, number=number)


def vintage_of(number: int | None) -> datetime | None:
    """The vintage that a writer's number is: microseconds since 1970."""
    if number is None:
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=number)
