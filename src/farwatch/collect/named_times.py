"""Times that file names state: when the file was received or covers."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import PurePosixPath

from farwatch.errors import UnreadableFeed

_REPLAY = re.compile(r"(\d{8}T\d{6})Z(?:-\d+)?(?:\.|$)")
_EXPORT = re.compile(r"(\d{14})\.(?:translation\.)?export\.", re.IGNORECASE)
_ZONED = re.compile(r"(\d{4}-\d\d-\d\dT\d{6})([pm])(\d\d)(\d\d)(?:[_.-]|$)")


def stated_time(name: str) -> datetime | None:
    """The time in a file's name as aware UTC, None where it states none.

    Known: `20260601T120000Z[-n].ext`, `20180326044500.export.CSV` (UTC), and
    `2026-05-18T180416p0530_89536ad.ext` (the letter is the offset's sign). Raises UnreadableFeed
    with the name if what stands there is no time.
    """
    last = PurePosixPath(name.rsplit("!", 1)[-1]).name
    try:
        if found := _REPLAY.match(last):
            return datetime.strptime(found[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
        if found := _EXPORT.match(last):
            return datetime.strptime(found[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        if found := _ZONED.match(last):
            offset = timedelta(hours=int(found[3]), minutes=int(found[4]))
            zone = timezone(offset if found[2] == "p" else -offset)
            local = datetime.strptime(found[1], "%Y-%m-%dT%H%M%S").replace(tzinfo=zone)
            return local.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UnreadableFeed(name, "states no real time", field="name", value=last) from error
    return None
