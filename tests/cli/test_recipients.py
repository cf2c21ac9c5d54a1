"""`farwatch recipients` and `farwatch deliveries`, as a person at a terminal meets them."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner
from tests.desk.delivery_desk import alert, opened, tell

from farwatch.cli.main import cli
from farwatch.errors import RejectedRows

PEOPLE = """
recipients:
  - {id: ada, name: Ada, role: duty officer, email: ada@example.org, supervisor: nobody}
  - {id: ben, name: Ben, role: duty officer, sms: "0211"}
rotas:
  - {name: desk, role: duty officer, shifts: [{person: ada, from: "Mon 00:00", to: "Sun 12:00"}]}
"""


def run(folder: Path, *args: str):
    return CliRunner().invoke(cli, [*args, "--data-dir", str(folder)])


def test_people_are_imported_and_told_of(tmp_path):
    file = tmp_path / "people.yaml"
    file.write_text(PEOPLE)
    refused = run(tmp_path, "recipients", "import", str(file), "--by", "Amina")
    assert isinstance(refused.exception, RejectedRows)
    assert "1 of 2 rows are wrong" in str(refused.exception)
    taken = run(tmp_path, "recipients", "import", str(file), "--by", "Amina", "--partial")
    assert taken.exit_code == 0, taken.output
    assert "rejected line 2: sms '0211' is no international number" in taken.output
    assert "1 recipient, 1 rota, 1 row rejected; 1 recipient in all" in taken.output
    assert "warning: ada: supervisor 'nobody' is no recipient" in taken.output
    assert "warning: rota desk: nobody is on duty Sun 12:00 to Mon 00:00" in taken.output
    listed = run(tmp_path, "recipients", "list")
    assert "ada  Ada  duty officer  every place, severity from 1  email  en" in listed.output
    with opened(tmp_path, smtp_url="smtp://127.0.0.1:9") as desk:
        tell(desk, alert())
    board = run(tmp_path, "deliveries", "--open")
    assert "asked  Ada (duty officer)" in board.output and "1 asked" in board.output
    plain = json.loads(run(tmp_path, "deliveries", "--json").output)
    assert [one["recipient"] for one in plain] == ["ada"]


def test_a_desk_that_told_nobody_says_so(tmp_path):
    assert "nobody was told yet" in run(tmp_path, "deliveries").output
