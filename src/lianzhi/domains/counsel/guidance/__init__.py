"""Guidance: the pool of questions, post manuals and lessons; what is pure of them."""
