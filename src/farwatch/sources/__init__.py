"""One module a feed format: bytes to Reports; beside it each source with its terms."""
