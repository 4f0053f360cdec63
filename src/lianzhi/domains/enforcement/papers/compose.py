"""Compose: a paper of a kind from its fields, in one language or with its translation."""

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from jinja2 import TemplateError

from lianzhi.documents.paper import (
    Block,
    Closing,
    Item,
    Paper,
    PaperError,
    Signature,
    Slip,
    Table,
    Text,
)
from lianzhi.documents.paper_fields import missing_parts, read
from lianzhi.documents.paper_filters import day
from lianzhi.domains.enforcement.papers.fields import fields
from lianzhi.domains.enforcement.papers.kinds import kind_of
from lianzhi.domains.enforcement.papers.template import (
    BlockSpec,
    Language,
    environment,
    load,
    parts,
)
from lianzhi.domains.enforcement.papers.usual import usual
from lianzhi.law.citation import chinese


def compose(
    key: str, language: Language, given: Mapping[str, Any], folder: Path | None = None
) -> Paper:
    """A paper of a kind. Fields that other kinds need may be among the given ones.

    Periods that are not given are those of the law in force on the paper's day; `folder` holds an
    agency's own templates. Raises PaperError naming every field that is missing, empty or wrong,
    and those that no paper has.
    """
    kind = kind_of(key)
    made_on = given.get("day")
    known = usual(made_on, language) if type(made_on) is dt.date else {}
    values = read(fields(), kind.asked(given), {**known, **given}, key)
    if values["day"] < kind.effective_from:
        raise PaperError(
            f"day is {values['day']}: the wording of {key} follows the law in force from "
            f"{kind.effective_from} on; use a template of that time"
        )
    template = load(key, language, folder)
    filling = _Filling(language, values)
    return Paper(
        kind=key,
        language=language,
        layout=kind.layout,
        agency=values["agency"],
        title=template.title,
        number=values["number"],
        day=values["day"],
        party=values["party"]["name"],
        blocks=tuple(block for spec in template.block for block in filling.blocks(spec)),
        page=parts(language).page,
    )


def bilingual(
    key: str,
    given: Mapping[str, Any],
    folder: Path | None = None,
    english_fields: Mapping[str, Any] | None = None,
) -> Paper:
    """The Chinese paper, with an English one after it that says it is for reference only.

    `english_fields`: what the English one is filled in with, where that differs.
    """
    english = compose(key, "en", english_fields or given, folder)
    said = Text(parts("en").reference, "note")
    english = msgspec.structs.replace(english, blocks=(said, *english.blocks))
    return msgspec.structs.replace(compose(key, "zh", given, folder), translation=english)


class Lack(NamedTuple):
    """A field that has to be given by hand."""

    name: str
    parts: tuple[str, ...] = ()
    """Of a table of which the rest is known."""
    required: bool = True
    """False: only where a flag, which is lacking too, is set so."""


def lacking(key: str, given: Mapping[str, Any]) -> list[Lack]:
    """What a paper of a kind asks for beside what is given and what the law in force says."""
    kind, known = kind_of(key), {**usual(given["day"], "zh"), **given}
    found = []
    for name in kind.asked(known):
        if name not in known:
            found.append(Lack(name))
        elif parts := missing_parts(fields()[name], known[name]):
            found.append(Lack(name, parts))
    names = {one.name for one in found}
    for condition, under in kind.where.items():
        if condition.removeprefix("not ") in names:
            found += [Lack(name, required=False) for name in under if name not in known]
    return found


class _Filling:
    """Fills the places of one paper."""

    def __init__(self, language: Language, values: Mapping[str, Any]) -> None:
        self.language, self.values = language, values

    def blocks(self, spec: BlockSpec) -> Iterator[Block]:
        """The blocks that come of one of a template: none where its flag is the other way."""
        flag = spec.when.removeprefix("not ")
        if flag and self.values.get(flag) is not (flag == spec.when):
            return
        if spec.heading:
            yield Text(self.say(spec.heading), "heading")
        if spec.lead:
            yield from (Text(line, "lead") for line in self.lines(spec.lead))
        if spec.body:
            yield from (Text(line) for line in self.lines(spec.body))
        if spec.note:
            yield from (Text(line, "note") for line in self.lines(spec.note))
        if spec.items:
            for n, text in enumerate(self.values[spec.items], 1):
                mark = parts(self.language).item
                yield Item(mark.format(n=chinese(n) if self.language == "zh" else n), text)
        if spec.form:
            yield Table(spec.widths, tuple(tuple(map(self.say, row)) for row in spec.form))
        if spec.head:
            rows = (
                tuple(self.say(cell, one=one, n=n) for cell in spec.row)
                for n, one in enumerate(self.values[spec.each], 1)
            )
            yield Table(spec.widths, tuple(rows), spec.head)
        if spec.sign:
            hint = self.say(spec.hint) if spec.hint else ""
            yield Signature(tuple(map(self.say, spec.sign)), hint)
        if spec.closing:
            seal, made_on = parts(self.language).seal, self.values["day"]
            yield Closing(self.values["agency"], day(made_on, self.language), seal)
        if spec.slip:
            yield Slip(self.say(spec.slip), tuple(map(self.say, spec.rows)))

    def lines(self, text: str) -> list[str]:
        return [line for line in map(str.strip, self.say(text).split("\n")) if line]

    def say(self, text: str, **more: Any) -> str:
        try:
            made = environment(self.language).from_string(text)
            said: str = made.render({**self.values, **more}).strip()
        except (TemplateError, KeyError, TypeError, ValueError) as error:
            raise PaperError(f"template, at {text!r:.80}: {error}; mend it") from None
        if not said:
            raise PaperError(f"template, at {text!r:.80}: nothing is printed; mend it")
        return said
