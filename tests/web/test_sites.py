"""The sites' room: lists, one site, changes by form and by list, and what a scope keeps back."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.testclient import TestClient
from web_desk import KITWE, LIMA, NOON, Enter

from farwatch.desk.opening import Desk
from farwatch.model.account import Role, Scope
from farwatch.model.protect import Site
from farwatch.store import audit, exposures, sites
from farwatch.store import site_versions as stored
from farwatch.store.sites import Hand

GOOD = "id,name,lat,lon,country,staff,programme\n"
KALULUSHI = "kalulushi,Kalulushi yard,-12.8105,28.2148,ZM,12,mine\n"
SWAPPED = "swapped,Ndola store,28.6366,-12.9587,ZM,4,mine\n"
NOWHERE = "nowhere,Lusaka office,,28.28,ZM,9,mine\n"


def names(client: TestClient, query: str = "") -> list[str]:
    return [row["site"]["id"] for row in client.get(f"/api/v1/sites{query}").json()["items"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["kitwe", "lima"]), ("?q=plant", ["kitwe"]), ("?q=LIMA%20off", ["lima"]),
        ("?country=PE", ["lima"]), ("?tier=1", ["kitwe"]), ("?programme=bank", ["lima"]),
        ("?sort=name&order=desc", ["lima", "kitwe"]), ("?sort=tier&order=desc", ["lima", "kitwe"]),
        ("?exposed=true", []), ("?exposed=false", ["kitwe", "lima"]), ("?retired=true", []),
        ("?q=%25", []), ("?admin1=ZM.08", ["kitwe"]),
    ],
)  # fmt: skip
def test_sites_are_chosen_and_sorted(enter: Enter, query: str, found: list[str]) -> None:
    assert names(enter(Role.VIEWER), query) == found


@pytest.mark.parametrize("sort", ["name", "id", "country", "tier", "staff", "exposed"])
@pytest.mark.parametrize("order", ["asc", "desc"])
def test_pages_follow_one_another_without_a_gap(
    desk: Desk, enter: Enter, sort: str, order: str
) -> None:
    more = [replace(KITWE, id=f"s{n}", name=f"Yard {n % 3}", staff=n or None) for n in range(7)]
    with desk.database.begin() as conn:
        sites.add(conn, more)
    client, seen, cursor = enter(Role.VIEWER), [], ""
    while True:
        address = f"/api/v1/sites?limit=2&sort={sort}&order={order}&cursor={cursor}"
        answer = client.get(address).json()
        seen += [row["site"]["id"] for row in answer["items"]]
        cursor = answer["next"]
        if cursor is None:
            break
    assert sorted(seen) == sorted(["kitwe", "lima", *(site.id for site in more)])


@pytest.mark.parametrize(
    ("scope", "seen"),
    [
        (Scope(countries=("ZM",)), ["kitwe"]),
        (Scope(programmes=("bank",)), ["lima"]),
        (Scope(countries=("ZM",), programmes=("bank",)), []),
    ],
)
def test_what_lies_outside_the_scope_is_not_found(
    enter: Enter, scope: Scope, seen: list[str]
) -> None:
    client = enter(Role.ANALYST, scope)
    assert names(client) == seen
    assert client.get("/api/v1/sites").json()["total"] == len(seen)
    exported = csv.DictReader(io.StringIO(client.get("/sites/export.csv").text))
    assert [row["id"] for row in exported] == seen
    listed = client.get("/sites").text
    for name in ("kitwe", "lima"):
        known = name in seen
        assert (f"/sites/{name}" in listed) is known
        for address in (f"/sites/{name}", f"/sites/{name}/edit", f"/api/v1/sites/{name}"):
            assert client.get(address).status_code == (200 if known else 404), address
        told = client.post(f"/api/v1/sites/{name}/retire", json={"version": 99}).status_code
        assert told == (409 if known else 404)
        if not known:
            taken = client.post("/sites/new", data={"id": name, "lat": "1", "lon": "1"})
            assert taken.status_code == 422


def test_an_account_writes_only_inside_its_scope(enter: Enter, desk: Desk) -> None:
    client = enter(Role.ANALYST, Scope(programmes=("mine",)))
    fields = {"id": "new", "name": "New", "lat": "-12.8", "lon": "28.2", "programme": "bank"}
    refused = client.post("/api/v1/sites", json={"fields": fields})
    assert refused.status_code == 422
    assert "outside your scope" in refused.json()["detail"]
    inside = client.post("/api/v1/sites", json={"fields": {**fields, "programme": "mine"}})
    assert inside.status_code == 201
    stolen = "id,name,lat,lon,programme\nlima,Stolen,-12.8,28.2,mine\n"
    answer = client.post("/api/v1/sites/import", content=stolen,
                         headers={"content-type": "text/csv"})  # fmt: skip
    assert answer.status_code == 422
    with desk.database.read() as conn:
        assert sites.get(conn, "lima") == LIMA


def test_a_site_is_edited_once_however_many_read_it(enter: Enter, desk: Desk) -> None:
    client = enter(Role.ANALYST)
    form = {"name": "Kitwe works", "lat": "-12.8", "lon": "28.21", "country": "ZM", "tier": "1",
            "programme": "mine", "attributes": "gate = north", "version": "1"}  # fmt: skip
    assert client.post("/sites/kitwe/edit", data=form).status_code == 303
    late = client.post("/sites/kitwe/edit", data={**form, "name": "Mine"})
    assert late.status_code == 409
    assert "version 2" in late.text and 'value="Mine"' in late.text
    with desk.database.read() as conn:
        site = sites.get(conn, "kitwe")
        history = stored.versions(conn, "kitwe")
        decided = audit.entries(conn, "site:kitwe")
    assert (site.name, site.attributes) == ("Kitwe works", {"gate": "north", "programme": "mine"})
    assert [one.how for one in history] == ["edited", "import"]
    assert decided[-1].decision.details["changes"]["name"] == ["Kitwe plant", "Kitwe works"]
    assert "Kitwe plant" in client.get("/sites/kitwe").text  # its history says what it was


@pytest.mark.parametrize(
    ("change", "field"),
    [({"lat": "north"}, "lat"), ({"lat": "28.21", "lon": "-12.8"}, "lat"), ({"tier": "9"}, "tier"),
     ({"staff": "-2"}, "staff"), ({"country": "Narnia"}, "country"),
     ({"attributes": "no sign"}, "attributes"), ({"attributes": "phone = 1"}, "attributes")],
)  # fmt: skip
def test_a_form_names_the_field_that_is_wrong(
    enter: Enter, desk: Desk, change: dict[str, str], field: str
) -> None:
    form = {"name": "Kitwe", "lat": "-12.8", "lon": "28.21", "country": "ZM", "version": "1"}
    answer = enter(Role.ANALYST).post("/sites/kitwe/edit", data=form | change)
    assert answer.status_code == 422
    assert f"Nothing was stored: {field}" in answer.text
    with desk.database.read() as conn:
        assert sites.get(conn, "kitwe") == KITWE


def test_a_retired_site_is_screened_no_more_until_it_is_taken_back(
    enter: Enter, desk: Desk
) -> None:
    client = enter(Role.ANALYST)
    form = {"name": "Kitwe plant", "lat": "-12.8", "lon": "28.2", "country": "ZM", "version": "1"}
    client.post("/sites/kitwe/edit", data=form)  # a change is screened at once
    with desk.database.read() as conn:
        assert [one.event for one in exposures.of_site(conn, "kitwe")] == ["e-riot"]
    assert names(client, "?exposed=true") == ["kitwe"]
    assert client.post("/sites/kitwe/retire", data={"version": "2"}).status_code == 303
    assert (names(client), names(client, "?retired=true")) == (["lima"], ["kitwe"])
    with desk.database.read() as conn:
        assert exposures.of_site(conn, "kitwe") == []
    assert client.post("/sites/kitwe/take-back", data={"version": "3"}).status_code == 303
    assert names(client, "?exposed=true") == ["kitwe"]


def test_a_list_is_refused_whole_or_taken_without_its_wrong_rows(enter: Enter, desk: Desk) -> None:
    client = enter(Role.ANALYST)
    table = GOOD + KALULUSHI + SWAPPED + NOWHERE
    to = client.post("/sites/import", files={"file": ("list.csv", table)}).headers["location"]
    looked = client.get(to).text
    assert "likely swapped" in looked and "Swap latitude and longitude" in looked
    assert names(client) == ["kitwe", "lima"]  # a look stores nothing
    assert client.post(to).status_code == 422
    assert names(client) == ["kitwe", "lima"]
    rows = list(csv.DictReader(io.StringIO(client.get(f"{to}/rejected.csv").text)))
    assert [(row["line"], row["field"], row["name"]) for row in rows] == [
        ("3", "lat, lon", "Ndola store"), ("4", "lat", "Lusaka office")
    ]  # fmt: skip
    for _ in range(2):  # the same form again changes nothing
        assert client.post(to, data={"partial": "yes"}).status_code == 303
    assert names(client) == ["kalulushi", "kitwe", "lima"]
    with desk.database.read() as conn:
        imports = [
            one for one in audit.entries(conn, "sites") if one.decision.kind == "sites.import"
        ]
        assert audit.verify(conn) > 0
        assert [one.event for one in exposures.of_site(conn, "kalulushi")] == ["e-riot"]
    assert len(imports) == 1
    again = client.post("/api/v1/sites/import", content=GOOD + KALULUSHI,
                        headers={"content-type": "text/csv"}).json()  # fmt: skip
    assert (again["added"], again["changed"], again["unchanged"]) == (0, 0, 1)


def test_columns_are_chosen_on_the_page(enter: Enter) -> None:
    client = enter(Role.ANALYST)
    table = "what,north,east\nNdola store,-12.9587,28.6366\n"
    to = client.post("/sites/import", files={"file": ("odd.csv", table)}).headers["location"]
    assert "columns cannot be told" in client.get(to).text
    mapped = {"map.name": "what", "map.lat": "north", "map.lon": "east"}
    assert "Import 1 site" in client.get(to, params=mapped).text
    assert client.post(to, data=mapped).status_code == 303
    assert client.get("/api/v1/sites?q=ndola").json()["total"] == 1


@pytest.mark.parametrize("data", ["", "PK\x03\x04\x00\x00\x00\x00\x14\x00"])
def test_what_is_no_table_is_said(enter: Enter, data: str) -> None:
    answer = enter(Role.ANALYST).post("/sites/import", files={"file": ("x.csv", data)})
    assert answer.status_code == 422
    assert "x.csv" in answer.text


def test_an_upload_is_its_owners_alone(enter: Enter) -> None:
    client = enter(Role.ANALYST)
    to = client.post("/sites/import", files={"file": ("a.csv", GOOD + KALULUSHI)}).headers[
        "location"
    ]
    other = enter(Role.MANAGER)
    assert other.get(to).status_code == 404
    assert other.post(to, data={"partial": "yes"}).status_code == 404


def test_an_export_is_imported_again_and_no_spreadsheet_runs_it(enter: Enter, desk: Desk) -> None:
    with desk.database.begin() as conn:
        sites.add(conn, [replace(KITWE, id="x", name="=1+1", attributes={"note": "@SUM(A1)"})])
    client = enter(Role.ANALYST)
    text = client.get("/sites/export.csv?country=ZM").text
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(text))}
    assert (rows["x"]["name"], rows["x"]["note"]) == ("'=1+1", "'@SUM(A1)")
    assert rows["kitwe"]["lat"] == "-12.8"
    only = "\n".join(line for line in text.splitlines() if not line.startswith("x,"))
    back = client.post("/api/v1/sites/import", content=only,
                       headers={"content-type": "text/csv"}).json()  # fmt: skip
    assert (back["rejected"], back["added"]) == ([], 0)


def test_versions_of_a_site_are_kept_in_order(desk: Desk) -> None:
    site = Site("v", "One", -12.8, 28.2, "ZM")
    with desk.database.begin() as conn:
        for n, name in enumerate(("One", "Two", "Two", "Three")):
            sites.add(conn, [replace(site, name=name)], Hand("a", NOON + timedelta(hours=n), "e"))
        found = stored.versions(conn, "v")
    assert [(one.number, one.site.name) for one in found] == [(3, "Three"), (2, "Two"), (1, "One")]
