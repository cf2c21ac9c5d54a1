"""`farwatch accounts`: the way back in, and what it refuses."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from farwatch.cli.main import cli
from farwatch.desk import accounts
from farwatch.desk.accounts import NewAccount, SignedIn
from farwatch.desk.opening import open_desk
from farwatch.errors import FarwatchError, NotFound, SignInRefused, UsageError
from farwatch.model.account import Role
from farwatch.settings import Settings
from farwatch.store import audit

PASSWORD = "correct horse battery staple"


def run(folder: Path, *words: str) -> str:
    where = ["--data-dir", str(folder)]
    result = CliRunner().invoke(cli, ["accounts", *words, *where], standalone_mode=False)
    if isinstance(result.exception, FarwatchError):
        raise result.exception
    assert result.exception is None, result.exception
    return result.output


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with open_desk(Settings(data_dir=tmp_path)) as desk:
        new = NewAccount("root", Role.ADMINISTRATOR, PASSWORD)
        accounts.add(desk, new, "tests", datetime.now(UTC))
    return tmp_path


def test_an_administrator_who_is_locked_out_comes_back(folder: Path) -> None:
    now = datetime.now(UTC)
    with open_desk(Settings(data_dir=folder)) as desk:
        for _ in range(accounts.FREE_FAILURES):
            with pytest.raises(SignInRefused):
                accounts.sign_in(desk, "root", "forgotten", now)
    said = run(folder, "reset", "Root", "--by", "amina")
    secret = said.rsplit("/invited/", 1)[1].strip()
    with open_desk(Settings(data_dir=folder)) as desk:
        assert isinstance(accounts.redeem(desk, secret, PASSWORD + "!", now), SignedIn)
        with desk.database.read() as conn:
            found = [entry.decision for entry in audit.entries(conn)]
    assert ("account.reset", "amina") in {(one.kind, one.by) for one in found}


def test_accounts_are_added_listed_and_deactivated(folder: Path) -> None:
    words = ("--by", "amina", "--role", "duty-officer", "--country", "zm", "--programme", "mine")
    assert "/invited/" in run(folder, "add", "bruno", *words)
    listed = run(folder, "list")
    assert "bruno  duty officer  ZM, mine  password alone" in listed and "2 accounts" in listed
    run(folder, "deactivate", "bruno", "--by", "amina")
    assert "not active" in run(folder, "list")
    run(folder, "deactivate", "bruno", "--undo", "--by", "amina")
    assert "not active" not in run(folder, "list")
    assert '"role": "duty officer"' in run(folder, "list", "--json")


@pytest.mark.parametrize(
    ("words", "error", "said"),
    [
        (("deactivate", "root", "--by", "a"), UsageError, "last administrator"),
        (("deactivate", "nobody", "--by", "a"), NotFound, "nobody"),
        (("add", "x", "--by", "a", "--role", "boss"), UsageError, "boss"),
        (("add", "x", "--by", "a", "--country", "ZZ"), UsageError, "ZZ"),
        (("add", "root", "--by", "a"), UsageError, "stands already"),
        (("add", "x", "--by", "desk"), UsageError, "program's own name"),
    ],
)
def test_what_cannot_be_is_one_sentence(
    folder: Path, words: tuple[str, ...], error: type[FarwatchError], said: str
) -> None:
    with pytest.raises(error, match=said):
        run(folder, *words)
