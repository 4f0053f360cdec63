"""Signals between platforms: who they are, what leaves, what comes in, what it fits here."""
