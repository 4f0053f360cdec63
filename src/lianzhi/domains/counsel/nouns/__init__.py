"""Nouns of the domain, each a fold over its entries."""
