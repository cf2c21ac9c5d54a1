"""Poll live sources: their own addresses when due, then, one a source in turn, what these lead to.

An index (CAP, FCDO, a first page) is accepted together with the list of what it leads to, so that a
poller killed in between goes on with the rest. A document whose index tells its version is fetched
once a version; any other is asked for again, conditionally, whenever its index has changed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from farwatch.collect import archive, folder
from farwatch.collect.fetch import Fetched, Fetcher, Validators
from farwatch.desk.collecting import Place, Taken
from farwatch.desk.gathering import may_read, permitted
from farwatch.desk.opening import Desk
from farwatch.errors import FetchError, TermsError, UnreadableFeed
from farwatch.model.document import Document, Follow
from farwatch.model.terms import Source
from farwatch.store import health, reports

MOST_LED_TO = 5_000  # documents that one address may lead to; an index of all US warnings has 1,000

_FEED = "application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.5"
_CAP = "application/cap+xml, application/xml;q=0.9, */*;q=0.5"
_JSON = "application/json, */*;q=0.5"
# Format -> media types wanted of a source's own address and of what it leads to. Some publishers
# (api.weather.gov) answer JSON to whoever does not name CAP.
_ACCEPT = {
    "cap": (_CAP, _CAP),
    "cap_index": (_FEED, _CAP),
    "rss": (_FEED, _FEED),
    "fcdo": (_JSON, _JSON),
    "worldbank": (_JSON, _JSON),
}
_ANYTHING = ("*/*", "*/*")


@dataclass(frozen=True, slots=True)
class _Stand(Place):
    """What to ask with next time, kept with the last document of an answer.

    `name` and `value` are the address's cursor; `root` is the source's own address that led here
    ("" for that address itself) and `leads` collects what the answer leads to. An answer that could
    not be read keeps nothing, so that it is asked for again in full.
    """

    root: str
    leads: list[Follow]
    last: bool

    def keep(self, conn: Connection, taken: Taken) -> None:
        """Add what the document leads to; with the last one, write it all down."""
        self.leads.extend(taken.follows)
        if taken.failed or not self.last:
            return
        listed = _listed(self.leads)
        if self.root:
            reports.set_cursor(conn, self.name, {**self.value, "leads": listed})
            _list_more(conn, self.root, listed)
        else:
            reports.set_cursor(conn, self.name, self.value)
            _list_anew(conn, self.name.removeprefix("fetch:"), self.value["round"], listed)


def _listed(leads: Iterable[Follow]) -> list[list[str]]:
    return [[url, version] for url, version in {one.url: one.version for one in leads}.items()]


def _list_anew(conn: Connection, root: str, at: str, listed: list[list[str]]) -> None:
    """The index at `root` now leads to `listed` alone; what it no longer names is forgotten."""
    before = reports.cursor(conn, f"follow:{root}").get("listed", [])
    listed = [one for one in listed if one[0] != root][:MOST_LED_TO]
    if before or listed:
        gone = {url for url, _ in before} - {url for url, _ in listed}
        reports.forget_cursors(conn, sorted(f"fetch:{url}" for url in gone))
        reports.set_cursor(conn, f"follow:{root}", {"round": at, "listed": listed})


def _list_more(conn: Connection, root: str, more: list[list[str]]) -> None:
    """What an index leads to leads further (pages)."""
    known = reports.cursor(conn, f"follow:{root}")
    have = {url for url, _ in known["listed"]} | {root}
    fresh = [one for one in more if one[0] not in have]
    if fresh:
        listed = [*known["listed"], *fresh][:MOST_LED_TO]
        reports.set_cursor(conn, f"follow:{root}", {**known, "listed": listed})


@dataclass
class Poller:
    """Fetches live sources when they are due, and files dropped into a folder.

    A failure is kept under its source's name (`fail`) and the others go on; a host that asks to
    wait is left alone until then.
    """

    desk: Desk
    fetcher: Fetcher
    hear: Callable[[Document, Place | None], Taken]
    fail: Callable[[str, datetime, str], None]
    drop: Path | None = None
    due: dict[str, float] = field(default_factory=dict)
    waiting: dict[str, deque[tuple[str, str]]] = field(default_factory=dict)  # by own address
    dropped: folder.FolderState = field(default_factory=folder.FolderState)

    def poll(self, now: datetime) -> int:
        """Ask every source that is due at `now`, then for one waiting document of each address.

        Returns how many documents came. While `waiting` holds anything there is more to do.
        """
        came, stamp = 0, now.timestamp()
        allowed = permitted(self.desk, now)[0]
        for source in allowed:
            if source.urls and self.due.get(source.id, 0.0) <= stamp:
                came += self._due(source, stamp)
        came += self._step(allowed, stamp)
        return came + (self._dropped(now) if self.drop else 0)

    def drain(self, now: datetime) -> int:
        """Ask for everything that waits; returns how many documents came."""
        came, allowed = 0, permitted(self.desk, now)[0]
        while self.waiting:
            came += self._step(allowed, now.timestamp())
        return came

    def _due(self, source: Source, stamp: float) -> int:
        """Every address of a source's own, unless its host asks to wait meanwhile."""
        came, again = 0, stamp + source.limits.every_seconds
        self.due[source.id] = again
        for url in source.urls:
            if self.due[source.id] == again:
                came += self._own(source, url, stamp)
        return came

    def _own(self, source: Source, url: str, stamp: float) -> int:
        """One address of a source's own; afterwards what it leads to waits."""
        with self.desk.database.read() as conn:
            known = reports.cursor(conn, f"fetch:{url}")
        fetched = self._ask(source, url, known, stamp)
        if fetched is None:
            return 0
        came = 0
        if fetched.data is None:
            self._unchanged(source, fetched, url, known)
        else:
            came = self._take(source, url, fetched, {"round": fetched.received.isoformat()}, "")
        self._await(url)
        return came

    def _step(self, allowed: Iterable[Source], stamp: float) -> int:
        """One waiting document of each address, so that none waits for another's pace."""
        came, roots = 0, {url: source for source in allowed for url in source.urls}
        for root in list(self.waiting):
            if root not in roots or not self.waiting[root]:
                del self.waiting[root]
                continue
            url, version = self.waiting[root].popleft()
            came += self._follow(roots[root], (root, url, version), stamp)
            if not self.waiting.get(root, True):
                del self.waiting[root]
        return came

    def _follow(self, source: Source, led: tuple[str, str, str], stamp: float) -> int:
        root, url, version = led
        with self.desk.database.read() as conn:
            known = reports.cursor(conn, f"fetch:{url}")
            index = reports.cursor(conn, f"follow:{root}")
        fetched = self._ask(source, url, known, stamp, root)
        if fetched is None:
            return 0
        had = {"version": version, "round": index["round"]}
        came = 0
        if fetched.data is None:
            self._unchanged(source, fetched, url, {**known, **had}, root)
        else:
            came = self._take(source, url, fetched, had, root)
        self._further(root, url)
        return came

    def _ask(
        self, source: Source, url: str, known: dict[str, Any], stamp: float, root: str = ""
    ) -> Fetched | None:
        """The answer, or None where there is none: the reason is kept, and any wait asked for."""
        validators = Validators(known.get("etag"), known.get("last_modified"))
        accept = _ACCEPT.get(source.format, _ANYTHING)[1 if root else 0]
        try:
            return self.fetcher.fetch(url, source.limits, validators, accept)
        except FetchError as error:
            self.fail(source.id, datetime.now(UTC), str(error))
            if error.retry_after:
                wait = max(error.retry_after, source.limits.every_seconds)
                self.due[source.id] = max(self.due.get(source.id, 0.0), stamp + wait + 1.0)
                for own in source.urls:
                    self.waiting.pop(own, None)
            return None

    def _unchanged(
        self, source: Source, fetched: Fetched, url: str, known: dict[str, Any], root: str = ""
    ) -> None:
        """The publisher answered that all is as before: it was heard, and nothing is stored."""
        with self.desk.database.begin() as conn:
            health.heard(conn, source.id, fetched.received, health.Volume(unchanged=1))
            reports.set_cursor(conn, f"fetch:{url}", known)
            if root:
                _list_more(conn, root, known.get("leads", []))

    def _take(
        self, source: Source, url: str, fetched: Fetched, had: dict[str, str], root: str
    ) -> int:
        """Hear every document of an answer; only a whole answer is not asked for again."""
        assert fetched.data is not None  # noqa: S101 - the caller looked
        given = fetched.validators
        value = {"etag": given.etag, "last_modified": given.last_modified, **had}
        leads: list[Follow] = []
        found = list(archive.from_bytes(source, url, fetched.data, fetched.received))
        whole = all(isinstance(one, Document) for one in found)
        came = 0
        for number, one in enumerate(found, start=1):
            if isinstance(one, UnreadableFeed):
                self.fail(source.id, fetched.received, str(one))
                continue
            last = whole and number == len(found)
            taken = self.hear(one, _Stand(f"fetch:{url}", value, root, leads, last))
            whole = whole and not taken.failed
            came += 1
        if len(leads) > MOST_LED_TO:
            why = f"{url} leads to {len(leads)} documents, at most {MOST_LED_TO} are read"
            self.fail(source.id, fetched.received, why)
        return came

    def _await(self, root: str) -> None:
        """What an own address leads to and has not been had yet waits, those that failed too."""
        with self.desk.database.read() as conn:
            index = reports.cursor(conn, f"follow:{root}")
            left = [
                (url, version)
                for url, version in index.get("listed", [])
                if not _had(reports.cursor(conn, f"fetch:{url}"), version, index["round"])
            ]
        self.waiting.pop(root, None)
        if left:
            self.waiting[root] = deque(left)

    def _further(self, root: str, url: str) -> None:
        """What a document leads to joins the queue of the address that led to it."""
        with self.desk.database.read() as conn:
            leads = reports.cursor(conn, f"fetch:{url}").get("leads", [])
            index = reports.cursor(conn, f"follow:{root}") if leads else {}
            for led, version in leads:
                known = reports.cursor(conn, f"fetch:{led}")
                if [led, version] in index["listed"] and not _had(known, version, index["round"]):
                    queue = self.waiting.setdefault(root, deque())
                    if (led, version) not in queue:
                        queue.append((led, version))

    def _dropped(self, now: datetime) -> int:
        assert self.drop is not None  # noqa: S101 - the caller looked
        self.dropped, paths = folder.poll(self.drop, self.dropped, now)
        came = 0
        for path in paths:
            for found in archive.documents(path, self.desk.sources, now):
                if isinstance(found, Document):
                    came += self._dropped_one(found, now)
        return came

    def _dropped_one(self, document: Document, now: datetime) -> int:
        """A file dropped in is read under its source's terms like any other."""
        try:
            may_read(self.desk, document.source, now)
        except TermsError as error:
            self.fail(document.source.id, now, str(error))
            return 0
        self.hear(document, None)
        return 1


def _had(known: dict[str, Any], version: str, at: str) -> bool:
    """Whether a document was had: in this version, or since its index was last new."""
    return known.get("version") == version if version else known.get("round") == at
