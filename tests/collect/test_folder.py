from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from farwatch.collect.folder import FolderState, poll
from farwatch.errors import FetchError
from farwatch.model.codec import from_plain, to_plain

SECOND = timedelta(seconds=1)


class Watch:
    """Polls a folder at seconds of our choosing and says which names came out."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self.folder, self.now, self.state = folder, now, FolderState()

    def at(self, second: int) -> list[str]:
        self.state, paths = poll(self.folder, self.state, self.now + second * SECOND)
        plain = json.loads(json.dumps(to_plain(self.state)))
        self.state = from_plain(FolderState, plain)  # as if the process had been restarted
        return [path.relative_to(self.folder).as_posix() for path in paths]


@pytest.fixture
def watch(tmp_path: Path, now: datetime) -> Watch:
    return Watch(tmp_path, now)


def test_a_file_is_given_out_once_settled_and_once_only(watch: Watch) -> None:
    (watch.folder / "sub").mkdir()
    (watch.folder / "sub/a.csv").write_text("one")
    assert watch.at(0) == []
    assert watch.at(1) == []
    assert watch.at(2) == ["sub/a.csv"]
    assert watch.at(3) == watch.at(100) == []
    assert (watch.folder / "sub/a.csv").read_text() == "one"


def test_a_file_still_being_written_waits(watch: Watch) -> None:
    file = watch.folder / "a.csv"
    file.write_text("one")
    assert watch.at(0) == []
    file.write_text("one, two")
    assert watch.at(2) == []
    os.utime(file, ns=(1, 1))  # same size, touched
    assert watch.at(3) == []
    assert watch.at(5) == ["a.csv"]


def test_the_same_content_is_not_given_out_again_under_any_name(watch: Watch) -> None:
    (watch.folder / "a.csv").write_text("one")
    (watch.folder / "b.csv").write_text("one")
    assert (watch.at(0), watch.at(2)) == ([], ["a.csv"])
    (watch.folder / "a.csv").rename(watch.folder / "c.csv")
    assert (watch.at(3), watch.at(9)) == ([], [])


def test_changed_content_is_given_out_again(watch: Watch) -> None:
    file = watch.folder / "a.csv"
    file.write_text("one")
    assert (watch.at(0), watch.at(2)) == ([], ["a.csv"])
    file.write_text("one two")
    assert (watch.at(3), watch.at(5)) == ([], ["a.csv"])


def test_hidden_unfinished_and_linked_files_wait(watch: Watch) -> None:
    for name in (".hidden", "a.part", "b.tmp", "c~"):
        (watch.folder / name).write_text(name)
    (watch.folder / "d.csv").symlink_to(watch.folder / ".hidden")
    (watch.folder / ".git").mkdir()
    (watch.folder / ".git/config").write_text("x")
    assert (watch.at(0), watch.at(9)) == ([], [])
    (watch.folder / "a.part").rename(watch.folder / "a.csv")
    assert (watch.at(10), watch.at(12)) == ([], ["a.csv"])


def test_a_lost_state_gives_out_again(watch: Watch) -> None:
    (watch.folder / "a.csv").write_text("one")
    watch.at(0)
    before = watch.state
    assert watch.at(2) == ["a.csv"]
    watch.state = before
    assert watch.at(3) == ["a.csv"]


def test_a_missing_folder_is_an_error(tmp_path: Path, now: datetime) -> None:
    with pytest.raises(FetchError, match="does not exist"):
        poll(tmp_path / "no", FolderState(), now)
