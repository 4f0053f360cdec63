"""Honest reprints 转载: titles, sources and pushes held against where they come from."""
