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

# route name -> who. Pages and their API twins stand together.
POLICY: dict[str, Who] = {
    # Ways in
    "home": PUBLIC,
    "sign_in.show": PUBLIC,
    "sign_in.enter": PUBLIC,
    "sign_out": EVERYONE,
    "set_up.show": PUBLIC,
    "set_up.make": PUBLIC,
    "health": PUBLIC,
    "live": READERS,
    # Alerts
    "alerts.list": READERS,
    "alerts.show": READERS,
    "alerts.acknowledge": DUTY,
    "api.alerts.list": READERS,
    "api.alerts.show": READERS,
    "api.alerts.acknowledge": DUTY,
}
