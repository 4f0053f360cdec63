"""Discretion tables 裁量基准: `reading`, deciding (`compiled`, `batch`) and `checking` them.

An engine: it sees facts, never cases, and holds no rule of its own.
"""
