"""Parts of the desk live by themselves: one that fails is begun again; one process leads."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from farwatch.desk import running
from farwatch.desk.opening import Desk, open_desk
from farwatch.desk.running import Life, Part, Stopped, beside, keep
from farwatch.errors import StoreError
from farwatch.settings import Settings
from farwatch.store.leading import Leadership


@pytest.fixture
def opened(tmp_path: Path):  # type: ignore[no-untyped-def]
    with open_desk(Settings(data_dir=tmp_path)) as desk:
        yield desk


def states(desk: Desk) -> dict[str, object]:
    return {str(one["part"]): one["state"] for one in running.health(desk, datetime.now(UTC))}


def test_a_part_that_fails_is_begun_again_and_the_rest_goes_on(
    opened: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(running, "_PAUSE_S", 0.01)
    begun, well, other = [0], threading.Event(), threading.Event()

    def stumbling(life: Life) -> None:
        begun[0] += 1
        if begun[0] < 3:
            raise ZeroDivisionError("of the test")
        well.set()
        life.wait(60)

    def steady(life: Life) -> None:
        other.set()
        life.wait(60)

    with beside(opened, [Part("stumbles", stumbling), Part("steady", steady)]):
        assert well.wait(20) and other.wait(20)
        assert begun == [3]
    assert states(opened)["stumbles"] == running.WORKS or states(opened)["stumbles"] == "fails"
    assert caplog.text.count("stumbles failed, and is begun again") == 2


def test_a_part_that_is_over_says_so_and_is_not_late(opened: Desk) -> None:
    keep(Part("short", lambda _: None), Life(opened, "short", threading.Event()))
    found = running.health(opened, datetime(2199, 1, 1, tzinfo=UTC))
    assert [(one["part"], one["state"], one["late"]) for one in found] == [("short", "over", False)]


def test_a_part_that_is_silent_is_late(opened: Desk) -> None:
    Life(opened, "watch", threading.Event()).works()
    assert [one["late"] for one in running.health(opened, datetime.now(UTC))] == [False]
    later = datetime.now(UTC) + running.LATE + running.LATE
    assert [one["late"] for one in running.health(opened, later)] == [True]


def test_waiting_ends_at_once_when_stopped(opened: Desk) -> None:
    stop = threading.Event()
    life = Life(opened, "watch", stop)
    threading.Timer(0.1, stop.set).start()
    with pytest.raises(Stopped):
        life.wait(3_600)


def test_one_alone_leads(opened: Desk) -> None:
    first, second = Leadership(opened.database), Leadership(opened.database)
    assert first.take() and first.take()
    assert not second.take()
    with pytest.raises(StoreError, match="another process watches"), running.leading(opened):
        pytest.fail("two lead")
    first.release()
    assert second.take() and second.held()
    second.release()


def test_what_health_tells_is_nobodys_business(opened: Desk) -> None:
    Life(opened, "watch", threading.Event()).tell(running.FAILS, "password=secret")
    assert "secret" not in str(running.health(opened, datetime.now(UTC)))
