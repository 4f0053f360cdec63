"""Clocks that run for the nouns of the domain."""
