"""Legal basis 依据: an article with its dates of effect, and whether it may be cited on a day.

Statutes are revised: an article ends with its version, and the same matter continues in the next
one, possibly under another number. So a basis is named by its matter, with successive versions.
Only a text checked against the statute (`verified`) grounds a decision. Where none is in force, the
ground is the platform's own published rule, and the statute is given as context.

`bases/` has one file for one statute or a few related ones, with the number of its articles.
Domains and deployments bring folders of their own, which `load` reads one over the other
(`data_files.py`); `applicable.py` decides between versions when the text has changed since the act.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import msgspec

from lianzhi.law.articles import Statute, Statutes
from lianzhi.law.data_files import load as load_files
from lianzhi.law.data_files import overlay
from lianzhi.law.versions import Versions, check_days
from lianzhi.law.words import Words
from lianzhi.typed_toml import convert

SHIPPED = Path(str(files("lianzhi.law"))) / "bases"
"""Folder of the bases shipped with `lianzhi.law`."""
_KEY = re.compile(r"[a-z_]+\.[a-z_]+")
_ARTICLE = re.compile(r"[1-9][0-9]*(\([1-9][0-9]*\))*")

Why = Literal["unknown", "not_yet", "ended", "unverified", "changed"]
#: The kinds of penalty of 行政处罚法 9, mildest first.
Sanction = Literal[
    "warning", "criticism", "fine", "confiscation", "suspension", "downgrade", "restriction",
    "stoppage", "closure", "disqualification", "revocation", "detention",
]  # fmt: skip
Subject = Literal["any", "person", "unit", "responsible"]


class BasisError(ValueError):
    """The file of bases cannot be used; the message names file, field, value and remedy."""


class NotCitableError(ValueError):
    """A basis that may not ground a decision on a day; `why` is a catalogue key."""

    def __init__(self, key: str, day: dt.date, why: Why, reason: str) -> None:
        self.key, self.day, self.why = key, day, why
        super().__init__(
            f"basis {key} cannot be cited on {day}: {reason}; ground the measure on the platform's "
            "own published rule and give the statute as context"
        )


class Fine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Range of the fine that a basis allows for a kind of subject, in yuan, both ends included."""

    subject: Subject = "any"
    """`unit` 单位, `person` 个人, `responsible` 直接负责的主管人员和其他直接责任人员 of a unit."""
    least: int = msgspec.field(default=0, name="from")
    most: int = msgspec.field(name="to")
    grave: int | msgspec.UnsetType = msgspec.field(default=msgspec.UNSET, name="grave_to")
    """Maximum in the aggravated case (情节严重, 拒不改正), where the text has one."""

    def __post_init__(self) -> None:
        if not 0 <= self.least <= self.most or self.most == 0:
            raise ValueError(f"fine is {self.least} to {self.most}; give 0 <= from <= to, to > 0")
        if self.grave is not msgspec.UNSET and self.grave < self.most:
            raise ValueError(f"grave_to is {self.grave}, below {self.most}; give the larger sum")

    @property
    def highest(self) -> int:
        """The maximum of the ordinary and the aggravated case."""
        return self.most if self.grave is msgspec.UNSET else self.grave


class Basis(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One matter in one version of a statute. Days are those of China and inclusive."""

    key: str
    """Statute and matter, the same in every version: `minors.notice`."""
    statute: str
    """Short name in Chinese: 未成年人保护法."""
    version: dt.date
    """The day on which this text of the statute was adopted."""
    articles: tuple[str, ...] = ()
    """Article, then paragraph 款 or item 项: `77(1)`; empty while the text has not been read."""
    kind: Literal["duty", "penalty", "procedure"] = "duty"
    """Whether it states a duty, the penalty for a breach, or a procedure."""
    binds: Literal["anyone", "provider", "party", "authority"] = "anyone"
    """Whom it obliges: an account can only violate what obliges anyone. A `party` 当事人 stands
    before an `authority`."""
    effective_from: dt.date
    effective_until: dt.date | None = None
    """Last day of effect; None while no end is known."""
    title: Words
    """The citation for readers."""
    quote: str = ""
    """A short verbatim passage of the Chinese text."""
    sanctions: tuple[Sanction, ...] = ()
    """Kinds of penalty that it provides."""
    fines: tuple[Fine, ...] = ()
    """Fines by subject; for a text with several steps, the ordinary one."""
    verified: bool = False
    """Whether it was checked against the statute."""

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
        check_days(self)
        if self.verified and not (self.quote.strip() and self.articles):
            raise ValueError(
                f"verified of {self.key} is true without quote and articles; give both, or false"
            )

        subjects = [fine.subject for fine in self.fines]
        if len(set(subjects)) < len(subjects) or (subjects and "fine" not in self.sanctions):
            raise ValueError(
                f"fines of {self.key} has a subject twice, or sanctions lacks 'fine'; mend either"
            )

    def fine(self, subject: Subject) -> Fine | None:
        """The fine for a subject, by its own range or that for any subject."""
        own = {fine.subject: fine for fine in self.fines}
        return own.get(subject, own.get("any"))


class Bases(Versions[Basis]):
    """All versions of all bases, and the statutes whose articles were counted.

    Raises BasisError where versions of one overlap, or a basis cites an article that its text does
    not have.
    """

    def __init__(self, bases: Iterable[Basis], statutes: Iterable[Statute] = ()) -> None:
        try:
            super().__init__(bases)
            self.statutes = Statutes(statutes)
        except ValueError as error:
            raise BasisError(str(error)) from None
        self._of_statute: dict[str, dict[str, None]] = {}
        for key in self:
            for basis in self.versions(key):
                self._of_statute.setdefault(basis.statute, {})[key] = None
                for problem in self._missing_articles(basis):
                    raise BasisError(f"articles of {key}: {problem}")

    def _missing_articles(self, basis: Basis) -> Iterator[str]:
        """Messages about articles of a basis above the number that its text has."""
        for place in basis.articles:
            article = int(place.partition("(")[0])
            if problem := self.statutes.doubt(basis.statute, article, basis.effective_from):
                yield problem

    def of_statute(self, statute: str) -> tuple[str, ...]:
        """Keys of bases that some version takes from a statute, in order."""
        return tuple(self._of_statute.get(statute, ()))

    def in_force_on_all(self, key: str, days: Sequence[dt.date]) -> Basis:
        """The single version that may be cited on each of the days of a case, at least one.

        Raises NotCitableError as `citable` does, or with `changed` where the text changed in
        between.
        """
        versions = [self.citable(key, day) for day in sorted(days)]
        if versions[0] is not versions[-1]:
            reason = f"its text of {versions[0].version} gave way to that of {versions[-1].version}"
            raise NotCitableError(key, max(days), "changed", reason)
        return versions[0]

    def citable(self, key: str, day: dt.date) -> Basis:
        """The version that may ground a decision on that day.

        Raises NotCitableError with the reason.
        """
        basis = self.get(key, day)
        if basis is not None and basis.verified:
            return basis
        if basis is not None:
            reason = (
                f"its text of {basis.version}, in force since {basis.effective_from}, is unread"
            )
            raise NotCitableError(key, day, "unverified", reason)
        versions = self.versions(key)
        if not versions:
            raise NotCitableError(key, day, "unknown", "no basis has this key")
        before = [each for each in versions if each.effective_from <= day]
        if not before:
            reason = f"it takes effect on {versions[0].effective_from}"
            raise NotCitableError(key, day, "not_yet", reason)
        reason = f"its text of {before[-1].version} ended on {before[-1].effective_until}"
        raise NotCitableError(key, day, "ended", reason)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    basis: tuple[Basis, ...] = ()
    statute: tuple[Statute, ...] = ()


def load(folders: Sequence[Path]) -> Bases:
    """The bases in TOML files of folders, with the statutes whose articles they count.

    Raises BasisError naming file, field and remedy.
    """

    def read(data: dict[str, Any]) -> _File:
        return convert(data, _File)

    def merge(layers: Sequence[Sequence[_File]]) -> Bases:
        bases = overlay([each for file in layer for each in file.basis] for layer in layers)
        counted = overlay([each for file in layer for each in file.statute] for layer in layers)
        return Bases(bases, counted)

    return load_files(folders, read, merge, BasisError)


@cache
def shipped() -> Bases:
    """The bases common to all domains: of private, data and public-order law, and redress."""
    return load([SHIPPED])
