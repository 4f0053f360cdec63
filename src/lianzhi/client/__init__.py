"""A client of the API for platforms: send events, ask before posting, decide, read webhooks.

See docs/client.md. Synchronous; of the package it imports nothing but the formats of webhooks.
"""

from lianzhi.client.calls import ApiError, Client, NoAnswerError
from lianzhi.client.forms import Case, Decision, Hint, Nudge, Order, Problem, Receipt, Verdict
from lianzhi.webhooks.receiving import Message, read_message
from lianzhi.webhooks.signature import SignatureError

__all__ = [
    "ApiError",
    "Case",
    "Client",
    "Decision",
    "Hint",
    "Message",
    "NoAnswerError",
    "Nudge",
    "Order",
    "Problem",
    "Receipt",
    "SignatureError",
    "Verdict",
    "read_message",
]
