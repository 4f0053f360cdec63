"""Shared parts of the detectors: events as actions, keyed state, periodic looks, group
detection.
"""
