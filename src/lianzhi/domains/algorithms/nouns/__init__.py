"""Nouns of the domain: algorithms, audits of them on the record, and rectifications."""

DOMAIN = "algorithms"
