"""What is live near a point or in a country, and the sites by the worst that reaches them."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest
from sqlalchemy.engine import Connection
from store_nouns import T0, after, event, exposure, place

from farwatch.errors import UsageError
from farwatch.model.account import Scope
from farwatch.model.event import State
from farwatch.model.place import EARTH_KM
from farwatch.model.protect import Site
from farwatch.store import events, exposures, near, site_lists, sites
from farwatch.store.keyset import Wanted
from farwatch.store.near import Around
from farwatch.store.site_lists import SiteChoice

NOW = after(60)


def km(one: tuple[float, float], two: tuple[float, float]) -> float:
    """By the chord between two points of a ball, another way than the store takes."""
    ends = [
        (math.cos(a) * math.cos(b), math.cos(a) * math.sin(b), math.sin(a))
        for a, b in ((math.radians(lat), math.radians(lon)) for lat, lon in (one, two))
    ]
    return 2 * EARTH_KM * math.asin(min(1.0, math.dist(*ends) / 2))


@pytest.mark.parametrize("point", [(-12.8, 28.2), (64.1, -21.9), (-16.8, 179.9), (0.0, 0.0)])
def test_the_nearest_come_first_also_over_the_antimeridian(
    conn: Connection, point: tuple[float, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = random.Random(5)
    at = {}
    for n in range(120):
        lon = point[1] + draw.uniform(-6, 6)
        at[f"e{n}"] = (point[0] + draw.uniform(-3, 3), (lon + 180) % 360 - 180)
    events.put(conn, [event(name, place=place(*where)) for name, where in at.items()])
    wanted = sorted((km(point, where), name) for name, where in at.items())
    wanted = [one for one in wanted if one[0] <= 150]
    found = near.around(conn, Around(point, 150.0), NOW, Scope())
    assert [one.id for one in found.events] == [name for _, name in wanted]
    assert found.total == len(wanted) > 5
    assert [one.km for one in found.events] == pytest.approx([far for far, _ in wanted])
    monkeypatch.setattr(near, "MOST", 3)
    monkeypatch.setattr(near, "COUNTED", 4)
    some = near.around(conn, Around(point, 150.0), NOW, Scope())
    assert (some.events, some.total) == (found.events[:3], 5)


def test_a_unit_is_told_whole_each_event_once(conn: Connection) -> None:
    events.put(conn, [
        event("far", place=place(-14.0, 24.0)), event("here", place=place(-12.8, 28.2)),
        event("unplaced", place=None), event("beyond", place=place(-12.9, 28.3, "CD")),
        event("away", place=place(-1.0, 36.0, "KE")), event("over", state=State.ENDED),
        event("later", first_reported=after(61)), event("expired", expires=after(59)),
    ])  # fmt: skip
    around = Around((-12.8, 28.2), 50.0, ("ZM", "08"))
    found = near.around(conn, around, NOW, Scope())
    assert [one.id for one in found.events] == ["here", "beyond", "far"]
    assert found.total == 3
    sites.add(conn, [Site("s1", "Plant", -12.8, 28.2, "ZM", "08")])
    exposures.replace(conn, ["here"], [exposure("here", "s1")])
    apart = near.around(conn, around, NOW, Scope(), "s1")
    assert [one.id for one in apart.events] == ["beyond", "far"]
    bounded = near.around(conn, around, NOW, Scope(countries=("CD",)))
    assert [one.id for one in bounded.events] == ["beyond"]


def test_a_country_tells_the_worst_then_the_newest_and_how_many_there_are(
    conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = random.Random(3)
    told = [
        event(f"e{n}", severity=draw.randint(1, 5), last_reported=after(draw.randint(0, 50)))
        for n in range(30)
    ]
    elsewhere = event("elsewhere", severity=5, place=place(-1.0, 36.0, "KE"))
    events.put(conn, [*told, elsewhere, event("over", severity=5, state=State.ENDED)])
    order = sorted(told, key=lambda one: (one.severity, one.last_reported, one.id), reverse=True)
    found = near.within(conn, "ZM", NOW, Scope(), (-12.8, 28.2))
    assert ([one.id for one in found.events], found.total) == ([one.id for one in order], 30)
    monkeypatch.setattr(near, "MOST", 4)
    some = near.within(conn, "ZM", NOW, Scope(), (-12.8, 28.2))
    assert (some.events, some.total) == (found.events[:4], 30)
    assert near.within(conn, "ZM", T0, Scope(countries=("KE",)), (0, 0)).total == 0


@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("country", [None, "KE"])
def test_sites_by_exposure_are_in_the_order_of_the_worst_live_event(
    conn: Connection, descending: bool, country: str | None
) -> None:
    draw = random.Random(11)
    ours = [Site(f"s{n:02}", f"Yard {n}", 0, 30, draw.choice(("ZM", "KE"))) for n in range(40)]
    sites.add(conn, ours)
    live = {f"e{n}": n % 3 > 0 for n in range(20)}
    events.put(conn, [
        event(name, expires=None if on else after(1)) for name, on in live.items()
    ])  # fmt: skip
    reached = {
        (name, site.id): draw.randint(1, 5)
        for name in live for site in draw.sample(ours[:30], 3)
    }  # fmt: skip
    exposures.replace(conn, list(live), [
        replace(exposure(name, site), severity=severity)
        for (name, site), severity in reached.items()
    ])  # fmt: skip
    told: dict[str, list[int]] = {one.id: [] for one in ours if country in (None, one.country)}
    for (name, site), severity in reached.items():
        if live[name] and site in told:
            told[site].append(severity)
    wanted = sorted(((max(all_, default=0), len(all_), site) for site, all_ in told.items()),
                    key=lambda one: (one[0], one[2]), reverse=descending)  # fmt: skip
    choice = SiteChoice(NOW, country=country, sort="exposed", descending=descending)
    found, after_ = [], None
    while True:
        page = site_lists.listed(conn, choice, Scope(), Wanted(3, after_))
        found += [(one.severity, one.reached, one.site.id) for one in page.items]
        if (after_ := page.next) is None:
            break
    assert found == wanted and {one[0] for one in wanted} >= {0, 4, 5}


def test_a_cursor_of_another_list_is_refused(conn: Connection) -> None:
    sites.add(conn, [Site(f"s{n}", "Yard", 0, 30, "ZM") for n in range(3)])
    by_name = site_lists.listed(conn, SiteChoice(NOW), Scope(), Wanted(1)).next
    with pytest.raises(UsageError, match="is not one that this list gave"):
        site_lists.listed(conn, SiteChoice(NOW, sort="exposed"), Scope(), Wanted(1, by_name))
