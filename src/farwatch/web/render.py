"""Pages from templates: in the visitor's language, with the words and times every page needs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.dates import format_date, format_skeleton, format_timedelta
from babel.numbers import format_decimal
from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from farwatch import __version__
from farwatch.model.assessment import LEVELS
from farwatch.model.history import month_start
from farwatch.model.times import parse_utc
from farwatch.web import exercise_words, i18n, rule_words
from farwatch.web.headlines import headline
from farwatch.web.rooms import rooms_for
from farwatch.web.top import name_of, top_of
from farwatch.web.visitor import Visitor
from farwatch.web.words import WORDS

TEMPLATES = Path(__file__).parent / "templates"


def page(
    request: Request, template: str, context: Mapping[str, Any], language: str | None = None
) -> HTMLResponse:  # fmt: skip
    """A whole page, or its part where the request says which (`HX-Target`). `language` is the
    reader's where it is known by other means than the request."""
    language = language or i18n.language_of(request)
    visitor = getattr(request.state, "visitor", None) or Visitor(datetime.now(UTC))
    settings = request.app.state.desk.settings
    common = {
        "request": request,
        "visitor": visitor,
        "now": visitor.now,
        "language": language,
        "direction": i18n.direction(language),
        "languages": i18n.LANGUAGES,
        "rooms": rooms_for(visitor),
        "exercise": settings.exercise,
        "organisation": settings.organisation,
        "version": __version__,
        "LEVELS": LEVELS,
        "top": top_of(request, visitor, language),
    }
    found = _environment(language).get_template(template)
    return HTMLResponse(found.render({**common, **context}))


def ago(language: str, when: datetime, now: datetime) -> str:
    """ "12 min ago" in the visitor's language; the absolute time stands beside it on a page."""
    gone = when - now
    if abs(gone) < timedelta(seconds=1):
        gone = timedelta(seconds=-1)
    return format_timedelta(
        gone, add_direction=True, locale=language.replace("-", "_"), threshold=1.2, format="short"
    )


def utc(when: datetime) -> str:
    """ "2026-03-01 02:48 UTC"."""
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


@lru_cache(maxsize=8)
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    words = i18n.translations(language)
    # The extension adds this method; Jinja's types do not know of it.
    environment.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
    spoken = language.replace("-", "_")
    environment.filters["utc"] = utc
    # For sentences that may hold what somebody typed: `_` would take them for safe HTML.
    environment.filters["said"] = i18n.translations(language).gettext
    environment.filters["iso"] = lambda when: when.astimezone(UTC).isoformat()
    environment.filters["moment"] = lambda text: utc(parse_utc(text))
    environment.filters["number"] = lambda value: format_decimal(value, locale=spoken)
    environment.filters["day"] = lambda when: format_date(when, "medium", locale=spoken)
    environment.filters["country"] = lambda code: name_of(code, language)
    environment.filters["short_day"] = lambda when: format_skeleton("MMMd", when, locale=spoken)
    # VIEWS's number of a month: "November 2022", "Nov 2022".
    environment.filters["month"] = lambda n: format_skeleton("yMMMM", month_start(n), locale=spoken)
    environment.filters["short_month"] = lambda n: format_skeleton(
        "yMMM", month_start(n), locale=spoken
    )
    environment.globals["WORDS"] = WORDS
    # The desk's own titles begin with a small letter: they follow a colon in a headline.
    environment.filters["begun"] = lambda title: title[:1].upper() + title[1:]
    environment.filters["rule_reason"] = lambda text: rule_words.reason(text, words)
    environment.filters["why_told"] = lambda text: rule_words.why(text, words)
    environment.filters["scenario"] = lambda text: exercise_words.told(text, words)
    environment.filters["mark"] = lambda finding: exercise_words.mark(finding, words)
    environment.filters["result"] = lambda finding: exercise_words.result(finding, words)
    environment.globals["headline"] = lambda alert: headline(alert, words, language)
    environment.globals["ago"] = lambda when, now: ago(language, when, now)
    return environment
