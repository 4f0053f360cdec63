"""Calibration: expected true and false detections in data like the operator's own.

It shares no code and no constants with the search for groups: it builds worlds, hands them over,
and compares the result with the groups that it planted.
"""
