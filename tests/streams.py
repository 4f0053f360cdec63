"""Made-up streams for tests: calm traffic, and a crowd that comes at one person."""

import random
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from lianzhi.chain.event import Event

START = 1_760_000_000_000
"""2025-10-09T08:53:20Z: in the past of every test's clock."""
NOW = START + 40 * 86_400_000
RUDE = ("滚出去，垃圾", "你真恶心，滚", "蠢货，闭嘴", "不要脸的东西")
KIND = ("今天天气真好", "这个菜怎么做的？", "路过看看", "谢谢分享", "学到了")
CALL = "大家一起去骂她"


def event(id_: str, at: int, actor: str, target: str | None, **more: Any) -> Event:
    """A comment unless `kind` says otherwise."""
    fields = {"kind": "comment", "source": "made-up", **more}
    return Event(id=id_, time=at, actor=actor, target=target, **fields)


def calm(count: int, seed: int = 1, start: int = START, gap_ms: int = 900) -> list[Event]:
    """Ordinary comments among 60 accounts, in time order."""
    rng = random.Random(seed)
    at, made = start, []
    for n in range(count):
        at += rng.randrange(1, 2 * gap_ms)
        actor, target = f"calm{rng.randrange(60)}", f"person{rng.randrange(30)}"
        made.append(event(f"c{seed}-{n}", at, actor, target, text=rng.choice(KIND)))
    return made


def crowd(
    victim: str, count: int = 40, seed: int = 2, start: int = START + 60_000, gap_ms: int = 1500
) -> list[Event]:
    """Strangers with rude texts at one person, some of them again and again."""
    rng = random.Random(seed)
    at, made = start, []
    for n in range(count):
        at += rng.randrange(1, 2 * gap_ms)
        actor = f"stranger{seed}x{rng.randrange(max(1, count * 2 // 3)):03}"
        text = CALL if n % 9 == 4 else rng.choice(RUDE)
        made.append(event(f"x{seed}-{n}", at, actor, victim, text=text))
    return made


def merged(*streams: Iterable[Event]) -> list[Event]:
    """In event-time order, as detectors see them."""
    return sorted((e for stream in streams for e in stream), key=lambda e: (e.time, e.source, e.id))


def numbered(events: Sequence[Event]) -> list[Event]:
    """The same events at log positions 0, 1, 2, ..."""
    return [msgspec.structs.replace(one, seq=n) for n, one in enumerate(events)]


def line(one: Event) -> bytes:
    """One event as it is sent."""
    fields = msgspec.to_builtins(one)
    fields.pop("seq", None)
    return msgspec.json.encode(fields)


def body(events: Iterable[Event]) -> bytes:
    """NDJSON."""
    return b"".join(line(one) + b"\n" for one in events)
