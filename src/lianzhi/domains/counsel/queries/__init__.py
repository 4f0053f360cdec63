"""Queries of the domain: its tables, and what pages read of them."""
