"""GDELT 2.0 events in bulk: files to EVENTS batches through DuckDB, a few microseconds a row.

The same rules as `gdelt.read`: CAMEO and FIPS are joined as small tables, precision and radius come
from ActionGeo_Type, an unreadable value rejects its row. Credibility is 3, possibly true, for every
row: NumSources counts sites that carry an article, which mostly copy one another, so it never makes
a row more credible. `admin1` is null: FIPS 10-4 regions have no table to GeoNames' codes.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from farwatch.errors import NotFound, UnreadableFeed, UnreadableReport
from farwatch.model.tables import EVENTS
from farwatch.sources.gdelt import (
    CODE,
    COLUMNS,
    GEO_COUNTRY,
    GEO_LAT,
    GEO_LON,
    GEO_TYPE,
    ID,
    MAX_DIGITS,
    PRECISION,
    SQLDATE,
)
from farwatch.sources.gdelt_rows import MAX_LINE, row_of, rows_of, too_long, verify
from farwatch.world.cameo_labels import LABELS
from farwatch.world.codes import cameo, fips_table

SOURCE = "gdelt"
BATCH_ROWS = 122_880  # DuckDB's own row group: a batch is one unit of its work
SLOW_ROWS = 8_192
PREFIX = "gdelt-"
MEMORY = "400MB"


class Reading:
    """A reading of files: iterate for RecordBatches of EVENTS; `rejected` fills as it goes.

    `rows` counts the rows given so far; what `rejected` holds was counted, named, not given.
    """

    def __init__(self, paths: Sequence[Path], *, relevant: bool, batch_rows: int) -> None:
        self.paths = tuple(paths)
        self.rejected: list[UnreadableReport] = []
        self.rows = 0
        self._relevant = relevant
        self._batch_rows = batch_rows

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        for path in self.paths:
            verify(path)
            given: list[pa.Array] = []
            try:
                yield from self._fast(path, given)
            except (duckdb.Error, pa.ArrowException, OSError) as error:  # the last two mid-stream
                # a number that is no UTF-8, mixed line ends: the engine stops there
                yield from self._slow(path, Given(given), error)

    def _fast(self, path: Path, given: list[pa.Array]) -> Iterator[pa.RecordBatch]:
        wrong: set[str] = set()
        query = _QUERY.format(relevant=_RELEVANT if self._relevant else "")
        with duckdb.connect(config={"memory_limit": MEMORY}) as connection:
            _lookups(connection)
            reader = connection.execute(query, [str(path)]).to_arrow_reader(self._batch_rows)
            for batch in reader:
                good = _good(batch, wrong)
                if good.num_rows:
                    self.rows += good.num_rows
                    given.append(_numbers(good))
                    yield good
            misshapen = list(_misshapen(connection, path))
        self.rejected += [*misshapen, *(_named(path, wrong) if wrong else ())]

    def _slow(self, path: Path, given: Given, why: Exception) -> Iterator[pa.RecordBatch]:
        """The file again without the rows already given, which the engine gave in no order."""
        rows: list[dict[str, Any]] = []
        try:
            for row in rows_of(path, relevant=self._relevant):
                if isinstance(row, UnreadableReport):
                    self.rejected.append(row)
                elif not given.takes(row["id"]):
                    rows.append(row)
                    self.rows += 1
                if len(rows) == SLOW_ROWS:
                    yield pa.RecordBatch.from_pylist(rows, schema=EVENTS)
                    rows = []
        except OSError as error:
            said = str(why).splitlines()[0]
            raise UnreadableFeed(SOURCE, f"cannot be read: {said}", position=str(path)) from error
        if rows:
            yield pa.RecordBatch.from_pylist(rows, schema=EVENTS)


class Given:
    """The event numbers of rows already given, eight bytes each, each to be passed over once."""

    def __init__(self, numbers: list[pa.Array]) -> None:
        every = np.concatenate([np.zeros(0, np.int64), *(one.to_numpy() for one in numbers)])
        self._numbers, self._left = np.unique(every, return_counts=True)

    def takes(self, identity: str) -> bool:
        """True once for each time that the row was given."""
        number = int(identity.removeprefix(PREFIX))
        at = int(np.searchsorted(self._numbers, number))
        if at == len(self._numbers) or self._numbers[at] != number or not self._left[at]:
            return False
        self._left[at] -= 1
        return True


def _numbers(batch: pa.RecordBatch) -> pa.Array:
    digits = pc.utf8_slice_codeunits(batch.column("id"), len(PREFIX))
    return pc.cast(digits, pa.int64())


def read_table(
    paths: Sequence[Path], *, relevant: bool = False, batch_rows: int = BATCH_ROWS
) -> Reading:
    """A lazy reading of event files (plain or .gz), in bounded memory whatever their size.

    `relevant` leaves out kind OTHER, seven rows in eight, inside the engine; its rows' values are
    then not checked beyond their code. Raises UnreadableFeed, while iterating, for a file that is
    missing or cannot be unpacked; a table of something else is all rejected rows.
    """
    return Reading(paths, relevant=relevant, batch_rows=batch_rows)


_READ = ", ".join(f"'c{number}': 'VARCHAR'" for number in range(COLUMNS))
_RELEVANT = "WHERE m.kind IS NULL OR m.kind <> 'other'"

# Only column numbers of our own go into the text; the file's name is a parameter.
# A row is bad by the first rule it breaks; `bad` then names the column.
_QUERY = f"""
WITH told AS (
    SELECT
        c{ID} AS id, c{SQLDATE} AS sqldate, c{CODE} AS code, c{GEO_TYPE} AS geo,
        c{GEO_COUNTRY} AS fips, c{GEO_LAT} AS lat_text, c{GEO_LON} AS lon_text,
        try_cast(c{GEO_LAT} AS DOUBLE) AS lat, try_cast(c{GEO_LON} AS DOUBLE) AS lon,
        try_strptime(c{SQLDATE}, '%Y%m%d') AS day
    FROM read_csv($1, delim = '\t', header = false, quote = '', escape = '',
        columns = {{{{{_READ}}}}}, auto_detect = false, null_padding = false, nullstr = '\\0',
        max_line_size = {MAX_LINE}, store_rejects = true, rejects_limit = 0)
)
SELECT
    'gdelt-' || t.id AS id, m.kind, m.category, m.severity, 3::TINYINT AS credibility,
    false AS official,
    CASE WHEN p.precision IS NOT NULL THEN t.lat END AS lat,
    CASE WHEN p.precision IS NOT NULL THEN t.lon END AS lon,
    CASE WHEN t.lat IS NOT NULL THEN p.radius_km END AS radius_km,
    CASE WHEN t.lat IS NULL OR p.precision IS NULL THEN 'region' ELSE p.precision END AS precision,
    CASE WHEN p.precision IS NOT NULL AND t.lat IS NOT NULL THEN f.country END AS country,
    NULL::VARCHAR AS admin1, t.day AS start, NULL::TIMESTAMP AS expires,
    'global_news' AS source_class,
    CASE
        WHEN length(t.id) NOT BETWEEN 1 AND {MAX_DIGITS} OR ltrim(t.id, '0123456789') <> ''
            THEN 'GLOBALEVENTID'
        WHEN m.kind IS NULL THEN 'EventCode'
        WHEN p.precision IS NULL AND t.geo NOT IN ('', '0') THEN 'ActionGeo_Type'
        WHEN p.precision IS NOT NULL AND (t.lat_text <> '' OR t.lon_text <> '')
            AND (t.lat IS NULL OR NOT t.lat BETWEEN -90 AND 90) THEN 'ActionGeo_Lat'
        WHEN p.precision IS NOT NULL AND (t.lat_text <> '' OR t.lon_text <> '')
            AND (t.lon IS NULL OR NOT t.lon BETWEEN -180 AND 180) THEN 'ActionGeo_Long'
        WHEN t.day IS NULL OR length(t.sqldate) <> 8
            OR ltrim(t.sqldate, '0123456789') <> '' THEN 'SQLDATE'
    END AS bad,
    t.id AS bad_id
FROM told t
LEFT JOIN meanings m ON m.code = t.code
LEFT JOIN precisions p ON p.geo = t.geo
LEFT JOIN fips f ON f.fips = t.fips
{{relevant}}
"""  # noqa: S608 (see above)


def _lookups(connection: duckdb.DuckDBPyConnection) -> None:
    """The code tables, small enough to be joined from memory."""
    meanings = [cameo(code) for code in _codes()]
    categories = [meaning.kind.category for meaning in meanings]
    connection.register(
        "meanings",
        pa.table(
            {
                "code": [meaning.code for meaning in meanings],
                "kind": [meaning.kind.value for meaning in meanings],
                "category": [category.value if category else None for category in categories],
                "severity": pa.array([meaning.severity for meaning in meanings], pa.int8()),
            }
        ),
    )
    connection.register(
        "precisions",
        pa.table(
            {
                "geo": list(PRECISION),
                "precision": [precision.value for precision, _ in PRECISION.values()],
                "radius_km": [radius for _, radius in PRECISION.values()],
            }
        ),
    )
    fips = fips_table()
    connection.register("fips", pa.table({"fips": list(fips), "country": list(fips.values())}))


def _codes() -> Iterator[str]:
    """Every code `cameo` knows, the unlisted ones below a listed one among them."""
    for stem in sorted(LABELS):
        yield stem
        for digit in "0123456789" if len(stem) < 4 else "":
            if stem + digit not in LABELS:
                try:
                    yield cameo(stem + digit).code
                except NotFound:  # pragma: no cover (a listed stem has meaningful children)
                    continue


def _good(batch: pa.RecordBatch, wrong: set[str]) -> pa.RecordBatch:
    """The good rows in the schema of EVENTS; the bad ones' numbers go to `wrong`."""
    bad = batch.column("bad")
    if bad.null_count != batch.num_rows:
        wrong.update(batch.filter(bad.is_valid()).column("bad_id").to_pylist())
        batch = batch.filter(bad.is_null())
    arrays: list[Any] = [batch.column(field.name).cast(field.type) for field in EVENTS]
    return pa.RecordBatch.from_arrays(arrays, schema=EVENTS)


def _misshapen(connection: duckdb.DuckDBPyConnection, path: Path) -> Iterator[UnreadableReport]:
    """Rows of another width, by line, as the engine kept them."""
    rows = connection.execute(
        "SELECT line, any_value(csv_line), any_value(error_type) FROM reject_errors "
        "GROUP BY line ORDER BY line"
    ).fetchall()
    for line, text, sort in rows:
        if "LINE SIZE" in str(sort):
            yield too_long(f"{path.name} line {line}")
            continue
        yield UnreadableReport(
            SOURCE,
            f"is not {COLUMNS}",
            field="columns",
            value=str(text).count("\t") + 1,
            position=f"{path.name} line {line}",
        )


def _named(path: Path, wrong: set[str]) -> Iterator[UnreadableReport]:
    """The bad rows again, now with line and value: a second look at the file, taken only then.

    A good row may share a bad one's number, so each is judged again by the rules themselves.
    """
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rb") as lines:
        for line, raw in enumerate(lines, 1):
            identity = raw.split(b"\t", 1)[0].decode("utf-8", "replace")
            if identity in wrong and raw.count(b"\t") == COLUMNS - 1:
                try:
                    row_of(raw)
                except UnreadableReport as error:
                    yield error.at(f"{path.name} line {line}")
