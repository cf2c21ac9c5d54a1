"""`farwatch demo`: the main job to its end, on an exercise world."""

from farwatch.cli.exercise import demo

__all__ = ["demo"]
