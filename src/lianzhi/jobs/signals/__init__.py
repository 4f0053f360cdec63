"""Signals between platforms: fetching them, and matching them with local accounts."""
