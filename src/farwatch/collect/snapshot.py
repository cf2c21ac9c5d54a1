"""Withdrawal: what a snapshot feed takes back by leaving it out, and what merely ages out.

The rule: a statement is withdrawn only on an explicit deletion, or when it is absent from two
consecutive complete snapshots while its own time is still inside the feed's window at both. If it
reappears it is reinstated; if it falls out of the window it expires, which withdraws nothing.

Snapshots may repeat or arrive out of order. One that is not newer than the newest already taken in
proves nothing about what was absent later: it adds statements never seen before, and counts no
absence and reinstates nothing. Presence in an incomplete snapshot counts, absence does not, and it
neither adds to nor breaks a run of complete ones.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple

MISSES = 2  # consecutive complete snapshots without it
# How long a withdrawn statement's return is still recognised as one, and how long an absent
# statement of a feed without a window is remembered.
KEEP = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Standing:
    """One statement: the last snapshot it was in, its own time, how often missed in a row."""

    seen: datetime
    when: datetime | None = None
    misses: int = 0
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class SnapshotState:
    """What is remembered of a feed between snapshots; plain JSON through `model.codec`."""

    at: datetime | None = None  # the newest snapshot taken in
    statements: Mapping[str, Standing] = field(default_factory=dict)


class Comparison(NamedTuple):
    """The new state and, as sorted keys, what this snapshot changed."""

    state: SnapshotState
    withdrawn: tuple[str, ...]
    reinstated: tuple[str, ...]
    expired: tuple[str, ...]


def is_complete(read: int, rejected: int, declared: int | None = None) -> bool:
    """Whether absence from a snapshot means anything.

    `read` statements were read, `rejected` records were not, the feed declares `declared` records
    in all (None: it does not say). A snapshot that is empty, cut short or partly unreadable is not
    complete. A feed that repeats a statement declares more than are read: give records, not keys.
    """
    return read > 0 and rejected == 0 and (declared is None or declared == read)


def compare(
    state: SnapshotState,
    present: Mapping[str, datetime | None],
    snapshot_time: datetime,
    window: timedelta | None,
    *,
    complete: bool,
    deleted: Collection[str] = (),
) -> Comparison:
    """Take in one snapshot.

    `present` maps each statement's key to its own time (happened, else published; None: unknown);
    `snapshot_time` is the feed's own time, else when it was received, aware UTC. `window` None is a
    feed that promises no window, and an item without a time cannot be said to be inside one: those
    are withdrawn by explicit deletion only. `deleted` are keys that the publisher deletes; a
    deletion outweighs presence in the same snapshot.
    """
    if state.at is not None and snapshot_time <= state.at:
        return _late(state, present, snapshot_time, deleted)
    statements = dict(state.statements)
    reinstated = _mark_present(statements, present, snapshot_time, deleted)
    withdrawn = _delete(statements, deleted, snapshot_time)
    expired: list[str] = []
    for key in [key for key in statements if key not in present and key not in deleted]:
        fate = _absent(statements[key], snapshot_time, window, complete=complete)
        if fate is None:
            if not statements.pop(key).withdrawn:
                expired.append(key)
            continue
        if fate.withdrawn and not statements[key].withdrawn:
            withdrawn.append(key)
        statements[key] = fate
    return Comparison(
        SnapshotState(snapshot_time, statements),
        tuple(sorted(withdrawn)),
        tuple(sorted(reinstated)),
        tuple(sorted(expired)),
    )


def _late(
    state: SnapshotState,
    present: Mapping[str, datetime | None],
    snapshot_time: datetime,
    deleted: Collection[str],
) -> Comparison:
    statements = dict(state.statements)
    for key, when in present.items():
        statements.setdefault(key, Standing(snapshot_time, when))
    withdrawn = _delete(statements, deleted, snapshot_time)
    return Comparison(SnapshotState(state.at, statements), tuple(sorted(withdrawn)), (), ())


def _mark_present(
    statements: dict[str, Standing],
    present: Mapping[str, datetime | None],
    snapshot_time: datetime,
    deleted: Collection[str],
) -> list[str]:
    reinstated = []
    for key, when in present.items():
        if key in deleted:
            continue
        before = statements.get(key)
        if before is not None and before.withdrawn:
            reinstated.append(key)
        known = when if when is not None or before is None else before.when
        statements[key] = Standing(snapshot_time, known)
    return reinstated


def _delete(
    statements: dict[str, Standing], deleted: Collection[str], snapshot_time: datetime
) -> list[str]:
    gone = []
    for key in deleted:
        before = statements.get(key) or Standing(snapshot_time)
        # Present in a newer snapshot than the one that deletes it: it has already come back.
        if before.withdrawn or before.seen > snapshot_time:
            continue
        statements[key] = replace(before, withdrawn=True)
        gone.append(key)
    return gone


def _absent(
    standing: Standing, snapshot_time: datetime, window: timedelta | None, *, complete: bool
) -> Standing | None:
    """The standing after one absence, None when it is no longer followed."""
    if standing.withdrawn or window is None:
        return standing if snapshot_time - standing.seen <= KEEP else None
    if snapshot_time - (standing.when or standing.seen) >= window:
        return None
    if not complete or standing.when is None:
        return standing
    misses = standing.misses + 1
    return replace(standing, misses=misses, withdrawn=misses >= MISSES)
