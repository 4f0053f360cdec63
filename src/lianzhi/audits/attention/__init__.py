"""Attention 诱导沉迷: how long people are held, and what holds them."""
