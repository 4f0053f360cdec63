"""Intervals, tests and change detection; imports no other room."""
