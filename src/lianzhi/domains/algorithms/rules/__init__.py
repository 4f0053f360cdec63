"""Rules of the domain, pure."""
