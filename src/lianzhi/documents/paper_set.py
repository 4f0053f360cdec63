"""Papers of a domain 文书: its fields, kinds, phrases and templates, as data in one package.

The package holds `fields.toml`, `kinds.toml`, `usual.toml` (time limits of the law),
`phrases.toml`, `templates/KIND.LANGUAGE.toml` and `templates/parts.LANGUAGE.toml`. An agency may
bring templates of its own.
"""

import datetime as dt
import tomllib
from collections.abc import Callable, Mapping
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from jinja2 import TemplateError
from jinja2.sandbox import SandboxedEnvironment

from lianzhi.documents.numbering import Pattern
from lianzhi.documents.paper import Layout, PaperError
from lianzhi.documents.paper_fields import Field
from lianzhi.documents.paper_template import (
    Language,
    Parts,
    Template,
    environment,
    used_fields,
)
from lianzhi.law.citation import Citation
from lianzhi.law.words import Words

T = TypeVar("T")
#: What every paper bears.
ALWAYS = ("agency", "number", "day", "party")
_MOST_BYTES = 200_000


class Kind(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of paper."""

    title: Words
    layout: Layout
    word: str
    """In its number: 罚决."""
    effective_from: dt.date
    """First day of the law that its wording follows."""
    basis: str
    """Where the law asks for the paper or says what must stand in it; empty: practice."""
    needs: tuple[str, ...]
    """Fields beside those that every paper bears."""
    where: dict[str, tuple[str, ...]] = {}
    """Fields asked for only where a flag is set, or, with `not ` before it, where it is not."""

    def every(self) -> tuple[str, ...]:
        """All fields that its templates may print."""
        return (*ALWAYS, *self.needs, *(name for names in self.where.values() for name in names))

    def required_fields(self, given: Mapping[str, Any]) -> list[str]:
        """The fields asked for, as the flags are given; a flag counts where it is asked for."""
        names = [*ALWAYS, *self.needs]
        for condition, under in self.where.items():
            flag = condition.removeprefix("not ")
            if flag in names and given.get(flag) is (flag == condition):
                names += under
        return names

    def pattern(self, agency: str) -> Pattern:
        """How an agency numbers it, by its short name."""
        return Pattern(agency=agency, word=self.word)


class Period(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One time limit in one version of the law. Days are inclusive."""

    field: str
    length: int
    unit: str
    basis: Citation
    effective_from: dt.date
    effective_until: dt.date = dt.date.max


class _Fields(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    field: dict[str, Field]


class _Kinds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kind: dict[str, Kind]


class _Periods(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    period: tuple[Period, ...] = ()


class _Phrases(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    phrase: dict[str, Words] = {}


def time_limit(length: int, unit: str, basis: str) -> dict[str, Any]:
    """A time limit as a field of a paper holds it."""
    return {"length": length, "unit": unit, "basis": basis}


def _no_more(day: dt.date, language: str) -> dict[str, Any]:
    return {}


class PaperSet:
    """See module. `more_usual` adds to what the law in force on a day fills in.

    Data that is not well-formed raises msgspec.ValidationError when it is first needed.
    """

    def __init__(
        self, package: str, more_usual: Callable[[dt.date, str], dict[str, Any]] = _no_more
    ) -> None:
        self._folder, self._more_usual = files(package), more_usual
        self.parts, self.jinja = cache(self._parts), cache(self._jinja)
        self._shipped = cache(self._shipped_template)

    @cached_property
    def fields(self) -> dict[str, Field]:
        """Every field that a paper may ask for, by name."""
        return self._read("fields.toml", _Fields).field

    @cached_property
    def kinds(self) -> dict[str, Kind]:
        """Every kind by its key. Raises PaperError where one needs a field that there is not."""
        kinds = self._read("kinds.toml", _Kinds).kind
        for key, kind in kinds.items():
            if unknown := [name for name in kind.every() if name not in self.fields]:
                raise PaperError(f"kinds.toml: {key} needs {unknown[0]}, which fields.toml lacks")
        return kinds

    def kind(self, key: str) -> Kind:
        """A kind by its key. Raises PaperError naming those that there are."""
        if key not in self.kinds:
            raise PaperError(f"kind is {key!r:.60}; choose one of {', '.join(self.kinds)}")
        return self.kinds[key]

    def phrase(self, key: str, language: str, **places: object) -> str:
        """A sentence that papers are filled in with, its places filled in."""
        return self._phrases[key].say(language).format(**places)

    def usual(self, day: dt.date, language: str) -> dict[str, Any]:
        """Fields that the law in force on a day fills in; one without such a law is absent."""
        limits = {
            period.field: time_limit(period.length, period.unit, period.basis.say(language))
            for period in self._periods
            if period.effective_from <= day <= period.effective_until
        }
        return limits | self._more_usual(day, language)

    def template(self, key: str, language: Language, folder: Path | None = None) -> Template:
        """The template of a kind: that in `folder` where there is one, else the shipped one.

        Raises PaperError where it can't be read, asks for a field that the kind does not declare,
        or leaves one out.
        """
        self.kind(key)
        name = f"{key}.{language}.toml"
        own = folder / name if folder is not None and (folder / name).is_file() else None
        if own is None:
            return self._shipped(key, language)
        if own.stat().st_size > _MOST_BYTES:
            raise PaperError(f"{name}: over {_MOST_BYTES:,} bytes; shorten it")
        return self._checked(key, language, own.read_bytes(), name)

    @cached_property
    def _periods(self) -> tuple[Period, ...]:
        return self._read("usual.toml", _Periods).period

    @cached_property
    def _phrases(self) -> dict[str, Words]:
        return self._read("phrases.toml", _Phrases).phrase

    def _read(self, name: str, form: type[T]) -> T:
        return msgspec.toml.decode(self._folder.joinpath(name).read_bytes(), type=form)

    def _parts(self, language: Language) -> Parts:
        return self._read(f"templates/parts.{language}.toml", Parts)

    def _jinja(self, language: Language) -> SandboxedEnvironment:
        return environment(language, self.parts(language))

    def _shipped_template(self, key: str, language: Language) -> Template:
        name = f"{key}.{language}.toml"
        text = self._folder.joinpath("templates", name).read_bytes()
        return self._checked(key, language, text, name)

    def _checked(self, key: str, language: Language, text: bytes, name: str) -> Template:
        try:
            template = msgspec.convert(tomllib.loads(text.decode()), Template)
            used = used_fields(template, self.parts(language), self.jinja(language))
        except (ValueError, msgspec.ValidationError, TemplateError) as error:
            raise PaperError(f"{name}: {error}; mend the template") from None
        declared = set(self.kind(key).every())
        if unknown := used - declared:
            raise PaperError(
                f"{name}: prints {', '.join(sorted(unknown))}, which {key} does not declare; add "
                "it to kinds.toml or take it out"
            )
        # Title, number and letterhead are set by the layout.
        if unused := declared - used - {"agency", "number", "day"}:
            raise PaperError(
                f"{name}: leaves out {', '.join(sorted(unused))}, which {key} must state; print it"
            )
        return template
