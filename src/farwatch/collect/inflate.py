"""Content encodings undone under a bound, so that a small answer cannot unpack without end."""

from __future__ import annotations

import zlib

from farwatch.errors import FetchError

_GZIP = 16 + zlib.MAX_WBITS
_RAW = -zlib.MAX_WBITS


class Inflater:
    """Takes an answer's bytes as they come and gives them back decoded, at most `bound`.

    Encodings: none, identity, gzip (of several members too), deflate (with or without zlib's
    header). Raises FetchError with the URL for another encoding, broken data, or too much of it.
    """

    def __init__(self, url: str, encoding: str, bound: int) -> None:
        self._url = url
        self._bound = bound
        self._encoding = encoding.strip().lower().replace("x-gzip", "gzip")
        if self._encoding not in {"", "identity", "gzip", "deflate"}:
            raise FetchError(f"{url} is encoded as {encoding!r}, which was not asked for")
        self._plain = self._encoding in {"", "identity"}
        self._data = bytearray()
        self._inflater: zlib._Decompress | None = None

    def feed(self, chunk: bytes) -> None:
        """Take in the next bytes from the wire."""
        if self._plain:
            self._keep(chunk)
            return
        try:
            self._inflate(chunk)
        except zlib.error as error:
            raise FetchError(f"{self._url} is not {self._encoding}: {error}") from error

    def finish(self) -> bytes:
        """Everything; raises FetchError if the encoding stops short of its end."""
        if self._inflater is not None and not self._inflater.eof:
            raise FetchError(f"{self._url} is cut short within its {self._encoding}")
        return bytes(self._data)

    def _inflate(self, chunk: bytes) -> None:
        while chunk:
            if self._inflater is None:
                self._inflater = zlib.decompressobj(self._window(chunk))
            # One byte more than is allowed shows that there is more.
            room = self._bound - len(self._data) + 1
            self._keep(self._inflater.decompress(chunk, room))
            if self._inflater.eof:
                chunk = self._inflater.unused_data
                if chunk.strip(b"\0"):
                    self._inflater = None
                    continue
                return
            chunk = self._inflater.unconsumed_tail

    def _window(self, chunk: bytes) -> int:
        if self._encoding == "gzip":
            return _GZIP
        # RFC 9110 means zlib's format; some servers send the bare stream.
        return zlib.MAX_WBITS if chunk[0] & 0x0F == zlib.DEFLATED else _RAW

    def _keep(self, data: bytes) -> None:
        self._data += data
        if len(self._data) > self._bound:
            raise FetchError(f"{self._url} unpacks to more than {self._bound} bytes")
