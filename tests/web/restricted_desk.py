"""A desk on which staff reported something restricted beside what all may read.

It is reported, read, merged, screened and alerted as the watch does it; then whatever else may
speak of it is put beside it: a level that rests on it, a judgement, a decision, a notice, a record
that could not be read.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import product
from typing import Any

from fastapi.routing import APIRoute
from web_desk import KITWE

from farwatch.desk import collecting, indexing, understanding
from farwatch.desk.assessing import Rise, cell_at
from farwatch.desk.levels import tell_rises
from farwatch.desk.opening import Desk
from farwatch.desk.protecting import in_care, protect
from farwatch.model.account import Role
from farwatch.model.assessment import Assessment, Coverage, Factor, Level, assessment_id
from farwatch.model.document import Document
from farwatch.model.event import Event, Judgement, Verdict
from farwatch.model.kinds import Category
from farwatch.model.recipient import Recipient
from farwatch.store import (
    alerts,
    assessments,
    events,
    judgements,
    notices,
    recipients,
    reports,
)
from farwatch.web.app import API, API_PREFIX, PAGES

WORD = "zyzzogeton"  # stands in nothing but what is restricted
HEAD = "id,time,site,kind,severity,grade,text,lat,lon,restricted\n"
ROWS = """\
{word},{at},kitwe,abduction,4,A2,"Abduction at Kitwe, says {word}",-12.80,28.21,true
open,{at},kitwe,blockade,3,A2,The gate at Kitwe is blocked,-12.80,28.21,false
edited,{before},kitwe,flood,2,A2,"Flood at Kitwe, says {word}",-12.80,28.21,true
wrong,{at},kitwe,{word},3,A2,No such kind,-12.80,28.21,true
"""
EDITED = "edited,{at},kitwe,flood,2,A2,Flood at Kitwe,-12.80,28.21,false\n"
# Who reads: a role, and the scopes of their API token where they come with one.
Reader = tuple[Role, tuple[str, ...]]
ENDLESS = {"live"}  # its own test reads it


@dataclass(frozen=True)
class Closed:
    """What is restricted on the desk, by every name that it has."""

    event: str
    open_event: str
    report: str
    open_report: str
    old_report: str
    alert: str
    alert_id: str
    notice: int

    @property
    def names(self) -> tuple[str, ...]:
        """What must stand nowhere for who is not cleared."""
        return (WORD, self.event, self.report, self.old_report, self.alert_id)


def report_it(desk: Desk, now: datetime) -> Closed:
    """Let staff report, and the desk make of it what it makes."""
    at, before = now - timedelta(hours=1), now - timedelta(hours=2)
    files = [
        HEAD + one.format(word=WORD, at=at.isoformat(), before=before.isoformat())
        for one in (ROWS, EDITED)
    ]
    mailing = replace(desk.settings, smtp_url="smtp://127.0.0.1:9")
    object.__setattr__(desk, "settings", mailing)  # the fixture's desk, with a channel
    staff = desk.sources["staff"]
    free = replace(staff, terms=replace(staff.terms, redistribution="yes"))
    desk.__dict__["sources"] = {**desk.sources, "staff": free}  # so that files hold it
    with desk.database.begin() as conn:
        recipients.add(conn, [Recipient("ada", "Ada", "duty officer", {"email": "a@example.org"})])
    for minutes, text in enumerate(files):
        came = now - timedelta(minutes=10 - minutes)
        collecting.take(desk, Document(free, "staff_kitwe.csv", text.encode(), came))
        _understand(desk, now)
    with desk.database.begin() as conn:
        closed, freely = _events(conn, "abduction"), _events(conn, "blockade")
        _say_more(desk, conn, closed, freely, now)
        alert = alerts.of_events(conn, [closed.id])[0]
        notice = notices.of_event(conn, closed.id)[0]
        standing = reports.current(conn, "staff", [WORD, "open"])
        old = reports.history(conn, "staff", "edited")[0]
    indexing.finish(desk)
    return Closed(
        closed.id, freely.id, standing[WORD].id, standing["open"].id, old.id, alert.key, alert.id,
        notice.id,
    )  # fmt: skip


def _understand(desk: Desk, now: datetime) -> None:
    """Read, merge and protect what waits."""
    with desk.database.begin() as conn, suppress(LookupError):
        while True:
            _, changed = understanding.process(desk, conn, in_care(conn).sites)
            protect(desk, conn, in_care(conn), changed, now)


def _events(conn: Any, kind: str) -> Event:
    (found,) = events.chosen(conn, events.Which(kind=kind))
    return found


def _say_more(desk: Desk, conn: Any, closed: Event, freely: Event, now: datetime) -> None:
    """A level that rests on it, and its rise; the model's word that the two are apart."""
    factor = Factor("recent events", 1.0, 0.5, 0.1, (closed.id, freely.id), "recent")
    level = Level(
        Category.CONFLICT, 4, 0.3, at_least=False, trend="rising", coverage=Coverage(0.9),
        factors=(factor,), reasons=("what was reported",),
    )  # fmt: skip
    for place in ("admin1:ZM.08", "country:ZM", cell_at(KITWE.lat, KITWE.lon)):
        made = Assessment(assessment_id(place, now), place, now, 4, "conflict", (level,))
        assessments.put(conn, [made])
    rise = Rise(
        replace(made, place="admin1:ZM.08", id=assessment_id("admin1:ZM.08", now)), level, 2
    )
    events.put(conn, list(tell_rises(desk, conn, [rise], now)))
    left, right = sorted((closed.statements[0], freely.statements[0]))
    apart = Judgement(left, right, Verdict.DIFFERENT, "model", now, 0.1, (f"{WORD} apart",))
    judgements.put(conn, [apart])


def addresses(closed: Closed) -> Iterator[tuple[str, str]]:
    """(route name, address) of every GET route there is, its parameters filled with every name that
    might open something; lists also with what narrows and turns them."""
    for prefix, routers in (("", PAGES), (API_PREFIX, API)):
        for router in routers:
            for route in router.routes:
                assert isinstance(route, APIRoute), route
                if "GET" in route.methods and route.name not in ENDLESS:
                    for path in _filled(prefix + route.path, closed):
                        yield route.name, path


def _filled(path: str, closed: Closed) -> Iterator[str]:
    names = [part.partition("}")[0].partition(":")[0] for part in path.split("{")[1:]]
    if not names:
        yield path
        yield from (f"{path}?{query}" for query in _queries(closed))
        return
    kinds = [_candidates(name, closed) for name in names]
    for chosen in product(*kinds):
        filled = path
        for name, value in zip(names, chosen, strict=True):
            filled = filled.replace(f"{{{name}:path}}", value).replace(f"{{{name}}}", value)
        yield filled
        if filled.endswith("/again"):
            yield f"{filled}?document=staff_kitwe.csv"


def _candidates(name: str, closed: Closed) -> tuple[str, ...]:
    if name == "form":
        return ("csv", "geojson", "jsonl")
    return (
        closed.event, closed.open_event, closed.report, closed.open_report, closed.old_report,
        closed.alert, str(closed.notice), "kitwe", "staff", "admin1:ZM.08", "ZM",
    )  # fmt: skip


def _queries(closed: Closed) -> tuple[str, ...]:
    return (
        "q=kitwe&limit=1000&view=recent&zoom=20&days=30&sort=exposed",
        "restricted=yes&updated_since=2020-01-01T00:00:00Z&limit=1000&view=table",
        f"event={closed.event}&kind=abduction", f"alert={closed.alert}&view=open",
        f"q={WORD}&source=staff",
    )  # fmt: skip
