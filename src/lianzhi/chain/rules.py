"""Platform rule 平台规则: what a platform's own published terms forbid, as dated data.

A folder holds one file per version of the rules, named by the day from which they apply, as policy
does. A rule grounds a decision only if it had been published and applied when the act was done:
nobody is judged by a rule that they could not know.
"""

import datetime as dt
from collections.abc import Collection
from pathlib import Path

import msgspec

from lianzhi.chain.dated import on, read, versions
from lianzhi.chain.policy import Dated, PolicyError
from lianzhi.chain.statement import is_address
from lianzhi.chain.statement_schema import schema
from lianzhi.law.words import Words


class RuleNotInForceError(ValueError):
    """A rule that may not ground a decision; the message says why and what to do."""


class PlatformRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule in one version."""

    key: str
    """The same in every version: `insult`."""
    title: Words
    text: Words
    """The rule as published, in full."""
    url: str
    """Where this version can be read."""
    category: str
    """Category of the statement of reasons."""
    specification: tuple[str, ...] = ()
    """Keywords of the statement of reasons."""
    kinds: tuple[str, ...]
    """Harm kinds that it is about."""
    context: tuple[str, ...] = ()
    """Keys of the legal bases behind it, given as context."""
    version: dt.date = dt.date.min
    """The day from which it applies; the file's name says it."""

    def __post_init__(self) -> None:
        limits = schema().limits
        for name, words, field in (
            ("title", self.title, "incompatible_content_ground"),
            ("text", self.text, "incompatible_content_explanation"),
        ):
            longest, most = max(len(words.zh), len(words.en)), limits[field]
            if longest > most:
                raise ValueError(f"{name} of {self.key} has {longest} characters; at most {most}")
        if not is_address(self.url):
            raise ValueError(
                f"url of {self.key} is {self.url!r}; give a complete http(s) address, with "
                "%-escapes beyond ASCII"
            )
        for field, given in (
            ("category", (self.category,)),
            ("category_specification", self.specification),
        ):
            if unknown := [each for each in given if each not in (schema().allowed(field) or ())]:
                raise ValueError(
                    f"{field} of {self.key} is {unknown[0]!r}; choose one of chain/statement.toml"
                )


class RuleBook(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All rules of one version, as a file holds them."""

    published: dt.date
    """The day on which they were published, no later than they apply."""
    example: bool = False
    """These are the shipped examples, which no platform has published."""
    rule: tuple[PlatformRule, ...]

    def __post_init__(self) -> None:
        keys = [rule.key for rule in self.rule]
        if twice := [key for key in keys if keys.count(key) > 1]:
            raise ValueError(f"key {twice[0]!r} stands twice; give each rule its own")


class Rules:
    """Versions of the rules. Days are those of the deployment."""

    def __init__(self, books: Dated[RuleBook]) -> None:
        """Raises PolicyError where a version applies before it was published."""
        self._books = books
        for version, book in versions(books):
            if book.published > version:
                raise PolicyError(
                    f"policy {version}.toml: published is {book.published}, after the rules "
                    f"apply; publish them first, or name the file by a later day"
                )

    def in_force(self, day: dt.date) -> tuple[PlatformRule, ...]:
        """Rules that apply on a day; none before the first version."""
        dated = on(self._books, day)
        if dated is None:
            return ()
        version, book = dated
        return tuple(msgspec.structs.replace(rule, version=version) for rule in book.rule)

    def get(self, key: str, day: dt.date) -> PlatformRule | None:
        """The rule as it stands on a day; None where it does not apply."""
        return next((rule for rule in self.in_force(day) if rule.key == key), None)

    def ground(self, key: str, *, acted: dt.date, decided: dt.date) -> PlatformRule:
        """The rule that may ground a decision of one day about an act of another.

        It is the version in force when the act was done, while the rule still stands. Raises
        RuleNotInForceError.
        """
        rule = self.get(key, acted)
        if rule is None:
            raise RuleNotInForceError(
                f"rule {key} did not apply on {acted}, when the act was done; choose one that did"
            )
        if self.get(key, decided) is None:
            raise RuleNotInForceError(
                f"rule {key} no longer applies on {decided}; choose one that does"
            )
        return rule

    def example(self, day: dt.date) -> bool:
        """Whether the shipped examples apply on a day, which an operator has to replace."""
        book = on(self._books, day)
        return book is not None and book[1].example


def load(folder: Path, kinds: Collection[str]) -> Rules:
    """The rules in a folder, about harm of the given kinds. Raises PolicyError."""
    books = read(RuleBook, folder)
    for version, book in versions(books):
        for rule in book.rule:
            if unknown := [kind for kind in rule.kinds if kind not in kinds]:
                raise PolicyError(
                    f"policy {version}.toml: kinds of {rule.key} has {unknown[0]!r}; choose among "
                    f"{', '.join(kinds)}"
                )
    return Rules(books)
