"""Ratings that somebody rigs: a made-up platform, attacks on it, and what each mean makes of them.

Shares no code and no constants with what looks for rigged ratings.
"""
