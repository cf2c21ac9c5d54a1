"""Grade: the Admiralty code, source reliability and information credibility stored apart."""

from __future__ import annotations

from dataclasses import dataclass

RELIABILITY = {
    "A": "completely reliable",
    "B": "usually reliable",
    "C": "fairly reliable",
    "D": "not usually reliable",
    "E": "unreliable",
    "F": "reliability cannot be judged",
}
CREDIBILITY = {
    1: "confirmed by other independent sources",
    2: "probably true",
    3: "possibly true",
    4: "doubtful",
    5: "improbable",
    6: "truth cannot be judged",
}


@dataclass(frozen=True, slots=True)
class Grade:
    """Reliability A-F and credibility 1-6, each with its reasons; never multiplied into one."""

    reliability: str
    credibility: int
    reasons: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.reliability not in RELIABILITY:
            raise ValueError(f"reliability {self.reliability!r} is none of A-F")
        if self.credibility not in CREDIBILITY:
            raise ValueError(f"credibility {self.credibility!r} is none of 1-6")

    def __str__(self) -> str:
        return f"{self.reliability}{self.credibility}"
