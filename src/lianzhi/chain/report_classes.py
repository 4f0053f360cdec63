"""Report classes 举报类别: what a person may report, and where it goes.

What is ours to work on names a harm kind. Everything else is passed on to the body that is
responsible (`route`) and never judged here: no list of words stands behind it.
"""

from collections.abc import Collection
from pathlib import Path

import msgspec

from lianzhi.chain.dated import read, versions
from lianzhi.chain.policy import Dated, PolicyError
from lianzhi.chain.statement import is_address
from lianzhi.law.words import Words

#: Most characters of the plain words, so that they fit a button on a phone.
PLAIN_ZH, PLAIN_EN = 14, 40


class ReportClass(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One class of report."""

    key: str
    zh: str
    """Name that the desk uses."""
    en: str
    plain: Words
    """Plain name for a person in distress."""
    ours: str = ""
    """The harm kind, where it is ours to work on."""
    hotline: str = ""
    """Class or entry of the national hotline 12377 under which it is filed there, if any."""
    route: Words | None = None
    """Who is responsible, where it is not ours."""
    minors_first: bool = False
    """A report about a minor is worked on before others of its class."""
    source: str = ""
    """Page on which the hotline's class was read; empty where the class is our own."""

    def __post_init__(self) -> None:
        for field in ("key", "zh", "en"):
            if not getattr(self, field).strip():
                raise ValueError(f"{field} of {self.key!r} is empty; fill it in")
        if bool(self.ours) == (self.route is not None):
            raise ValueError(f"{self.key} needs either ours or route; give one of them")
        for text, most in ((self.plain.zh, PLAIN_ZH), (self.plain.en, PLAIN_EN)):
            if len(text) > most:
                raise ValueError(f"plain of {self.key} is {text!r}; say it in {most} characters")
        if self.source and not is_address(self.source):
            raise ValueError(f"source of {self.key} is {self.source!r}; give an http(s) address")


class ReportClasses(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The classes of one version, in the order in which they are offered."""

    report_class: tuple[ReportClass, ...]

    def __post_init__(self) -> None:
        keys = [each.key for each in self.report_class]
        if twice := [key for key in keys if keys.count(key) > 1]:
            raise ValueError(f"key {twice[0]!r} stands twice; give each class its own")

    def ours(self) -> tuple[ReportClass, ...]:
        """What is worked on here."""
        return tuple(each for each in self.report_class if each.ours)

    def routed(self) -> tuple[ReportClass, ...]:
        """What is passed on."""
        return tuple(each for each in self.report_class if each.route is not None)

    def get(self, key: str) -> ReportClass:
        """One class. Raises ValueError naming the classes that there are."""
        for each in self.report_class:
            if each.key == key:
                return each
        known = ", ".join(each.key for each in self.report_class)
        raise ValueError(f"class is {key!r}; choose one of {known}")


def load(folder: Path, kinds: Collection[str]) -> Dated[ReportClasses]:
    """The dated classes in a folder, with harm of the given kinds. Raises PolicyError."""
    classes = read(ReportClasses, folder)
    for version, each in versions(classes):
        for report_class in each.ours():
            if report_class.ours not in kinds:
                raise PolicyError(
                    f"policy {version}.toml: ours of {report_class.key} is {report_class.ours!r}; "
                    f"choose among {', '.join(kinds)}"
                )
    return classes
