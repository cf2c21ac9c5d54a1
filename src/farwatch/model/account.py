"""Account: who sits at the desk, in which role, for which part of the world."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from farwatch.model.protect import Site

PROGRAMME = "programme"  # the attribute of a site that names its programme
RESTRICTED_READ = "restricted:read"  # what a key carries to be shown what is restricted


class Role(StrEnum):
    """What an account may do; `web.policy` says it route by route."""

    VIEWER = "viewer"
    ANALYST = "analyst"
    DUTY_OFFICER = "duty officer"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"
    PARTNER = "partner"


# Who sees restricted reports, their events and alerts: those who act on them. `web.policy` says
# it beside the rest; it stands here because webhooks and hand-overs ask too.
CLEARED = frozenset({Role.ANALYST, Role.DUTY_OFFICER, Role.MANAGER, Role.ADMINISTRATOR})


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of the desk an account sees: countries (ISO alpha-2) and programmes.

    An empty tuple is no bound. Both bounds hold: a site must stand in one of the countries and
    belong to one of the programmes.
    """

    countries: tuple[str, ...] = ()
    programmes: tuple[str, ...] = ()

    @property
    def everywhere(self) -> bool:
        """Whether no country and no programme bounds the account."""
        return not self.countries and not self.programmes

    @property
    def restricted(self) -> bool:
        """Whether what is restricted is seen in it. What is kept of an account never says so."""
        return False

    def cleared(self) -> Cleared:
        """The same part of the desk, with what is restricted in it."""
        return Cleared(self.countries, self.programmes)

    def holds_country(self, country: str | None) -> bool:
        """Whether an event or place of this country may be seen; of no known country only by
        those who see all."""
        return not self.countries or country in self.countries

    def within(self, other: Scope) -> bool:
        """Whether all that this scope holds lies in the other."""
        return all(
            not theirs or (bool(ours) and set(ours) <= set(theirs))
            for ours, theirs in (
                (self.countries, other.countries),
                (self.programmes, other.programmes),
            )
        )

    def holds_site(self, site: Site) -> bool:
        """Whether a site may be seen."""
        programme = site.attributes.get(PROGRAMME)
        return self.holds_country(site.country) and (
            not self.programmes or programme in self.programmes
        )


@dataclass(frozen=True, slots=True)
class Cleared(Scope):
    """A part of the desk with what is restricted in it: what one request, by role and key, or a
    webhook sees. It equals no Scope, so that no answer kept for the one is given to the other."""

    @property
    def restricted(self) -> bool:
        """Whether what is restricted is seen in it."""
        return True


WHOLE = Cleared()  # all there is: what the desk itself and an operator at the machine see


@dataclass(frozen=True, slots=True)
class Account:
    """One person's or program's way in. `name` signs in and goes into the audit.

    `second_factor` names what else is asked ("totp", "passkey"), None where nothing is. `provider`
    is the issuer of an account that signs in elsewhere, by OpenID Connect.
    """

    id: str
    name: str
    role: Role
    created: datetime
    scope: Scope = Scope()
    display: str = ""
    email: str | None = None
    language: str | None = None  # of the pages; None: the browser's
    active: bool = True
    second_factor: str | None = None
    provider: str | None = None

    @property
    def shown(self) -> str:
        """What others read."""
        return self.display or self.name

    def sight(self, *, asked: bool = True) -> Scope:
        """What is seen of the desk: the scope, with what is restricted where it is asked for and
        the role may."""
        return self.scope.cleared() if asked and self.role in CLEARED else self.scope


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in that lasts. `id` is the digest of the cookie, never the cookie itself."""

    id: str
    account: str
    csrf: str
    created: datetime
    expires: datetime
    strong: bool = False  # a second factor was given
    seen: datetime | None = None  # when it was last used, to the minute
    agent: str = ""  # what the browser called itself
    address: str = ""  # where it was opened from


@dataclass(frozen=True, slots=True)
class Token:
    """A program's key to the API. `id` is its digest; `may` are the scopes it carries.

    `may` holds "read" or "write" or a room's ("alerts:write"), and "restricted:read" beside it;
    never more than its account may.
    """

    id: str
    account: str
    label: str
    may: tuple[str, ...]
    created: datetime
    expires: datetime | None = None
    last_used: datetime | None = None
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class Passkey:
    """A key that an authenticator keeps for one account (WebAuthn). `id` is base64url."""

    id: str
    account: str
    label: str
    public_key: str  # COSE, base64url
    sign_count: int
    created: datetime
    last_used: datetime | None = None
