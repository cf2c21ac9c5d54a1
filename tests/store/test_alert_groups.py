"""The inbox's rows: one a happening, what needs somebody first, on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.engine import Connection
from store_nouns import after, alert, event, place

from farwatch.model.account import Scope
from farwatch.model.kinds import Kind
from farwatch.model.protect import AlertState, Route, Site
from farwatch.store import alert_groups, alerts, audit, events, sites
from farwatch.store.alert_groups import Inbox
from farwatch.store.alert_lists import AlertChoice
from farwatch.store.audit import Decision
from farwatch.store.keyset import Wanted

EVERYWHERE = Scope()
DESK = Inbox(("desk",))
DAY = 24 * 60


def rows(conn: Connection, choice: AlertChoice | None = None, inbox: Inbox = DESK) -> list[str]:
    """The ids of all rows, read two at a time."""
    found: list[str] = []
    cursor = None
    while True:
        page = alert_groups.grouped(
            conn, choice or AlertChoice(), EVERYWHERE, Wanted(2, cursor), inbox
        )
        found += [one.id for one in page.items]
        cursor = page.next
        if cursor is None:
            return found


def furnish(conn: Connection) -> None:
    """Four happenings; of one the desk has seen its alert and a site has not."""
    events.put(conn, [
        event("e-quiet", severity=2), event("e-loud", severity=4), event("e-seen", severity=5),
        event("e-over", severity=5),
    ])  # fmt: skip
    seen, over = AlertState.ACKNOWLEDGED, AlertState.EXPIRED
    alerts.put(conn, [
        alert("e-quiet/desk", event="e-quiet", sent=after(9), route=Route.DIGEST),
        alert("e-loud/desk", event="e-loud", sent=after(1), route=Route.INTERRUPT),
        alert("e-loud/site:a", event="e-loud", sent=after(2), sites=("a",), recipient="site:a"),
        alert("e-seen/desk", event="e-seen", sent=after(3), route=Route.INTERRUPT, state=seen),
        alert("e-seen/site:a", event="e-seen", sent=after(3), recipient="site:a"),
        alert("e-over/desk", event="e-over", sent=after(99), route=Route.INTERRUPT, state=over),
    ])  # fmt: skip


def test_what_needs_somebody_comes_first(conn: Connection) -> None:
    furnish(conn)
    assert rows(conn) == ["e-loud", "e-quiet", "e-seen", "e-over"]
    newest = replace(DESK, newest=True)
    assert rows(conn, inbox=newest) == ["e-over", "e-quiet", "e-seen", "e-loud"]
    # without recipients of its own every alert is the desk's to acknowledge
    assert rows(conn, inbox=Inbox())[0] == "e-seen"
    page = alert_groups.grouped(conn, AlertChoice(), EVERYWHERE, Wanted(9), DESK)
    assert [one.need for one in page.items] == [2, 2, 1, 0]
    assert [a.key for a in page.items[0].alerts] == ["e-loud/desk", "e-loud/site:a"]


def test_before_and_after_follow_the_list(conn: Connection) -> None:
    furnish(conn)
    order = [None, *rows(conn), None]
    for before, here, after_it in zip(order, order[1:], order[2:], strict=False):
        found = alert_groups.beside(conn, AlertChoice(), EVERYWHERE, str(here), DESK)
        assert found == (before, after_it)
    standing = AlertChoice(states=("open",))
    assert alert_groups.beside(conn, standing, EVERYWHERE, "e-over", DESK) == (None, None)


@pytest.mark.parametrize(
    ("minutes", "admin1", "rows_"),
    [((0, 30), ("08", "08"), 1), ((0, DAY), ("08", "08"), 2), ((0, 30), ("08", "09"), 2)],
)
def test_level_changes_of_a_place_and_day_are_one_row(
    conn: Connection, minutes: tuple[int, int], admin1: tuple[str, str], rows_: int
) -> None:
    for name, later, unit in zip(("e1", "e2"), minutes, admin1, strict=True):
        at = replace(place(-12.8, 28.2), admin1=unit)
        events.put(conn, [event(name, kind=Kind.LEVEL_CHANGE, place=at)])
        alerts.put(conn, [alert(f"{name}/desk", event=name, sent=after(later))])
    assert len(rows(conn)) == rows_
    assert alert_groups.counts(conn, AlertChoice(), {"all": AlertChoice()}, EVERYWHERE) == {
        "all": rows_
    }
    group = alert_groups.group_of(conn, "e1/desk")
    assert group is not None and group.startswith("level:ZM.08:20")


def test_merged_events_are_one_row(conn: Connection) -> None:
    events.put(conn, [event("e1"), event("e2")])
    alerts.put(conn, [alert("e1/desk", event="e1"), alert("e2/site:a", event="e2")])
    assert len(rows(conn)) == 2
    events.redirect(conn, "e2", "e1", after(0))
    assert rows(conn) == ["e1"]
    assert alert_groups.keys_of(conn, AlertChoice(), EVERYWHERE) == {"e1": ["e1/desk", "e2/site:a"]}
    only = Scope(countries=(str(event("e1").place.country),))  # type: ignore[union-attr]
    assert alert_groups.counts(conn, AlertChoice(), {"all": AlertChoice()}, only) == {"all": 1}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("riot", True), ("RIOT kitwe", True), ("kitwe riot", True), ("50%", True), ("5%", False),
        ("k_twe", False), ("zürich", True), ("headline", False), ("say \"no\"", True),
        ("sites", False), ("a\\b", True), ("lima", False), ("", True), ("told", True),
    ],
)  # fmt: skip
def test_words_are_found_in_headline_and_title_alone(
    conn: Connection, text: str, found: bool
) -> None:
    events.put(conn, [event("e1", title="As it was told")])
    said = 'Riot at Kitwe, 50% of Zürich, say "no" a\\b'
    alerts.put(conn, [alert("e1/desk", event="e1", headline=said, advice=("Lima",))])
    assert bool(rows(conn, AlertChoice(text=text))) is found


def test_counts_hold_to_the_scope(conn: Connection) -> None:
    furnish(conn)
    sites.add(conn, [Site("a", "A", 0.0, 0.0, "ZM", attributes={"programme": "mine"})])
    choices = {
        "all": AlertChoice(),
        "open": AlertChoice(states=("open",)),
        "none": AlertChoice(keys=()),
    }
    assert alert_groups.counts(conn, AlertChoice(), choices, EVERYWHERE) == {
        "all": 4,
        "open": 3,
        "none": 0,
    }
    mine = Scope(programmes=("mine",))
    assert alert_groups.counts(conn, AlertChoice(), choices, mine) == {
        "all": 1,
        "open": 1,
        "none": 0,
    }
    assert alert_groups.counts(conn, AlertChoice(), {}, mine) == {}


def test_who_has_it_in_hand_follows_the_audit(conn: Connection) -> None:
    furnish(conn)

    def decide(kind: str, by: str, key: str, **more: str) -> None:
        audit.append(conn, Decision(kind, by, key, after(1), more))

    decide("acknowledge", "amina", "e-loud/desk")
    decide("acknowledge", "amina", "e-quiet/desk")
    decide("hand_over", "amina", "e-loud/desk", to="bruno")
    decide("acknowledge", "amina", "e-seen/desk")
    decide("undo_acknowledge", "amina", "e-seen/desk")
    decide("note", "chen", "e-quiet/desk", text="seen")
    found = alert_groups.holders(conn, ["e-loud/desk", "e-quiet/desk", "e-seen/desk", "none"])
    assert {key: (one.name, one.given_by) for key, one in found.items()} == {
        "e-loud/desk": ("bruno", "amina"), "e-quiet/desk": ("amina", None),
    }  # fmt: skip
    assert alert_groups.held_by(conn, "bruno") == ("e-loud/desk",)
    decide("acknowledge", "bruno", "e-over/desk")  # it does not stand: in nobody's hands
    assert alert_groups.held_by(conn, "bruno") == ("e-loud/desk",)
