"""The application: routes, guard, headers, errors; one desk, opened before it and closed after."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import Depends, FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import BaseRoute

from farwatch import __version__
from farwatch.desk.opening import Desk
from farwatch.web import answers, once
from farwatch.web.api import about, webhooks
from farwatch.web.api import accounts as api_accounts
from farwatch.web.api import alerts as api_alerts
from farwatch.web.api import deliveries as api_deliveries
from farwatch.web.api import events as api_events
from farwatch.web.api import exercises as api_exercises
from farwatch.web.api import forecasts as api_forecasts
from farwatch.web.api import map as api_map
from farwatch.web.api import outlooks as api_outlooks
from farwatch.web.api import places as api_places
from farwatch.web.api import reports as api_reports
from farwatch.web.api import rotas as api_rotas
from farwatch.web.api import sites as api_sites
from farwatch.web.api import sources as api_sources
from farwatch.web.conditional import Conditional
from farwatch.web.live import looking
from farwatch.web.live import router as live
from farwatch.web.openapi import operation_id
from farwatch.web.pages import (
    acknowledge,
    administration,
    alerts,
    api,
    deliveries,
    events,
    exercises,
    forecasts,
    frame,
    outlooks,
    own_account,
    places,
    reports,
    rotas,
    second_factor,
    sites,
    sources,
    watch,
    ways_in,
)
from farwatch.web.pages import webhooks as webhook_pages
from farwatch.web.security import Guarded
from farwatch.web.visitor import guard

STATIC = Path(__file__).parent / "static"
PAGES = (
    ways_in.router,
    second_factor.router,
    own_account.router,
    administration.router,
    webhook_pages.router,
    frame.router,
    watch.router,
    alerts.router,
    events.router,
    reports.router,
    outlooks.router,  # before the sites', whose ids may hold a slash
    sites.router,
    places.router,
    forecasts.router,
    deliveries.router,
    rotas.router,
    acknowledge.router,
    api.router,
    sources.router,
    exercises.router,
    live,
)
API = (
    about.router,
    webhooks.router,
    api_map.router,
    api_alerts.router,
    api_events.router,
    api_reports.router,
    api_outlooks.router,
    api_sites.router,
    api_places.router,
    api_forecasts.router,
    api_accounts.router,
    api_deliveries.router,
    api_rotas.router,
    api_exercises.router,
    api_sources.router,
)
API_PREFIX = "/api/v1"


def make_app(desk: Desk) -> FastAPI:
    """The console and the API of an opened desk."""
    app = FastAPI(
        title="Farwatch", version=__version__, lifespan=looking,
        docs_url=None, redoc_url=None, openapi_url=None,
    )  # fmt: skip
    app.state.desk = desk
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.router.routes += _rooms()
    answers.install(app)
    once.install(app)
    # The last one added sees a request first: these two see what is not compressed yet.
    app.add_middleware(once.Once)
    app.add_middleware(Conditional, prefix=f"{API_PREFIX}/")
    app.add_middleware(GZipMiddleware, minimum_size=500, compresslevel=5)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=_hosts(desk.settings.public_url))
    app.add_middleware(Guarded, secure=desk.settings.public_url.startswith("https:"))
    return app


@cache
def _rooms() -> list[BaseRoute]:
    """The guarded routes of every room, of no desk: put together once, whatever desks follow.

    FastAPI does so when the first request comes, and takes 0.3 s.
    """
    rooms = FastAPI(
        dependencies=[Depends(guard), Depends(once.once)],
        docs_url=None, redoc_url=None, openapi_url=None, generate_unique_id_function=operation_id,
    )  # fmt: skip
    for router in PAGES:
        rooms.include_router(router, include_in_schema=False)
    for router in API:
        rooms.include_router(router, prefix=API_PREFIX)
    return rooms.router.routes


def _hosts(public_url: str) -> list[str]:
    """The names this desk answers to: a page elsewhere cannot reach it by a name of its own."""
    own = urlsplit(public_url).hostname
    return ["127.0.0.1", "localhost", "[::1]", *([own] if own else [])]
