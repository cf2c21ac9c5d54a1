"""Retention: take a source's reports past their time out of the database, and out of what rests
on them.

An event stays: what, where, when, how sure. It loses the names of the statements that went and,
where the terms do not let the words outlive the report, every word that came from it: title,
reasons and groups, in all its versions and in its alerts. A tombstone says what went.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.store import schema, search, search_queue, tombstones
from farwatch.store.bodies import pack
from farwatch.store.judgements import MODEL
from farwatch.store.rows import changed_at, chunks
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
    rested = _rested(conn, past)
    # Readings, judgements, events: the order in which they are understood, so that a watch in
    # another process is waited for, not met head on.
    for name, statement in _deletions_before(past).items():
        done[name] = conn.execute(statement).rowcount
    for some in chunks(rested):
        done["events"] += len(some)
        done["alerts"] += _forget(conn, past, {event: rested[event] for event in some})
    stones = [
        Tombstone(event, past.source, now, len(lost.reports), past.reason)
        for event, lost in rested.items()
    ]
    tombstones.put(conn, stones)
    conn.execute(_supports(past))
    conn.execute(_old_error(past))
    for name, statement in _deletions_after(past).items():
        done[name] = conn.execute(statement).rowcount
    search.drop(conn, schema.search_events, rested)
    search_queue.mark(conn, search_queue.EVENT, rested)
    if done["statements"]:
        search.tidy(conn)
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


def _names(past: Past) -> sa.Select[tuple[str]]:
    """The statements past their time, by the name that readings, judgements and events use."""
    table = schema.statements
    return sa.select(table.c.source + "\t" + table.c.key).where(_due_statement(past))


def _deletions_before(past: Past) -> dict[str, sa.Delete]:
    """What was made of the reports, table by table."""
    readings, judgements = schema.readings, schema.judgements
    keys = sa.select(schema.statements.c.key).where(_due_statement(past))
    about = sa.or_(judgements.c.left.in_(_names(past)), judgements.c.right.in_(_names(past)))
    return {
        "readings": sa.delete(readings).where(
            readings.c.source == past.source, readings.c.key.in_(keys)
        ),
        "judgements": sa.delete(judgements).where(judgements.c.by == MODEL, about),
    }


def _supports(past: Past) -> sa.Delete:
    table = schema.event_statements
    return sa.delete(table).where(table.c.statement.in_(_names(past)))


def _old_error(past: Past) -> sa.Update:
    """The last failure may quote what the source sent."""
    table = schema.health
    old = sa.and_(table.c.source == past.source, table.c.last_error_at < past.before)
    return sa.update(table).where(old).values(last_error=None, last_error_at=None)


def _deletions_after(past: Past) -> dict[str, sa.Delete]:
    """What was received, table by table: what names a row before the row."""
    inbox, reports, rejects = schema.inbox, schema.reports, schema.rejects
    ids = sa.select(reports.c.id).where(_due_report(past))
    return {
        "inbox": sa.delete(inbox).where(inbox.c.source == past.source, inbox.c.report.in_(ids)),
        "rejects": sa.delete(rejects).where(
            rejects.c.source == past.source, rejects.c.at < past.before
        ),
        "reports": sa.delete(reports).where(_due_report(past)),
        "statements": sa.delete(schema.statements).where(_due_statement(past)),
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


def _forget(conn: Connection, past: Past, rested: Mapping[str, _Rested]) -> int:
    """Take out of events, their versions and their alerts what must go; how many alerts changed."""
    table, versions, redirects = schema.events, schema.event_versions, schema.redirects
    merged = sa.select(redirects.c.old, redirects.c.surviving).where(
        redirects.c.surviving.in_(list(rested))
    )
    owner = {name: name for name in rested}
    owner |= {row.old: row.surviving for row in conn.execute(merged)}
    words = {name: _Words() for name in rested}
    for some in chunks(owner):
        for of in (versions, table):
            rows = []
            query = sa.select(of.c.id, of.c.version, of.c.body).where(of.c.id.in_(some))
            for row in conn.execute(query):
                name = owner[row.id]
                body = _event_without(json.loads(row.body), past, rested[name], words[name])
                title = body["title"].replace("\0", "")
                rows.append((row.id, row.version, pack(body), title))
            _rewrite(conn, of, rows)
    if past.wording_stays:
        return 0
    return sum(
        _forget_alerts(conn, {name: words[owner[name]] for name in some}) for some in chunks(owner)
    )


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
    gone = f"its words went with a report of {past.source}, {past.reason}"
    body["reasons"], body["actors"] = [gone], []
    if body["place"] is not None:
        body["place"]["reasons"] = []
    return body


def _unworded(kind: str) -> str:
    return f"{kind.replace('_', ' ').capitalize()} (its report was removed)"


def _forget_alerts(conn: Connection, words: Mapping[str, _Words]) -> int:
    """Alerts of these events, their revisions and messages without the words; how many alerts."""
    alerts, revisions, outbox = schema.alerts, schema.alert_revisions, schema.outbox
    query = sa.select(alerts.c.key, alerts.c.event).where(alerts.c.event.in_(list(words)))
    events = {row.key: row.event for row in conn.execute(query)}
    for some in chunks(events):
        for table, key in ((alerts, "key"), (revisions, "revision"), (outbox, "id")):
            for row in conn.execute(sa.select(table).where(table.c.key.in_(some))).all():
                body = _alert_without(json.loads(row.body), words[events[row.key]])
                named = sa.and_(table.c.key == row.key, table.c[key] == getattr(row, key))
                conn.execute(
                    sa.update(table).where(named).values({"body": pack(body), **_seen_anew(table)})
                )
    return len(events)


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


def _rewrite(conn: Connection, table: sa.Table, rows: Sequence[tuple[str, int, str, str]]) -> None:
    """Give events, or versions of them, another body and title, by id and version."""
    named = sa.and_(
        table.c.id == sa.bindparam("of_id"), table.c.version == sa.bindparam("of_version")
    )
    values: dict[str, sa.BindParameter[str]] = {"body": sa.bindparam("new_body")}
    if "title" in table.c:
        values["title"] = sa.bindparam("new_title")
    names = ("of_id", "of_version", "new_body", "new_title")[: 2 + len(values)]
    given = [dict(zip(names, row, strict=False)) for row in rows]
    if given:
        changed = sa.update(table).where(named).values({**values, **_seen_anew(table)})
        conn.execute(changed, given)


def _seen_anew(table: sa.Table) -> dict[str, datetime]:
    """For those who follow what changes: they must forget the words as well."""
    return {"updated": changed_at()} if "updated" in table.c else {}
