"""Accounts: who acts together, shown by what they do and when, never by what they think.

A link between accounts is evidence for a person to weigh, and no ground for a measure.
"""
