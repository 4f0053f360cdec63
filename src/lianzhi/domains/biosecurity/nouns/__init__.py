"""Nouns of the domain: what its entries amount to."""

DOMAIN = "biosecurity"
