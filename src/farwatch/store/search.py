"""The search index: FTS5 on SQLite, tsvector on PostgreSQL, one set of functions over both.

A row's words are written as ASCII tokens, so that neither engine cuts a word where its script has
a vowel sign; its facets (kind, country, ...) are tokens too, so that both engines intersect them
with the words. A row's number is its time, so that a list needs no sorting.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.store import schema
from farwatch.store.rows import chunks

_PLAIN = re.compile(r"[a-z0-9]+")
_FACET, _SIGNS = "qq0", "qq1"  # no word begins so
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BEFORE = 1 << 33  # seconds before 1970 that a row's time may be
_BITS = 29  # of a row's number that are not its time
_MOST_SECONDS = (1 << 34) - 1
_PREFIX = 4  # letters from which a word of a question may have any ending


@dataclass(frozen=True, slots=True)
class Sought:
    """What rows must hold: every word (any ending from four letters on), of each group of facets
    one; a time in [since, until). An empty word finds nothing."""

    words: tuple[str, ...] = ()
    facets: tuple[tuple[str, ...], ...] = ()
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A row to write: what it is about, its time, its folded words and its facets."""

    name: str  # an event's id, a statement's name
    at: datetime
    words: frozenset[str]
    facets: frozenset[str]


def facet(name: str, value: object) -> str:
    """A facet as its token: `name` is one letter of the list's own."""
    return f"{_FACET}{name}{_ascii(str(value).casefold())}"


def put(conn: Connection, table: sa.Table, entries: Sequence[Entry]) -> None:
    """Replace the rows of these events or statements. `table` is one of the two search tables."""
    drop(conn, table, [entry.name for entry in entries])
    numbered = _numbered(conn, table, entries)
    rows: list[dict[str, Any]] = [
        _named(table, entry.name) | {"id": number, "words": _written(conn, entry)}
        for number, entry in numbered.items()
    ]
    if not rows:
        return
    if conn.dialect.name == "sqlite":
        conn.execute(sa.insert(table), rows)
        return
    made = sa.func.array_to_tsvector(sa.cast(sa.bindparam("tokens"), sa.ARRAY(sa.Text)))
    keys: dict[str, Any] = {name: sa.bindparam(name) for name in rows[0] if name != "words"}
    given = [{**row, "tokens": row["words"].split()} for row in rows]
    for row in given:
        del row["words"]
    conn.execute(sa.insert(table).values({**keys, "words": made}), given)


def drop(conn: Connection, table: sa.Table, names: Iterable[str]) -> None:
    """Forget these events or statements."""
    if table is schema.search_events:
        for some in chunks(names):
            conn.execute(sa.delete(table).where(table.c.event.in_(some)))
        return
    for source, keys in _by_source(names).items():
        for some in chunks(keys):
            conn.execute(sa.delete(table).where(table.c.source == source, table.c.key.in_(some)))


def words_of(conn: Connection, statements: Iterable[str]) -> dict[str, set[str]]:
    """The words (tokens, no facets) that the report of each statement is found by; a statement that
    is not indexed is left out."""
    table = schema.search_reports
    found: dict[str, set[str]] = {}
    shown: Any = table.c.words
    if conn.dialect.name == "postgresql":
        shown = sa.func.array_to_string(sa.func.tsvector_to_array(table.c.words), " ")
    for source, keys in _by_source(statements).items():
        for some in chunks(keys):
            query = sa.select(table.c.key, shown).where(
                table.c.source == source, table.c.key.in_(some)
            )
            for key, text in conn.execute(query):
                words = {word for word in text.split() if not word.startswith(_FACET)}
                found[f"{source}\t{key}"] = words
    return found


def hits(conn: Connection, table: sa.Table, sought: Sought) -> tuple[Any, Any, list[Any]]:
    """What to select from, the column to order by, and the conditions of a search."""
    number: Any = table.c.id
    source: Any = table
    conditions: list[Any] = []
    if sought.words or sought.facets:
        if conn.dialect.name == "sqlite":
            fts = sa.table(f"{table.name}_fts", sa.column("rowid", sa.BigInteger))
            source = fts.join(table, table.c.id == fts.c.rowid)
            number = fts.c.rowid
            matched = sa.literal_column(f"{table.name}_fts").op("MATCH")(_fts5(sought))
        else:
            matched = table.c.words.op("@@")(sa.func.to_tsquery("simple", _tsquery(sought)))
        conditions.append(matched)
    if sought.since is not None:
        conditions.append(number >= place_in_time(sought.since))
    if sought.until is not None:
        conditions.append(number < place_in_time(sought.until))
    return source, number, conditions


def place_in_time(at: datetime, name: str = "") -> int:
    """A row's number: later times are greater; a name makes it one of its second."""
    seconds = (at - _EPOCH) // timedelta(seconds=1) + _BEFORE
    seconds = min(max(seconds, 0), _MOST_SECONDS)
    digest = blake2b(name.encode(), digest_size=8).digest() if name else b""
    return (seconds << _BITS) | (int.from_bytes(digest, "big") & ((1 << _BITS) - 1))


def tidy(conn: Connection) -> None:
    """Let deleted words leave the index itself, not only what is found; PostgreSQL's goes with the
    row."""
    if conn.dialect.name == "sqlite":
        for table in (schema.search_events, schema.search_reports):
            fts = f"{table.name}_fts"
            conn.exec_driver_sql(f"INSERT INTO {fts} ({fts}) VALUES ('optimize')")  # noqa: S608


def _numbered(
    conn: Connection, table: sa.Table, entries: Sequence[Entry]
) -> dict[int, Entry]:  # fmt: skip
    """Each entry under a number that no other row has."""
    wanted = [place_in_time(entry.at, entry.name) for entry in entries]
    taken: set[int] = set()
    for start in range(0, len(wanted), 500):
        query = sa.select(table.c.id).where(table.c.id.in_(wanted[start : start + 500]))
        taken.update(conn.execute(query).scalars())
    numbered: dict[int, Entry] = {}
    for number, entry in zip(wanted, entries, strict=True):
        free = number
        while free in taken or free in numbered:
            free += 1
            if conn.execute(sa.select(table.c.id).where(table.c.id == free)).scalar() is not None:
                taken.add(free)
        numbered[free] = entry
    return numbered


def _named(table: sa.Table, name: str) -> dict[str, str]:
    if table is schema.search_events:
        return {"event": name}
    source, _, key = name.partition("\t")
    return {"source": source, "key": key}


def _written(conn: Connection, entry: Entry) -> str:
    return " ".join(sorted({_ascii(word) for word in entry.words} | entry.facets))


def _ascii(word: str) -> str:
    """A word as one token of ASCII letters and digits, the beginning of it a beginning too."""
    if _PLAIN.fullmatch(word):
        return word
    return _SIGNS + word.encode("utf-8", "surrogatepass").hex()


def _groups(sought: Sought) -> list[list[tuple[str, bool]]]:
    """Groups of which one token must be there, and whether it may have any ending."""
    words = [[(_ascii(word), _open(word))] for word in sought.words]
    return words + [[(token, False) for token in group] for group in sought.facets]


def _open(word: str) -> bool:
    return len(word) >= _PREFIX and not word.isdigit()


def _fts5(sought: Sought) -> str:
    return " AND ".join(
        "(" + " OR ".join(f'"{token}"' + "*" * any_end for token, any_end in group) + ")"
        for group in _groups(sought)
    )


def _tsquery(sought: Sought) -> str:
    return " & ".join(
        "(" + " | ".join(f"'{token}'" + ":*" * any_end for token, any_end in group) + ")"
        for group in _groups(sought)
    )


def _by_source(names: Iterable[str]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in names:
        source, _, key = name.partition("\t")
        found.setdefault(source, []).append(key)
    return found
