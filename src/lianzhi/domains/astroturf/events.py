"""Events as actions: what an account did to what, as far as it can be compared.

An object is named by how it is acted on and what it is: `like:video-9`, `link:example.com/a`. Two
accounts that say the same, however it is spelt, act on the same `text:` object, a hash of the
folded text; the text itself is not kept.
"""

import hashlib
import re
from collections.abc import Iterator

from lianzhi.chain.event import Event
from lianzhi.text import fold

#: Acts on an object of the platform, and acts on an account.
_ON_OBJECT = frozenset({"like", "view", "rating", "repost", "comment", "danmaku"})
_ON_ACCOUNT = frozenset({"follow", "report"})
_SAID = frozenset({"comment", "danmaku", "repost"})
#: Shorter texts are said by everybody.
LEAST_TEXT = 8
_LINK = re.compile(r"https?://([^\s<>\"'，。！？）】]+)", re.IGNORECASE)
_HASHTAG = re.compile(r"#([^#\s]{1,40})#")
_SIGN = re.compile(r"[\W_]+")


def objects(event: Event) -> Iterator[str]:
    """What an event acts on, each once; nothing where it acts on nothing that can be shared.

    Private messages are nobody's business but their readers'.
    """
    yield from dict.fromkeys(_objects(event))


def _objects(event: Event) -> Iterator[str]:
    if event.kind in _ON_OBJECT and event.object:
        yield f"{event.kind}:{event.object}"
    if event.kind in _ON_ACCOUNT and (on := event.target or event.object):
        yield f"{event.kind}:{on}"
    if event.kind == "group_join" and event.group:
        yield f"group:{event.group}"
    if event.kind in _SAID and event.text:
        yield from _said(event.text)


def _said(text: str) -> Iterator[str]:
    for link in _LINK.findall(text):
        yield f"link:{link.rstrip('/').lower()[:200]}"
    for tag in _HASHTAG.findall(text):
        yield f"hashtag:{fold(tag).text}"
    bare = _SIGN.sub("", fold(_LINK.sub("", text)).text)
    if len(bare) >= LEAST_TEXT:
        yield f"text:{hashlib.blake2b(bare.encode(), digest_size=12).hexdigest()}"
