"""The console and the API: pages and JSON over the rooms of the desk; no SQL of its own."""
