"""Yearly disclosure reports of a city's units: found, received, brought together, told."""
