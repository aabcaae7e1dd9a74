"""Measurements: each prints figures and asserts nothing about time. `python -m tests.benchmarks.<name>`."""
