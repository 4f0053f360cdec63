"""Requests by place: grids, rota, routing, hand-over, time limits and Open311.

Pure functions over data that the caller brings; `grids`, `rota` and `requests` know nothing of
`open311`, and no part stores anything.
"""
