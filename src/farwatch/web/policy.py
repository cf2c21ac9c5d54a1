"""Who may do what: one table, route by route. A route it does not name is refused to all.

A test walks every route of the application and every role, and fails on a route that is not here.
"""

from __future__ import annotations

from farwatch.model.account import Role

Who = frozenset[Role] | None

PUBLIC: Who = None  # also for those who are not signed in
EVERYONE = frozenset(Role)
READERS = EVERYONE - {Role.PARTNER}
ANALYSTS = frozenset({Role.ANALYST, Role.DUTY_OFFICER, Role.MANAGER, Role.ADMINISTRATOR})
DUTY = frozenset({Role.DUTY_OFFICER, Role.MANAGER, Role.ADMINISTRATOR})
MANAGERS = frozenset({Role.MANAGER, Role.ADMINISTRATOR})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})

# What a role that must have a second factor may still do without one: add it, or leave.
PROVING = frozenset(
    {
        "sign_out", "account", "account.password", "account.totp_begin", "account.totp_show",
        "account.totp_finish", "account.passkey_begin", "account.passkey_finish",
    }
)  # fmt: skip

# route name -> who. Pages and their API twins stand together.
POLICY: dict[str, Who] = {
    # Ways in
    "home": PUBLIC,
    "sign_in.show": PUBLIC,
    "sign_in.enter": PUBLIC,
    "sign_out": EVERYONE,
    "set_up.show": PUBLIC,
    "set_up.make": PUBLIC,
    "invited.show": PUBLIC,
    "invited.make": PUBLIC,
    "second_factor.show": PUBLIC,
    "second_factor.code": PUBLIC,
    "second_factor.passkey_ask": PUBLIC,
    "second_factor.passkey": PUBLIC,
    "elsewhere.begin": PUBLIC,
    "elsewhere.finish": PUBLIC,
    "health": PUBLIC,
    "live": READERS,
    "language": PUBLIC,
    "counts": READERS,
    # The API about itself: it says nothing of what a desk holds
    "api_page": PUBLIC,
    "api.about.openapi": PUBLIC,
    # Webhooks
    "api.webhooks.list": MANAGERS,
    "api.webhooks.make": MANAGERS,
    "api.webhooks.show": MANAGERS,
    "api.webhooks.remove": MANAGERS,
    "api.webhooks.start": MANAGERS,
    "api.webhooks.stop": MANAGERS,
    "api.webhooks.renew": MANAGERS,
    "api.webhooks.ping": MANAGERS,
    "api.webhooks.log": MANAGERS,
    # Watch
    "watch": READERS,
    "api.map.events": READERS,
    "api.map.sites": READERS,
    "api.map.levels": READERS,
    "api.map.towns": READERS,
    "api.map.feed": READERS,
    "api.map.volume": READERS,
    # Alerts
    "alerts.list": READERS,
    "alerts.show": READERS,
    "alerts.chain": READERS,
    "alerts.decide": DUTY,
    "alerts.undo": DUTY,
    "alerts.acknowledge": DUTY,
    "alerts.release.ask": DUTY,
    "alerts.release": DUTY,
    "alerts.note": ANALYSTS,
    "api.alerts.list": READERS,
    "api.alerts.inbox": READERS,
    "api.alerts.show": READERS,
    "api.alerts.chain": READERS,
    "api.alerts.revisions": READERS,
    "api.alerts.cap": READERS,
    "api.alerts.decide": DUTY,
    "api.alerts.acknowledge": DUTY,
    "api.alerts.undo": DUTY,
    "api.alerts.hand_over": DUTY,
    "api.alerts.dispose": DUTY,
    "api.alerts.release": DUTY,
    "api.alerts.note": ANALYSTS,
    # Events and reports
    "events.list": READERS,
    "events.export": READERS,
    "events.show": READERS,
    "events.regrade": ANALYSTS,
    "events.join": ANALYSTS,
    "events.part": ANALYSTS,
    "events.undo": ANALYSTS,
    "api.events.list": READERS,
    "api.events.export": READERS,
    "api.events.show": READERS,
    "api.events.regrade": ANALYSTS,
    "api.events.join": ANALYSTS,
    "api.events.part": ANALYSTS,
    "api.events.undo": ANALYSTS,
    "reports.list": READERS,
    "reports.export": READERS,
    "reports.show": READERS,
    "api.reports.list": READERS,
    "api.reports.export": READERS,
    "api.reports.show": READERS,
    # Sites
    "sites.list": READERS,
    "sites.export": READERS,
    "sites.show": READERS,
    "sites.level": READERS,
    "sites.new": ANALYSTS,
    "sites.edit": ANALYSTS,
    "sites.retire": ANALYSTS,
    "sites.take_back": ANALYSTS,
    "sites.import": ANALYSTS,
    "sites.import.show": ANALYSTS,
    "sites.import.take": ANALYSTS,
    "sites.import.rejected": ANALYSTS,
    "api.sites.list": READERS,
    "api.sites.show": READERS,
    "api.sites.add": ANALYSTS,
    "api.sites.change": ANALYSTS,
    "api.sites.retire": ANALYSTS,
    "api.sites.take_back": ANALYSTS,
    "api.sites.import": ANALYSTS,
    # Places
    "places.list": READERS,
    "places.show": READERS,
    "places.override": ANALYSTS,
    "places.override.end": ANALYSTS,
    "api.places.list": READERS,
    "api.places.show": READERS,
    "api.places.override": ANALYSTS,
    "api.places.override.end": ANALYSTS,
    "api.overrides.list": READERS,
    # Deliveries
    "acknowledge.show": PUBLIC,  # the link itself is the key
    "acknowledge.confirm": PUBLIC,
    "receipts.take": PUBLIC,  # signed by the gateway
    "deliveries.list": READERS,
    "deliveries.decide": DUTY,  # and the authority matrix
    "recipients.list": DUTY,
    "recipients.new": MANAGERS,
    "recipients.show": MANAGERS,
    "recipients.save": MANAGERS,
    "recipients.import": ADMINISTRATORS,
    "api.deliveries.list": READERS,
    "api.deliveries.show": READERS,
    "api.deliveries.decide": DUTY,
    "api.recipients.list": DUTY,
    "api.recipients.save": MANAGERS,
    # Sources
    "sources.list": READERS,
    "sources.show": READERS,
    "sources.documents": ANALYSTS,
    "sources.again": ANALYSTS,
    "sources.try": ANALYSTS,
    "sources.switch": ADMINISTRATORS,
    "api.sources.list": READERS,
    "api.sources.show": READERS,
    "api.rejected.list": READERS,
    "api.sources.documents": ANALYSTS,
    "api.sources.again": ANALYSTS,
    "api.sources.try": ANALYSTS,
    "api.sources.switch": ADMINISTRATORS,
    # Exercises
    "exercises.list": READERS,
    "exercises.show": READERS,
    "exercises.picture": READERS,
    "exercises.run": DUTY,
    "exercises.control": DUTY,
    "api.exercises.scenarios": READERS,
    "api.exercises.list": READERS,
    "api.exercises.show": READERS,
    "api.exercises.run": DUTY,
    "api.exercises.control": DUTY,
    # One's own account
    "account": EVERYONE,
    "account.profile": EVERYONE,
    "account.password": EVERYONE,
    "account.totp_begin": EVERYONE,
    "account.totp_show": EVERYONE,
    "account.totp_finish": EVERYONE,
    "account.passkey_begin": EVERYONE,
    "account.passkey_finish": EVERYONE,
    "account.factor_drop": EVERYONE,
    "account.codes_renew": EVERYONE,
    "account.token_make": EVERYONE,
    "account.token_revoke": EVERYONE,
    "account.session_end": EVERYONE,
    "account.sessions_end": EVERYONE,
    "api.me.show": EVERYONE,
    "api.me.sign_ins": EVERYONE,
    "api.me.end_sign_in": EVERYONE,
    "api.tokens.list": EVERYONE,
    "api.tokens.make": EVERYONE,
    "api.tokens.revoke": EVERYONE,
    # Administration
    "administration": ADMINISTRATORS,
    "administration.add": ADMINISTRATORS,
    "administration.account": ADMINISTRATORS,
    "administration.change": ADMINISTRATORS,
    "administration.active": ADMINISTRATORS,
    "administration.reset": ADMINISTRATORS,
    "administration.revoke": ADMINISTRATORS,
    "administration.rules": ADMINISTRATORS,
    "administration.channels": ADMINISTRATORS,
    "administration.audit": ADMINISTRATORS,
    "api.accounts.list": ADMINISTRATORS,
    "api.accounts.add": ADMINISTRATORS,
    "api.accounts.show": ADMINISTRATORS,
    "api.accounts.change": ADMINISTRATORS,
    "api.accounts.reset": ADMINISTRATORS,
    "api.audit.list": ADMINISTRATORS,
    "api.audit.verify": ADMINISTRATORS,
}
