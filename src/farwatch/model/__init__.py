"""The nouns: frozen dataclasses and Arrow schemas, no I/O."""
