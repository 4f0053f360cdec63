"""A background from recorded arrivals: a CSV of shares, or events of the user's own as NDJSON.

A CSV (columns object_id, account_id, content_id, timestamp_share in Unix seconds, as CooRTweet
has them) gives real arrival times and the structure of who came to what; objects are targets and
kinds, texts and account ages are added. NDJSON keeps whatever texts, kinds and ages it has.
"""

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from lianzhi.domains.bullying.evaluation.background import Background, background, ordinary_texts
from lianzhi.domains.bullying.evaluation.columns import (
    ACTORS,
    KIND_CODES,
    NONE,
    Columns,
    Ints,
    make,
)
from lianzhi.domains.bullying.evaluation.crowds import mix, opened
from lianzhi.domains.bullying.evaluation.scenario import EvaluationError, Recorded
from lianzhi.domains.bullying.evaluation.texts import Texts


class _Arrival(NamedTuple):
    time: int
    actor: str
    target: str
    object: str
    group: str | None = None
    kind: str | None = None
    text: str | None = None
    created: int | None = None


class _Line(msgspec.Struct):
    """What is read from one line of NDJSON; other fields are left alone."""

    kind: str
    time: int | datetime
    actor: str
    target: str | None = None
    object: str | None = None
    group: str | None = None
    text: str | None = None
    actor_created: int | datetime | None = None


def recorded(path: Path, spec: Recorded, texts: Texts, seed: int) -> Background:
    """Read a background from a file.

    Raises EvaluationError, naming the line, where the file is not what it should be or holds fewer
    than two events.
    """
    arrivals = list(_ndjson(path) if path.suffix in {".ndjson", ".jsonl"} else _shares(path))
    if len(arrivals) < 2:
        raise EvaluationError(
            f"{path} holds {len(arrivals)} events with a target; give two or more"
        )
    rng = np.random.default_rng([seed, 3])
    time = np.array([a.time for a in arrivals], dtype=np.int64)
    actor_codes, actor_of = _coded(a.actor for a in arrivals)
    actor = rng.permutation(ACTORS // 100)[: len(actor_codes)][actor_of] * 100
    kinds = mix(rng, {KIND_CODES[name]: share for name, share in spec.kinds.items()}, len(time))
    known = [a.kind for a in arrivals]
    events = make(
        rng,
        time=time,
        kind=np.array([KIND_CODES[k] if k else c for k, c in zip(known, kinds, strict=True)]),
        actor=actor,
        target=_coded(a.target for a in arrivals)[1],
        created=_created(rng, arrivals, actor_of, spec),
        object=_coded(a.object for a in arrivals)[1],
        group=_optional(a.group for a in arrivals),
    )
    return _assembled(path.name, events, arrivals, spec=spec, texts=texts, rng=rng)


def _assembled(
    name: str,
    events: Columns,
    arrivals: list[_Arrival],
    *,
    spec: Recorded,
    texts: Texts,
    rng: np.random.Generator,
) -> Background:
    start, end = int(events.time.min()), int(events.time.max())
    split = _split(events, spec.held_out_target_days)
    own = [a.text for a in arrivals]
    table = texts.table
    if any(own):
        table = [*texts.table, *(text for text in own if text)]
        count = iter(range(len(texts.table), len(table)))
        chosen = np.array([next(count) if text else NONE for text in own], dtype=np.int64)
    else:
        rudeness = (spec.rude_share, spec.rude_concentration)
        chosen = ordinary_texts(rng, rudeness, events, split, texts)
    events.text[:] = chosen
    return background(name, events, table, warm=start, split=split, end=end)


def _split(events: Columns, wanted: float) -> int:
    """The latest time that leaves `wanted` target-days behind it, or else half of all."""
    whole = background("", events, [], warm=0, split=0, end=int(events.time.max()))
    total = float(whole.target_days(0, whole.end).sum())
    goal = wanted if wanted < 0.75 * total else total / 2
    candidates = np.quantile(events.time, np.linspace(0.98, 0.02, 97), method="nearest")
    for time in map(int, candidates):
        if whole.target_days(time, whole.end).sum() >= goal:
            return time
    return int(candidates[-1])


def _created(
    rng: np.random.Generator, arrivals: list[_Arrival], actor_of: Ints, spec: Recorded
) -> Ints:
    """Each actor's account age: as recorded, else drawn once per actor at its first event."""
    first = np.full(int(actor_of.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(first, actor_of, np.array([a.time for a in arrivals], dtype=np.int64))
    drawn = opened(rng, first, spec.new_accounts)[actor_of]
    if any(a.created is not None for a in arrivals):
        return np.array([NONE if a.created is None else a.created for a in arrivals])
    return drawn


def _coded(names: Iterable[str]) -> tuple[dict[str, int], Ints]:
    """Numbers for names in order of appearance."""
    codes: dict[str, int] = {}
    return codes, np.array([codes.setdefault(n, len(codes)) for n in names], dtype=np.int64)


def _optional(names: Iterable[str | None]) -> Ints:
    codes: dict[str, int] = {}
    coded = [NONE if n is None else codes.setdefault(n, len(codes)) for n in names]
    return np.array(coded, dtype=np.int64)


def _shares(path: Path) -> Iterator[_Arrival]:
    with path.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), start=2):
            try:
                time = int(float(row["timestamp_share"]) * 1000)
                yield _Arrival(time, row["account_id"], row["object_id"], row["object_id"])
            except (KeyError, TypeError, ValueError) as error:
                raise EvaluationError(
                    f"{path} line {number}: needs object_id, account_id and timestamp_share "
                    f"(Unix seconds); got {row}"
                ) from error


def _ndjson(path: Path) -> Iterator[_Arrival]:
    decode = msgspec.json.Decoder(_Line).decode
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                row = decode(line)
                if row.kind not in KIND_CODES:
                    raise ValueError(f"kind is {row.kind!r}; give one of {', '.join(KIND_CODES)}")
                time = _ms(row.time)
                created = None if row.actor_created is None else _ms(row.actor_created)
            except ValueError as error:
                raise EvaluationError(f"{path} line {number}: {error}") from error
            if row.target is not None:
                about = row.object if row.object is not None else row.target
                yield _Arrival(
                    time, row.actor, row.target, about, row.group, row.kind, row.text, created
                )


def _ms(time: int | datetime) -> int:
    if isinstance(time, int):
        return time
    if time.tzinfo is None:
        raise ValueError(f"time is {time.isoformat()}; give a zone, or Unix milliseconds")
    return int(time.timestamp() * 1000)
