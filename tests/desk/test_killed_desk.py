"""kill -9 of worker, web and database while people are told and confirm: the four statements hold.

The short form of `python -m benchmarks kills`: few kills, few people, and the time after the kills
is passed by the desk's clock.
"""

from __future__ import annotations

import pytest
from benchmarks.kills import Plan, figures_of, run
from benchmarks.own_postgres import programs

SHORT = Plan(
    seed=2,
    kills=6,
    recipients=500,
    window_s=12.0,
    slow_s=0.05,
    waits_s=4.0,
    ahead_s=165.0,
    hurried=True,
)


@pytest.mark.postgres
@pytest.mark.skipif(programs() is None, reason="no PostgreSQL, and none brought along")
def test_everybody_is_told_whatever_is_killed() -> None:
    seen = run(SHORT)
    found = figures_of(SHORT, seen)
    assert [str(one) for one in found if one.met is False] == []
    assert dict(seen.kills) == {"worker": 2, "web": 2, "database": 2}
    assert len(seen.people.acknowledged) > 50
    assert seen.people.answers["200"] == len(seen.people.acknowledged)
    assert len(seen.taken) > SHORT.recipients, "nobody was asked by a second channel"
