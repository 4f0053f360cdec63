"""Aberration detection in series of counts: is this week more than the weeks before let expect?

Each method takes the counts in their order and gives a `Watch`. Parameters, defaults and results
are those of the R package surveillance 1.24, which was run beside it and whose code was not read.
"""
