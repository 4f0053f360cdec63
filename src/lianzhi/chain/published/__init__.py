"""Published figures 公布的数据: read as printed, and checked against each other.

Flags, never corrects, and accuses nobody: two figures that cannot both be true are shown with the
arithmetic, what would have to be printed for them to agree, and what may innocently explain it.
The nouns are given: a domain brings a vocabulary of its own.
"""
