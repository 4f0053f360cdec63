"""Events as comparable actions: account, object and time.

An object is named by its kind and id: `on:video-9`, `link:example.com/a`, `follow:star`. Viewing,
liking and commenting on a video are actions on one object. Accounts that post the same text,
however spelt, act on the same `text:` object, a hash of the folded text; the text itself is not
kept.
"""

import hashlib
import re
from collections.abc import Iterator
from itertools import islice

from lianzhi.chain.event import Event
from lianzhi.text import fold

#: Kinds of act on an object of the platform, and on an account.
_OBJECT_KINDS = frozenset({"like", "view", "rating", "repost", "comment", "danmaku"})
_ACCOUNT_KINDS = frozenset({"follow", "report"})
_POSTS = frozenset({"comment", "danmaku", "repost"})
#: Kinds of event with a published text.
TEXT_KINDS = _POSTS | {"rating"}
#: Shortest text that can link accounts; shorter ones are too common.
LEAST_TEXT = 8
#: Most objects of one event, and most characters of its text.
MOST_OBJECTS, _MOST_TEXT = 8, 2000
#: Longest name that is kept as it is; longer ones are hashed.
_LONGEST = 200
_LINK = re.compile(r"(https?://)([^\s<>\"'()\[\]，。！？（）【】、]+)", re.IGNORECASE)
_HASHTAG = re.compile(r"#([^#\s]{1,40})#")
_SIGN = re.compile(r"[\W_]+")


def objects(event: Event) -> Iterator[str]:
    """Names of the objects that an event acts on, each once, `MOST_OBJECTS` at most.

    Empty where it acts on nothing that accounts can share; private messages are never read.
    """
    yield from islice(dict.fromkeys(map(_short, _objects(event))), MOST_OBJECTS)


def without_links(text: str) -> str:
    """A text without the links in it, which are objects by themselves."""
    return _LINK.sub("", text)


def account_of(name: str) -> str:
    """The account behind an object's name, where the object is one; else the name itself."""
    kind, _, account = name.partition(":")
    return account if kind in _ACCOUNT_KINDS else name


def _objects(event: Event) -> Iterator[str]:
    if event.kind in _OBJECT_KINDS and event.object:
        yield f"on:{event.object}"
    if event.kind in _ACCOUNT_KINDS and (on := event.target or event.object):
        yield f"{event.kind}:{on}"
    if event.kind == "group_join" and event.group:
        yield f"group:{event.group}"
    if event.kind in _POSTS and event.text:
        yield from _text_objects(event.text[:_MOST_TEXT])


def _text_objects(text: str) -> Iterator[str]:
    bare = _SIGN.sub("", fold(_LINK.sub("", text)).text)
    if len(bare) >= LEAST_TEXT:
        yield f"text:{_hash(bare)}"
    for link in _LINK.finditer(text):
        host, slash, path = link[2].partition("/")
        yield f"link:{host.lower()}{slash}{path}".rstrip("/")
    for tag in _HASHTAG.findall(text):
        if name := _SIGN.sub("", fold(tag).text):
            yield f"hashtag:{name}"


def _short(name: str) -> str:
    kind, _, rest = name.partition(":")
    return name if len(rest) <= _LONGEST else f"{kind}:{_hash(rest)}"


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=12).hexdigest()
