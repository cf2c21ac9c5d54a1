"""Forecasts of violence: distributions of battle deaths, each with its measured skill."""
