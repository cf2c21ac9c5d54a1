"""One module a way out."""
