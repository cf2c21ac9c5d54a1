"""The lake: rows once, the same answers from every engine, and moving the inbox without loss."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import ibis
import pyarrow as pa
import pytest
from store_nouns import T0, after, event, report

from farwatch.errors import StoreError
from farwatch.model.report import Figure
from farwatch.model.tables import EVENTS, FIGURES
from farwatch.store import events, inbox, questions, reports, withdrawals
from farwatch.store import lake as lake_module
from farwatch.store.database import Database
from farwatch.store.lake import Lake
from farwatch.store.lake_tables import TABLES
from farwatch.store.mover import move_inbox


def figures(*values: float, country: str = "ET") -> pa.Table:
    rows = [
        {
            "source": "wb",
            "series": "X",
            "country": country,
            "period": T0 + timedelta(days=number),
            "value": value,
            "unit": None,
            "report": f"r{number}",
        }
        for number, value in enumerate(values)
    ]
    return pa.Table.from_pylist(rows, schema=FIGURES)


def ask(lake: Lake, table: str, question: object = None) -> list[dict[str, object]]:
    with lake.reading() as engine:
        rows = engine.table(table)
        return list(engine.fetch(question(rows) if callable(question) else rows).to_pylist())


def test_an_empty_lake_answers_with_nothing(lake: Lake) -> None:
    for name in TABLES:
        assert lake.files(name) == []
        assert lake.count(name) == 0
        assert ask(lake, name) == []
    assert lake.compact() == {}


def test_a_batch_is_added_once(lake: Lake) -> None:
    assert lake.append("figures", figures(1.0, 2.0), writer="wb", number=7)
    assert not lake.append("figures", figures(1.0, 2.0), writer="wb", number=7)
    assert not lake.append("figures", figures(9.0), writer="wb", number=6)
    assert lake.append("figures", figures(3.0, country="KE"), writer="inform", number=1)
    assert lake.count("figures") == 3
    assert lake.last_number("figures", "wb") == 7
    assert lake.last_number("figures", "nobody") is None


def test_compacting_changes_no_row_and_forgets_no_batch(lake: Lake) -> None:
    for number in range(4):
        lake.append("figures", figures(float(number)), writer="wb", number=number + 1)
    before = ask(lake, "figures", lambda rows: rows.order_by("value"))
    assert len(lake.files("figures")) == 4
    assert lake.compact() == {"figures": 4}
    assert len(lake.files("figures")) == 1
    assert ask(lake, "figures", lambda rows: rows.order_by("value")) == before
    assert not lake.append("figures", figures(1.0), writer="wb", number=4)


def test_series_are_read_by_country(lake: Lake) -> None:
    lake.append("figures", figures(1.0, 2.0), writer="wb", number=1)
    lake.append("figures", figures(5.0, country="KE"), writer="wb", number=2)
    found = ask(lake, "figures", lambda rows: questions.figures_of(rows, "X", "ET"))
    assert [(row["period"], row["value"]) for row in found] == [
        (T0, 1.0),
        (T0 + timedelta(days=1), 2.0),
    ]
    newest = ask(lake, "figures", lambda rows: questions.figures_latest(rows, "X"))
    assert [(row["country"], row["value"]) for row in newest] == [("ET", 2.0), ("KE", 5.0)]


def test_events_are_read_by_time_and_country(lake: Lake, tmp_path: Path) -> None:
    with Database(f"sqlite:///{tmp_path / 'desk.sqlite'}") as database:
        database.migrate()
        with database.begin() as conn:
            events.put(conn, [event("e1"), event("e2", happened=None, first_reported=after(1500))])
            table = events.as_table(conn, classes={"wire": "global_news"})
    assert lake.append("events_history", table, writer="events", number=1)
    first = ask(lake, "events_history", lambda rows: questions.events_between(rows, T0, after(1)))
    assert [row["id"] for row in first] == ["e1"]
    assert first[0]["start"] == T0
    assert first[0]["source_class"] == "global_news"
    assert first[0]["version"] is None
    days = ask(
        lake,
        "events_history",
        lambda rows: questions.events_by_day(rows, T0, after(9_999), "ZM"),
    )
    assert [(row["day"], row["kind"], row["events"]) for row in days] == [
        (T0.replace(hour=0), "riot", 1),
        (T0.replace(hour=0) + timedelta(days=1), "riot", 1),
    ]
    elsewhere = ask(
        lake,
        "events_history",
        lambda rows: questions.events_between(rows, T0, after(9_999), "KE"),
    )
    assert elsewhere == []


@pytest.mark.parametrize(
    ("table", "data", "said"),
    [
        ("nowhere", figures(1.0), "'nowhere' is none of"),
        ("figures", figures(1.0).drop_columns(["value"]), r"\['value'\] missing"),
        ("figures", figures(1.0).append_column("x", [[1]]), r"\['x'\] unknown"),
        ("events_history", EVENTS.empty_table().append_column("y", [[]]), r"\['y'\] unknown"),
    ],
)
def test_rows_of_another_shape_are_refused(
    tmp_path: Path, table: str, data: pa.Table, said: str
) -> None:
    with pytest.raises(StoreError, match=said):
        Lake(tmp_path).append(table, data, writer="w", number=1)


def test_a_lake_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StoreError, match="file"):
        Lake(tmp_path / "file").append("figures", figures(1.0), writer="w", number=1)
    with pytest.raises(StoreError, match="'presto' is neither"):
        Lake(tmp_path, "presto")


def test_a_question_without_a_zone_is_refused() -> None:
    rows = ibis.memtable(TABLES["events_history"].empty_table())
    with pytest.raises(ValueError, match="has no zone"):
        questions.events_between(rows, T0.replace(tzinfo=None), after(1))


def fill(database: Database, keys: int, batch: str = "b") -> None:
    with database.begin() as conn:
        figure = Figure("X", "ET", T0, 1.5)
        reports.accept(
            conn,
            [report(f"{batch}{number}", figure=figure) for number in range(keys)],
            batch=batch,
        )
        inbox.mark_done(conn, inbox.pending(conn)[-1].id)


def test_the_inbox_moves_to_the_lake(database: Database, lake: Lake) -> None:
    fill(database, 3)
    with database.begin() as conn:
        withdrawals.withdraw(conn, "wire", ["b1"], after(5), "gone")
        reports.accept(conn, [report("waits")], batch="c")
    assert move_inbox(database, lake, T0) == 3
    assert lake.count("figures") == 3
    with database.begin() as conn:
        assert [entry.action for entry in inbox.pending(conn)] == ["withdrawn", "new"]
        inbox.mark_done(conn, inbox.pending(conn)[-1].id)
    assert move_inbox(database, lake, after(4)) == 0
    assert move_inbox(database, lake, after(5)) == 2
    told = ask(lake, "reports", lambda rows: questions.statement_history(rows, "wire", "b1"))
    assert [(row["action"], row["reason"]) for row in told] == [
        ("new", None),
        ("withdrawn", "gone"),
    ]
    assert told[0]["raw"] == b"a"
    counts = ask(lake, "reports", lambda rows: questions.reports_per_day(rows, T0, after(60)))
    assert counts == [{"source": "wire", "day": T0.replace(hour=0), "reports": 4}]


@pytest.mark.parametrize("table", ["reports", "figures", "deleting"])
def test_a_move_that_dies_is_made_good(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    """Killed before a table's rows are in, or after all are but before the inbox lets go."""
    lake = Lake(tmp_path / "lake")
    fill(database, 3)
    append = Lake.append

    def dying(self: Lake, name: str, data: pa.Table, *, writer: str, number: int) -> bool:
        if name == table:
            raise KeyboardInterrupt
        done = append(self, name, data, writer=writer, number=number)
        if table == "deleting" and name == "figures":
            raise KeyboardInterrupt
        return done

    monkeypatch.setattr(lake_module.Lake, "append", dying)
    with pytest.raises(KeyboardInterrupt):
        move_inbox(database, lake, T0)
    monkeypatch.setattr(lake_module.Lake, "append", append)
    fill(database, 2, "later")  # the next move's batch is a longer one
    assert move_inbox(database, lake, T0) == 5
    assert (lake.count("reports"), lake.count("figures")) == (5, 5)
    assert move_inbox(database, lake, after(60)) == 0


def test_two_databases_may_share_a_lake(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    for name in ("one", "two"):
        with Database(f"sqlite:///{tmp_path / name}.sqlite") as database:
            database.migrate()
            fill(database, 2, name)
            assert move_inbox(database, lake, T0) == 2
    assert lake.count("reports") == 4
