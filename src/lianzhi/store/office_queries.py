"""Query ports of the office, as the modules of this room implement them."""

from lianzhi.office.queries import Queries
from lianzhi.store import (
    campaigns,
    desk,
    lexicon,
    lookups,
    notices,
    outbox,
    process_lookups,
    signals,
    views_process,
)

QUERIES = Queries(
    cases=lookups,
    protections=lookups,
    incidents=process_lookups,
    decisions=process_lookups,
    measures=process_lookups,
    strikes=process_lookups,
    reports=process_lookups,
    appeals=process_lookups,
    reviews=process_lookups,
    rules=process_lookups,
    leases=desk,
    views=views_process,
    notices=notices,
    outbox=outbox,
    signals=signals,
    lexicons=lexicon,
    campaigns=campaigns,
)
"""Stateless: what they are asked takes a connection."""
