"""Thin commands, one file a room."""
