"""Puts `streams` on the path of every test; nothing else is shared by all rooms."""
