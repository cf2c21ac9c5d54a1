"""A desk of real processes that are killed with -9 at random moments, and the people it tells.

`Processes` starts `farwatch worker` and `farwatch up --web-only` and starts them again whenever
they end, as systemd would; `Killer` kills them and the database; `People` confirm by the link of
the message that reached them; `Looker` asks pages and API all the while.
"""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import httpx
from benchmarks.own_postgres import OwnPostgres
from benchmarks.receivers import HandOver

PROGRAM = Path(sys.executable).with_name("farwatch")
VICTIMS = ("worker", "web", "database")
COMMANDS = {"worker": ("worker",), "web": ("up", "--web-only")}
_NO_DATABASE = 8  # how a process ends that is started while the database is away
_TRIES = 8  # persons who confirm at the same time


@dataclass
class Processes:
    """The desk's two processes. `alone` holds every end that nobody asked for."""

    env: dict[str, str]
    logs: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    killed: set[int] = field(default_factory=set)
    alone: list[str] = field(default_factory=list)
    unstarted: int = 0
    stop: threading.Event = field(default_factory=threading.Event)
    _files: list[IO[bytes]] = field(default_factory=list)

    def start(self, name: str) -> None:
        """Start one; what it says goes to a log of its name."""
        log = (self.logs / f"{name}.log").open("ab")
        self._files.append(log)
        self.running[name] = subprocess.Popen(
            [PROGRAM, *COMMANDS[name]], env=self.env, stdin=subprocess.DEVNULL, stdout=log,
            stderr=log,
        )  # fmt: skip

    def kill(self, name: str) -> None:
        """kill -9."""
        process = self.running[name]
        self.killed.add(process.pid)
        process.kill()

    def keep(self) -> None:
        """Start again what has ended, until `stop`."""
        while not self.stop.wait(0.2):
            for name, process in list(self.running.items()):
                code = process.poll()
                if code is None:
                    continue
                if process.pid not in self.killed and code == _NO_DATABASE:
                    self.unstarted += 1
                elif process.pid not in self.killed:
                    self.alone.append(f"{name} ended with {code}")
                if not self.stop.wait(0.5):
                    self.start(name)

    def end(self) -> None:
        """kill -9 of both, for good."""
        self.stop.set()
        for process in self.running.values():
            process.kill()
            process.wait()
        for log in self._files:
            log.close()

    def lines(self, words: str) -> int:
        """How often these words stand in the logs."""
        return sum(path.read_text().count(words) for path in self.logs.glob("*.log"))


@dataclass
class Killer:
    """Kills at moments drawn by its seed, each victim equally often."""

    rng: random.Random
    processes: Processes
    postgres: OwnPostgres
    done: list[tuple[float, str]] = field(default_factory=list)

    def run(self, kills: int, window_s: float) -> None:
        """So many kills within so many seconds from now."""
        victims = [VICTIMS[n % len(VICTIMS)] for n in range(kills)]
        self.rng.shuffle(victims)
        moments = sorted(self.rng.uniform(0, window_s) for _ in range(kills))
        began = time.monotonic()
        for moment, victim in zip(moments, victims, strict=True):
            time.sleep(max(0.0, began + moment - time.monotonic()))
            if victim == "database":
                self.postgres.kill()
                time.sleep(self.rng.uniform(0.0, 3.0))
                self.postgres.start()
            else:
                self.processes.kill(victim)
            self.done.append((time.monotonic() - began, victim))


@dataclass
class People:
    """Who confirms does so some seconds after the message that moves them: their first, or their
    second. They press again until the page says that it is done."""

    seed: int
    waits_s: float
    answers: Counter[str] = field(default_factory=Counter)
    acknowledged: dict[str, float] = field(default_factory=dict)  # person -> the answer's time
    _seen: Counter[str] = field(default_factory=Counter)
    _due: list[tuple[float, str, str]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def came(self, one: HandOver) -> None:
        """A message reached somebody."""
        person = person_of(one.to)
        rng = random.Random(f"{self.seed} {person}")
        moved = rng.choices((1, 2, 0), (5, 3, 2))[0]  # by the first, the second, by none
        wait = rng.uniform(0, self.waits_s)
        with self._lock:
            self._seen[person] += 1
            if person.startswith("c") and self._seen[person] == moved:
                self._due.append((time.time() + wait, person, one.link))

    def keep(self, stop: threading.Event) -> None:
        """Press what is due, until `stop`; one of several threads."""
        with httpx.Client(timeout=10) as client:
            while not stop.wait(0.05):
                with self._lock:
                    due = [one for one in self._due if one[0] <= time.time()][:1]
                    for one in due:
                        self._due.remove(one)
                for _, person, link in due:
                    self._press(client, person, link)

    def waiting(self) -> int:
        """How many have yet to press."""
        return len(self._due)

    def _press(self, client: httpx.Client, person: str, link: str) -> None:
        try:
            answer = client.post(link)
        except httpx.TransportError:
            said = "no answer"
        else:
            said = told(answer)
        with self._lock:
            self.answers[said] += 1
            if said == "200":
                self.acknowledged.setdefault(person, time.time())
            else:
                self._due.append((time.time() + 1.5, person, link))


@dataclass
class Looker:
    """Asks the health page, a page and the API twice a second."""

    base: str
    token: str
    answers: Counter[str] = field(default_factory=Counter)

    def keep(self, stop: threading.Event) -> None:
        """Ask until `stop`."""
        headers = {"authorization": f"Bearer {self.token}"}
        with httpx.Client(base_url=self.base, timeout=10) as client:
            while not stop.wait(0.5):
                for path in ("/health", "/sign-in", "/api/v1/alerts"):
                    with contextlib.suppress(httpx.TransportError):
                        sent = headers if path.startswith("/api") else {}
                        self.answers[told(client.get(path, headers=sent))] += 1


def told(answer: httpx.Response) -> str:
    """An answer's status; of a 503 also what it lacks."""
    if answer.status_code != 503:
        return str(answer.status_code)
    problem = answer.headers["content-type"] == "application/problem+json"
    right = "retry-after" in answer.headers and (problem or "/api/" not in str(answer.url))
    return "503" if right else "503 of another form"


def person_of(address: str) -> str:
    """ "c0012" of "c0012@example.org" and of "+26021" and seven digits, whose first is 1 of a
    supervisor."""
    if "@" in address:
        return address.partition("@")[0]
    number = int(address[-7:])
    return f"boss{number - 1_000_000}" if number >= 1_000_000 else f"c{number:04}"


def environment(**settings: str) -> dict[str, str]:
    """This process's environment, with these settings of Farwatch alone."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FARWATCH_")}
    return kept | {f"FARWATCH_{name.upper()}": value for name, value in settings.items()}


@contextlib.contextmanager
def threads(*works: object, stop: threading.Event):
    """Each of these in a thread of its own until the end."""
    began = [threading.Thread(target=work, daemon=True) for work in works]  # type: ignore[arg-type]
    for one in began:
        one.start()
    try:
        yield
    finally:
        stop.set()
        for one in began:
            one.join(20)
