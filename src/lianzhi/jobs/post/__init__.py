"""How the platform and people are told: the outbox emptied by webhook and mail."""
