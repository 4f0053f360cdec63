"""Delivery of outbox messages to the platform and to people, by webhook and mail."""
