"""Legal basis 依据: an article with its dates of effect, and whether it may be cited on a day.

Statutes are revised: an article ends with its version, and the same matter goes on in the next one,
perhaps under another number. So a basis is named by its matter; its versions follow one another.
Only a text that was read in the statute (`verified`) grounds a decision. Where none is in force,
the ground is the platform's own published rule, and the statute is given as context.
"""

import datetime as dt
import re
import tomllib
from collections.abc import Sequence
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Literal

import msgspec

from lianzhi.law.words import Words

_KEY = re.compile(r"[a-z_]+\.[a-z_]+")
_ARTICLE = re.compile(r"[1-9][0-9]*(\([1-9][0-9]*\))*")

Why = Literal["unknown", "not_yet", "ended", "unverified"]


class BasisError(ValueError):
    """The file of bases cannot be used; the message names file, field, value and mend."""


class NotCitableError(ValueError):
    """A basis that may not ground a decision on a day; `why` is a catalogue key."""

    def __init__(self, key: str, day: dt.date, why: Why, said: str) -> None:
        self.key, self.day, self.why = key, day, why
        super().__init__(
            f"basis {key} cannot be cited on {day}: {said}; ground the measure on the platform's "
            "own published rule and give the statute as context"
        )


class Basis(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One matter in one version of a statute. Days are those of China and inclusive."""

    key: str
    """Statute and matter, the same in every version: `minors.bullying`."""
    statute: str
    """Short name in Chinese: 未成年人保护法."""
    version: dt.date
    """The day on which this text of the statute was adopted."""
    articles: tuple[str, ...] = ()
    """Article, then paragraph 款 or item 项: `77(1)`; empty while the text has not been read."""
    binds: Literal["anyone", "provider"] = "anyone"
    """Whom it obliges: only what obliges anyone can be broken by an account."""
    effective_from: dt.date
    effective_until: dt.date | None = None
    """Last day of effect; None while no end is known."""
    title: Words
    """How a person reads the citation."""
    quote: str = ""
    """A short stretch of the Chinese text, word for word."""
    verified: bool = False
    """The text was read in the statute."""

    def __post_init__(self) -> None:
        if not _KEY.fullmatch(self.key):
            raise ValueError(f"key is {self.key!r}; write statute.matter in small letters")
        if bad := [each for each in self.articles if not _ARTICLE.fullmatch(each)]:
            raise ValueError(f"articles of {self.key} has {bad[0]!r}; write like 77(1)")
        if self.effective_from < self.version:
            raise ValueError(
                f"effective_from of {self.key} is {self.effective_from}, before the text was "
                f"adopted on {self.version}; mend either day"
            )
        if self.effective_until is not None and self.effective_until < self.effective_from:
            raise ValueError(
                f"effective_until of {self.key} is {self.effective_until}, before it begins on "
                f"{self.effective_from}; mend either day"
            )
        if self.verified and not (self.quote.strip() and self.articles):
            raise ValueError(
                f"verified of {self.key} is true without quote and articles; give both, or false"
            )

    def in_force(self, day: dt.date) -> bool:
        """Whether it has effect on a day."""
        return self.effective_from <= day and (
            self.effective_until is None or day <= self.effective_until
        )


class Bases:
    """All versions of all bases. Raises BasisError where versions of one overlap."""

    def __init__(self, bases: Sequence[Basis]) -> None:
        self._by_key: dict[str, list[Basis]] = {}
        for basis in sorted(bases, key=lambda basis: (basis.key, basis.effective_from)):
            self._by_key.setdefault(basis.key, []).append(basis)
        for versions in self._by_key.values():
            for one, following in pairwise(versions):
                if one.in_force(following.effective_from):
                    raise BasisError(
                        f"{one.key}: effective_until of the text of {one.version} is "
                        f"{one.effective_until or 'open'}, but the text of {following.version} "
                        f"begins on {following.effective_from}; end it before"
                    )

    def versions(self, key: str) -> tuple[Basis, ...]:
        """Versions of a basis, oldest first; none where the key is unknown."""
        return tuple(self._by_key.get(key, ()))

    def at(self, day: dt.date) -> tuple[Basis, ...]:
        """Every basis in force on a day, verified or not, by key."""
        found = (self.get(key, day) for key in self._by_key)
        return tuple(basis for basis in found if basis is not None)

    def get(self, key: str, day: dt.date) -> Basis | None:
        """The version in force on a day, verified or not: good as context, not as a ground."""
        return next((basis for basis in self.versions(key) if basis.in_force(day)), None)

    def citable(self, key: str, day: dt.date) -> Basis:
        """The version that may ground a decision of that day.

        Raises NotCitableError saying why there is none.
        """
        basis = self.get(key, day)
        if basis is not None and basis.verified:
            return basis
        if basis is not None:
            said = f"its text of {basis.version}, in force since {basis.effective_from}, is unread"
            raise NotCitableError(key, day, "unverified", said)
        versions = self.versions(key)
        if not versions:
            raise NotCitableError(key, day, "unknown", "no basis has this key")
        before = [each for each in versions if each.effective_from <= day]
        if not before:
            said = f"it takes effect on {versions[0].effective_from}"
            raise NotCitableError(key, day, "not_yet", said)
        said = f"its text of {before[-1].version} ended on {before[-1].effective_until}"
        raise NotCitableError(key, day, "ended", said)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    basis: tuple[Basis, ...]


def load(path: Path | None = None) -> Bases:
    """The shipped bases, or those in an operator's file. Raises BasisError."""
    source = path or files("lianzhi.law").joinpath("bases.toml")
    try:
        data = tomllib.loads(source.read_text("utf-8"))
        return Bases(msgspec.convert(data, _File).basis)
    except (OSError, ValueError, msgspec.ValidationError) as error:
        raise BasisError(f"{source.name}: {error}; mend it and start again") from None
