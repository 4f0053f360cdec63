"""Paired probes 配对探测: the same thing asked for at the same time by probes of two kinds."""
