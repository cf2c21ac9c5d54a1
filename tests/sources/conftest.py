"""A document of any format, under the built-in terms of a source that speaks it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from farwatch.model.document import Document, Item
from farwatch.sources import catalogue, read

Reader = Callable[..., list[Item]]


@pytest.fixture(scope="session")
def read_as(now: datetime) -> Reader:
    """`read_as(format, data, name=...)`: every item that the bytes hold."""
    some = catalogue.load_file(catalogue.BUILT_IN / "gdelt.yaml")

    def reader(form: str, data: bytes, name: str = "document") -> list[Item]:
        source = replace(some, id=form, format=form)
        return list(read(Document(source, name, data, now)))

    return reader
