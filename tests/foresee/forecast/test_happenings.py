"""Tables of conflict events: every column read, every bad cell named."""

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

from farwatch.errors import InputError
from farwatch.foresee.forecast.happenings import day_of, from_table, time_of


def table(**columns: list[object]) -> pa.Table:
    plain: dict[str, list[object]] = {
        "id": ["1", "2"],
        "type_of_violence": [1, 3],
        "date_start": [date(2021, 1, 1), date(2021, 1, 5)],
        "date_end": [date(2021, 1, 2), date(2021, 1, 5)],
        "lat": [9.0, 10.0],
        "lon": [38.0, 39.0],
        "where_prec": [1, 4],
        "best": [3, 0],
        "adm_1": ["North", None],
    }
    return pa.table(plain | columns)


def test_an_event_is_known_the_day_after_it_ended() -> None:
    found = from_table(table())
    assert time_of(found.began[0]) == datetime(2021, 1, 1, tzinfo=UTC)
    assert time_of(found.known[0]) == datetime(2021, 1, 3, tzinfo=UTC)
    assert found.admin1.tolist() == ["North", ""]
    assert found.located().id.tolist() == ["1"]
    assert found.known_by(day_of(datetime(2021, 1, 5, tzinfo=UTC))).id.tolist() == ["1"]


def test_timestamps_are_read_as_their_day() -> None:
    late = [datetime(2021, 1, 2, 23, 59, tzinfo=UTC), datetime(2021, 1, 5, tzinfo=UTC)]
    times = pa.array(late, pa.timestamp("us", tz="UTC"))
    told = table().set_column(3, "date_end", times)
    assert from_table(told).known.tolist() == from_table(table()).known.tolist()


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("lat", [9.0, 91.0]),
        ("lon", [38.0, float("nan")]),
        ("where_prec", [1, 8]),
        ("type_of_violence", [1, 0]),
        ("best", [0, -1]),
        ("best", [0, None]),
        ("date_end", [date(2021, 1, 2), date(2021, 1, 4)]),
    ],
)
def test_a_bad_cell_is_named_with_its_row(field: str, values: list[object]) -> None:
    with pytest.raises(InputError, match=rf"row 1: {field} "):
        from_table(table(**{field: values}))


def test_a_missing_column_and_dates_that_are_none_are_named() -> None:
    with pytest.raises(InputError, match="no column 'best'"):
        from_table(table().drop_columns("best"))
    with pytest.raises(InputError, match="date_start"):
        from_table(table(date_start=["2021-01-01", "2021-01-05"]))
