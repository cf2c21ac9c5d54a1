"""Who may release, edit or hold what the rules do not release by themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.desk.delivery_desk import NOW, alert, event, mail_server, opened, person, tell

from farwatch.desk import authority
from farwatch.desk.authority import Decider, Wording
from farwatch.desk.deciding import Person
from farwatch.desk.delivering import connected, deliver
from farwatch.errors import Forbidden, UsageError
from farwatch.model.account import Role
from farwatch.model.kinds import Kind
from farwatch.model.protect import Exposure
from farwatch.store import audit, events, exposures


def who(role: Role = Role.DUTY_OFFICER, name: str = "Amina", hours: float = 0) -> Decider:
    return Decider(Person(name, NOW + timedelta(hours=hours)), role)


@pytest.fixture
def desk(tmp_path):
    people = [person("ada", "site contact", sites=("kitwe",))]
    with mail_server() as (box, url), opened(tmp_path, people, smtp_url=url) as found:
        reached = Exposure("e1", 1, "kitwe", Kind.EXPLOSION, 4, 2.3, 5.0, 0.9)
        with found.database.begin() as conn:
            exposures.replace(conn, ["e1"], [reached])
        tell(found, alert())
        object.__setattr__(found, "box", box)
        yield found


@pytest.mark.parametrize(
    ("role", "level", "restricted", "may"),
    [
        (Role.VIEWER, 2, False, ()),
        (Role.ANALYST, 2, False, ()),
        (Role.PARTNER, 2, False, ()),
        (Role.DUTY_OFFICER, 4, False, ("release", "edit", "hold")),
        (Role.DUTY_OFFICER, 5, False, ("edit", "hold")),
        (Role.DUTY_OFFICER, 3, True, ()),
        (Role.MANAGER, 5, False, ("release", "edit", "hold")),
        (Role.MANAGER, 5, True, ("release", "edit", "hold")),
    ],
)
def test_the_matrix_decides_by_role_severity_and_audience(desk, role, level, restricted, may):
    from dataclasses import replace

    with desk.database.begin() as conn:
        events.put(conn, [replace(event(), version=2, restricted=restricted)])
    found = authority.stands(desk, alert(level=level), who(role))
    assert found.may == may
    one = alert(revision=2, level=level)
    tell(desk, one)
    if "hold" in may:
        authority.hold(desk, one.key, who(role), "asking the site first")
    else:
        with pytest.raises(Forbidden, match=f"a {role.value} may not hold"):
            authority.hold(desk, one.key, who(role), "asking the site first")


def test_a_hold_stands_until_its_person_or_a_manager_ends_it(desk):
    authority.hold(desk, "e1/desk", who(name="Amina"), "asking the site first", hours=2)
    with pytest.raises(Forbidden, match="is held by Amina until 2026-06-01 14:00 UTC: asking"):
        authority.release(desk, "e1/desk", who(name="Ben"))
    with pytest.raises(Forbidden, match="is held by Amina"):
        authority.lift(desk, "e1/desk", who(name="Ben"), "I know better")
    released = authority.release(desk, "e1/desk", who(Role.MANAGER, "Eve"), "the site confirmed")
    assert [one.recipient for one in released.sent] == ["site:kitwe"]
    with desk.database.read() as conn:
        kinds = [entry.decision.kind for entry in audit.entries(conn, "e1/desk")]
        reasons = [entry.decision.details.get("reason") for entry in audit.entries(conn, "e1/desk")]
    assert kinds == ["hold", "release because", "release"]
    assert reasons[:2] == ["asking the site first", "the site confirmed"]
    with pytest.raises(UsageError, match="released already"):
        authority.hold(desk, "e1/desk", who(), "too late")


def test_a_hold_ends_by_itself(desk):
    authority.hold(desk, "e1/desk", who(name="Amina"), "asking the site first", hours=2)
    assert authority.release(desk, "e1/desk", who(name="Ben", hours=2)).alert.released


def test_an_officer_s_words_go_out_until_the_danger_is_graver(desk):
    words = Wording("Explosion at a fuel depot; stay away from the plant road", ("Avoid",))
    authority.edit(desk, "e1/desk", words, who(), "the site called")
    authority.release(desk, "e1/desk", who())
    with connected(desk) as channels:
        deliver(desk, channels, NOW)
        first = desk.box.mails[-1][1]
        assert "fuel depot" in first and "Keep away" in first and "Take shelter" not in first
        graver = alert("site:kitwe", 2, level=5, severity="Extreme")
        tell(desk, graver, at=NOW + timedelta(minutes=1))
        deliver(desk, channels, NOW + timedelta(minutes=1))
        second = desk.box.mails[-1][1]
        assert "fuel depot" not in second and "Take shelter" in second


@pytest.mark.parametrize(
    ("wording", "reason", "said"),
    [
        (Wording("", ()), "why", "headline"),
        (Wording("x" * 501, ()), "why", "headline"),
        (Wording("Stay in", ("Hide",)), "why", "advice 'Hide' is none of"),
        (Wording("Stay in", ()), " ", "a reason is needed"),
    ],
)
def test_words_that_cannot_be_used_are_refused(desk, wording, reason, said):
    with pytest.raises(UsageError, match=said):
        authority.edit(desk, "e1/desk", wording, who(), reason)
