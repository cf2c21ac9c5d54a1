"""Deaths and wounded read from text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farwatch.understand.casualties import Casualties, casualties


@pytest.mark.parametrize(
    ("text", "dead", "hurt"),
    [
        ("killed three soldiers", 3, None),
        ("forty soldiers were killed", 40, None),
        ("killed 70,000 people", 70000, None),
        ("killed at least 12 and injured 30 others", 12, 30),
        ("leaves 15 injured", None, 15),
        ("death toll rises to 45", 45, None),
        ("twenty-five people died", 25, None),
        ("a soldier was killed", 1, None),
        ("no one was killed", None, None),
        ("none were hurt", None, None),
        ("died in 2015", None, None),
        ("un mort et trois blessés", 1, 3),
        ("al menos 3 muertos", 3, None),
        ("dezenas de mortos", 20, None),
        ("погибли 5 человек", 5, None),
        ("造成5人死亡，20人受伤", 5, 20),
        ("killed 300 cattle", None, None),
        ("gunmen killed 20-year-old student", 1, None),
        ("a twenty-year-old man was killed", 1, None),
        ("the floods left 200 displaced", None, None),
        ("the storm left 5,000 people without power", None, None),
        ("quake leaves 30 trapped", None, None),
        ("the blast left 3 dead and 5 injured", 3, 5),
        ("l'explosion a fait 12 blessés", None, 12),
        ("l'attaque fait 12 morts", 12, None),
        ("el ataque deja 5 heridos", None, 5),
        ("deja 5 muertos", 5, None),
        ("mata a 5 personas", 5, None),
        ("two hundred people killed", 200, None),
        ("killed several hundred", 300, None),
    ],
)
def test_counts(text: str, dead: int | None, hurt: int | None) -> None:
    assert casualties(text) == Casualties(dead, hurt)


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    found = casualties(text)
    assert found.dead is None or found.dead >= 0
    assert found.hurt is None or found.hurt >= 0
