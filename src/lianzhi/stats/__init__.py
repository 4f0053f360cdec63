"""Intervals, tests and change detection. A leaf: imports nothing of ours."""
