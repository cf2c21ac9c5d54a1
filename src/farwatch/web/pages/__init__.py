"""Pages: one module a room, each route rendering one template."""
