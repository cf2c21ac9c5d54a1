"""Report to Event: locate, classify, grade, merge."""
