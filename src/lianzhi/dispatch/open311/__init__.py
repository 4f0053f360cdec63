"""Open311 GeoReport v2, both ways: wiki.open311.org/GeoReport_v2.

Pure functions for a server (`discovery`, `services`, `posting`, `querying`, `responses`), a reader
of another city's documents (`polling`), and the two formats (`markup`). No part opens a socket.
"""
