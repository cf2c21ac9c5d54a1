"""One module a way out: `open_channel(...).send(message) -> Receipt`, or ChannelError."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, cast

from farwatch.errors import ChannelError

if TYPE_CHECKING:
    from farwatch.channels.exercise_wall import Channel

# channel -> (module under farwatch.channels, class), imported when opened
CHANNELS: dict[str, tuple[str, str]] = {
    "terminal": ("terminal", "Terminal"),
    "jsonl": ("jsonl", "JsonLines"),
    "webhook": ("webhook", "Webhook"),
}


def open_channel(name: str, target: str = "", *, exercise: bool, secret: str = "") -> Channel:
    """The channel `name` opened for an exercise or for the real thing.

    `target` is the file of `jsonl` and the address of `webhook`, whose `secret` signs; the terminal
    takes neither. Raises ChannelError for an unknown channel or a missing target.
    """
    if name not in CHANNELS:
        raise ChannelError(f"{name!r} is no channel; channels are {', '.join(CHANNELS)}")
    module, member = CHANNELS[name]
    kind = getattr(importlib.import_module(f"farwatch.channels.{module}"), member)
    if name == "terminal":
        return cast("Channel", kind(exercise=exercise))
    if not target:
        raise ChannelError(f"{name}: no {'file' if name == 'jsonl' else 'address'} was given")
    if name == "jsonl":
        return cast("Channel", kind(Path(target), exercise=exercise))
    return cast("Channel", kind(target, secret=secret, exercise=exercise))
