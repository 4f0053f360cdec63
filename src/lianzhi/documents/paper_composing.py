"""Composing a paper of a kind from its fields, in one language or with its translation."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from jinja2 import TemplateError

from lianzhi.documents import typed_fields
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
from lianzhi.documents.paper_set import PaperSet
from lianzhi.documents.paper_template import BlockSpec, Language
from lianzhi.law.citation import chinese
from lianzhi.law.words import Words


def compose(
    papers: PaperSet,
    key: str,
    language: Language,
    given: Mapping[str, Any],
    folder: Path | None = None,
) -> Paper:
    """A paper of a kind. Fields that other kinds need may be among the given ones.

    Periods that are not given are those of the law in force on the paper's day; `folder` holds an
    agency's own templates. Raises PaperError naming every field that is missing, empty or wrong,
    and those that no paper has.
    """
    kind, day_given = papers.kind(key), given.get("day")
    known = papers.usual(day_given, language) if type(day_given) is dt.date else {}
    values = read(papers.fields, kind.required_fields(given), {**known, **given}, key)
    if values["day"] < kind.effective_from:
        raise PaperError(
            f"day is {values['day']}: the wording of {key} follows the law in force from "
            f"{kind.effective_from} on; use a template of that time"
        )
    template = papers.template(key, language, folder)
    filling = _Filling(papers, language, values)
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
        page=papers.parts(language).page,
    )


def bilingual(
    papers: PaperSet,
    key: str,
    given: Mapping[str, Any],
    folder: Path | None = None,
    english_fields: Mapping[str, Any] | None = None,
) -> Paper:
    """The Chinese paper, with an English one after it that says it is for reference only.

    `english_fields`: what the English one is filled in with, where that differs.
    """
    english = compose(papers, key, "en", english_fields or given, folder)
    reference = Text(papers.parts("en").reference, "note")
    english = msgspec.structs.replace(english, blocks=(reference, *english.blocks))
    chinese_paper = compose(papers, key, "zh", given, folder)
    return msgspec.structs.replace(chinese_paper, translation=english)


class Lack(NamedTuple):
    """A field that has to be given by hand."""

    name: str
    parts: tuple[str, ...] = ()
    """Of a table of which the rest is known."""
    required: bool = True
    """False: only where a flag, which is lacking too, is set so."""


def lacking(papers: PaperSet, key: str, given: Mapping[str, Any]) -> list[Lack]:
    """What a paper of a kind asks for beside what is given and what the law in force says."""
    kind, known = papers.kind(key), {**papers.usual(given["day"], "zh"), **given}
    lacks = []
    for name in kind.required_fields(known):
        if name not in known:
            lacks.append(Lack(name))
        elif parts := missing_parts(papers.fields[name], known[name]):
            lacks.append(Lack(name, parts))
    names = {lack.name for lack in lacks}
    for condition, under in kind.where.items():
        if condition.removeprefix("not ") in names:
            lacks += [Lack(name, required=False) for name in under if name not in known]
    return lacks


class Input(NamedTuple):
    """One thing to be typed for a paper."""

    name: str
    title: Words
    part: str
    """Of a table: which part of it."""
    type: str
    columns: tuple[str, ...] = ()
    """Of a list of tables: what stands in a line."""
    required: bool = True


def inputs(papers: PaperSet, lacks: Iterable[Lack]) -> Iterator[Input]:
    """What a form asks for, so that a paper lacks nothing: a table part by part."""
    for lack in lacks:
        field = papers.fields[lack.name]
        if field.type != "table" or field.many:
            columns = tuple(field.parts)
            yield Input(lack.name, field.title, "", field.type, columns, lack.required)
            continue
        for part in lack.parts or field.parts:
            name, kind = f"{lack.name}.{part}", field.parts[part]
            yield Input(name, field.title, part, kind, (), lack.required)


def complete(
    papers: PaperSet,
    key: str,
    known: Mapping[str, Any],
    typed: Mapping[str, str],
    settings: Collection[str],
) -> tuple[dict[str, Any], dict[str, str]]:
    """The known fields with what was typed where they lack some, and what of that was used.

    `typed`: texts by `field` or `field.part`; `settings`: fields that nobody types. Raises
    PaperError for what can't be read.
    """
    asked_for = {lack.name for lack in lacking(papers, key, known)} - {*settings}
    used = {name: text for name, text in typed.items() if name.partition(".")[0] in asked_for}
    fields = dict(known)
    for name, value in typed_fields.read(papers.fields, used).items():
        part = fields.get(name)
        fields[name] = {**value, **part} if isinstance(part, dict) else value
    return fields, used


class _Filling:
    """Fills the places of one paper."""

    def __init__(self, papers: PaperSet, language: Language, values: Mapping[str, Any]) -> None:
        self.language, self.values = language, values
        self.parts, self.jinja = papers.parts(language), papers.jinja(language)

    def blocks(self, spec: BlockSpec) -> Iterator[Block]:
        """The blocks that come of one of a template: none where its flag is the other way."""
        flag = spec.when.removeprefix("not ")
        if flag and self.values.get(flag) is not (flag == spec.when):
            return
        if spec.heading:
            yield Text(self.fill(spec.heading), "heading")
        if spec.lead:
            yield from (Text(line, "lead") for line in self.lines(spec.lead))
        if spec.body:
            yield from (Text(line) for line in self.lines(spec.body))
        if spec.note:
            yield from (Text(line, "note") for line in self.lines(spec.note))
        if spec.items:
            for n, text in enumerate(self.values[spec.items], 1):
                mark = self.parts.item
                yield Item(mark.format(n=chinese(n) if self.language == "zh" else n), text)
        if spec.form:
            yield Table(spec.widths, tuple(tuple(map(self.fill, row)) for row in spec.form))
        if spec.head:
            rows = (
                tuple(self.fill(cell, one=entry, n=n) for cell in spec.row)
                for n, entry in enumerate(self.values[spec.each], 1)
            )
            yield Table(spec.widths, tuple(rows), spec.head)
        if spec.sign:
            hint = self.fill(spec.hint) if spec.hint else ""
            yield Signature(tuple(map(self.fill, spec.sign)), hint)
        if spec.closing:
            printed = day(self.values["day"], self.language)
            yield Closing(self.values["agency"], printed, self.parts.seal)
        if spec.slip:
            yield Slip(self.fill(spec.slip), tuple(map(self.fill, spec.rows)))

    def lines(self, text: str) -> list[str]:
        return [line for line in map(str.strip, self.fill(text).split("\n")) if line]

    def fill(self, text: str, **more: Any) -> str:
        try:
            template = self.jinja.from_string(text)
            printed: str = template.render({**self.values, **more}).strip()
        except (TemplateError, KeyError, TypeError, ValueError) as error:
            raise PaperError(f"template, at {text!r:.80}: {error}; mend it") from None
        if not printed:
            raise PaperError(f"template, at {text!r:.80}: nothing is printed; mend it")
        return printed
