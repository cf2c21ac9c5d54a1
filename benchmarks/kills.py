"""kill -9 of worker, web and database at random moments while a thousand people are told.

    python -m benchmarks.kills [--seed 1] [--kills 20] [--recipients 1000]

Everything is real: a PostgreSQL server of its own, `farwatch worker`, `farwatch up --web-only`, a
mail server and a gateway for text messages that note each hand-over with its key, people who
confirm by the link in their message. Seven of ten contacts have both channels; the alert's deadline
is the built-in one of ten minutes, and who stays silent is passed on to a supervisor. A run
takes some eleven minutes, for the deadline is waited for.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from benchmarks.aims import Figure, printed, summary
from benchmarks.killed_desk import (
    Killer,
    Looker,
    People,
    Processes,
    environment,
    person_of,
    threads,
)
from benchmarks.own_postgres import OwnPostgres, free_port, own_postgres
from benchmarks.receivers import HandOver, Receivers, receiving

from farwatch.desk import accounts, tokens
from farwatch.desk.accounts import NewAccount
from farwatch.desk.delivering import LEASE, connected, deliver
from farwatch.desk.opening import Desk, open_desk
from farwatch.desk.protecting import queue_alerts
from farwatch.desk.tokens import NewToken
from farwatch.model.account import Role
from farwatch.model.event import Event
from farwatch.model.grade import Grade
from farwatch.model.kinds import Kind
from farwatch.model.place import Geometry, Place, Precision
from farwatch.model.protect import Alert, Exposure, Message, Route, Site
from farwatch.model.recipient import AWAITED, NoticeState, Recipient
from farwatch.model.report import Span
from farwatch.settings import Settings
from farwatch.store import events, notices, outbox, recipients, sites
from farwatch.store.outbox import Queued

DEADLINE = timedelta(minutes=10)  # of a grave and immediate alert, by the built-in rules
BOSSES = 10
# A message is asked about right before it leaves; one that is confirmed between that question and
# its arrival comes a moment after the answer to the confirmation. What comes later was sent again.
ON_THE_WIRE_S = 1.0
_SITE = Site("kitwe", "Kitwe plant", -12.80, 28.21, "ZM", "ZM.08", 1)
_UP_S = 300.0


@dataclass(frozen=True)
class Plan:
    """One run: `ahead_s` says how long ago the alert is sent, as if the run had begun then; with
    `hurried` the time after the kills is passed by the desk's clock instead of waiting for it."""

    seed: int = 1
    kills: int = 20
    recipients: int = 1_000
    window_s: float = 240.0  # first messages, and the second channel after three minutes
    slow_s: float = 0.6  # at most, of a receiver until it answers
    waits_s: float = 150.0
    ahead_s: float = 0.0
    hurried: bool = False


@dataclass(frozen=True)
class Seen:
    """What a run left: at the receivers, with the people, in the desk, in its logs."""

    asked: datetime
    kills: Counter[str]
    taken: list[HandOver]
    people: People
    looker: Looker
    processes: Processes
    sent: list[Queued]
    states: dict[str, NoticeState]
    log: dict[str, int]  # how often these words stand in the processes' logs
    deadline_s: float  # the last first hand-over to a contact, in seconds after the asking


def contacts(count: int) -> list[Recipient]:
    """Contacts with a text number and a mail address, three of ten with the number alone."""
    found = []
    for n in range(count):
        addresses = {"sms": f"+26021{n:07}"}
        if n % 10 < 7:
            addresses["email"] = f"c{n:04}@example.org"
        found.append(
            Recipient(f"c{n:04}", f"Contact {n}", "site contact", addresses,
                      supervisor=f"boss{n % BOSSES}")
        )  # fmt: skip
    bosses = [
        Recipient(f"boss{n}", f"Boss {n}", "head", {"sms": f"+26021{1_000_000 + n:07}"})
        for n in range(BOSSES)
    ]
    return found + bosses


def furnish(desk: Desk, count: int) -> str:
    """Site, event, people, and a token for who looks; its secret."""
    now = datetime.now(UTC)
    place = Place("Kitwe", Precision.CITY, Geometry(-12.81, 28.21, 1.0), "ZM", "ZM.08")
    with desk.database.begin() as conn:
        sites.add(conn, [_SITE])
        recipients.add(conn, contacts(count))
        events.put(conn, [Event(
            "e1", 1, Kind.EXPLOSION, 5, "Blast in Kitwe", place, Span(now), now, now,
            Grade("B", 2), sources=("x-news",), origins=("x", "y"), statements=("x-news\tk",),
        )])  # fmt: skip
    account = accounts.add(desk, NewAccount("looker", Role.ADMINISTRATOR), "bench", now)
    return tokens.make(desk, account, NewToken("looker"), now)[1]


def tell(desk: Desk, asked: datetime) -> None:
    """The alert that asks everybody."""
    near = Exposure("e1", 1, "kitwe", Kind.EXPLOSION, 5, 2.3, 5.0, 0.9, site_name=_SITE.name)
    alert = Alert(
        id="a1", key="e1/site:kitwe", revision=1, message=Message.ALERT, event="e1",
        event_version=1, kind=Kind.EXPLOSION, level=5, severity="Extreme", urgency="Immediate",
        certainty="Observed", route=Route.INTERRUPT, headline="Explosion, Extreme, Kitwe",
        sites=("kitwe",), recipient="site:kitwe", sent=asked, ends=asked + timedelta(days=1),
        released=True, advice=("Shelter",), exposures=(near,),
    )  # fmt: skip
    with desk.database.begin() as conn:
        queue_alerts(desk, conn, [alert], asked)


def run(plan: Plan) -> Seen:
    """Tell everybody while the killer is at work, and look at what is left."""
    with (
        tempfile.TemporaryDirectory() as folder,
        own_postgres(synced=not plan.hurried) as postgres,
        receiving(plan.slow_s) as receivers,
        served(plan, Path(folder), postgres, receivers) as parts,
    ):
        desk, processes, people, looker, stop = parts
        asked = datetime.now(UTC) - timedelta(seconds=plan.ahead_s)
        tell(desk, asked)
        _until_begun(receivers)
        killer = Killer(random.Random(plan.seed), processes, postgres)
        killer.run(plan.kills, plan.window_s)
        (_hurry if plan.hurried else _await)(desk, asked, people, processes, stop)
        with desk.database.read() as conn:
            found = notices.of_event(conn, "e1")
            sent = outbox.of_notices(conn, [one.id for one in found])
        first: dict[str, float] = {}
        for one in receivers.taken:
            first.setdefault(person_of(one.to), one.at - asked.timestamp())
        late = max((at for name, at in first.items() if name.startswith("c")), default=0.0)
        return Seen(
            asked, Counter(name for _, name in killer.done), list(receivers.taken), people, looker,
            processes, sent, {one.recipient: one.state for one in found},
            {words: processes.lines(words) for words in ("Traceback", "is away")}, late,
        )  # fmt: skip


@contextmanager
def served(
    plan: Plan, folder: Path, postgres: OwnPostgres, receivers: Receivers
) -> Iterator[tuple[Desk, Processes, People, Looker, threading.Event]]:
    """The desk's processes up, people and looker beside them."""
    port = free_port()
    told = {
        "data_dir": str(folder), "database_url": postgres.url, "listen": f"127.0.0.1:{port}",
        "smtp_url": receivers.mail_url, "smtp_from": "desk@example.org",
        "gateway_url": receivers.gateway_url, "sources": "staff",
    }  # fmt: skip
    people, stop = People(plan.seed, plan.waits_s), threading.Event()
    receivers.came = people.came
    with open_desk(Settings(**{**told, "data_dir": folder})) as desk:  # type: ignore[arg-type]
        base = f"http://127.0.0.1:{port}"
        looker = Looker(base, furnish(desk, plan.recipients))
        processes = Processes(environment(**told), folder, stop=stop)
        for name in ("worker", "web"):
            processes.start(name)
        _until_up(base)
        works = [processes.keep, lambda: looker.keep(stop)]
        works += [lambda: people.keep(stop) for _ in range(8)]
        try:
            with threads(*works, stop=stop):
                yield desk, processes, people, looker, stop
        finally:
            processes.end()


def _until_up(base: str) -> None:
    """Web answers, and a worker leads."""
    end = time.monotonic() + _UP_S
    while time.monotonic() < end:
        try:
            parts = {one["part"] for one in httpx.get(f"{base}/health").json()["parts"]}
        except (httpx.TransportError, KeyError):
            parts = set()
        if {"web", "worker", "delivery"} <= parts:
            return
        time.sleep(0.2)
    raise RuntimeError("web and worker did not come up")


def _until_begun(receivers: Receivers) -> None:
    """Messages are on their way."""
    end = time.monotonic() + _UP_S
    while not receivers.taken:
        if time.monotonic() > end:
            raise RuntimeError("nothing was handed over")
        time.sleep(0.05)


def _await(
    desk: Desk, asked: datetime, people: People, processes: Processes, stop: threading.Event
) -> None:  # fmt: skip
    """Wait until the deadline is over and whoever stayed silent was passed on."""
    last = asked + DEADLINE + LEASE + timedelta(minutes=1)
    while datetime.now(UTC) < last:
        time.sleep(2)
        if datetime.now(UTC) > asked + DEADLINE and _settled(desk) and not people.waiting():
            break
    time.sleep(2)
    stop.set()
    processes.end()


def _hurry(
    desk: Desk, asked: datetime, people: People, processes: Processes, stop: threading.Event
) -> None:  # fmt: skip
    """End the worker for good, let all press who want to, and pass the rest of the time."""
    end = time.monotonic() + 30
    while people.waiting() and time.monotonic() < end:
        time.sleep(0.1)
    stop.set()
    processes.end()
    later = datetime.now(UTC) + LEASE
    if later >= asked + DEADLINE:
        raise RuntimeError("the machine was too slow: the deadline is over")
    with connected(desk) as channels:
        channels.pop("terminal")
        for at in (later, asked + DEADLINE / 2 + LEASE, asked + DEADLINE):
            deliver(desk, channels, max(at, later))


def _settled(desk: Desk) -> bool:
    with desk.database.read() as conn:
        silent = [
            one for one in notices.of_event(conn, "e1")
            if one.state in AWAITED and one.recipient.startswith("c")
        ]  # fmt: skip
        return not silent and not outbox.undelivered(conn)


def figures_of(plan: Plan, seen: Seen) -> list[Figure]:
    """The four statements, counted."""
    keys: dict[tuple[str, str], Counter[str]] = {}
    for one in seen.taken:
        keys.setdefault((person_of(one.to), one.channel), Counter())[one.key] += 1
    counted = Counter({(one.recipient, one.channel): one.repeats for one in seen.sent})
    doubled = {pair: found.total() - len(found) for pair, found in keys.items()}
    acknowledged = seen.people.acknowledged
    after = [
        one.at - acknowledged[person_of(one.to)] for one in seen.taken
        if one.at > acknowledged.get(person_of(one.to), float("inf"))
    ]  # fmt: skip
    again = [seconds for seconds in after if seconds > ON_THE_WIRE_S]
    reached = {name for name, _ in keys if name.startswith("c")}
    in_time = len(reached) if seen.deadline_s <= DEADLINE.total_seconds() else 0
    late = {name for name, state in seen.states.items() if state is NoticeState.LATE}
    bosses = {f"boss{int(name[1:]) % BOSSES}" for name in late if name.startswith("c")}
    lost = [n for n in acknowledged if seen.states.get(n) is not NoticeState.CONFIRMED]
    answers = seen.people.answers + seen.looker.answers
    wrong = sum(count for said, count in answers.items() if said.startswith("5")) - answers["503"]
    return [
        *(Figure(f"kill -9 of the {name}", count) for name, count in sorted(seen.kills.items())),
        Figure("people who got it by the deadline", in_time, least=plan.recipients),
        Figure("the last of them, after", seen.deadline_s, "s", most=DEADLINE.total_seconds()),
        Figure("shown twice where the key is honoured",
               sum(len(found) > 1 for found in keys.values()), most=0),
        Figure("hand-overs", len(seen.taken)),
        Figure("repeats at the receivers", sum(doubled.values())),
        Figure("repeats that the desk counted", counted.total()),
        Figure("repeats that it did not count",
               sum(max(0, more - counted[pair]) for pair, more in doubled.items()), most=0),
        Figure("people who confirmed", len(acknowledged)),
        Figure("confirmations lost", len(lost), most=0),
        Figure("sent after it was acknowledged", len(again), most=0),
        Figure("on the wire when it was acknowledged", len(after) - len(again)),
        Figure("the last of these came after", 1000 * max(after, default=0.0), "ms"),
        Figure("people who stayed silent", len(late)),
        Figure("supervisors told of them", len({n for n, _ in keys if n in bosses}),
               least=len(bosses)),
        Figure("answers 503 with Retry-After", answers["503"]),
        Figure("answers 500, or 503 of another form", wrong, most=0),
        Figure("processes that ended by themselves", len(seen.processes.alone), most=0),
        Figure("starts refused while the database was away", seen.processes.unstarted),
        Figure("tracebacks in the logs", seen.log["Traceback"], most=0),
        Figure("lines that the database is away", seen.log["is away"]),
    ]  # fmt: skip


def figures(plan: Plan | None = None) -> list[Figure]:
    """One run of twenty kills."""
    plan = plan or Plan()
    return figures_of(plan, run(plan))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--recipients", type=int, default=1_000)
    given = parser.parse_args()
    asked_for = Plan(given.seed, given.kills, given.recipients)
    print(f"\n{summary(printed(f'kills, seed {given.seed}', figures(asked_for)))}")
