"""Runs sources under their terms: gate, fetch, isolate failures, check volume."""
