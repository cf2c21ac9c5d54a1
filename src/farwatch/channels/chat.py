"""Chats and other services through Apprise: Matrix, Slack, Teams, Telegram and a hundred more.

A recipient's address is an Apprise URL. Apprise says only whether a service took the message, and
honours no key: a re-send may be shown twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from farwatch.channels.exercise_wall import check, may_reach, utc_now
from farwatch.errors import ChannelError
from farwatch.model.message import Message, Receipt

# What would act on this machine rather than tell a person elsewhere.
_LOCAL = {"dbus", "gnome", "kde", "glib", "macosx", "windows", "syslog", "qt", "file"}


class Chat:
    """Sends to each recipient's own Apprise address; `hosts` are an exercise's alone."""

    name = "chat"

    def __init__(
        self,
        *,
        exercise: bool = False,
        hosts: str = "",
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.exercise = exercise
        self._hosts = hosts
        self._clock = clock

    def send(self, message: Message) -> Receipt:
        """Hand the message over; raises ExerciseError or ChannelError, never with the address: it
        holds a secret."""
        import apprise

        check(self, message)
        may_reach(message.to, self._hosts, exercise=self.exercise)
        key, at = str(message.key), self._clock()
        scheme = message.to.partition("://")[0]
        logging.getLogger("apprise").setLevel(logging.CRITICAL)  # it would log the address
        sender = apprise.Apprise()
        if scheme in _LOCAL or not sender.add(message.to):
            raise ChannelError(f"chat: {key} has a {scheme!r} address that Apprise cannot use",
                               lasting=True)  # fmt: skip
        if not sender.notify(title=message.subject, body=message.body):
            raise ChannelError(f"chat: {key} was not taken by {scheme!r}")
        return Receipt(key, self.name, at, detail=f"taken by {scheme}")
