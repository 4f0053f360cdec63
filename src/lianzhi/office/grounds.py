"""Grounds: what a decision may rest on, a published rule of the platform or a statute in force."""

import datetime as dt

import msgspec

from lianzhi.chain.decision import Ground
from lianzhi.chain.rules import PlatformRule, RuleNotInForceError, Rules
from lianzhi.law.basis import Bases, Basis, NotCitableError
from lianzhi.law.words import LANGUAGES


class PublishedGrounds:
    """Implements `office.ports.Grounds` on rules and statutes. Days are those of `zone`."""

    def __init__(self, rules: Rules, bases: Bases, zone: dt.tzinfo) -> None:
        self.rules, self.bases, self.zone = rules, bases, zone

    def day(self, ms: int) -> dt.date:
        """The day of a time, in the deployment's zone."""
        return dt.datetime.fromtimestamp(ms / 1000, dt.UTC).astimezone(self.zone).date()

    def cite(self, key: str, acted: int, at: int) -> Ground:
        """The ground of this key for a decision at `at` about an act of `acted`.

        Keys of legal bases hold a dot, those of rules do not. Raises ValueError saying why a
        ground can't be cited: unknown, not yet in force or no longer, unread, or, for a statute,
        one that obliges providers and not accounts.
        """
        day = self.day(at)
        if "." not in key:
            rule = self.rules.ground(key, acted=self.day(acted), decided=day)
            context = tuple(name for name in rule.context if self.bases.get(name, day) is not None)
            return Ground(kind="rule", key=key, version=str(rule.version), context=context)
        basis = self.bases.citable(key, day)
        if basis.binds != "anyone":
            raise ValueError(f"basis {key} obliges providers, not accounts; cite a rule instead")
        return Ground(kind="statute", key=key, version=str(basis.version))

    def choices(self, acted: int, at: int) -> tuple[list[PlatformRule], list[Basis]]:
        """What a decision at `at` about an act of `acted` may rest on."""
        day, rules = self.day(at), []
        for rule in self.rules.in_force(self.day(acted)):
            try:
                rules.append(self.rules.ground(rule.key, acted=self.day(acted), decided=day))
            except RuleNotInForceError:
                continue
        bases = []
        for basis in self.bases.at(day):
            try:
                citable = self.bases.citable(basis.key, day)
            except NotCitableError:
                continue
            if citable.binds == "anyone":
                bases.append(citable)
        return rules, bases

    def source(self, ground: Ground) -> PlatformRule | Basis | None:
        """The version that a decision cited; None where its file is no longer there."""
        if not ground.version:
            return None
        version = dt.date.fromisoformat(ground.version)
        if ground.kind == "rule":
            rule = self.rules.get(ground.key, version)
            return rule if rule is not None and rule.version == version else None
        versions = self.bases.versions(ground.key)
        return next((v for v in versions if v.version == version), None)

    def fault(self, ground: Ground) -> str:
        """Why a decision may not rest on this very version; empty: it may."""
        source = self.source(ground)
        if source is None:
            return f"no version of {ground.version or 'no date'} of {ground.key} is kept"
        if isinstance(source, Basis) and not source.verified:
            return f"the text of {ground.version} of {ground.key} is unread"
        return ""

    def words(self, ground: Ground) -> dict[str, str]:
        """Its title by language, as people read it."""
        return {language: ground_text(self, ground, language).title for language in LANGUAGES}

    def exemplary(self, at: int) -> bool:
        """Whether the shipped example rules are in force, which nobody has published."""
        return self.rules.example(self.day(at))


class GroundText(msgspec.Struct, frozen=True):
    """A ground as people read it."""

    title: str
    text: str
    url: str = ""
    context: tuple[str, ...] = ()
    """Titles of the legal bases beside it."""


def ground_text(grounds: PublishedGrounds, ground: Ground, language: str) -> GroundText:
    """A ground in a language, `zh` or `en`; its key and version where its file is gone."""
    source = grounds.source(ground)
    if isinstance(source, PlatformRule):
        day = dt.date.fromisoformat(ground.version)
        beside = (grounds.bases.get(key, day) for key in ground.context)
        context = tuple(b.title.say(language) for b in beside if b is not None)
        title, text = source.title.say(language), source.text.say(language)
        return GroundText(title, text, source.url, context)
    if isinstance(source, Basis):
        return GroundText(source.title.say(language), source.quote)
    return GroundText(f"{ground.key} ({ground.version})", "")
