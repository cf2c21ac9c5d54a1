"""Explain: an assessment as lines of text, every level with its factors and their evidence."""

from __future__ import annotations

from farwatch.model.assessment import LEVELS, Assessment, Coverage, Factor, Level


def explain(assessment: Assessment) -> list[str]:
    """The whole chain of an assessment, one line a fact; the ids of events stand with factors."""
    when = assessment.as_of.strftime("%Y-%m-%d %H:%M UTC")
    overall = "not assessed"
    if assessment.overall is not None:
        overall = f"{assessment.overall} {LEVELS[assessment.overall]}"
    lines = [f"{assessment.place} at {when}: overall {overall}"]
    lines += [f"  {reason}" for reason in assessment.reasons]
    for level in assessment.levels:
        lines += _level(level)
    lines.append(
        "Threat at the place, not a UN rating; no posture or authorisation follows from it."
    )
    return lines


def headline(level: Level) -> str:
    """One level in a few words: "at least 4 substantial", "not assessed"."""
    if level.level is None:
        return "not assessed"
    return f"{'at least ' if level.at_least else ''}{level.level} {LEVELS[level.level]}"


def _level(level: Level) -> list[str]:
    chance = "" if level.probability is None else f", P {level.probability:.3f} in 30 days"
    lines = [f"{level.category.value}: {headline(level)}{chance}, trend {level.trend}"]
    lines += [f"    {reason}" for reason in level.reasons]
    lines += [f"    {_factor(factor)}" for factor in level.factors]
    lines.append(f"    {_coverage(level.coverage)}")
    return lines


def _factor(factor: Factor) -> str:
    text = f"{factor.name} {factor.value:.4g}"
    if factor.weight:
        text += f" x {factor.weight:.4g} = {factor.value * factor.weight:.4g}"
    text += f", changes P by {factor.effect:+.4f}"
    if factor.note:
        text += f" ({factor.note})"
    return text + (f" [{', '.join(factor.evidence)}]" if factor.evidence else "")


def _coverage(coverage: Coverage) -> str:
    text = f"coverage {coverage.q:.2f}"
    if coverage.heard:
        text += f", heard {', '.join(coverage.heard)}"
    if coverage.missing:
        text += f", missing {', '.join(coverage.missing)}"
    if coverage.freshness_hours is None:
        return text + ", nothing ever heard" if not coverage.heard else text
    return f"{text}, last report {coverage.freshness_hours:.1f} h ago"
