"""Every error Farwatch raises on purpose.

    FarwatchError                 exit 1   something Farwatch itself can name
    ├── UsageError                exit 2   a command, option or argument is wrong
    │   └── ChangedMeanwhile               somebody else changed it first; nothing is overwritten
    ├── SettingsError             exit 3   a setting is missing, unknown or unreadable
    ├── InputError                exit 4   bad input: source, position, field, value, what to do
    │   ├── UnreadableReport               one record of a feed
    │   ├── UnreadableFeed                 a whole document of a feed
    │   └── RejectedRows                   a table the user gave, refused whole
    ├── TermsError                exit 5   a source's terms do not allow what was asked
    ├── FetchError                exit 6   a source could not be fetched
    │   └── ForbiddenAddress               an address Farwatch never contacts
    ├── NotFound                  exit 7   no such alert, event, site, place ...
    ├── StoreError                exit 8   database or lake missing, locked or of another version
    │   └── DatabaseAway                   the database's server cannot be reached; it may come back
    ├── ChannelError              exit 9   a message could not be handed over
    ├── ExerciseError             exit 10  exercise and real would have mixed
    ├── SignInRefused             exit 11  no account, no session, or a wrong secret
    ├── Forbidden                 exit 12  an account may not do this
    │   └── SecondFactorNeeded             its role asks for a second factor that it has not
    └── TooMany                   exit 13  somebody tried too often; says when to go on

An error's message is one sentence that carries the offending value.
"""

from __future__ import annotations

from typing import Self


class FarwatchError(Exception):
    """Base of every deliberate error; `exit_code` is what the command line returns."""

    exit_code = 1


class UsageError(FarwatchError):
    """A command, an option or an argument is wrong."""

    exit_code = 2


class ChangedMeanwhile(UsageError):
    """What is to be changed is no longer as it was when it was read."""


class SettingsError(FarwatchError):
    """A setting is missing, unknown or cannot be read."""

    exit_code = 3


class InputError(FarwatchError):
    """Bad input; says what was wrong, where, with which value."""

    exit_code = 4

    def __init__(
        self,
        source: str,
        reason: str = "cannot be read",
        *,
        field: str | None = None,
        value: object = None,
        position: str | None = None,
    ) -> None:
        self.source = source
        self.reason = reason
        self.field = field
        self.value = value
        self.position = position
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        where = self.source + (f", {self.position}" if self.position else "")
        what = ""
        if self.field is not None:
            shown = repr(self.value)
            what = f"{self.field} {shown if len(shown) <= 120 else shown[:117] + '...'} "
        return f"{where}: {what}{self.reason}"

    def at(self, position: str) -> Self:
        """The same error, told where in its document it stands (`line 12`, `features[3]`)."""
        return type(self)(
            self.source, self.reason, field=self.field, value=self.value, position=position
        )


class UnreadableReport(InputError):
    """One record of a feed cannot be read; the rest of the feed goes on."""


class UnreadableFeed(InputError):
    """A whole document of a feed cannot be read."""


class RejectedRows(InputError):
    """A table was refused whole because some of its rows are wrong."""


class TermsError(FarwatchError):
    """A source's terms are incomplete, expired or do not allow this use."""

    exit_code = 5


class FetchError(FarwatchError):
    """A source could not be fetched.

    `status` is the HTTP status if there was an answer; `retry_after` the seconds that the
    publisher asked us to wait, where it did.
    """

    exit_code = 6

    def __init__(
        self, message: str, *, status: int | None = None, retry_after: float | None = None
    ) -> None:
        self.status = status
        self.retry_after = retry_after
        super().__init__(message)


class ForbiddenAddress(FetchError):
    """An address that Farwatch never contacts (private, link-local, another scheme)."""


class NotFound(FarwatchError):
    """Nothing has this name or id."""

    exit_code = 7


class StoreError(FarwatchError):
    """The database or the lake is missing, locked, or of another version."""

    exit_code = 8


class DatabaseAway(StoreError):
    """The database's server cannot be reached, or went away meanwhile; it may come back.

    What was being written is written whole or not at all, and which of the two is not known.
    """


class ChannelError(FarwatchError):
    """A message could not be handed over to its channel.

    `status` is the HTTP status if the receiver answered with one; `lasting` that trying again
    cannot help: there is no such address.
    """

    exit_code = 9

    def __init__(
        self, message: str, *, status: int | None = None, lasting: bool = False
    ) -> None:  # fmt: skip
        self.status = status
        self.lasting = lasting
        super().__init__(message)


class ExerciseError(FarwatchError):
    """Exercise and real data or channels would have mixed."""

    exit_code = 10


class SignInRefused(FarwatchError):
    """Nobody is signed in, or what was given opens no account; never says which part was wrong."""

    exit_code = 11


class Forbidden(FarwatchError):
    """An account's role, scope or key does not allow this."""

    exit_code = 12


class SecondFactorNeeded(Forbidden):
    """The account's role asks for a second factor, and this sign-in has none."""


class TooMany(FarwatchError):
    """Somebody tried too often; `retry_after` is the seconds until it may go on."""

    exit_code = 13

    def __init__(self, message: str, *, retry_after: float) -> None:
        self.retry_after = retry_after
        super().__init__(f"{message}; try again in {max(1, round(retry_after))} s")
