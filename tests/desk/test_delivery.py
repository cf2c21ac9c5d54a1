"""Delivery: who is told, by what, when again; over a real mail server and a real gateway."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from zlib import crc32

import pytest
from tests.desk.delivery_desk import (
    NOW,
    alert,
    gateway,
    mail_server,
    opened,
    person,
    tell,
)  # fmt: skip

from farwatch.channels.smtp import Smtp
from farwatch.desk import alert_work, confirming, links
from farwatch.desk.deciding import Person
from farwatch.desk.delivering import connected, deliver
from farwatch.errors import NotFound
from farwatch.model.account import Scope
from farwatch.model.protect import AlertState, Message
from farwatch.model.recipient import Rota, Shift
from farwatch.protect.rota import minute_of
from farwatch.store import alerts, audit, notices, outbox

MIN = timedelta(minutes=1)


def hand_over(desk, minutes: float = 0):
    with connected(desk) as channels:
        return deliver(desk, channels, NOW + minutes * MIN)


def states(desk, event="e1"):
    with desk.database.read() as conn:
        return [(n.recipient, n.revision, n.state.value) for n in notices.of_event(conn, event)]


def link(text: str) -> str:
    found = re.search(r"http://\S+/k/(\S+)", text.replace("=\n", ""))
    assert found, text
    return found[1]


def rota(*shifts: tuple[str, str, str]) -> Rota:
    turns = tuple(Shift(who, minute_of(start), minute_of(end)) for who, start, end in shifts)
    return Rota("desk", "duty officer", "UTC", turns)


DUTY = rota(("ben", "Mon 08:00", "Mon 20:00"), ("ada", "Mon 20:00", "Tue 08:00"))


def test_one_on_duty_is_asked_then_the_next_then_the_manager(tmp_path):
    people = [person("ada"), person("ben"), person("max", "manager")]
    with mail_server() as (box, url), opened(tmp_path, people, [DUTY], smtp_url=url) as desk:
        tell(desk, alert())
        assert hand_over(desk) == {"sent": 2, "failed": 0}  # the terminal and Ben
        assert box.told == ["ben@example.org"]
        hand_over(desk, 9)
        assert box.told == ["ben@example.org"]
        hand_over(desk, 10)
        assert box.told == ["ben@example.org", "ada@example.org"]
        hand_over(desk, 20)
        assert box.told[2:] == ["max@example.org"]
        assert states(desk) == [("ben", 1, "late"), ("ada", 1, "late"), ("max", 1, "asked")]
        assert "Ada has not confirmed within 10 min" in box.mails[2][1]
        hand_over(desk, 600)
        assert len(box.mails) == 3  # there is nobody else


def test_a_confirmation_ends_it_for_everybody_in_turn(tmp_path):
    people = [person("ada"), person("ben"), person("max", "manager")]
    with mail_server() as (box, url), opened(tmp_path, people, [DUTY], smtp_url=url) as desk:
        tell(desk, alert())
        hand_over(desk)
        hand_over(desk, 10)
        token = link(box.mails[1][1])
        shown = confirming.show(desk, token, NOW + 11 * MIN)
        assert (shown.open, shown.recipient.id) == (True, "ada")
        assert states(desk)[1] == ("ada", 1, "asked")  # looking changes nothing
        for _ in range(2):
            done = confirming.confirm(desk, token, NOW + 11 * MIN)
            assert done.notice.state.value == "confirmed"
        assert states(desk) == [("ben", 1, "covered"), ("ada", 1, "confirmed")]
        hand_over(desk, 600)
        assert len(box.mails) == 2
        with desk.database.read() as conn:
            assert alerts.get(conn, "e1/desk").state is AlertState.ACKNOWLEDGED
            assert [e.decision.by for e in audit.entries(conn, "e1/desk")] == ["ada"]


def test_acknowledged_at_the_desk_nobody_else_is_told(tmp_path):
    from farwatch.desk.deciding import Person, acknowledge

    people = [person("ada"), person("ben")]
    with mail_server() as (box, url), opened(tmp_path, people, smtp_url=url) as desk:
        tell(desk, alert())
        hand_over(desk)
        acknowledge(desk, "e1/desk", Person("Eve", NOW))
        hand_over(desk, 30)
        assert box.told == ["ada@example.org"]
        assert states(desk) == [("ada", 1, "covered")]


def test_channels_of_a_person_one_after_the_other(tmp_path):
    reached = {"email": "ada@example.org", "sms": "+260211000001", "voice": "+260211000002"}
    people = [person("ada", addresses=reached, language="zh-Hans")]
    with (
        mail_server() as (box, mail), gateway() as (taken, url),
        opened(tmp_path, people, smtp_url=mail, gateway_url=url) as desk,
    ):  # fmt: skip
        tell(desk, alert())
        for minute in (0, 2.9, 3, 5.9, 6):
            hand_over(desk, minute)
        assert [(r["kind"], r["to"]) for r in taken.requests] == [
            ("sms", "+260211000001"), ("voice", "+260211000002"),
        ]  # fmt: skip
        assert box.told == ["ada@example.org"]
        sms = taken.requests[0]["text"]
        assert len(sms) <= 70 and "爆炸" in sms and "就地避险" in sms and link(sms)
        assert taken.requests[0]["language"] == "zh-Hans"


def test_a_refused_address_does_not_wait_for_its_time(tmp_path):
    reached = {"email": "gone@example.org", "sms": "+260211000001"}
    with mail_server() as (box, mail), gateway() as (taken, url):
        box.refuses.add("gone@example.org")
        people = [person("ada", addresses=reached), person("ben")]
        with opened(tmp_path, people, smtp_url=mail, gateway_url=url) as desk:
            taken.status = 422
            tell(desk, alert())
            hand_over(desk)
            assert len(taken.requests) == 1  # the text message is the first channel
            hand_over(desk, 0.1)
            hand_over(desk, 0.2)
            hand_over(desk, 0.3)
            assert box.told == ["ben@example.org"]
            assert states(desk) == [("ada", 1, "late"), ("ben", 1, "asked")]
            assert "Ada could not be reached" in box.mails[0][1]


def test_every_site_contact_is_asked_and_their_supervisor_told_once(tmp_path):
    people = [
        *(person(f"c{n}", "site contact", sites=("kitwe",), supervisor="boss") for n in range(5)),
        person("other", "site contact", sites=("lima",)),
        person("boss", "head"),
    ]
    with mail_server() as (box, url), opened(tmp_path, people, smtp_url=url) as desk:
        tell(desk, alert("site:kitwe"))
        hand_over(desk)
        assert sorted(box.told) == [f"c{n}@example.org" for n in range(5)]
        confirming.confirm(desk, link(dict(box.mails)["c3@example.org"]), NOW + MIN)
        with desk.database.read() as conn:
            assert alerts.get(conn, "e1/site:kitwe").state is AlertState.OPEN
        hand_over(desk, 10)
        assert Counter(box.told)["boss@example.org"] == 1
        assert "other@example.org" not in box.told
        assert Counter(state for _, _, state in states(desk)) == {
            "late": 4, "confirmed": 1, "asked": 1,
        }  # fmt: skip


def test_a_new_revision_asks_again_and_the_old_link_confirms_nothing(tmp_path):
    with mail_server() as (box, url), opened(tmp_path, [person("ada")], smtp_url=url) as desk:
        tell(desk, alert())
        hand_over(desk)
        old = link(box.mails[0][1])
        confirming.confirm(desk, old, NOW + MIN)
        tell(desk, alert(), at=NOW + 2 * MIN)  # the same again is no news
        hand_over(desk, 2)
        assert len(box.mails) == 1
        tell(desk, alert(revision=2, level=5, severity="Extreme", message=Message.UPDATE),
             at=NOW + 3 * MIN)  # fmt: skip
        hand_over(desk, 3)
        assert len(box.mails) == 2 and "Subject: Update" in box.mails[1][1]
        assert not confirming.confirm(desk, old, NOW + 4 * MIN).open
        assert states(desk) == [("ada", 1, "confirmed"), ("ada", 2, "asked")]


def test_what_is_of_one_happening_is_one_message(tmp_path):
    people = [person("ada", "country manager", countries=("ZM", "PE"))]
    with mail_server() as (box, url), opened(tmp_path, people, smtp_url=url) as desk:
        tell(desk, alert("site:kitwe"), alert("site:lima", sites=("lima",), exposures=()))
        hand_over(desk)
        assert len(box.mails) == 1
        assert "Kitwe plant" in box.mails[0][1] and "Lima office" in box.mails[0][1]


def test_a_cancel_goes_to_exactly_those_told(tmp_path):
    quiet = person("quiet", "site contact", quiet=("11:00", "13:00"))
    people = [person("ada", "site contact"), quiet]
    mild = {"severity": "Minor", "urgency": "Future"}
    with mail_server() as (box, url), opened(tmp_path, people, smtp_url=url) as desk:
        tell(desk, alert("site:kitwe", **mild))
        hand_over(desk)
        assert box.told == ["ada@example.org"]
        over = {"message": Message.CANCEL, "state": AlertState.CANCELLED, "advice": ("AllClear",)}
        tell(desk, alert("site:kitwe", 2, **mild | over), at=NOW + MIN)
        hand_over(desk, 1)
        hand_over(desk, 120)
        assert box.told == ["ada@example.org"] * 2
        assert "Subject: Cancelled" in box.mails[1][1]


def test_quiet_hours_hold_only_what_can_wait(tmp_path):
    quiet = person("ada", "site contact", quiet=("13:00", "15:00"), zone="Africa/Lusaka")
    with mail_server() as (box, url), opened(tmp_path, [quiet], smtp_url=url) as desk:
        tell(desk, alert("site:kitwe", severity="Minor", urgency="Future"))
        hand_over(desk, 59)
        assert box.told == []
        hand_over(desk, 60)  # 15:00 in Lusaka
        assert box.told == ["ada@example.org"]
    with mail_server() as (box, url), opened(tmp_path / "b", [quiet], smtp_url=url) as desk:
        tell(desk, alert("site:kitwe"))
        hand_over(desk)
        assert box.told == ["ada@example.org"]


def test_what_is_not_released_reaches_nobody_outside(tmp_path):
    people = [person("ada", "site contact")]
    with mail_server() as (box, url), opened(tmp_path, people, smtp_url=url) as desk:
        tell(desk, alert("site:kitwe", released=False))
        hand_over(desk)
        assert box.mails == [] and states(desk) == []


def test_a_provider_s_receipts_are_kept_and_a_failure_hurries_on(tmp_path):
    reached = {"email": "ada@example.org", "sms": "+260211000001"}
    with (
        mail_server() as (box, mail), gateway() as (_, url),
        opened(tmp_path, [person("ada", addresses=reached)], smtp_url=mail, gateway_url=url)
        as desk,
    ):  # fmt: skip
        tell(desk, alert())
        hand_over(desk)
        assert confirming.received(desk, "sms", "p1", "failed", NOW + MIN)
        assert not confirming.received(desk, "sms", "another", "failed", NOW + MIN)
        hand_over(desk, 1)
        assert box.told == ["ada@example.org"]
        with desk.database.read() as conn:
            sent = [m for m in outbox.of_alert(conn, "e1/desk") if m.channel == "sms"]
        assert [(m.provider, m.receipt) for m in sent] == [("p1", "failed")]


def test_a_key_pressed_on_the_phone_confirms(tmp_path):
    people = [person("ada", addresses={"voice": "+260211000001"})]
    with gateway() as (taken, url), opened(tmp_path, people, gateway_url=url) as desk:
        tell(desk, alert())
        hand_over(desk)
        assert taken.requests[0]["kind"] == "voice"
        assert confirming.received(desk, "voice", "p1", "confirmed", NOW + MIN)
        assert states(desk) == [("ada", 1, "confirmed")]


@pytest.mark.parametrize("changed", ["seal", "number", "late", "nonsense"])
def test_a_link_that_is_not_ours_or_over_is_not_found(tmp_path, changed):
    people = [person("ada"), person("ben", "manager")]
    with mail_server() as (box, url), opened(tmp_path, people, smtp_url=url) as desk:
        tell(desk, alert(level=5))
        hand_over(desk)
        token, when = link(box.mails[0][1]), NOW
        number, _, seal = token.partition(".")
        if changed == "seal":
            token = f"{number}.{'B' if seal[0] == 'A' else 'A'}{seal[1:]}"
        if changed == "number":  # another person's notice under this seal
            token = f"{int(number, 36) % 2 + 1}.{seal}"
        if changed == "late":
            when = NOW + timedelta(hours=72)
        if changed == "nonsense":
            token = "é" * 500
        for do in (confirming.show, confirming.confirm):
            with pytest.raises(NotFound, match="not one of ours"):
                do(desk, token, when)


def test_one_connection_carries_many_mails(tmp_path):
    people = [person(f"c{n}", "site contact") for n in range(40)]
    with mail_server() as (box, url), opened(tmp_path, people, smtp_url=url) as desk:
        tell(desk, alert("site:kitwe"))
        hand_over(desk)
        assert len(set(box.told)) == len(box.mails) == 40
        assert box.connections <= 8


def test_what_is_confirmed_while_it_is_on_its_way_does_not_leave(tmp_path):
    """One press confirms the message behind it in the same lane, claimed together with it."""
    first, second = _of_one_lane()
    people = [person(first, "site contact"), person(second, "site contact")]
    with mail_server() as (box, url), opened(tmp_path, people, smtp_url=url) as desk:
        tell(desk, alert("site:kitwe"))

        class Confirming(Smtp):
            def send(self, message):
                with desk.database.begin() as conn:
                    asked = notices.latest(conn, "e1", [second])[second]
                    token = links.token(asked, links.secret(conn))
                confirming.confirm(desk, token, NOW)
                return super().send(message)

        with connected(desk) as channels:
            channels["email"] = Confirming(url, sender="desk@example.org")
            counts = deliver(desk, channels, NOW)
        assert counts == {"sent": 2, "failed": 0}  # the terminal, and the first of the two
        assert box.told == [f"{first}@example.org"]
        assert states(desk) == [(first, 1, "asked"), (second, 1, "confirmed")]
        assert hand_over(desk, 2) == {"sent": 0, "failed": 0}


def _of_one_lane() -> tuple[str, str]:
    """Two names whose messages go one after the other, in this order."""
    lanes: dict[int, str] = {}
    for number in range(10):
        name = f"c{number}"
        lane = crc32(name.encode()) % 4
        if lane in lanes:
            return lanes[lane], name
        lanes[lane] = name
    raise AssertionError("ten names in four lanes")


def test_who_was_covered_is_asked_again_once_it_is_taken_back(tmp_path):
    """Ada's time is over while the desk has it; the desk takes it back, and she is asked anew."""
    people = [person("ada"), person("ben"), person("max", "manager")]
    chosen = alert_work.Chosen(("e1/desk",), Scope())
    with mail_server() as (box, url), opened(tmp_path, people, smtp_url=url) as desk:
        tell(desk, alert())
        hand_over(desk)
        alert_work.acknowledge(desk, chosen, Person("Amina", NOW + 2 * MIN))
        hand_over(desk, 10)
        assert states(desk) == [("ada", 1, "covered")]
        done = alert_work.undo(desk, chosen, Person("Amina", NOW + 11 * MIN))
        assert len(done.done) == 1
        hand_over(desk, 11)
        assert box.told == ["ada@example.org"] * 2
        assert "an acknowledgement was taken back" in box.mails[1][1]
        assert states(desk) == [("ada", 1, "covered"), ("ada", 2, "asked")]
        hand_over(desk, 20)
        assert len(box.told) == 2  # she has the whole time again
        confirming.confirm(desk, link(box.mails[1][1]), NOW + 20 * MIN)
        with desk.database.read() as conn:
            assert alerts.by_keys(conn, ["e1/desk"])["e1/desk"].state is AlertState.ACKNOWLEDGED
        hand_over(desk, 60)
        assert len(box.told) == 2


def test_taking_back_asks_nobody_who_is_awaited_or_whose_peer_confirmed(tmp_path):
    people = [person("ada"), person("ben")]
    chosen = alert_work.Chosen(("e1/desk",), Scope())
    with mail_server() as (box, url), opened(tmp_path, people, smtp_url=url) as desk:
        tell(desk, alert())
        hand_over(desk)
        alert_work.acknowledge(desk, chosen, Person("Amina", NOW))
        alert_work.undo(desk, chosen, Person("Amina", NOW + MIN))
        assert states(desk) == [("ada", 1, "asked")]  # her time goes on
        hand_over(desk, 10)
        assert states(desk) == [("ada", 1, "late"), ("ben", 1, "asked")]
        alert_work.acknowledge(desk, chosen, Person("Amina", NOW + 11 * MIN))
        confirming.confirm(desk, link(box.mails[0][1]), NOW + 12 * MIN)
        assert states(desk) == [("ada", 1, "confirmed"), ("ben", 1, "covered")]
        alert_work.undo(desk, chosen, Person("Amina", NOW + 13 * MIN))
        assert states(desk) == [("ada", 1, "confirmed"), ("ben", 1, "covered")]
