"""Lianzhi 链治: governance along the whole chain, on a verifiable record."""

__version__ = "0.1.0"
