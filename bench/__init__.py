"""Benchmarks: see `python -m bench --list`."""
