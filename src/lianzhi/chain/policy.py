"""Policy: dated, versioned data that a lawyer can edit; code holds no thresholds.

A policy folder holds one TOML file per version, named by the day from which it applies
(`2026-11-01.toml`). The version in force at an event's time judges that event.
"""

import datetime as dt
import math
import tomllib
from bisect import bisect_right
from collections.abc import Callable, Iterable
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Generic, Literal, Protocol, TypeVar

import msgspec

from lianzhi.chain.finding import Stage
from lianzhi.chain.measure import SubjectType
from lianzhi.typed_toml import convert

T = TypeVar("T")

#: Hex digits of a file's SHA-256 in the name of its version: enough to tell edits apart, no proof.
_DIGITS = 8


class PolicyError(ValueError):
    """A policy file cannot be used; the message names file, field and mend."""


class Rung(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a proposal becomes for an account whose strikes come to so many points."""

    from_points: float
    key: str
    hours: int = 0


class Proposal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A measure or protection that a rule proposes when a finding reaches a stage."""

    key: str
    """What is proposed, e.g. `mute` or `protection.strangers`."""
    at: Stage
    to: str
    """`about` (the harmed person) or a role: `originator`, `inciter`, ..."""
    mode: str = "shadow"
    """A rule is born in shadow: it records what it would do."""
    hours: int = 0
    """How long it would last; 0 where it does not last."""
    ground: str = ""
    """The published rule of the platform on which it would rest."""
    facts: dict[str, str] = {}
    """By language: what an account is told where the rule decides by itself."""
    rungs: tuple[Rung, ...] = ()
    """Harder steps for accounts with strikes: a ladder."""
    kinds: tuple[str, ...] = ()
    """Kinds of finding on which it is proposed; empty in a domain's policy: all of the domain's."""


class MeasureRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What policy asks of one kind of measure."""

    most_hours: int = 0
    """Longest time; 0: it has no length."""
    permanent: bool = False
    """Whether it may be without end."""
    severe: Literal["never", "permanent", "always"] = "never"
    """When a person has to decide it, one who may decide severe measures."""
    persons: Annotated[int, msgspec.Meta(ge=1, le=2)] = 1
    """How many people a severe one takes."""

    def is_severe(self, hours: int) -> bool:
        """Whether this measure, so long, is severe."""
        return self.severe == "always" or (self.severe == "permanent" and hours == 0)


class Tier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One tier 环节 of the chains of harm; see `chain.harm_chain`."""

    key: str
    zh: str
    en: str
    drives: bool = False
    """Whether the harm goes on while this tier stands, whatever is done to accounts and posts."""
    next: tuple[str, ...] = ()
    """Where to look once something is done here."""
    subject_types: tuple[SubjectType, ...] = ()
    """Measures on these subjects reach it, whichever case they are ordered in."""


class CaseType(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What may be done on cases of one kind."""

    kind: str
    outcomes: tuple[str, ...]
    measures: tuple[str, ...] = ()
    """Kinds of measure that may be ordered; none for a case in which nobody is answerable."""
    detected: bool = True
    """Whether a detector finds them; else a person concludes it."""
    about: Literal["account", "thing", "party"] = "account"
    """What its cases are about: a person, who can be protected; a film, a link, a text; or a party,
    who is answerable itself before an authority."""
    subject_types: tuple[SubjectType, ...] = ("account",)
    """What its measures may concern."""
    categories: dict[str, str] = {}
    """Of a case of a party: what its decisions are filed as in a statement of reasons, by the first
    part of the legal item; `*`: any other."""
    redress: dict[str, str] = {}
    """Of a case of a party, by language: before whom its decisions are contested, for how long."""
    ground: str = ""
    """Published rule or legal basis on which decisions usually rest; empty: none is proposed."""
    answerable: tuple[str, ...] = ()
    """Roles that a measure may concern."""
    by_role: dict[str, tuple[str, ...]] = {}
    """What else may be ordered on accounts that played a role."""
    on_thing: tuple[str, ...] = ()
    """What may be ordered on the thing itself that a case is about, whoever made it what it is."""
    guards: dict[str, tuple[str, ...]] = {}
    """Step -> the guards that it has to pass besides those that always hold; `chain.guards`."""

    tiers: dict[str, str] = {}
    """What its cases show of a harm's whole chain: `case`, `items` or a role -> the tier."""

    def on(self, role: str) -> tuple[str, ...]:
        """Measures that may be ordered on whoever played this role."""
        return (*self.measures, *self.by_role.get(role, ()))


class StrikePolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Points = weight of the measure x weight of the role."""

    window_days: int
    expiry_days: int
    measures: dict[str, float]
    roles: dict[str, float]


class AppealPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Clocks of redress, in calendar days."""

    within_days: int
    """How long a decision may be contested."""
    answer_days: int
    """How soon an appeal is answered."""


class ReportPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a reporter of whom little is known is taken for."""

    reliability: float
    weight: float
    """How many reports that is worth."""
    answer_days: int
    severity: dict[str, float] = {}
    """Class of harm -> how many times it doubles the urgency."""


class AutomationPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bounds of rules that are switched on."""

    most_per_day: int
    """Measures of one rule in a day; beyond it the circuit breaker keeps them back."""
    fresh_minutes: int
    """A finding older than this orders nothing by itself."""
    utc_offset_hours: float

    def day_begins(self, now: int) -> int:
        """When the day of `now` (ms) began, where the deployment is."""
        shift = int(self.utc_offset_hours * 3_600_000)
        return (now + shift) // 86_400_000 * 86_400_000 - shift


#: However a lease is set: a clock that is set back must not lock people out for days.
LONGEST_LEASE_MINUTES = 240
#: What one person may have locked at a time: whoever opens one more lets go of the oldest.
MOST_LEASES = 5


class DeskPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the work of reviewers is shared out and looked after."""

    lease_minutes: Annotated[int, msgspec.Meta(ge=1, le=LONGEST_LEASE_MINUTES)]
    """How long a case is locked for the person who works on it."""
    second_review_share: float
    """Share of decisions that another reviewer looks at again."""
    golden_share: float
    """Share of the queue that is cases whose answer is known."""
    cases_per_day: int
    """Judgements of one person in a day: of decisions, closings, answers and looks alike."""
    rest_after: int
    """After so many in a row ..."""
    rest_minutes: int
    """... a rest of so long."""


class ReboundPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When harm after the closing of a case is an alarm, see `chain.revisit`."""

    calm_days: Annotated[int, msgspec.Meta(ge=1)]
    """Days before the incident that let expect what is usual."""
    alpha: Annotated[float, msgspec.Meta(gt=0, lt=1)]
    """Chance of a false alarm in all days since the closing together."""


class CasePolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When findings open, join and revisit a case, and what may follow."""

    opens_at: Stage
    joins_within_days: int
    """A finding about the same person within this many days joins the open case."""
    revisit_after_days: int
    rebound: ReboundPolicy
    evidence_kept: int
    """Most events copied into the vault as evidence of one finding."""
    links_within_days: int
    """Cases that share a person or an event within this many days are linked."""
    strikes: StrikePolicy
    appeals: AppealPolicy
    reports: ReportPolicy
    automation: AutomationPolicy
    desk: DeskPolicy
    measures: dict[str, MeasureRule]
    types: tuple[CaseType, ...]
    proposals: tuple[Proposal, ...] = ()
    tiers: tuple[Tier, ...] = ()
    """Tiers of the chains of harm, those that begin it first; see `chain.harm_chain`."""
    versions: dict[str, str] = {}
    """Version of the chain's and of each domain's policy, as `Dated` names it; `domains.policies`
    sets it, a file must not."""

    def versions_for(self, kind: str) -> dict[str, str]:
        """Versions that hold for cases of a kind: of the chain and of the kind's domain."""
        domain = kind.partition(".")[0]
        return {name: self.versions[name] for name in ("chain", domain) if name in self.versions}

    def proposal(self, key: str, to: str) -> Proposal | None:
        """The proposal of this measure to this role, where policy has one."""
        return next((p for p in self.proposals if (p.key, p.to) == (key, to)), None)

    def type_of(self, kind: str) -> CaseType:
        """What may be done on cases of a kind; where none is described, nobody is answerable."""
        matching = (kind_ for kind_ in self.types if kind_.kind == kind)
        return next(matching, CaseType(kind=kind, outcomes=("settled", "false_positive")))

    @property
    def without_victim(self) -> frozenset[str]:
        """Kinds of case that harm nobody in particular: about a thing, or a party."""
        return frozenset(each.kind for each in self.types if each.about != "account")

    def proposals_for(self, kind: str) -> tuple[Proposal, ...]:
        """Proposals on findings of a kind; none where the kind is about an object."""
        if self.type_of(kind).about != "account":
            return ()
        return tuple(each for each in self.proposals if kind in each.kinds)


class CaseTerms(Protocol):
    """What a domain's policy says of its cases; every domain's policy struct has these fields."""

    @property
    def types(self) -> tuple[CaseType, ...]:
        """What may be done on cases of each of its kinds."""
        ...

    @property
    def proposals(self) -> tuple[Proposal, ...]:
        """Measures that its rules propose."""
        ...


def compose(base: CasePolicy, parts: Iterable[CaseTerms]) -> CasePolicy:
    """The chain's policy of cases with the kinds and proposals of domains added, in their order.

    A proposal that names no kinds is made on every kind of its own domain. Raises ValueError where
    two describe one kind, or a proposal of the chain's names none.
    """
    types, proposals = [*base.types], [*base.proposals]
    if unbound := [each.key for each in proposals if not each.kinds]:
        raise ValueError(f"case.proposals {unbound[0]}: name the kinds on which it is proposed")
    for part in parts:
        kinds = tuple(each.kind for each in part.types)
        if twice := {*kinds} & {each.kind for each in types}:
            raise ValueError(f"case.types {min(twice)}: described twice; leave it to one domain")
        types += part.types
        proposals += (
            msgspec.structs.replace(each, kinds=each.kinds or kinds) for each in part.proposals
        )
    return msgspec.structs.replace(base, types=tuple(types), proposals=tuple(proposals))


class Dated(Generic[T]):
    """Versions of one policy, oldest first; `at(ms)` picks the one in force.

    A version is named by its first day and, where it comes from a file, the first digits of the
    file's SHA-256: `2026-11-01+3f9a2c1d`. So two files of one day are told apart.
    """

    def __init__(self, versions: list[tuple[str, T]]) -> None:
        if not versions:
            raise PolicyError("no policy version found: add a file named YYYY-MM-DD.toml")
        self._versions = sorted(versions, key=lambda pair: pair[0])
        self._starts = [_start_ms(version) for version, _ in self._versions]

    def at(self, ms: int) -> tuple[str, T]:
        """Name of the version and policy in force at event time `ms`.

        Events before the first version are judged by the first: a deployment that reads history
        has no other policy to judge it by.
        """
        return self._versions[max(bisect_right(self._starts, ms) - 1, 0)]

    def next_start(self, ms: int) -> float:
        """Event time from which another version than that at `ms` is in force; may be infinite."""
        later = max(bisect_right(self._starts, ms), 1)
        return self._starts[later] if later < len(self._starts) else math.inf

    def latest(self) -> tuple[str, T]:
        """The version with the latest date."""
        return self._versions[-1]


def _check_date(name: str) -> None:
    try:
        dt.date.fromisoformat(name)
    except ValueError:
        raise ValueError("its name is no date; name it YYYY-MM-DD.toml") from None


def first_day(version: str) -> dt.date:
    """The day from which a version of a policy applies."""
    return dt.date.fromisoformat(version.partition("+")[0])


def _start_ms(version: str) -> int:
    day = first_day(version)
    midnight = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
    return int(midnight.timestamp() * 1000)


def load_case_policy(own: Path | None = None) -> Dated[CasePolicy]:
    """What holds for the cases of every domain: the shipped versions, or those in the folder `own`.

    Kinds of case are the domains' to add, see `compose`. Raises PolicyError.
    """
    shipped = Path(str(files("lianzhi.chain") / "case_policy"))
    return load_policy("lianzhi.chain", CasePolicy, own or shipped, _check_versions)


def _check_versions(policy: CasePolicy) -> None:
    if policy.versions:
        raise ValueError("unknown field `versions`; leave it out")


def load_policy(
    package: str,
    form: type[T],
    override: Path | None = None,
    check: Callable[[T], None] = lambda policy: None,
) -> Dated[T]:
    """Read the versions in `package`/policy, or in a folder of the operator's own.

    `check` looks at each version as a whole and raises ValueError. Raises PolicyError naming file,
    field and mend.
    """
    folder: Traversable | Path = override or files(package).joinpath("policy")
    versions: list[tuple[str, T]] = []
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if not entry.name.endswith(".toml"):
            continue
        date = entry.name.removesuffix(".toml")
        try:
            _check_date(date)
            content = entry.read_bytes()
            data = tomllib.loads(content.decode("utf-8"))
            policy = convert(data, form)
            check(policy)
            versions.append((f"{date}+{sha256(content).hexdigest()[:_DIGITS]}", policy))
        except (OSError, ValueError, RecursionError) as error:
            raise PolicyError(f"policy {entry}: {error}; mend it and start again") from None
    return Dated(versions)
