"""Nouns of the domain: platforms, instructions to them, and re-checks of these."""

DOMAIN = "oversight"
