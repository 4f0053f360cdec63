"""Nouns of the domain: what its entries amount to."""

DOMAIN = "dissemination"
