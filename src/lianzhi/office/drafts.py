"""Drafts: idempotent submissions of a device, resent until acknowledged.

Ids follow from the draft, so that it counts once however often it is sent.
"""

import hashlib
import uuid

from lianzhi.office.refusal import Refusal


def derived_id(draft_id: str, by: str, part: str = "") -> str:
    """The id of what a draft of a user, or a part of it, becomes. Raises Refusal for no UUID."""
    try:
        plain = uuid.UUID(draft_id).hex
    except ValueError:
        raise Refusal("draft", f"draft is {draft_id[:80]!r}; give a UUID") from None
    return hashlib.blake2b("\n".join((by, plain, part)).encode(), digest_size=10).hexdigest()
