"""E-mail over SMTP with TLS. Connections are kept open between messages.

The Message-ID is made of the message's key, so that a re-send is the same mail: a receiver that
keeps ids shows it once. A mail server's acceptance is the receipt; what bounces later is not seen.
"""

from __future__ import annotations

import hashlib
import smtplib
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from farwatch.channels.exercise_wall import check, utc_now
from farwatch.errors import ChannelError
from farwatch.model.message import Message, Receipt

TIMEOUT_SECONDS = 20.0
_IDLE_SECONDS = 30.0  # servers close what is silent for minutes; ours goes first
_MOST_A_CONNECTION = 500
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass
class _Open:
    """A connection, how many mails it carried, and when the last one."""

    smtp: smtplib.SMTP
    carried: int
    used: float


class Smtp:
    """Sends mails through the server at `url` as `sender`. Threads may share it.

    `url`: smtps://[user:password@]host[:465] (TLS at once) or smtp://[user:password@]host[:587]
    (STARTTLS, which only a server on loopback may lack).
    """

    name = "email"

    def __init__(
        self,
        url: str,
        *,
        sender: str,
        exercise: bool = False,
        timeout_seconds: float = TIMEOUT_SECONDS,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise ChannelError(f"email: the address of the mail server cannot be read: {error}"
                               ) from error  # fmt: skip
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise ChannelError("email: the mail server's address reads smtps://user:password@host")
        self.exercise = exercise
        self._tls = parts.scheme == "smtps"
        self._host = parts.hostname
        self._port = port or (465 if self._tls else 587)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sender = sender
        self._timeout = timeout_seconds
        self._clock = clock
        self._idle: list[_Open] = []
        self._lock = threading.Lock()

    def send(self, message: Message) -> Receipt:
        """Send the mail to `message.to`; raises ExerciseError, or ChannelError."""
        check(self, message)
        key, at = str(message.key), self._clock()
        mail = self._mail(message, key, at)
        connection = self._ready(key)
        try:
            refused = connection.smtp.send_message(mail, self._sender, [message.to])
        except smtplib.SMTPRecipientsRefused as error:
            self._put_back(connection, half_done=True)
            code, said = next(iter(error.recipients.values()))
            raise self._refused(key, code, said) from error
        except smtplib.SMTPResponseException as error:
            self._put_back(connection, half_done=True)
            raise self._refused(key, error.smtp_code, error.smtp_error) from error
        except (OSError, smtplib.SMTPException) as error:
            connection.smtp.close()
            raise self._unreached(key, error) from error
        self._put_back(connection)
        if refused:
            raise self._refused(key, *next(iter(refused.values())))
        return Receipt(key, self.name, at, detail=f"taken by {self._host}")

    def close(self) -> None:
        """Leave the server."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            _quit(connection.smtp)

    def _ready(self, key: str) -> _Open:
        """A connection that answers: an idle one that is still there, else a new one."""
        while True:
            with self._lock:
                connection = self._idle.pop() if self._idle else None
            if connection is None:
                return _Open(self._connect(key), 0, time.monotonic())
            fresh = time.monotonic() - connection.used < _IDLE_SECONDS
            if fresh and connection.carried < _MOST_A_CONNECTION and _answers(connection):
                return connection
            _quit(connection.smtp)

    def _put_back(self, connection: _Open, *, half_done: bool = False) -> None:
        connection.carried += 1
        connection.used = time.monotonic()
        try:
            if half_done:
                connection.smtp.rset()
        except (OSError, smtplib.SMTPException):
            connection.smtp.close()
            return
        with self._lock:
            self._idle.append(connection)

    def _connect(self, key: str) -> smtplib.SMTP:
        try:
            if self._tls:
                smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                    self._host, self._port, timeout=self._timeout,
                    context=ssl.create_default_context(),
                )  # fmt: skip
            else:
                smtp = smtplib.SMTP(self._host, self._port, timeout=self._timeout)
        except (OSError, smtplib.SMTPException) as error:
            raise self._unreached(key, error) from error
        try:
            self._secure(smtp)
            if self._user:
                smtp.login(self._user, self._password)
        except (OSError, smtplib.SMTPException) as error:
            smtp.close()
            raise self._unreached(key, error) from error
        return smtp

    def _secure(self, smtp: smtplib.SMTP) -> None:
        smtp.ehlo()
        if self._tls:
            return
        if smtp.has_extn("starttls"):
            smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo()
        elif self._host not in _LOOPBACK:
            raise smtplib.SMTPException("it offers no STARTTLS, and nothing is sent in the clear")

    def _mail(self, message: Message, key: str, at: datetime) -> EmailMessage:
        mail = EmailMessage()
        try:
            mail["From"], mail["To"] = self._sender, message.to
            mail["Subject"] = " ".join(message.subject.split())
        except (ValueError, IndexError) as error:
            raise ChannelError(f"email: {key} has no readable address", lasting=True) from error
        mail["Date"] = format_datetime(at)
        digest = hashlib.sha256(key.encode()).hexdigest()[:32]
        mail["Message-ID"] = f"<{digest}@{self._sender.rpartition('@')[2]}>"
        mail["Idempotency-Key"] = digest
        mail["Auto-Submitted"] = "auto-generated"
        if message.exercise:
            mail["X-Exercise"] = "yes"
        mail.set_content(message.body)
        return mail

    def _refused(self, key: str, code: int, said: bytes | str) -> ChannelError:
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        return ChannelError(
            f"email: {key} was refused by {self._host}: {code} {' '.join(text.split())[:200]}",
            status=code, lasting=500 <= code < 600,
        )  # fmt: skip

    def _unreached(self, key: str, error: Exception) -> ChannelError:
        return ChannelError(
            f"email: {key} could not be handed to {self._host}: {type(error).__name__} {error}"
        )


def _answers(connection: _Open) -> bool:
    if time.monotonic() - connection.used < 1:
        return True
    try:
        return connection.smtp.noop()[0] == 250
    except (OSError, smtplib.SMTPException):
        return False


def _quit(smtp: smtplib.SMTP) -> None:
    try:
        smtp.quit()
    except (OSError, smtplib.SMTPException):
        smtp.close()
