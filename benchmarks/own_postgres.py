"""A PostgreSQL server of one's own: made, started, killed with -9 and started again by who asks.

Of Debian's packages (/usr/lib/postgresql), else the one that `pgserver` brings. It listens on a
free port of loopback and keeps its data in a folder of its own; no other server is touched.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

_LONGEST_S = 60.0


def programs() -> Path | None:
    """The folder with initdb and postgres; None where there is none."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4])
    )
    if found:
        return found[-1].parent
    try:
        import pgserver
    except ImportError:
        return None
    return Path(pgserver.__file__).parent / "pginstall" / "bin"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class OwnPostgres:
    """One server; `url` is where it answers while it is up."""

    def __init__(self, folder: Path, bin_: Path, *, synced: bool = True) -> None:
        self._folder, self._bin, self._synced = folder, bin_, synced
        self._port = free_port()
        self._server: subprocess.Popen[bytes] | None = None
        self.url = f"postgresql://postgres@127.0.0.1:{self._port}/postgres"
        made = self._run("initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust",
                         "-E", "UTF8", "--locale=C", "--no-sync")  # fmt: skip
        if made.wait() != 0:
            raise RuntimeError(f"initdb failed: {(folder / 'log').read_text()[-500:]}")

    def start(self) -> None:
        """Start it, and return when it answers: after a kill it recovers first."""
        end = time.monotonic() + _LONGEST_S
        while time.monotonic() < end:
            if self._server is None or self._server.poll() is not None:
                self._server = self._run(
                    "postgres", "-D", self._folder / "data", "-p", self._port,
                    "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
                    "-c", f"fsync={'on' if self._synced else 'off'}",
                )  # fmt: skip
            with contextlib.suppress(psycopg.OperationalError):
                psycopg.connect(self.url, connect_timeout=2).close()
                return
            time.sleep(0.1)
        raise RuntimeError(f"no PostgreSQL: {(self._folder / 'log').read_text()[-500:]}")

    def kill(self) -> None:
        """kill -9 of the server and of every process of it, as a machine that goes dark."""
        assert self._server is not None
        family = [self._server.pid, *_children(self._server.pid)]
        for process in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self._server.wait()

    def _run(self, name: str, *words: object) -> subprocess.Popen[bytes]:
        with (self._folder / "log").open("ab") as log:
            return subprocess.Popen(
                [self._bin / name, *map(str, words)], stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, cwd=self._folder, start_new_session=True, **_as_nobody_special(),
            )  # fmt: skip


@contextmanager
def own_postgres(*, synced: bool = True) -> Iterator[OwnPostgres]:
    """A server that is up; afterwards it and its folder are gone. Not `synced` it starts again
    sooner: what a killed process had written, the system still has. Raises RuntimeError without
    PostgreSQL's programs."""
    bin_ = programs()
    if bin_ is None:
        raise RuntimeError("no PostgreSQL here: neither Debian's package nor pgserver")
    folder = Path(tempfile.mkdtemp(prefix="farwatch-pg-"))
    owner = _as_nobody_special()
    if owner:
        shutil.chown(folder, owner["user"], owner["group"])
    server = OwnPostgres(folder, bin_, synced=synced)
    try:
        server.start()
        yield server
    finally:
        with contextlib.suppress(AssertionError):
            server.kill()
        shutil.rmtree(folder, ignore_errors=True)


def _as_nobody_special() -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    names = {one.pw_name for one in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": user.pw_name, "group": user.pw_gid, "extra_groups": []}


def _children(parent: int) -> list[int]:
    found = Path(f"/proc/{parent}/task/{parent}/children")
    return [int(one) for one in found.read_text().split()] if found.exists() else []
