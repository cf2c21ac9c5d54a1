"""Channels to persons over real servers: mail, gateway, chat; and the wall around an exercise."""

from __future__ import annotations

import email
import email.policy
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from tests.desk.delivery_desk import free_port, gateway, mail_server, opened

from farwatch.channels.chat import Chat
from farwatch.channels.exercise_wall import may_reach
from farwatch.channels.gateway import Gateway
from farwatch.channels.smtp import Smtp
from farwatch.channels.webhook import signature
from farwatch.desk.delivering import channels_of
from farwatch.errors import ChannelError, ExerciseError
from farwatch.model.message import Message, MessageKey


def message(channel: str, to: str, *, exercise: bool = False, revision: int = 1) -> Message:
    key = MessageKey("e1/desk", "ada", channel, revision)
    return Message(key, "地震，Lima\nBcc: x@y.org", "Take shelter.\n.\nLink", exercise,
                   {"language": "en"}, to=to)  # fmt: skip


@contextmanager
def smtp(url: str, **more):
    channel = Smtp(url, sender="desk@example.org", **more)
    try:
        yield channel
    finally:
        channel.close()


def test_a_mail_is_the_same_mail_when_it_is_sent_again():
    with mail_server() as (box, url), smtp(url) as channel:
        for revision in (1, 1, 2):
            channel.send(message("email", "ada@example.org", revision=revision))
        mails = [email.message_from_string(text, policy=email.policy.default)
                 for _, text in box.mails]  # fmt: skip
    ids = [mail["Message-ID"] for mail in mails]
    assert ids[0] == ids[1] != ids[2]
    assert mails[0]["Subject"] == "地震，Lima Bcc: x@y.org"  # no header of its own
    assert mails[0]["Bcc"] is None and mails[0]["To"] == "ada@example.org"
    assert mails[0].get_content().split() == ["Take", "shelter.", ".", "Link"]
    assert box.connections == 1


def test_a_refusal_is_lasting_and_the_connection_goes_on():
    with mail_server() as (box, url), smtp(url) as channel:
        box.refuses.add("gone@example.org")
        with pytest.raises(ChannelError, match="no such mailbox") as refused:
            channel.send(message("email", "gone@example.org"))
        assert refused.value.lasting and refused.value.status == 550
        channel.send(message("email", "ada@example.org"))
        assert box.told == ["ada@example.org"] and box.connections == 1


def test_a_mail_server_that_is_away_may_come_back():
    with smtp(f"smtp://127.0.0.1:{free_port()}") as channel:
        with pytest.raises(ChannelError, match="could not be handed to") as error:
            channel.send(message("email", "ada@example.org"))
        assert not error.value.lasting


@pytest.mark.parametrize("url", ["http://x", "smtp://", "smtp://h:port", "mail.example.org"])
def test_what_is_no_mail_server_is_refused(url):
    with pytest.raises(ChannelError, match="mail server"):
        Smtp(url, sender="desk@example.org")


def test_what_passes_to_the_gateway_is_signed_and_keyed():
    with gateway() as (taken, url):
        channel = Gateway("sms", url, secret="s")
        receipt = channel.send(message("sms", "+260211123456"))
        channel.close()
    assert receipt.provider == "p1"
    headers = taken.headers[0]
    assert headers["Idempotency-Key"] == "e1%2Fdesk/ada/sms/1"
    body = json.dumps(taken.requests[0]).encode()
    assert headers["Farwatch-Signature"] == signature(b"s", headers["Farwatch-Timestamp"], body)


@pytest.mark.parametrize(
    ("status", "lasting"), [(422, True), (404, True), (500, False), (429, False)]
)
def test_what_the_gateway_refuses(status, lasting):
    with gateway() as (taken, url):
        taken.status = status
        channel = Gateway("voice", url)
        with pytest.raises(ChannelError, match=f"answered {status}") as error:
            channel.send(message("voice", "+260211123456"))
        channel.close()
    assert error.value.lasting is lasting


@contextmanager
def chat_server():
    taken = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield taken, f"json://127.0.0.1:{server.server_address[1]}/room/secret"
    finally:
        server.shutdown()
        server.server_close()


# Apprise 1.9 imports imghdr, which Python 3.11 calls deprecated.
@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
def test_a_chat_is_told_through_apprise():
    with chat_server() as (taken, url):
        Chat().send(message("chat", url))
    assert taken[0]["title"].startswith("地震") and "Take shelter." in taken[0]["message"]


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
@pytest.mark.parametrize("url", ["dbus://", "syslog://", "nonsense://x", f"json://127.0.0.1:{9}/s"])
def test_a_chat_that_cannot_be_told_never_shows_its_address(url):
    with pytest.raises(ChannelError) as error:
        Chat().send(message("chat", url))
    assert "127.0.0.1" not in str(error.value)


@pytest.mark.parametrize(
    ("url", "hosts", "exercise", "refused"),
    [
        ("smtp://mail.example.org", "", False, False),
        ("smtp://mail.example.org", "", True, True),
        ("smtp://mail.example.org", "drill.example.org", True, True),
        ("smtp://drill.example.org:25", "drill.example.org", True, False),
        ("smtp://drill.example.org:25", "drill.example.org:26", True, True),
        ("smtp://DRILL.example.org", "drill.example.org", False, True),
        ("https://127.0.0.1:8025/x", "a.example, 127.0.0.1:8025", True, False),
        ("https://127.0.0.1:8025/x", "127.0.0.1:8025", False, True),
    ],
)
def test_exercise_and_real_share_no_host(url, hosts, exercise, refused):
    if refused:
        with pytest.raises(ExerciseError):
            may_reach(url, hosts, exercise=exercise)
    else:
        may_reach(url, hosts, exercise=exercise)


@pytest.mark.parametrize("setting", ["smtp_url", "gateway_url", "webhook_url"])
def test_a_desk_opens_no_channel_of_the_other_world(tmp_path, setting):
    url = "smtp://127.0.0.1:9" if setting == "smtp_url" else "http://127.0.0.1:9"
    (tmp_path / "sources").mkdir()
    with opened(tmp_path, exercise=True, **{setting: url}) as desk, pytest.raises(ExerciseError):
        channels_of(desk)
    with (
        opened(tmp_path / "real", exercise_hosts="127.0.0.1", **{setting: url}) as desk,
        pytest.raises(ExerciseError),
    ):
        channels_of(desk)


@pytest.mark.parametrize("exercise", [True, False])
def test_a_message_of_the_other_world_is_refused(exercise):
    with mail_server() as (box, url), smtp(url, exercise=exercise) as channel:
        with pytest.raises(ExerciseError):
            channel.send(message("email", "ada@example.org", exercise=not exercise))
        assert box.mails == []
