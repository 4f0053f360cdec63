"""Calibration: what would be found, and wrongly found, in data like the operator's own.

Shares no code and no constants with what looks for groups: it makes worlds, hands them over, and
compares what comes back with what it has put in.
"""
