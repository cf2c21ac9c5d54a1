"""Grade: the Admiralty code, reliability of the source and credibility of the statement apart.

Reliability is the source's default from its terms, or the reporter's own stated letter. Credibility
starts at 3 (possibly true) for one unconfirmed origin and rises only with independent origins:
2 for two, or for an authority within its competence; 1 for three, or an authority and one more.
A denial by another origin lowers it; a claim that its own origin took back counts no more.
Standard: NATO AJP-2.1 / STANAG 2511 letters and numbers as `reference/standards` lists them.
"""

from __future__ import annotations

from collections.abc import Sequence

from farwatch.model.grade import CREDIBILITY, RELIABILITY, Grade
from farwatch.model.report import Action, Report
from farwatch.model.terms import Source
from farwatch.understand.origins import Evidence, origin_keys

_CONFIRMED_BY = 3  # independent origins


def initial(report: Report, source: Source | None) -> Grade:
    """The grade of one statement heard alone."""
    official = report.facts.official or bool(source and source.official)
    grade, _ = grade_of([Evidence(report, source, official=official)])
    return grade


def grade_of(evidence: Sequence[Evidence]) -> tuple[Grade, tuple[str, ...]]:
    """The grade of what these statements say together, and its independent origins, sorted.

    Statements that deny it are given with `denial`; raises ValueError without any statement.
    """
    if not evidence:
        raise ValueError("nothing to grade: no statement was given")
    keys = origin_keys(evidence)
    denying = {key for key, item in zip(keys, evidence, strict=True) if item.denial}
    saying = [
        (key, item)
        for key, item in zip(keys, evidence, strict=True)
        if not item.denial and key not in denying and item.report.action is not Action.CANCEL
    ]
    origins = tuple(sorted({key for key, _ in saying}))
    items = [item for _, item in saying] or list(evidence)
    letter, why = _reliability(items)
    number, reasons = _credibility([item for _, item in saying], origins)
    number, more = _doubted(number, denying, evidence, origins)
    return Grade(letter, number, (why, *reasons, *more)), origins


def stated(report: Report) -> tuple[str, int] | None:
    """The grade a reporter stated ("B2"), None if none was; raises ValueError if unreadable."""
    text = (report.facts.grade or "").strip().upper()
    if not text:
        return None
    if len(text) != 2 or text[0] not in RELIABILITY or text[1] not in "123456":
        raise ValueError(f"{report.source} {report.key}: grade {report.facts.grade!r} is not A1-F6")
    return text[0], int(text[1])


def _letter(item: Evidence) -> tuple[str, str]:
    own = stated(item.report)
    if own is not None:
        return own[0], f"{item.report.source}: reporter states {own[0]} ({RELIABILITY[own[0]]})"
    if item.source is None:
        return "F", f"{item.report.source}: no terms at hand, so F ({RELIABILITY['F']})"
    letter = item.source.reliability
    return letter, f"{item.source.id}: {letter} ({RELIABILITY[letter]}) by its terms"


def _reliability(items: Sequence[Evidence]) -> tuple[str, str]:
    """The best source's letter; F is not a letter between but not knowing, so it comes last."""
    return min(_letter(item) for item in items)


def _credibility(items: Sequence[Evidence], origins: Sequence[str]) -> tuple[int, list[str]]:
    if not items:
        return 5, ["nobody stands by the claim any more"]
    official = sorted({item.report.source for item in items if item.official})
    count = len(origins)
    told = f"{count} independent origin{'s' if count != 1 else ''} ({_listed(origins)})"
    copies = len(items) - count
    reasons = [told + (f", {copies} further statements copy or repeat them" if copies else "")]
    if official:
        reasons.append(f"official within its competence: {_listed(official)}")
    if count >= _CONFIRMED_BY or (official and count > 1):
        number = 1
    elif count > 1 or official:
        number = 2
    else:
        number = 3
    own = [(grade[1], item) for item in items if (grade := stated(item.report))]
    if own:
        best = min(number for number, _ in own)
        reasons.append(f"the reporter states credibility {best}")
        # One's own eyes count as stated; more origins may confirm them.
        number = best if count == 1 else min(best, number)
    reasons.append(f"credibility {number}: {CREDIBILITY[number]}")
    return number, reasons


def _doubted(
    number: int, denying: set[str], evidence: Sequence[Evidence], origins: Sequence[str]
) -> tuple[int, list[str]]:
    """Lower by who denies it: an origin by one to at least 4, an authority or two to 5."""
    if not denying or not origins:
        return number, []
    official = any(item.denial and item.official for item in evidence)
    heavy = official or len(denying) > 1 or len(origins) == 1
    lowered = max(number + 1, 5 if heavy and number > 1 else 4)
    who = _listed(sorted(denying))
    return min(lowered, 5), [f"denied by {who}: credibility {min(lowered, 5)}"]


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(list(names)[:4])
    return shown + (f" and {len(names) - 4} more" if len(names) > 4 else "")
