"""Formats of files about customers, one module each."""
