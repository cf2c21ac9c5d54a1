"""Retention: take a source's reports past their time out of the database, and out of what rests
on them.

An event stays: what, where, when, how sure. It loses the names of the statements that went and,
where the terms do not let the words outlive the report, every word that came from it: title,
reasons and groups, in all its versions and in its alerts. A tombstone says what went.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.store import schema, tombstones
from farwatch.store.bodies import pack
from farwatch.store.judgements import MODEL
from farwatch.store.rows import chunks
from farwatch.store.tombstones import Tombstone

_TITLE = 160  # an event's title is so much of its report's


@dataclass(frozen=True, slots=True)
class Past:
    """What of a source is past its time: everything received before `before`.

    `wording_stays`: whether what rests on a removed report may keep its words.
    """

    source: str
    before: datetime
    reason: str
    wording_stays: bool


@dataclass
class _Rested:
    """What an event loses: report ids, statement names, and the titles of the reports."""

    reports: set[str] = field(default_factory=set)
    statements: set[str] = field(default_factory=set)
    titles: set[str] = field(default_factory=set)


@dataclass
class _Words:
    """What was taken out of an event: titles with what stands for them now, and reasons."""

    titles: dict[str, str] = field(default_factory=dict)
    reasons: set[str] = field(default_factory=set)


def remove(conn: Connection, past: Past, now: datetime) -> Counter[str]:
    """Remove what is past its time; how many reports, statements, inbox rows, readings,
    judgements, rejects went, and how many events and alerts were changed.

    Doing it again removes nothing. SQLite overwrites what is deleted.
    """
    if conn.dialect.name == "sqlite":
        conn.exec_driver_sql("PRAGMA secure_delete = ON")
    done: Counter[str] = Counter()
    for event, lost in sorted(_rested(conn, past).items()):
        done["events"] += 1
        done["alerts"] += _forget(conn, past, event, lost)
        stone = Tombstone(event, past.source, now, len(lost.reports), past.reason)
        tombstones.put(conn, [stone])
    for name, statement in _deletions(past).items():
        done[name] = conn.execute(statement).rowcount
    del done["supports"]
    return done


def removed_ids(conn: Connection, past: Past, *, figures: bool) -> list[str]:
    """Reports past their time that the lake may hold under a later time or another name: those of
    statements flagged since, or (`figures`) those that publish a value."""
    reports, statements = schema.reports, schema.statements
    query = sa.select(reports.c.id).where(_due_report(past)).order_by(reports.c.id)
    if figures:
        query = query.where(reports.c.body.contains('"figure":{', autoescape=True))
    else:
        flagged = sa.and_(
            statements.c.source == reports.c.source,
            statements.c.key == reports.c.key,
            statements.c.flagged_at >= past.before,
        )
        query = query.where(sa.exists().where(flagged))
    return list(conn.execute(query).scalars())


def sources(conn: Connection) -> list[str]:
    """Every source that reports are held of."""
    table = schema.reports
    return list(
        conn.execute(sa.select(table.c.source).distinct().order_by(table.c.source)).scalars()
    )


def _due_report(past: Past) -> sa.ColumnElement[bool]:
    """A version that came before, unless its publisher went back to it since."""
    reports, statements = schema.reports, schema.statements
    anew = sa.and_(
        statements.c.source == reports.c.source,
        statements.c.key == reports.c.key,
        statements.c.current == reports.c.id,
        statements.c.received >= past.before,
    )
    return sa.and_(
        reports.c.source == past.source,
        reports.c.received < past.before,
        ~sa.exists().where(anew),
    )


def _due_statement(past: Past) -> sa.ColumnElement[bool]:
    table = schema.statements
    return sa.and_(table.c.source == past.source, table.c.received < past.before)


def _deletions(past: Past) -> dict[str, sa.Delete]:
    """Table by table, what rests on a row before the row."""
    inbox, reports, statements = schema.inbox, schema.reports, schema.statements
    readings, judgements, rejects = schema.readings, schema.judgements, schema.rejects
    ids = sa.select(reports.c.id).where(_due_report(past))
    keys = sa.select(statements.c.key).where(_due_statement(past))
    names = sa.select(statements.c.source + "\t" + statements.c.key).where(_due_statement(past))
    supports = schema.event_statements
    return {
        "supports": sa.delete(supports).where(supports.c.statement.in_(names)),
        "judgements": sa.delete(judgements).where(
            judgements.c.by == MODEL,
            sa.or_(judgements.c.left.in_(names), judgements.c.right.in_(names)),
        ),
        "readings": sa.delete(readings).where(
            readings.c.source == past.source, readings.c.key.in_(keys)
        ),
        "inbox": sa.delete(inbox).where(inbox.c.source == past.source, inbox.c.report.in_(ids)),
        "rejects": sa.delete(rejects).where(
            rejects.c.source == past.source, rejects.c.at < past.before
        ),
        "reports": sa.delete(reports).where(_due_report(past)),
        "statements": sa.delete(statements).where(_due_statement(past)),
    }


def _rested(conn: Connection, past: Past) -> dict[str, _Rested]:
    """What each event that rests on such reports loses."""
    reports, statements, supports = schema.reports, schema.statements, schema.event_statements
    name = reports.c.source + "\t" + reports.c.key
    goes = sa.exists().where(_due_statement(past), statements.c.key == reports.c.key)
    query = (
        sa.select(
            supports.c.event, supports.c.statement, reports.c.id, goes.label("goes"),
            sa.null().label("body") if past.wording_stays else reports.c.body,
        )
        .join(supports, supports.c.statement == name)
        .where(_due_report(past))
    )  # fmt: skip
    found: dict[str, _Rested] = {}
    for row in conn.execute(query):
        lost = found.setdefault(row.event, _Rested())
        lost.reports.add(row.id)
        if row.goes:
            lost.statements.add(row.statement)
        if row.body is not None:
            said = json.loads(row.body)
            lost.titles.add((said["title"] or said["text"].strip())[:_TITLE])
    return found


def _forget(conn: Connection, past: Past, event: str, lost: _Rested) -> int:
    """Take out of an event, its versions and its alerts what must go; how many alerts changed."""
    table, versions, redirects = schema.events, schema.event_versions, schema.redirects
    old = conn.execute(sa.select(redirects.c.old).where(redirects.c.surviving == event)).scalars()
    names = [event, *old]
    words = _Words()
    for row in conn.execute(sa.select(versions).where(versions.c.id.in_(names))).all():
        body = _event_without(json.loads(row.body), past, lost, words)
        _rewrite(conn, versions, {"id": row.id, "version": row.version}, {"body": pack(body)})
    standing = conn.execute(sa.select(table.c.body).where(table.c.id == event)).scalar()
    if standing is not None:
        body = _event_without(json.loads(standing), past, lost, words)
        title = body["title"].replace("\0", "")
        _rewrite(conn, table, {"id": event}, {"body": pack(body), "title": title})
    return 0 if past.wording_stays else _forget_alerts(conn, names, words)


def _event_without(
    body: dict[str, Any], past: Past, lost: _Rested, words: _Words
) -> dict[str, Any]:
    """An event's body without what went; the words that it loses go into `words`."""
    rested = lost.reports.intersection(body["reports"])
    body["reports"] = [one for one in body["reports"] if one not in lost.reports]
    body["statements"] = [one for one in body["statements"] if one not in lost.statements]
    if past.wording_stays or not rested:
        return body
    if body["title"] in lost.titles:
        words.titles[body["title"]] = body["title"] = _unworded(body["kind"])
    words.reasons.update(body["reasons"])
    body["reasons"], body["actors"] = [past.reason], []
    if body["place"] is not None:
        body["place"]["reasons"] = []
    return body


def _unworded(kind: str) -> str:
    return f"{kind.replace('_', ' ').capitalize()} (its report was removed)"


def _forget_alerts(conn: Connection, events: Iterable[str], words: _Words) -> int:
    """Alerts of these events, their revisions and messages without the words; how many alerts."""
    alerts, revisions, outbox = schema.alerts, schema.alert_revisions, schema.outbox
    query = sa.select(alerts.c.key).where(alerts.c.event.in_(list(events)))
    keys = list(conn.execute(query).scalars())
    for some in chunks(keys):
        for table, key in ((alerts, "key"), (revisions, "revision"), (outbox, "id")):
            for row in conn.execute(sa.select(table).where(table.c.key.in_(some))).all():
                body = _alert_without(json.loads(row.body), words)
                where = {"key": row.key, key: getattr(row, key)}
                _rewrite(conn, table, where, {"body": pack(body)})
    return len(keys)


def _alert_without(body: dict[str, Any], words: _Words) -> dict[str, Any]:
    """An alert, or a message that carries one."""
    if "alert" in body:
        body["alert"] = _alert_without(body["alert"], words)
    if "reasons" in body:
        body["reasons"] = [one for one in body["reasons"] if one not in words.reasons]
    for name in ("headline", "subject", "body"):
        for old, new in words.titles.items():
            if old and name in body:
                body[name] = body[name].replace(f": {old}", f": {new}")
    return body


def _rewrite(
    conn: Connection, table: sa.Table, key: Mapping[str, Any], values: Mapping[str, Any]
) -> None:
    named = sa.and_(*(table.c[name] == value for name, value in key.items()))
    conn.execute(sa.update(table).where(named).values(**values))
