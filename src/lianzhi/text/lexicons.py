"""Lexicons: files of entries read, looked over and made into one value.

A file is TOML. It has a harm kind (or `counter_speech`), a date as its version, examples that it
must catch, innocent words that its entries must not be seen in, and groups of terms of one sense:

    kind = "insult"
    version = 2026-11-25
    examples = ["你就是个草包"]
    innocent = ["草包饭"]

    [[group]]
    sense = "good for nothing"
    weight = 0.8
    terms = ["草包"]

A group may give `aimed`, its weight where it is aimed at a person; `state = "shadow"`, in which it
is matched and reported apart but counts for nothing; `source` and `date`, where they are not the
file's. What stands in several files counts once, as the first of them has it.
"""

import datetime as dt
import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import chain, islice
from pathlib import Path
from typing import Annotated, Any

import msgspec
import numpy as np

from lianzhi.text.context import is_latin
from lianzhi.text.entries import INNOCENT, PERSON, ROLES, Group, Lexicon, Policy, State
from lianzhi.text.folding import SEPARATOR, fold_batch, in_order
from lianzhi.unswept import unswept

#: Bounds on what an operator may add; far beyond any list that a person looks after.
MOST_FILES, MOST_BYTES, MOST_ENTRIES = 200, 4 << 20, 100_000
LONGEST_TERM, LONGEST_EXAMPLE = 64, 1000

_KINDS = ROLES[:INNOCENT]

Weight = Annotated[float, msgspec.Meta(gt=0, lt=1)]


class LexiconError(ValueError):
    """A lexicon cannot be used; the message names file, field, value and mend."""


class Terms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[[group]]`: terms of one sense."""

    sense: str
    weight: Weight
    terms: tuple[str, ...]
    aimed: Weight | None = None
    """Weight where aimed at a person; at least `weight`, which it is where none is given."""
    state: State = "active"
    source: str = ""
    """Who wrote them, if not told by the file's name."""
    date: dt.date | None = None
    """Since when they are so, if not since the file's version."""


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of entries of one kind."""

    kind: str
    version: dt.date
    group: tuple[Terms, ...]
    examples: tuple[str, ...] = ()
    innocent: tuple[str, ...] = ()
    """In shadow while all groups of the file are."""


def read(path: Path) -> dict[str, File]:
    """The files of a folder by name, or one file. Raises LexiconError."""
    try:
        paths = sorted(path.glob("*.toml")) if path.is_dir() else [path]
        if len(paths) > MOST_FILES:
            raise LexiconError(f"{path}: it has {len(paths)} files; {MOST_FILES} at most")
        return {one.name: parse(one.name, _bytes(one)) for one in paths}
    except OSError as error:
        raise LexiconError(f"{path}: {error.strerror}; make it readable") from None


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise LexiconError(f"{path.name}: it is longer than {MOST_BYTES:,} bytes; split it up")
    return data


def parse(name: str, data: bytes) -> File:
    """What a file says. Raises LexiconError."""
    try:
        found = tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:  # broken TOML, or ill-formed UTF-8
        raise LexiconError(f"{name}: {error}; mend it") from None
    return checked(name, found)


def checked(name: str, data: Mapping[str, Any]) -> File:
    """The file that has these fields. Raises LexiconError."""
    try:
        try:
            file = msgspec.convert(data, File)
        except msgspec.ValidationError as error:
            raise ValueError(_told(error, data)) from None
        _look_over(file)
    except ValueError as error:
        raise LexiconError(f"{name}: {error}") from None
    return file


def _told(error: msgspec.ValidationError, data: Any) -> str:
    """What is wrong, with field and value: `group[0].weight is 1.8: Expected ...`."""
    said, _, path = str(error).partition(" - at `$.")
    if not path:
        return f"{said}; mend it"
    path = path.rstrip("`")
    for step in re.findall(r"\w+", path):
        data = data[int(step) if isinstance(data, list) else step]
    return f"{path} is {data!r:.100}: {said}; mend it"


def _look_over(file: File) -> None:
    """Raises ValueError for what the types let pass."""
    if file.kind not in _KINDS:
        raise ValueError(f"kind is {file.kind!r}; give one of {', '.join(_KINDS)}")
    for number, example in enumerate(file.examples):
        if len(example) > LONGEST_EXAMPLE:
            raise ValueError(
                f"examples[{number}] is {example!r:.40}: give {LONGEST_EXAMPLE} characters at most"
            )
    terms = {f"innocent[{number}]": term for number, term in enumerate(file.innocent)}
    for place, group in enumerate(file.group):
        for number, term in enumerate(group.terms):
            terms[f"group[{place}].terms[{number}]"] = term
        if group.aimed is not None and group.aimed < group.weight:
            raise ValueError(
                f"group[{place}].aimed is {group.aimed}: give {group.weight}, its weight, or more"
            )
    _look_at(terms)


def _look_at(terms: Mapping[str, str]) -> None:
    """Raises ValueError for a term, by field, that cannot be looked for."""
    written = []
    for field, term in terms.items():
        if len(term) > LONGEST_TERM:
            raise ValueError(f"{field} is {term!r:.40}: give {LONGEST_TERM} characters at most")
        written.append(next(expand((term,))))
        if "{" in written[-1] or "}" in written[-1]:
            slots = ", ".join(f"{{{slot}}}" for slot in _context()["slot"])
            raise ValueError(f"{field} is {term!r}: braces stand for {slots} only, once in a term")
    for (field, term), left in zip(terms.items(), _folded(written), strict=True):
        if not left.strip():
            raise ValueError(f"{field} is {term!r}: folding leaves nothing of it; give characters")


@cache
def _context() -> dict[str, Any]:
    return tomllib.loads(_shipped("context").decode("utf-8"))


def _shipped(name: str) -> bytes:
    return (files(__package__) / "lexicon" / f"{name}.toml").read_bytes()


@cache
def strengths() -> dict[str, tuple[float, float]]:
    """What people choose from: by word, (weight, weight where aimed)."""
    found = _context()["strength"]
    return {word: (said["weight"], said["aimed"]) for word, said in found.items()}


@cache
def shipped() -> Lexicon:
    """The lexicon that Lianzhi comes with."""
    return build({})


@cache
def _shipped_files() -> dict[str, File]:
    # Tests hold them to what `checked` asks of others' files; it would take a tenth of their start.
    return {
        kind: msgspec.convert(tomllib.loads(_shipped(kind).decode("utf-8")), File)
        for kind in _KINDS
    }


@unswept()
def build(further: Mapping[str, File]) -> Lexicon:
    """The shipped lexicon with further files, by name. Raises LexiconError."""
    written = (_groups(*one) for one in further.items())
    added = sum(1 for _, terms, *_ in chain(*written) for _ in expand(terms))
    if added > MOST_ENTRIES:
        raise LexiconError(f"{added:,} entries are too many; give {MOST_ENTRIES:,} at most")
    named = [*_shipped_files().items(), *further.items()]
    rows: dict[tuple[str, int, State], tuple[float, float, int]] = {}
    groups: list[Group] = []
    every = list(chain(*(_groups(*one) for one in named), _words()))
    forms = [list(expand(terms)) for _, terms, *_ in every]
    folded = iter(_folded(chain.from_iterable(forms)))
    for (group, _, weight, aimed), some in zip(every, forms, strict=True):
        role = ROLES.index(group.kind)
        for term in islice(folded, len(some)):
            rows.setdefault((term, role, group.state), (weight, aimed, len(groups)))
        groups.append(group)
    terms = tuple(term for term, _, _ in rows)
    codes, size = in_order(terms)
    end = np.cumsum(size)
    # Each column by itself: what is compiled reads them where they lie.
    weights, at_person, number = np.array(list(rows.values())).reshape(-1, 3).T.copy()
    context = _context()
    people = np.zeros(SEPARATOR + 1, bool)
    people[[ord(char) for char in context["people"]]] = True
    return Lexicon(
        version=_version(named),
        terms=terms,
        role=np.array([role for _, role, _ in rows], np.int64),
        weight=weights,
        aimed=at_person,
        shadow=np.array([state == "shadow" for _, _, state in rows]),
        shadows=any(state == "shadow" for _, _, state in rows),
        latin=is_latin(codes[end - size]) | is_latin(codes[end - 1]),
        group=number.astype(np.int64),
        groups=tuple(groups),
        people=people,
        policy=Policy(**context["policy"]),
        examples={
            kind: tuple(text for _, file in named if file.kind == kind for text in file.examples)
            for kind in _KINDS
        },
    )


def _folded(terms: Iterable[str]) -> list[str]:
    """Terms folded, all at once."""
    whole = list(terms)
    return fold_batch(whole).text()[1:-1].split(chr(SEPARATOR)) if whole else []


_Written = tuple[Group, Sequence[str], float, float]


def _groups(name: str, file: File) -> Iterator[_Written]:
    """What is written in a file: (group, terms, weight, weight where aimed)."""
    shadow = bool(file.group) and all(terms.state == "shadow" for terms in file.group)
    state: State = "shadow" if shadow else "active"
    yield Group("innocent", "", name, file.version, state), file.innocent, 0.0, 0.0
    for one in file.group:
        group = Group(file.kind, one.sense, one.source or name, one.date or file.version, one.state)
        yield group, one.terms, one.weight, one.weight if one.aimed is None else one.aimed


def _words() -> Iterator[_Written]:
    context = _context()
    for kind in ROLES[PERSON:]:
        group = Group(kind, "", "context", context["version"], "active")
        yield group, context["words"][kind], 0.0, 0.0


def _version(named: Sequence[tuple[str, File]]) -> str:
    said = msgspec.json.encode([_context(), named], order="deterministic")
    return hashlib.sha256(said).hexdigest()[:12]


def expand(terms: Iterable[str]) -> Iterator[str]:
    """Write out the slot of each term that has one: 弄死{p} stands for 弄死你, 弄死她, ..."""
    slots: dict[str, list[str]] = _context()["slot"]
    for term in terms:
        # Nearly all terms have no brace.
        slot = "{" in term and next((slot for slot in slots if f"{{{slot}}}" in term), None)
        if not slot:
            yield term
        else:
            yield from (term.replace(f"{{{slot}}}", who) for who in slots[slot])
