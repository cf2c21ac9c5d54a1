"""Live pages: one look at the database a second, told to every open page by server-sent events."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from farwatch.desk import indexing, map_index
from farwatch.desk.clock import now_of
from farwatch.desk.opening import Desk
from farwatch.desk.running import Life
from farwatch.errors import DatabaseAway, FarwatchError
from farwatch.model.account import WHOLE, Scope
from farwatch.store import changes, search_queue
from farwatch.web.visitor import visitor_of

router = APIRouter()
_LOG = logging.getLogger(__name__)
EVERY = 1.0  # seconds between looks
_USES_EVERY = 5.0  # seconds
KEEP_ALIVE = 15.0  # seconds; proxies close what is silent for a minute
_OPEN = Scope()  # what those see who are not cleared
_WAITING = 64  # messages a slow page may fall behind before it is dropped


class Live:
    """Who listens, and whether they are cleared: others are not even told when what is restricted
    changes. A page that reads too slowly is dropped; the browser connects again."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.listeners: dict[asyncio.Queue[str | None], Scope] = {}
        self.life = Life(desk, "web", threading.Event())
        self._known: dict[Scope, dict[str, str]] = {}

    async def run(self) -> None:
        """Look, and tell what changed, for ever."""
        while True:
            await asyncio.sleep(EVERY)
            try:
                seen = await run_in_threadpool(self._look)
            except DatabaseAway:
                continue  # the log has it, once
            except FarwatchError as error:
                _LOG.error("who follows this desk live is told nothing: %s", error)
                continue
            before, self._known = self._known, seen
            for sight, marks in seen.items() if before else ():
                for name, mark in marks.items():
                    if before[sight].get(name) != mark:
                        self.tell(name, {"at": mark}, sight)

    def tell(self, name: str, what: object, sight: Scope) -> None:
        """Send one message to all who see so much."""
        text = f"event: {name}\ndata: {json.dumps(what)}\n\n"
        for queue in [one for one, seen in self.listeners.items() if seen == sight]:
            if queue.qsize() >= _WAITING:
                del self.listeners[queue]
                queue.put_nowait(None)
            else:
                queue.put_nowait(text)

    async def messages(self, scope: Scope) -> AsyncIterator[str]:
        """What one page is told, from now on."""
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        self.listeners[queue] = WHOLE if scope.restricted else _OPEN
        try:
            yield "retry: 3000\n\n"
            while True:
                try:
                    text = await asyncio.wait_for(queue.get(), KEEP_ALIVE)
                except TimeoutError:
                    text = ": still here\n\n"
                if text is None:
                    return
                yield text
        finally:
            self.listeners.pop(queue, None)

    def _look(self) -> dict[Scope, dict[str, str]]:
        self.life.works()
        with self.desk.database.read() as conn:
            found = {sight: changes.newest(conn, sight) for sight in (WHOLE, _OPEN)}
        return {
            sight: {name: when.isoformat() if when else "" for name, when in marks.items()}
            for sight, marks in found.items()
        }


@asynccontextmanager
async def looking(app: FastAPI) -> AsyncIterator[None]:
    """The application's life: the look goes on while it is up."""
    app.state.live = Live(app.state.desk)
    task = asyncio.create_task(app.state.live.run())
    index = asyncio.create_task(_index(app.state.desk))
    uses = asyncio.create_task(_uses(app.state.desk))
    warm = asyncio.create_task(_warm(app.state.desk))
    try:
        yield
    finally:
        for one in (task, index, uses, warm):
            one.cancel()
            with suppress(asyncio.CancelledError):
                await one
        with suppress(FarwatchError):  # the next use is noted again
            await run_in_threadpool(app.state.desk.last_uses.write, app.state.desk.database)


async def _uses(desk: Desk) -> None:
    """Write down every few seconds which keys and sign-ins were used."""
    while True:
        await asyncio.sleep(_USES_EVERY)
        with suppress(DatabaseAway):  # the log has it, once; they are kept for the next time
            await run_in_threadpool(desk.last_uses.write, desk.database)


async def _warm(desk: Desk) -> None:
    """Read the map's index before the first visitor waits for it."""
    with suppress(FarwatchError):  # whoever asks first is told
        await run_in_threadpool(lambda: map_index.current(desk, now_of(desk)))


async def _index(desk: Desk) -> None:
    """Index what its writers left: an older database, a desk that nobody watches."""
    done = 0
    while True:
        if not done:
            await asyncio.sleep(EVERY)
        try:
            done = await run_in_threadpool(_indexed, desk)
        except DatabaseAway:
            done = 0
        except FarwatchError as error:  # the next look tries again
            done = 0
            _LOG.warning("search is not brought up to date: %s", error)


def _indexed(desk: Desk) -> int:
    """Some of what waits; how many."""
    with desk.database.read() as conn:
        if not search_queue.waiting(conn):
            return 0
    with desk.database.begin() as conn:
        return indexing.catch_up(desk, conn, 500)


@router.get("/live", name="live", include_in_schema=False)
async def live(request: Request) -> StreamingResponse:
    """Tell one page of changes until it leaves."""
    messages = request.app.state.live.messages(visitor_of(request).scope)
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(messages, media_type="text/event-stream", headers=headers)
