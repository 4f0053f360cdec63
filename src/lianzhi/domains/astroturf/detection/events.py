"""Events as actions: what an account did to what, as far as it can be compared.

An object is named by what it is: `on:video-9`, `link:example.com/a`, `follow:star`. Whoever views,
likes and comments on one video acts on one object. Two accounts that say the same, however it is
spelt, act on the same `text:` object, a hash of the folded text; the text itself is not kept.
"""

import hashlib
import re
from collections.abc import Iterator
from itertools import islice

from lianzhi.chain.event import Event
from lianzhi.text import fold

#: Acts on an object of the platform, and acts on an account.
_ON_OBJECT = frozenset({"like", "view", "rating", "repost", "comment", "danmaku"})
_ON_ACCOUNT = frozenset({"follow", "report"})
_SAID = frozenset({"comment", "danmaku", "repost"})
#: Acts whose texts others read.
SAID = _SAID | {"rating"}
#: Shorter texts are said by everybody.
LEAST_TEXT = 8
#: One event acts on so many objects at most, and so much of a text is looked at: nobody means more.
MOST_OBJECTS, _MOST_TEXT = 8, 2000
#: Longer names are hashed.
_LONGEST = 200
_LINK = re.compile(r"(https?://)([^\s<>\"'()\[\]，。！？（）【】、]+)", re.IGNORECASE)
_HASHTAG = re.compile(r"#([^#\s]{1,40})#")
_SIGN = re.compile(r"[\W_]+")


def objects(event: Event) -> Iterator[str]:
    """What an event acts on, each once, `MOST_OBJECTS` at most; nothing where it acts on nothing
    that can be shared.

    Private messages are nobody's business but their readers'.
    """
    yield from islice(dict.fromkeys(map(_short, _objects(event))), MOST_OBJECTS)


def without_links(text: str) -> str:
    """A text without the links in it, which are objects by themselves."""
    return _LINK.sub("", text)


def account_of(thing: str) -> str:
    """The account that an object is, where it is one; else the object itself."""
    kind, _, name = thing.partition(":")
    return name if kind in _ON_ACCOUNT else thing


def _objects(event: Event) -> Iterator[str]:
    if event.kind in _ON_OBJECT and event.object:
        yield f"on:{event.object}"
    if event.kind in _ON_ACCOUNT and (on := event.target or event.object):
        yield f"{event.kind}:{on}"
    if event.kind == "group_join" and event.group:
        yield f"group:{event.group}"
    if event.kind in _SAID and event.text:
        yield from _said(event.text[:_MOST_TEXT])


def _said(text: str) -> Iterator[str]:
    bare = _SIGN.sub("", fold(_LINK.sub("", text)).text)
    if len(bare) >= LEAST_TEXT:
        yield f"text:{_hash(bare)}"
    for link in _LINK.finditer(text):
        host, slash, path = link[2].partition("/")
        yield f"link:{host.lower()}{slash}{path}".rstrip("/")
    for tag in _HASHTAG.findall(text):
        if said := _SIGN.sub("", fold(tag).text):
            yield f"hashtag:{said}"


def _short(thing: str) -> str:
    kind, _, name = thing.partition(":")
    return thing if len(name) <= _LONGEST else f"{kind}:{_hash(name)}"


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=12).hexdigest()
