"""Checks of a lexicon file before it is used, for the operator who wrote it.

A valid file may still do harm or nothing: an entry may stand in innocent words, be innocent itself,
or be shipped already. Each remark is a code with values, so that a page can say it in the reader's
language.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import chain
from typing import Literal, NamedTuple

import msgspec

from lianzhi.text.fold.folding import fold
from lianzhi.text.lexicon.entries import COUNTER, INNOCENT, KINDS, ROLES, THING, State
from lianzhi.text.lexicon.lexicons import File, build, expand, shipped
from lianzhi.text.pipeline import assess_many

Code = Literal["missed", "excused", "collides", "short", "known", "elsewhere", "twice"]
#: Remarks that are errors; the others are warnings.
WRONG: frozenset[Code] = frozenset({"missed", "excused"})


class Remark(NamedTuple):
    """A remark on one entry or example of a file."""

    file: str
    code: Code
    """`missed`: an example that its kind does not catch. `excused`: an entry that is innocent
    itself, and so never counts. `collides`: an entry that stands in a word or sentence that is
    innocent. `known`, `elsewhere`: shipped already, under the same kind or as something else.
    `twice`: listed before. `short`: one character."""
    what: str
    """The example, or the entry."""
    other: str = ""
    """Where the entry stands, what it is known as, the file that lists it."""


def check(files: Mapping[str, File]) -> list[Remark]:
    """Return the remarks on valid files, file by file."""
    listed: dict[tuple[str, str], str] = {}
    return [
        remark
        for name, file in files.items()
        for remark in chain(
            _entries(name, file, listed), _missed(name, file), _collisions(name, file)
        )
    ]


def _entries(name: str, file: File, listed: dict[tuple[str, str], str]) -> Iterator[Remark]:
    """Yield the remarks on entries alone; `listed` are those before, by kind and form."""
    innocent = {fold(term).text for term in file.innocent}
    for term in (term for group in file.group for term in group.terms):
        forms = {fold(form).text for form in expand((term,))}
        roles = {role for form in forms for role in _shipped_as().get(form, ())}
        if "innocent" in roles or innocent & forms:
            yield Remark(name, "excused", term)
        if file.kind in roles:
            yield Remark(name, "known", term, file.kind)
        for role in sorted(roles - {file.kind, "innocent"}):
            yield Remark(name, "elsewhere", term, role)
        if before := [listed[file.kind, form] for form in forms if (file.kind, form) in listed]:
            yield Remark(name, "twice", term, before[0])
        listed |= {(file.kind, form): name for form in forms}
        if min(map(len, forms)) == 1:
            yield Remark(name, "short", term)


@cache
def _shipped_as() -> dict[str, set[str]]:
    """Return by shipped term its kinds of harm, `counter_speech` or `innocent`."""
    lexicon, sources = shipped(), dict[str, set[str]]()
    for term, role in zip(lexicon.terms, lexicon.role.tolist(), strict=True):
        if role <= INNOCENT:
            sources.setdefault(term, set()).add(ROLES[role])
    return sources


def _missed(name: str, file: File) -> Iterator[Remark]:
    """Yield the examples that the file's kind does not catch when its entries are on."""
    lexicon = build({name: _in_state(file, "active")})
    for text, assessment in zip(file.examples, assess_many(file.examples, lexicon), strict=True):
        score = (
            assessment.kinds.get(file.kind, 0.0)
            if file.kind in KINDS
            else assessment.counter_speech
        )
        if score < lexicon.policy.clear:
            yield Remark(name, "missed", text)


def _collisions(name: str, file: File) -> Iterator[Remark]:
    """Yield the entries that would stand in innocent words and sentences."""
    lexicon = build({name: _in_state(file, "shadow")})
    texts = list(dict.fromkeys((*file.innocent, *_innocent_texts())))
    seen = set()
    for text, assessment in zip(texts, assess_many(texts, lexicon), strict=True):
        for hit in assessment.shadow:
            if hit.term not in seen:
                seen.add(hit.term)
                yield Remark(name, "collides", hit.term, text)


@cache
def _innocent_texts() -> tuple[str, ...]:
    """Return shipped words that are innocent or name things, and sentences that defend."""
    lexicon = shipped()
    words = (
        term
        for term, role in zip(lexicon.terms, lexicon.role.tolist(), strict=True)
        if role in (INNOCENT, THING)
    )
    return (*words, *lexicon.examples[ROLES[COUNTER]])


def _in_state(file: File, state: State) -> File:
    groups = (msgspec.structs.replace(group, state=state) for group in file.group)
    return msgspec.structs.replace(file, group=tuple(groups))
