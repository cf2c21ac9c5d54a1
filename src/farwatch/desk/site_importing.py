"""Import a list of sites: looked at first, then taken whole or without its wrong rows, once."""

from __future__ import annotations

import csv
import hashlib
import io
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from farwatch.desk.deciding import Person
from farwatch.desk.opening import Desk
from farwatch.desk.rescreening import rescreen, told_of
from farwatch.desk.site_changes import outside
from farwatch.errors import InputError, RejectedRows
from farwatch.model.account import WHOLE, Scope
from farwatch.model.protect import Site
from farwatch.protect.remedies import remedy
from farwatch.protect.rows import read_rows
from farwatch.protect.sites import Rejected, SiteList, read_sites
from farwatch.protect.where import Earth
from farwatch.store import exposures, site_versions, sites
from farwatch.store.site_versions import SiteListFile
from farwatch.store.sites import Hand, Written

_REMEMBERED = 4  # lists read lately; a page asks for the same one several times
_READ: OrderedDict[tuple[str, str], SiteList] = OrderedDict()
_LOCK = threading.Lock()

Asked = Mapping[str, str]  # field -> column, as the user said


@dataclass(frozen=True, slots=True)
class Looked:
    """A list as it would be imported: what it holds, and what storing it would come to."""

    list: SiteList
    rejected: tuple[Rejected, ...]
    good: tuple[Site, ...]
    written: Written
    scope: Scope  # of who looks


@dataclass(frozen=True, slots=True)
class Importer:
    """Who imports: the person, what they may see, and the account that the upload belongs to."""

    person: Person
    scope: Scope
    account: str


def upload(desk: Desk, who: Importer, name: str, data: bytes) -> str:
    """Keep an uploaded list for a day; its id. Raises InputError where it is no table."""
    if not data:
        raise InputError(name or "the file", "is empty: choose a CSV file")
    read_rows(data, name)
    with desk.database.begin() as conn:
        return site_versions.keep_list(conn, who.account, name, data, who.person.at)


def uploaded(desk: Desk, who: Importer, number: str) -> SiteListFile:
    """An uploaded list; raises NotFound."""
    with desk.database.read() as conn:
        return site_versions.get_list(conn, number, who.account, who.person.at)


def look(desk: Desk, who: Importer, file: SiteListFile, asked: Asked) -> Looked:
    """What an import would come to, storing nothing; raises InputError, UsageError."""
    found = _read(desk, file, asked)
    with desk.database.read() as conn:
        return _looked(conn, found, who.scope)


def take(
    desk: Desk, who: Importer, number: str, asked: Asked, *, partial: bool
) -> Mapping[str, Any]:
    """Import an uploaded list once; what it came to, also when it is asked again.

    Raises RejectedRows where a row is wrong and `partial` is not set, InputError where no row is
    good; nothing is stored then.
    """
    file = uploaded(desk, who, number)
    if file.outcome is not None:
        return file.outcome
    found = _read(desk, file, asked)
    with desk.database.begin() as conn:
        file = site_versions.get_list(conn, number, who.account, who.person.at)
        if file.outcome is not None:
            return file.outcome
        looked = _looked(conn, found, who.scope)
        _refuse(file.name, looked, partial=partial)
        outcome = store(desk, conn, looked, who.person, file)
        site_versions.imported(conn, number, outcome)
    return outcome


def take_file(
    desk: Desk, found: SiteList, person: Person, file: SiteListFile, *, replace: bool
) -> tuple[Mapping[str, Any], int]:
    """Import the good rows of a file on this machine; what it came to, and how many sites are in
    our care then. With `replace` these become all there are."""
    with desk.database.begin() as conn:
        looked = _looked(conn, found, WHOLE)
        outcome = store(desk, conn, looked, person, file, replace=replace)
        return outcome, len(sites.load(conn))


def store(
    desk: Desk, conn: Connection, looked: Looked, person: Person, file: SiteListFile,
    *, replace: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Store the good rows with their audit entry, and screen what is live against them."""
    kept = {site.id for site in looked.good}
    gone = {one.id for one in sites.load(conn)} - kept if replace else set()
    touched = {*looked.written.added, *looked.written.changed, *gone}
    before = exposures.reaching(conn, touched)
    hand = Hand(person.name.strip(), person.at, f"import of {file.name}")
    written = (sites.replace if replace else sites.add)(conn, looked.good, hand)
    fresh = [site for site in looked.good if site.id in touched]
    sent = rescreen(desk, conn, fresh, touched, before, person.at) if touched else []
    outcome: dict[str, Any] = {
        "added": len(written.added), "changed": len(written.changed),
        "unchanged": len(written.unchanged), "rejected": len(looked.rejected),
        "alerts": told_of(sent, looked.scope),
    }  # fmt: skip
    details = {"file": file.name, "sha256": hashlib.sha256(file.data).hexdigest(), **outcome}
    person.decides(
        conn, "sites.import", "sites", details | ({"retired": len(gone)} if replace else {})
    )
    return outcome


def rejected_csv(file: SiteListFile, looked: Looked) -> str:
    """The rejected rows as CSV: where, what, why, what to do, and the row as it was given."""
    table = read_rows(file.data, file.name)
    rows = dict(table.rows)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["line", "field", "value", "reason", "what to do", *table.header])
    for one in looked.rejected:
        told = [one.line, one.field, one.value, one.reason, remedy(one)]
        writer.writerow([safe(value) for value in [*told, *rows.get(one.line, [])]])
    return text.getvalue()


def safe(value: object) -> object:
    """A value that no spreadsheet takes for a formula."""
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        try:
            float(value)
        except ValueError:
            return "'" + value
    return value


def sample(file: SiteListFile, count: int) -> list[tuple[int, list[str]]]:
    """The first rows of a list as given, with their lines."""
    return read_rows(file.data, file.name).rows[:count]


def header(file: SiteListFile) -> list[str]:
    """The names of a list's columns."""
    return read_rows(file.data, file.name).header


def _read(desk: Desk, file: SiteListFile, asked: Asked) -> SiteList:
    key = (file.id, repr(sorted(asked.items())))
    with _LOCK:
        if key in _READ:
            _READ.move_to_end(key)
            return _READ[key]
    earth = Earth(desk.borders, desk.gazetteer)
    found = read_sites(file.data, file.name, asked=asked, earth=earth)
    with _LOCK:
        _READ[key] = found
        while len(_READ) > _REMEMBERED:
            _READ.popitem(last=False)
    return found


def _looked(conn: Connection, found: SiteList, scope: Scope) -> Looked:
    good, wrong = _within(conn, found, scope)
    rejected = tuple(sorted([*found.rejected, *wrong], key=lambda one: one.line))
    return Looked(found, rejected, tuple(good), sites.compare(conn, good), scope)


def _within(
    conn: Connection, found: SiteList, scope: Scope
) -> tuple[Sequence[Site], list[Rejected]]:
    """The rows inside the scope; one that would overwrite a site outside it is rejected too."""
    if scope.everywhere:
        return found.sites, []
    hidden = {
        one.id for one in sites.named(conn, [site.id for site in found.sites])
        if not scope.holds_site(one)
    }  # fmt: skip
    good, wrong = [], []
    for line, site in zip(found.lines, found.sites, strict=True):
        bound = ("id", site.id) if site.id in hidden else outside(site, scope)
        if bound is None:
            good.append(site)
        else:
            wrong.append(Rejected(line, bound[0], bound[1], "lies outside your scope"))
    return good, wrong


def _refuse(name: str, looked: Looked, *, partial: bool) -> None:
    if looked.rejected and not partial:
        first, count = looked.rejected[0], len(looked.rejected)
        total = count + len(looked.good)
        raise RejectedRows(
            name, f"{first.reason}; {count:,} of {total:,} rows are wrong, nothing was imported",
            field=first.field, value=first.value, position=f"line {first.line}",
        )  # fmt: skip
    if not looked.good:
        raise InputError(name, "holds no row that can be taken; nothing was imported")
