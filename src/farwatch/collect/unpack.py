"""Packed files opened under a bound: gzip, zip, tar, told apart by their bytes, not their names."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

from farwatch.errors import UnreadableFeed

MAX_BYTES = 512 * 1024 * 1024  # of one file, unpacked
MAX_MEMBERS = 100_000
MAX_LINE = 64 * 1024 * 1024
_CHUNK = 1024 * 1024
_TAR_MAGIC_AT = 257

# What the unpackers raise on broken data (zipfile a RuntimeError for an encrypted member).
BROKEN = (OSError, EOFError, zlib.error, tarfile.TarError, zipfile.BadZipFile, RuntimeError)


@dataclass(frozen=True, slots=True)
class Packed:
    """One file, unpacked as it is read. `name` is its path, "archive!member" inside an archive."""

    name: str
    stream: Callable[[], BinaryIO]
    bound: int = MAX_BYTES

    @classmethod
    def of_file(cls, path: Path) -> Packed:
        """A file on the disk."""
        return cls(path.as_posix(), lambda: cast(BinaryIO, path.open("rb")))

    @classmethod
    def of_bytes(cls, name: str, data: bytes) -> Packed:
        """Bytes already in memory."""
        return cls(name, lambda: io.BytesIO(data))

    def head(self, size: int) -> bytes:
        """The first bytes; raises UnreadableFeed if it cannot be opened or unpacked."""
        return self._read(size, whole=False)

    def read(self) -> bytes:
        """All of it; raises UnreadableFeed beyond `bound` bytes."""
        return self._read(self.bound, whole=True)

    def _read(self, size: int, *, whole: bool) -> bytes:
        try:
            with self.stream() as file:
                data = bytearray()
                while len(data) < size + whole:
                    chunk = file.read(min(_CHUNK, size + whole - len(data)))
                    if not chunk:
                        break
                    data += chunk
        except BROKEN as error:
            raise UnreadableFeed(self.name, _why(error)) from error
        if whole and len(data) > size:
            raise UnreadableFeed(self.name, f"is larger than {size} bytes unpacked")
        return bytes(data)


def _why(error: BaseException) -> str:
    return f"cannot be unpacked: {type(error).__name__} {error}"[:200]


def opened(packed: Packed, bound: int) -> Iterator[Packed | UnreadableFeed]:
    """The file itself, or what it holds, two layers deep (`.tar.gz`, a gzip in a tar).

    No unpacked file is larger than `bound` bytes; a member that is no plain file comes out as an
    UnreadableFeed. Raises UnreadableFeed if the file cannot be opened.
    """
    inner = _ungzipped(Packed(packed.name, packed.stream, bound))
    head = inner.head(_TAR_MAGIC_AT + 8)
    if head[_TAR_MAGIC_AT : _TAR_MAGIC_AT + 5] == b"ustar":
        yield from _tar_members(inner, bound)
    elif head.startswith(b"PK\x03\x04"):
        yield from _zip_members(inner, bound)
    else:
        yield inner


def _ungzipped(packed: Packed) -> Packed:
    if not packed.head(2).startswith(b"\x1f\x8b"):
        return packed
    return Packed(packed.name, partial(_gunzip, packed), packed.bound)


def _gunzip(packed: Packed) -> BinaryIO:
    return cast(BinaryIO, _ClosingGzip(packed.stream()))


class _ClosingGzip(gzip.GzipFile):
    """A gzip reader that closes the file under it too."""

    def __init__(self, under: BinaryIO) -> None:
        self._under = under
        super().__init__(fileobj=under, mode="rb")

    def close(self) -> None:
        super().close()
        self._under.close()


class _Bounded:
    """Passes on what is read of a stream; raises UnreadableFeed past `MAX_BYTES`."""

    def __init__(self, name: str, under: BinaryIO) -> None:
        self._name = name
        self._under = under
        self._left = MAX_BYTES

    def read(self, size: int) -> bytes:
        data = self._under.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise UnreadableFeed(self._name, f"is larger than {MAX_BYTES} bytes unpacked")
        return data


def _tar_members(packed: Packed, bound: int) -> Iterator[Packed | UnreadableFeed]:
    """Members in the archive's order, each read whole while the archive stands at it."""
    try:
        with (
            packed.stream() as file,
            # Bounded as a whole, for a member's headers are read before its size is known.
            tarfile.open(fileobj=cast(BinaryIO, _Bounded(packed.name, file)), mode="r|") as archive,
        ):
            for count, member in enumerate(archive):
                if count >= MAX_MEMBERS:
                    raise UnreadableFeed(packed.name, f"holds more than {MAX_MEMBERS} members")
                if not member.isdir():
                    yield _tar_member(packed.name, archive, member, bound)
    except BROKEN as error:
        raise UnreadableFeed(packed.name, _why(error)) from error


def _tar_member(
    name: str, archive: tarfile.TarFile, member: tarfile.TarInfo, bound: int
) -> Packed | UnreadableFeed:
    full = f"{name}!{member.name.removeprefix('./')}"
    if not member.isreg():
        return UnreadableFeed(full, "is no plain file")
    if member.size > bound:
        return UnreadableFeed(full, f"is larger than {bound} bytes")
    file = archive.extractfile(member)
    data = file.read() if file is not None else b""
    return _inner(Packed(full, partial(io.BytesIO, data), bound))


def _zip_members(packed: Packed, bound: int) -> Iterator[Packed | UnreadableFeed]:
    data = packed.read()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            if len(members) > MAX_MEMBERS:
                raise UnreadableFeed(packed.name, f"holds more than {MAX_MEMBERS} members")
            for info in members:
                full = f"{packed.name}!{info.filename}"
                # A member read through its stream stops at the bound whatever its header says.
                yield _inner(Packed(full, partial(_zip_stream, archive, info), bound))
    except BROKEN as error:
        raise UnreadableFeed(packed.name, _why(error)) from error


def _zip_stream(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> BinaryIO:
    return cast(BinaryIO, archive.open(info))


def _inner(packed: Packed) -> Packed | UnreadableFeed:
    """A member, ungzipped if it is; a broken one does not end the archive."""
    try:
        return _ungzipped(packed)
    except UnreadableFeed as error:
        return error


def lines_of(packed: Packed) -> Iterator[bytes]:
    """Line by line, so that a long history is never whole in memory; raises UnreadableFeed."""
    try:
        with packed.stream() as file:
            while line := file.readline(MAX_LINE):
                if len(line) == MAX_LINE:
                    raise UnreadableFeed(packed.name, f"holds a line longer than {MAX_LINE} bytes")
                yield line
    except BROKEN as error:
        raise UnreadableFeed(packed.name, _why(error)) from error
