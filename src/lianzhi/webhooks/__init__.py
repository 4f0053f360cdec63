"""Webhook signatures and their secrets: formats that the sender and the receiver share."""
