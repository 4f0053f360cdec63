"""Dissolved groups are remembered and recognised when they return."""
