from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farwatch.channels import CHANNELS, open_channel
from farwatch.channels.jsonl import JsonLines
from farwatch.channels.terminal import EXERCISE, Terminal, printable
from farwatch.channels.webhook import Webhook, signature
from farwatch.errors import ChannelError, ExerciseError
from farwatch.model.message import Message, MessageKey


def message(
    channel: str, *, alert: str = "e1:desk", exercise: bool = False, **more: Any
) -> Message:
    key = MessageKey(alert, "desk", channel, 1)
    return Message(key, "Earthquake near Lima", "Level 4 at two sites", exercise, **more)


# --- the key ---------------------------------------------------------------------------------


def test_a_key_is_fit_for_a_header() -> None:
    key = MessageKey("e/1\n", "Équipe", "webhook", 2)
    assert str(key) == "e%2F1%0A/%C3%89quipe/webhook/2"


@given(st.tuples(st.text(), st.text()), st.tuples(st.text(), st.text()))
def test_keys_differ_where_their_parts_do(one: tuple[str, str], other: tuple[str, str]) -> None:
    try:
        keys = [str(MessageKey(alert, to, "jsonl", 1)) for alert, to in (one, other)]
    except UnicodeEncodeError:  # a lone surrogate is no text
        return
    assert (keys[0] == keys[1]) is (one == other)


# --- the wall --------------------------------------------------------------------------------


def targets(tmp_path: Path) -> dict[str, str]:
    # Port 9 of the loopback address: were the wall open, the webhook would raise ChannelError.
    return {"terminal": "", "jsonl": str(tmp_path / "out.jsonl"), "webhook": "http://127.0.0.1:9/"}


@pytest.mark.parametrize("name", CHANNELS)
@pytest.mark.parametrize("exercise", [True, False])
def test_exercise_and_real_never_mix(
    tmp_path: Path, name: str, exercise: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    channel = open_channel(name, targets(tmp_path)[name], exercise=exercise)
    with pytest.raises(ExerciseError, match=f"{name}: "):
        channel.send(message(name, exercise=not exercise))
    assert capsys.readouterr().out == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", CHANNELS)
def test_a_message_for_another_channel_is_refused(tmp_path: Path, name: str) -> None:
    channel = open_channel(name, targets(tmp_path)[name], exercise=False)
    with pytest.raises(ChannelError, match="is for channel 'pigeon'"):
        channel.send(message("pigeon"))


def test_a_file_of_the_other_world_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    JsonLines(path, exercise=True).send(message("jsonl", exercise=True))
    with pytest.raises(ExerciseError, match="holds exercise messages"):
        JsonLines(path).send(message("jsonl"))
    assert len(path.read_bytes().splitlines()) == 1


def test_unknown_channels_and_missing_targets_are_named() -> None:
    with pytest.raises(ChannelError, match="'pigeon' is no channel"):
        open_channel("pigeon", exercise=False)
    with pytest.raises(ChannelError, match="jsonl: no file was given"):
        open_channel("jsonl", exercise=False)
    with pytest.raises(ChannelError, match="webhook: no address was given"):
        open_channel("webhook", exercise=False)
    for url in ("ftp://x/", "nonsense", "http://", "http://[::1"):
        with pytest.raises(ChannelError, match="webhook: address"):
            open_channel("webhook", url, exercise=False)


# --- terminal --------------------------------------------------------------------------------


def test_the_terminal_shows_the_message(now: datetime) -> None:
    out = io.StringIO()
    receipt = Terminal(out, clock=lambda: now).send(message("terminal"))
    assert out.getvalue() == "Earthquake near Lima\nLevel 4 at two sites\n\n"
    assert (receipt.key, receipt.at, receipt.repeated) == ("e1:desk/desk/terminal/1", now, False)


def test_an_exercise_is_marked_first_and_last() -> None:
    out = io.StringIO()
    Terminal(out, exercise=True).send(message("terminal", exercise=True))
    lines = out.getvalue().splitlines()
    assert (lines[0], lines[-2]) == (EXERCISE, EXERCISE)


@given(st.text())
def test_text_from_outside_cannot_steer_the_terminal(text: str) -> None:
    shown = printable(text)
    assert not any((ord(c) < 32 and c not in "\n\t") or 0x7F <= ord(c) < 0xA0 for c in shown)
    assert not set(shown) & set("\u202e\u2066\u200f\u2028")


def test_a_closed_stream_is_a_channel_error() -> None:
    out = io.StringIO()
    out.close()
    with pytest.raises(ChannelError, match="could not be written"):
        Terminal(out).send(message("terminal"))


# --- JSON lines ------------------------------------------------------------------------------


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().split(b"\n") if line]


def test_a_line_holds_the_message(tmp_path: Path, now: datetime) -> None:
    path = tmp_path / "new" / "out.jsonl"
    sent = message("jsonl", payload={"sites": ["s1"]}, cap_xml="<alert/>")
    receipt = JsonLines(path, clock=lambda: now).send(sent)
    assert not receipt.repeated
    assert records(path) == [
        {
            "key": "e1:desk/desk/jsonl/1",
            "subject": "Earthquake near Lima",
            "body": "Level 4 at two sites",
            "exercise": False,
            "sent": now.isoformat(),
            "payload": {"sites": ["s1"]},
            "cap": "<alert/>",
        }
    ]


def test_a_second_send_writes_no_second_line(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    channel = JsonLines(path)
    assert [channel.send(message("jsonl")).repeated for _ in range(2)] == [False, True]
    # After a crash another process, which remembers nothing, sends again.
    assert JsonLines(path).send(message("jsonl")).repeated
    # And what another process wrote in between is seen.
    JsonLines(path).send(message("jsonl", alert="e2"))
    assert channel.send(message("jsonl", alert="e2")).repeated
    assert len(records(path)) == 2


@pytest.mark.parametrize("torn", [1, 9, 30, -1])
def test_a_line_cut_short_by_a_crash_is_taken_off(tmp_path: Path, torn: int) -> None:
    path = tmp_path / "out.jsonl"
    JsonLines(path).send(message("jsonl", alert="e1"))
    whole = path.read_bytes()
    path.write_bytes(whole + whole.replace(b"e1", b"e2")[:torn])
    assert not JsonLines(path).send(message("jsonl", alert="e2")).repeated
    assert [record["key"].split("/")[0] for record in records(path)] == ["e1", "e2"]


@pytest.mark.parametrize("content", ["hello", "hello\n", "[]\n", '{"other": 1}\n', '{"key": 1}\n'])
def test_a_file_that_is_not_ours_is_left_alone(tmp_path: Path, content: str) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text(content)
    with pytest.raises(ChannelError, match="not of our writing"):
        JsonLines(path).send(message("jsonl"))
    assert path.read_text() == content


def test_a_replaced_file_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    channel = JsonLines(path)
    channel.send(message("jsonl"))
    path.rename(tmp_path / "out.jsonl.1")
    assert not channel.send(message("jsonl")).repeated
    assert len(records(path)) == 1


def test_many_writers_take_turns(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"

    def write(number: int) -> bool:
        return JsonLines(path).send(message("jsonl", alert=f"e{number % 10}")).repeated

    with ThreadPoolExecutor(8) as pool:
        repeated = list(pool.map(write, range(40)))
    assert sum(not again for again in repeated) == len(records(path)) == 10


def test_what_is_no_json_or_cannot_be_written_is_a_channel_error(tmp_path: Path) -> None:
    with pytest.raises(ChannelError, match="is not plain JSON"):
        JsonLines(tmp_path / "out.jsonl").send(message("jsonl", payload={"x": float("nan")}))
    with pytest.raises(ChannelError, match="could not be written"):
        JsonLines(tmp_path).send(message("jsonl"))


# --- webhook ---------------------------------------------------------------------------------

EXPECTED = "4ed769fca1ede5b4932b0151320cf2dc8e77e8c196e53776bb21723e98a6bc70"


class Receiver:
    def __init__(self) -> None:
        self.status, self.got = 200, list[tuple[dict[str, str], bytes]]()
        self.url = ""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    known = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            known.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(known.status)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing: tests are quiet."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    known.url = f"http://127.0.0.1:{http.server_address[1]}/hook?token=secret"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield known
    http.shutdown()
    http.server_close()
    thread.join()


def test_a_webhook_is_signed_and_carries_its_key(receiver: Receiver, now: datetime) -> None:
    channel = Webhook(receiver.url, secret="s3", clock=lambda: now)
    receipt = channel.send(message("webhook", payload={"a": 1}, cap_xml="<alert/>"))
    headers, body = receiver.got[0]
    assert (receipt.at, receipt.detail) == (now, "answered 200")
    assert headers["idempotency-key"] == "e1:desk/desk/webhook/1"
    assert headers["farwatch-timestamp"] == str(int(now.timestamp()))
    assert headers["farwatch-signature"] == signature(b"s3", headers["farwatch-timestamp"], body)
    assert json.loads(body) == {
        "key": "e1:desk/desk/webhook/1",
        "subject": "Earthquake near Lima",
        "body": "Level 4 at two sites",
        "exercise": False,
        "payload": {"a": 1},
        "cap": "<alert/>",
    }


def test_a_signature_is_hmac_sha256_over_time_and_body() -> None:
    # Worked out apart with: printf '1780315200.{}' | openssl dgst -sha256 -hmac key
    assert signature(b"key", "1780315200", b"{}") == f"sha256={EXPECTED}"
    assert signature(b"key", "1780315201", b"{}") != f"sha256={EXPECTED}"


def test_without_a_secret_nothing_is_signed(receiver: Receiver) -> None:
    open_channel("webhook", receiver.url, exercise=False).send(message("webhook"))
    assert "farwatch-signature" not in receiver.got[0][0]


@pytest.mark.parametrize("status", [302, 400, 404, 429, 500])
def test_any_other_answer_is_an_error_with_its_status(receiver: Receiver, status: int) -> None:
    receiver.status = status
    with pytest.raises(ChannelError, match=f"was answered {status}") as caught:
        Webhook(receiver.url).send(message("webhook"))
    assert caught.value.status == status
    assert "secret" not in str(caught.value)
    assert len(receiver.got) == 1


def test_a_receiver_that_is_not_there_is_a_channel_error() -> None:
    with pytest.raises(ChannelError, match="could not be handed to") as caught:
        Webhook("http://127.0.0.1:9/", timeout_seconds=1.0).send(message("webhook"))
    assert caught.value.status is None


def test_what_is_no_json_is_not_posted(receiver: Receiver) -> None:
    with pytest.raises(ChannelError, match="is not plain JSON"):
        Webhook(receiver.url).send(message("webhook", payload={"x": object()}))
    assert receiver.got == []
