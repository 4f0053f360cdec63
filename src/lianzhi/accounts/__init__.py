"""Coordination between accounts, from their actions and times, never from opinions.

A link between accounts is evidence for a person to weigh, and no ground for a measure.
"""
