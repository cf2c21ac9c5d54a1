"""The engines that read the lake: DuckDB in the process, Spark where it is outgrown.

Both are given the table's list of Parquet files, and both answer the same Ibis expressions.
Importing Ibis takes a second: only `Lake.reading` imports this module.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from farwatch.errors import StoreError
from farwatch.store.lake_tables import TABLES


class Engine(Protocol):
    """Answers Ibis expressions over the lake's tables."""

    def table(self, name: str) -> ir.Table:
        """One table, with the columns of `lake_tables.TABLES`, even where nothing was written."""

    def fetch(self, question: ir.Table) -> pa.Table:
        """The answer; times are microseconds, UTC."""

    def close(self) -> None:
        """Give everything back."""


class DuckDB:
    """DuckDB in this process, in memory."""

    def __init__(self, files: Mapping[str, Sequence[str]]) -> None:
        self._connection = ibis.duckdb.connect()
        self._connection.raw_sql("SET TimeZone = 'UTC'")
        self._tables = {
            name: self._connection.read_parquet(list(files.get(name, ())), table_name=name)
            if files.get(name)
            else self._connection.create_table(name, schema=ibis.Schema.from_pyarrow(schema))
            for name, schema in TABLES.items()
        }

    def table(self, name: str) -> ir.Table:
        """One table."""
        return self._tables[_named(name)]

    def fetch(self, question: ir.Table) -> pa.Table:
        """The answer."""
        return _in_utc(self._connection.to_pyarrow(question))

    def close(self) -> None:
        """Give the memory back."""
        self._connection.disconnect()


class Spark:
    """The Spark session of this process, or a local one; SPARK_REMOTE and spark-defaults hold."""

    def __init__(self, files: Mapping[str, Sequence[str]]) -> None:
        try:
            from pyspark.sql import SparkSession
        except ImportError as error:
            raise StoreError("lake engine spark needs farwatch[spark] and Java") from error
        builder = SparkSession.builder.appName("farwatch").config("spark.ui.enabled", "false")
        session = builder.config("spark.sql.session.timeZone", "UTC").getOrCreate()
        session.conf.set("spark.sql.session.timeZone", "UTC")
        self._session = session
        self._connection = ibis.pyspark.connect(session)
        self._tables = {name: self._view(session, name, files.get(name, ())) for name in TABLES}

    def table(self, name: str) -> ir.Table:
        """One table."""
        return self._tables[_named(name)]

    def fetch(self, question: ir.Table) -> pa.Table:
        """The answer, by Spark's own way to Arrow: Ibis goes through pandas, which Spark 4 calls in
        a way that pandas 3 warns of, and which has no times before 1677."""
        return _in_utc(self._session.sql(self._connection.compile(question)).toArrow())

    def close(self) -> None:
        """The session stays: starting one takes seconds, and another reader may be using it."""

    def _view(self, session: Any, name: str, files: Sequence[str]) -> ir.Table:
        from ibis.backends.pyspark.datatypes import PySparkSchema

        shape = PySparkSchema.from_ibis(ibis.Schema.from_pyarrow(TABLES[name]))
        frame = session.read.parquet(*files) if files else session.createDataFrame([], schema=shape)
        frame.createOrReplaceTempView(name)
        return self._connection.table(name)


ENGINES: dict[str, Callable[[Mapping[str, Sequence[str]]], Engine]] = {
    "duckdb": DuckDB,
    "spark": Spark,
}


def _named(name: str) -> str:
    if name not in TABLES:
        raise StoreError(f"lake table {name!r} is none of {sorted(TABLES)}")
    return name


def _in_utc(answer: pa.Table) -> pa.Table:
    """The engines show a time's zone and unit each in its own way; the lake has one."""
    utc = pa.timestamp("us", tz="UTC")
    fields = [
        pa.field(field.name, utc if pa.types.is_timestamp(field.type) else field.type)
        for field in answer.schema
    ]
    return answer.cast(pa.schema(fields))
