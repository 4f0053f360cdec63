"""Open311 GeoReport v2, both ways: wiki.open311.org/GeoReport_v2.

Pure functions for a server to stand on (`services`, `posting`, `querying`, `showing`), a reader of
another city's documents (`polling`), and the two formats (`markup`). Nothing here opens a socket.
"""
