"""A seeded synthetic world that speaks the real feed formats."""
