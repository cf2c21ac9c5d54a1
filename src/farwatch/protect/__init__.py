"""Events x Sites to Exposures to Alerts."""
