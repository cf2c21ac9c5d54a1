import json
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from tests.desk.chain_desk import HERALD, TIMES, hear, opened

from farwatch.cli.alerts import alerts
from farwatch.cli.audit import audit
from farwatch.cli.events import events
from farwatch.cli.explain import explain
from farwatch.desk import accounts
from farwatch.desk.accounts import NewAccount
from farwatch.errors import Forbidden, InputError, NotFound, StoreError, UsageError
from farwatch.model.account import Role
from farwatch.model.cap import check
from farwatch.store.database import Database

TIME = datetime(2026, 6, 1, 12, 30, tzinfo=UTC)
WHEN = ("--now", "2026-06-01T12:30:00Z")


@pytest.fixture
def alert(tmp_path, monkeypatch):
    """The id of the one alert of a desk that the environment names."""
    monkeypatch.setenv("FARWATCH_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    with opened(tmp_path / "data") as desk, desk.database.begin() as conn:
        _, (found,) = hear(desk, conn, HERALD, TIMES)
    return found


def run(group, *arguments: str) -> Result:
    return CliRunner().invoke(group, arguments)


def test_from_listing_to_disposing(alert):
    listed = run(alerts, "list", "--open")
    assert f"{alert.id}  2026-06-01 12:00  II   open not released  to desk" in listed.stdout
    assert isinstance(run(alerts, "list", "--site", "nowhere", "--json").exception, NotFound)
    shown = run(alerts, "show", alert.key)
    assert "  site: kitwe_plant" in shown.stdout
    assert json.loads(run(alerts, "show", alert.id, "--json").stdout)["revision"] == 1
    seen = run(alerts, "acknowledge", alert.id[:7], "--by", "Ann", *WHEN)
    assert seen.stdout == f"alert {alert.id} is acknowledged by Ann\n"
    refused = run(alerts, "release", alert.id, "--by", "Ann", "--role", "viewer", *WHEN).exception
    assert isinstance(refused, Forbidden)
    assert "a viewer may not release an alert of severity" in str(refused)
    nobody = run(alerts, "release", alert.id, "--by", "Ann", "--role", "king", *WHEN).exception
    assert isinstance(nobody, UsageError) and "'king' is none of: viewer" in str(nobody)
    freed = run(alerts, "release", alert.id, "--by", "Ann", "--reason", "heard it", *WHEN)
    assert "newly told: site:kitwe_plant; 1 message queued" in freed.stdout
    done = run(alerts, "dispose", alert.id, "some-impact", "--by", "Bob", *WHEN)
    assert done.stdout == f"alert {alert.id} is closed: some impact, says Bob\n"
    decided = run(audit, "list", "--subject", alert.key).stdout.splitlines()
    assert [line.split("  ")[2] for line in decided] == [
        "acknowledge", "release because", "release", "dispose",
    ]  # fmt: skip
    assert "4 entries, each as it was sealed" in run(audit, "verify").stdout


def test_the_account_of_that_name_says_the_role(alert, tmp_path):
    with opened(tmp_path / "data") as desk:
        accounts.add(desk, NewAccount("ann", Role.ANALYST, "a long enough word"), "tests", TIME)
    refused = run(alerts, "release", alert.id, "--by", "Ann", *WHEN).exception
    assert isinstance(refused, Forbidden)
    assert "a analyst may not release" in str(refused)
    told = run(alerts, "release", alert.id, "--by", "Ann", "--role", "duty-officer", *WHEN)
    assert "newly told: site:kitwe_plant" in told.stdout


def test_an_alert_is_exported_as_valid_cap(alert, tmp_path):
    assert run(alerts, "export", alert.id, "-o", "alert.xml").exit_code == 0
    data = (tmp_path / "alert.xml").read_bytes()
    assert check(data) == []
    assert run(alerts, "export", alert.id).stdout_bytes == data
    nowhere = run(alerts, "export", alert.id, "-o", "no/such/folder.xml")
    assert isinstance(nowhere.exception, InputError)


def test_explain_prints_a_tree_or_json(alert):
    tree = run(explain, alert.id)
    assert tree.exit_code == 0
    assert tree.stdout.startswith(f"alert {alert.id} ")
    assert "    reports\n      [1] herald h1\n        no terms at hand\n" in tree.stdout
    plain = json.loads(run(explain, alert.event, "--json").stdout)
    assert len(plain["statements"]) == 2
    missing = run(explain, "nothing-here")
    assert isinstance(missing.exception, NotFound)
    assert "'nothing-here'" in str(missing.exception)


def test_another_desk_is_named_by_its_folder(alert, tmp_path):
    listed = run(alerts, "list", "--data-dir", str(tmp_path / "other"))
    assert (listed.stdout, listed.exit_code) == ("", 0)


def test_events_are_listed_by_place_kind_and_time(alert):
    for asked in ([], ["--country", "ZMB"], ["--kind", "explosion"], ["--since", "2026-06-01"]):
        assert alert.event in run(events, "list", *asked).stdout
    for asked in (["--country", "Kenya"], ["--kind", "flood"], ["--since", "2026-06-02"]):
        assert run(events, "list", *asked).stdout == ""
    assert json.loads(run(events, "list", "--json").stdout)[0]["id"] == alert.event
    for option in ("--kind", "--since"):
        wrong = run(events, "list", option, "sometimes")
        assert isinstance(wrong.exception, UsageError)
        assert "'sometimes'" in str(wrong.exception)


def test_a_report_is_parted_and_joined_again(alert, monkeypatch):
    reason = ("--by", "Ann", "--reason", "another tank", *WHEN)
    parted = run(events, "part", alert.event, "times t1", *reason)
    assert "1 judgement kept: different by Ann" in parted.stdout
    found = [item["id"] for item in json.loads(run(events, "list", "--json").stdout)]
    assert len(found) == 2
    joined = run(events, "join", *found, *reason)
    assert "1 judgement kept: same by Ann" in joined.stdout
    assert len(run(events, "list").stdout.splitlines()) == 1


def test_a_changed_or_shortened_audit_is_seen(alert, tmp_path):
    for disposition in ("some impact", "duplicate"):
        run(alerts, "dispose", alert.id, disposition, "--by", "Ann", *WHEN)
    newest = run(audit, "verify").stdout.split()[-1]
    assert run(audit, "verify", "--head", newest).exit_code == 0
    with Database(f"sqlite:///{tmp_path / 'data' / 'desk.sqlite'}") as database:
        with database.begin() as conn:
            conn.execute(sa.text("DELETE FROM audit WHERE id = 2"))
        cut = run(audit, "verify", "--head", newest)
        assert isinstance(cut.exception, StoreError)
        assert newest in str(cut.exception)
        assert run(audit, "verify").exit_code == 0
        with database.begin() as conn:
            conn.execute(sa.text("UPDATE audit SET by = 'Eve'"))
    changed = run(audit, "verify")
    assert isinstance(changed.exception, StoreError)
    assert "audit entry 1" in str(changed.exception)
