"""The API under /api/v1: one module a room, JSON in and out."""
