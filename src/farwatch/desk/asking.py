"""Assess on asking: a place that the watch does not keep is assessed beside the request, once for
all who ask within five minutes, and nobody waits longer than they said."""

from __future__ import annotations

from datetime import datetime

from farwatch.desk import assessing
from farwatch.desk.beside import Beside, rounded
from farwatch.desk.opening import Desk
from farwatch.model.assessment import Assessment

__all__ = ["ask", "rounded"]
_BESIDE: Beside[Assessment] = Beside("assess", "too many places are being assessed")


def ask(desk: Desk, place: str, as_of: datetime, seconds: float) -> Assessment | None:
    """The assessment, or None where it is not ready after so many seconds: ask again.

    Raises NotFound for a place that cannot be assessed, StoreError while too many others wait.
    """
    return _BESIDE.ask(
        desk, (place, as_of), lambda: assessing.assess_place(desk, place, as_of), seconds
    )
