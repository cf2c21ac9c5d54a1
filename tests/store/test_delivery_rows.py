"""Delivery's rows on both databases: notices with their timers, receipts, secrets, decisions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from store_nouns import T0
from tests.desk.delivery_desk import alert, event

from farwatch.model.recipient import Near, Notice, NoticeState, Recipient, Rota, Shift, Told
from farwatch.store import alerts, decided, events, notices, outbox, pulses, recipients
from farwatch.store.database import Database
from farwatch.store.decided import Standing
from farwatch.store.outbox import Outgoing

MIN = timedelta(minutes=1)
LEASE = timedelta(minutes=2)
TOLD = Told(
    "Alert", "explosion", 4, "Severe", "Immediate", "Likely", "Explosion", "Kitwe",
    (Near("kitwe", "Kitwe plant", 2.3),), ("Shelter",), T0, T0 + timedelta(days=1), exercise=False,
)  # fmt: skip


def notice(who: str, revision: int = 1, due: float | None = 3) -> Notice:
    return Notice(
        "e1", "e1/desk", who, revision, "desk", True, NoticeState.ASKED, TOLD, {"e1/desk": 1},
        ("sms",), T0, T0 + 10 * MIN, T0 + timedelta(hours=72),
        due=None if due is None else T0 + due * MIN, step=1, reasons=("on duty",),
    )  # fmt: skip


def told(database: Database, *some: Notice) -> dict[str, int]:
    with database.begin() as conn:
        events.put(conn, [event()])
        alerts.put(conn, [alert()])
        numbers = notices.add(conn, some)
        outbox.enqueue(conn, [
            Outgoing(n.key, n.recipient, "sms", n.revision, T0, {}, numbers["e1", n.recipient, 1])
            for n in some
        ])  # fmt: skip
    return {who: number for (_, who, _), number in numbers.items()}


def test_a_notice_is_kept_once_and_found_by_its_time(database: Database) -> None:
    numbers = told(database, notice("ada"), notice("ben", due=5), notice("eve", due=None))
    with database.begin() as conn:
        assert notices.add(conn, [notice("ada")])["e1", "ada", 1] == numbers["ada"]
        assert [one.recipient for one in notices.due(conn, T0 + 4 * MIN, 10)] == ["ada"]
        assert notices.next_due(conn) == T0 + 3 * MIN
        found = notices.get(conn, numbers["ada"])
        assert found == replace(notice("ada"), id=numbers["ada"])
        notices.put(conn, [replace(found, state=NoticeState.CONFIRMED, due=None)])
        assert [one.recipient for one in notices.awaited(conn, "e1", "desk")] == ["ben", "eve"]
        notices.hasten(conn, numbers.values(), T0)
        assert [one.recipient for one in notices.due(conn, T0, 10)] == ["ben"]


def test_two_who_look_at_once_do_not_look_after_the_same(database: Database) -> None:
    told(database, notice("ada"), notice("ben"))
    if database.dialect == "sqlite":
        return  # its writers are alone: the second one waits for the first
    with database.begin() as one, database.begin() as other:
        first = notices.due(one, T0 + 4 * MIN, 1)
        second = notices.due(other, T0 + 4 * MIN, 10)
        assert {n.recipient for n in first}.isdisjoint(n.recipient for n in second)
        assert len(first) == len(second) == 1


def test_what_is_taken_back_is_not_handed_over_again(database: Database) -> None:
    numbers = told(database, notice("ada"), notice("ben"))
    with database.begin() as conn:
        taken = {one.recipient: one for one in outbox.claim(conn, T0, lease=LEASE)}
        outbox.spare(conn, [numbers["ada"]], "confirmed", claimed=True)
        outbox.fail(conn, taken["ada"].id, "HTTP 503", T0)  # the worker did not know
        outbox.put_back(conn, taken["ben"].id, T0 + MIN)
        assert outbox.lost(conn, list(numbers.values())) == {numbers["ada"]}
        again = outbox.claim(conn, T0 + timedelta(hours=1), lease=LEASE)
        assert [(one.recipient, one.attempts) for one in again] == [("ben", 1)]
        assert outbox.handed_over(conn, list(numbers.values())) == {numbers["ben"]}


def test_receipts_are_kept_in_the_order_they_were_made(database: Database) -> None:
    numbers = told(database, notice("ada"))
    with database.begin() as conn:
        (taken,) = outbox.claim(conn, T0, lease=LEASE)
        outbox.complete(conn, taken.id, T0, provider="p1")
        assert outbox.receipt(conn, "sms", "p1", "delivered", T0 + 2 * MIN) is not None
        late = outbox.receipt(conn, "sms", "p1", "accepted", T0 + MIN)
        assert late is not None and late.receipt == "delivered"
        assert outbox.receipt(conn, "voice", "p1", "delivered", T0) is None
        assert outbox.lost(conn, [numbers["ada"]]) == set()
        outbox.receipt(conn, "sms", "p1", outbox.FAILED, T0 + 3 * MIN)
        assert outbox.lost(conn, [numbers["ada"]]) == {numbers["ada"]}


def test_recipients_change_their_mark(database: Database) -> None:
    ada = Recipient(
        "ada", "Ada", "duty officer", {"sms": "+260211000001"}, quiet=("22:00", "06:00")
    )
    rota = Rota("desk", "duty officer", "UTC", (Shift("ada", 0, 600),))
    with database.begin() as conn:
        marks = [recipients.mark(conn)]
        recipients.add(conn, [ada])
        marks.append(recipients.mark(conn))
        recipients.add_rotas(conn, [rota])
        marks.append(recipients.mark(conn))
        recipients.add(conn, [replace(ada, name="Ada L.")])
        marks.append(recipients.mark(conn))
        assert len(set(marks)) == len(marks)
        assert recipients.load(conn) == [replace(ada, name="Ada L.")]
        assert recipients.load_rotas(conn) == [rota]
        recipients.replace(conn, [], [])
        assert recipients.load(conn) == recipients.load_rotas(conn) == []


def test_a_secret_is_made_once(database: Database) -> None:
    with database.begin() as conn:
        first = pulses.secret(conn, "links")
    with database.read() as conn:
        assert pulses.secret(conn, "links") == first
        assert len(first) == 32
    with database.begin() as conn:
        assert pulses.secret(conn, "another") != first


def test_a_decision_stands_until_it_ends_or_is_lifted(database: Database) -> None:
    held = Standing("e1", decided.HOLD, "Amina", T0, T0 + MIN, {"reason": "asking"})
    with database.begin() as conn:
        decided.put(conn, held)
        assert decided.standing(conn, "e1", decided.HOLD, T0) == held
        assert decided.standing(conn, "e1", decided.HOLD, T0 + MIN) is None
        assert decided.standing(conn, "e1", decided.EDIT, T0) is None
        decided.lift(conn, "e1", decided.HOLD)
        assert decided.standing(conn, "e1", decided.HOLD, T0) is None
