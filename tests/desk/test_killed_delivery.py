"""A delivering process that is killed at random moments while a thousand recipients are told and
asked again: everybody gets it by the deadline, and once where the receiver honours the key."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.desk.delivery_desk import alert, gateway, mail_server, opened, person, tell

from farwatch.desk.delivering import LEASE, connected, deliver
from farwatch.store import notices, outbox

KILLS = int(os.environ.get("FARWATCH_TEST_KILLS", "3"))
RECIPIENTS = 1_000
PROGRAM = Path(sys.executable).with_name("farwatch")
DEADLINE = timedelta(minutes=10)  # of a grave and immediate alert, by the built-in rules


def test_everybody_is_told_however_often_it_is_killed(tmp_path: Path) -> None:
    people = [
        person(f"c{n:04}", "site contact", supervisor="boss",
               addresses={"sms": f"+26021{n:07}", "email": f"c{n:04}@example.org"})
        for n in range(RECIPIENTS)
    ]  # fmt: skip
    boss = person("boss", "head")
    rng = random.Random(3)
    with (
        mail_server() as (box, mail), gateway() as (taken, url),
        opened(tmp_path, [*people, boss], smtp_url=mail, gateway_url=url) as desk,
    ):  # fmt: skip
        # Asked long enough ago that the first channel's time is over while the process runs:
        # messages and escalation are under way at once.
        asked = datetime.now(UTC) - timedelta(minutes=3) + timedelta(seconds=5)
        tell(desk, alert("site:kitwe", sent=asked, ends=asked + timedelta(days=1)), at=asked)
        confirmed = {f"c{n:04}" for n in range(0, RECIPIENTS, 10)}
        _confirm(desk, confirmed, asked)
        env = os.environ | {"FARWATCH_SMTP_URL": mail, "FARWATCH_GATEWAY_URL": url}
        for _ in range(KILLS):
            process = subprocess.Popen(
                [PROGRAM, "deliveries", "run", "--data-dir", tmp_path],
                env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            )  # fmt: skip
            before, began = _progress(desk), time.monotonic()
            while _progress(desk) == before and time.monotonic() - began < 60:
                assert process.poll() is None, process.communicate()[1].decode()
                time.sleep(0.02)
            time.sleep(rng.uniform(0.0, 0.6))
            process.send_signal(signal.SIGKILL)
            process.communicate()
        # The last one goes on undisturbed, once the leases of the killed are over.
        with connected(desk) as channels:
            later = datetime.now(UTC) + LEASE
            deliver(desk, channels, later)
            deliver(desk, channels, max(later, asked + timedelta(minutes=6)))
            assert later < asked + DEADLINE
            with desk.database.read() as conn:
                sent = outbox.of_notices(conn, [one.id for one in notices.of_event(conn, "e1")])
        texts = Counter(body["to"] for body in taken.requests)
        once = Counter(body["to"] for body in taken.once.values())
        mails = Counter(box.told)
        awaited = {one.id for one in people} - confirmed
        assert set(once) == {f"+26021{name[1:]:0>7}" for name in awaited}
        assert set(once.values()) == {1}, "a key was honoured twice"
        assert set(mails) == {f"{name}@example.org" for name in awaited}
        repeats = sum(one.repeats for one in sent)
        doubled = sum(texts.values()) - len(texts) + sum(mails.values()) - len(mails)
        assert doubled <= repeats, "a repeat that was not counted"
        assert not [one for one in sent if one.state in {outbox.WAITING, outbox.CLAIMED}]
        with connected(desk) as channels:
            deliver(desk, channels, asked + DEADLINE)
        assert Counter(box.told)["boss@example.org"] == 1


def _confirm(desk, names: set[str], at: datetime) -> None:
    """These confirm before anything leaves: an acknowledged revision is never sent."""
    from farwatch.desk import confirming, links

    with desk.database.begin() as conn:
        key = links.secret(conn)
        tokens = [
            links.token(one, key)
            for one in notices.of_event(conn, "e1")
            if one.recipient in names
        ]  # fmt: skip
    assert len(tokens) == len(names)
    for token in tokens:
        confirming.confirm(desk, token, at)


def _progress(desk) -> int:
    with desk.database.read() as conn:
        return outbox.totals(conn).get(outbox.SENT, 0)
