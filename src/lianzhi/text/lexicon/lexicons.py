"""Lexicon files: read, checked and built into one `Lexicon`.

A file is TOML. It has a kind of harm (or `counter_speech`), a date as its version, examples that it
must catch, innocent words inside which its entries do not count, and groups of terms of one sense:

    kind = "insult"
    version = 2026-11-25
    examples = ["你就是个草包"]
    innocent = ["草包饭"]

    [[group]]
    sense = "good for nothing"
    weight = 0.8
    terms = ["草包"]

A group may give `aimed`, its weight where it is aimed at a person; `state = "shadow"`, in which it
is matched and reported separately but counts nothing; `source` and `date`, where they are not the
file's. An entry of several files counts once, as in the first of them.
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

from lianzhi.text.arrays.batch import SEPARATOR, joined_codes
from lianzhi.text.fold.folding import fold_batch
from lianzhi.text.lexicon.entries import INNOCENT, PERSON, ROLES, Group, Lexicon, Policy, State
from lianzhi.text.lexicon.latin import is_latin
from lianzhi.unswept import unswept

#: Bounds on what an operator may add; far beyond any list that people maintain.
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
    """Weight where aimed at a person, at least `weight`, which is the default."""
    state: State = "active"
    source: str = ""
    """Who wrote them; the file's name if empty."""
    date: dt.date | None = None
    """Since when they are so; the file's version if not given."""


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of entries of one kind."""

    kind: str
    version: dt.date
    group: tuple[Terms, ...]
    examples: tuple[str, ...] = ()
    innocent: tuple[str, ...] = ()
    """In shadow while all groups of the file are."""


def read(path: Path) -> dict[str, File]:
    """Return the files of a folder, or one file, by name. Raises LexiconError."""
    try:
        paths = sorted(path.glob("*.toml")) if path.is_dir() else [path]
        if len(paths) > MOST_FILES:
            raise LexiconError(f"{path}: it has {len(paths)} files; {MOST_FILES} at most")
        return {path.name: parse(path.name, _bytes(path)) for path in paths}
    except OSError as error:
        raise LexiconError(f"{path}: {error.strerror}; make it readable") from None


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise LexiconError(f"{path.name}: it is longer than {MOST_BYTES:,} bytes; split it up")
    return data


def parse(name: str, data: bytes) -> File:
    """Return the contents of a file. Raises LexiconError."""
    try:
        document = tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:  # broken TOML, or ill-formed UTF-8
        raise LexiconError(f"{name}: {error}; mend it") from None
    return checked(name, document)


def checked(name: str, data: Mapping[str, Any]) -> File:
    """Return the file with these fields. Raises LexiconError."""
    try:
        try:
            file = msgspec.convert(data, File)
        except msgspec.ValidationError as error:
            raise ValueError(_error_message(error, data)) from None
        _check_file(file)
    except ValueError as error:
        raise LexiconError(f"{name}: {error}") from None
    return file


def _error_message(error: msgspec.ValidationError, data: Any) -> str:
    """Return the error message, with field and value: `group[0].weight is 1.8: Expected ...`."""
    message, _, path = str(error).partition(" - at `$.")
    if not path:
        return f"{message}; mend it"
    path = path.rstrip("`")
    for step in re.findall(r"\w+", path):
        data = data[int(step) if isinstance(data, list) else step]
    return f"{path} is {data!r:.100}: {message}; mend it"


def _check_file(file: File) -> None:
    """Check what the types do not. Raises ValueError."""
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
    _check_terms(terms)


def _check_terms(terms: Mapping[str, str]) -> None:
    """Check that each term, by its field, can be searched for. Raises ValueError."""
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
    return (files(__package__) / "terms" / f"{name}.toml").read_bytes()


@cache
def strengths() -> dict[str, tuple[float, float]]:
    """Return the strengths that people choose from: by name, (weight, weight where aimed)."""
    levels = _context()["strength"]
    return {word: (pair["weight"], pair["aimed"]) for word, pair in levels.items()}


@cache
def shipped() -> Lexicon:
    """Return the shipped lexicon."""
    return build({})


@cache
def _shipped_files() -> dict[str, File]:
    # Not `checked` here, which would take a tenth of the start: tests check them.
    return {
        kind: msgspec.convert(tomllib.loads(_shipped(kind).decode("utf-8")), File)
        for kind in _KINDS
    }


@unswept()
def build(further: Mapping[str, File]) -> Lexicon:
    """Build the shipped lexicon with further files, by name. Raises LexiconError."""
    written = (_groups(*name_and_file) for name_and_file in further.items())
    added = sum(1 for _, terms, *_ in chain(*written) for _ in expand(terms))
    if added > MOST_ENTRIES:
        raise LexiconError(f"{added:,} entries are too many; give {MOST_ENTRIES:,} at most")
    named = [*_shipped_files().items(), *further.items()]
    rows: dict[tuple[str, int, State], tuple[float, float, int]] = {}
    groups: list[Group] = []
    every = list(chain(*(_groups(*name_and_file) for name_and_file in named), _words()))
    forms = [list(expand(terms)) for _, terms, *_ in every]
    folded = iter(_folded(chain.from_iterable(forms)))
    for (group, _, weight, aimed), form in zip(every, forms, strict=True):
        role = ROLES.index(group.kind)
        for term in islice(folded, len(form)):
            rows.setdefault((term, role, group.state), (weight, aimed, len(groups)))
        groups.append(group)
    terms = tuple(term for term, _, _ in rows)
    codes, size = joined_codes(terms)
    end = np.cumsum(size)
    # Contiguous columns, which compiled twins read by pointer.
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
    whole = list(terms)
    return fold_batch(whole).text()[1:-1].split(chr(SEPARATOR)) if whole else []


_Written = tuple[Group, Sequence[str], float, float]


def _groups(name: str, file: File) -> Iterator[_Written]:
    """Yield the groups of a file: (group, terms, weight, weight where aimed)."""
    shadow = bool(file.group) and all(terms.state == "shadow" for terms in file.group)
    state: State = "shadow" if shadow else "active"
    yield Group("innocent", "", name, file.version, state), file.innocent, 0.0, 0.0
    for group_of_terms in file.group:
        group = Group(
            file.kind,
            group_of_terms.sense,
            group_of_terms.source or name,
            group_of_terms.date or file.version,
            group_of_terms.state,
        )
        yield (
            group,
            group_of_terms.terms,
            group_of_terms.weight,
            group_of_terms.weight if group_of_terms.aimed is None else group_of_terms.aimed,
        )


def _words() -> Iterator[_Written]:
    context = _context()
    for kind in ROLES[PERSON:]:
        group = Group(kind, "", "context", context["version"], "active")
        yield group, context["words"][kind], 0.0, 0.0


def _version(named: Sequence[tuple[str, File]]) -> str:
    contents = msgspec.json.encode([_context(), named], order="deterministic")
    return hashlib.sha256(contents).hexdigest()[:12]


def expand(terms: Iterable[str]) -> Iterator[str]:
    """Yield terms with their slot filled in: 弄死{p} stands for 弄死你, 弄死她, ..."""
    slots: dict[str, list[str]] = _context()["slot"]
    for term in terms:
        # Nearly all terms have no brace.
        slot = "{" in term and next((slot for slot in slots if f"{{{slot}}}" in term), None)
        if not slot:
            yield term
        else:
            yield from (term.replace(f"{{{slot}}}", filler) for filler in slots[slot])
