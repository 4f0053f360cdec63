"""Lianzhi beside other tools that look for words in Chinese comments; `make bench-text`.

All get the same comments and the same patterns, in one run, each in a fresh process on the same
single core. `tools` holds those from PyPI, `filters.cjs` those from npm, `ours` Lianzhi as a whole.
"""
