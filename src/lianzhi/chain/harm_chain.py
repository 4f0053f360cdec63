"""The whole chain of a harm 全链条: linked cases by tier 环节, what stands at each, where to look.

Tiers (who recruits, who organises, which accounts, which posts, who profits) are the chain's policy
data; a kind of case says in `CaseType.tiers` what of them it shows. Cases belong to one chain where
links lead from one to the other (`chain.link`). A chain is a way to look and no ground for a
measure: nothing is done to anybody because a case is in it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, get_args

import msgspec

from lianzhi.chain.measure import SubjectType, is_thing
from lianzhi.chain.policy import CasePolicy, CaseType, Tier

#: Keys of `CaseType.tiers` besides roles: what a case is about, and the items in its evidence.
CASE, ITEMS = "case", "items"

Status = Literal["blind", "unseen", "looked", "untouched", "handed", "partly", "dealt"]
"""How a tier of one chain stands. `blind`: no detector and no kind of case that is in use here can
show it. `unseen`: one could, and has shown nothing. `looked`: unseen, and a person has looked and
found nothing. `untouched`: seen, and nothing stands. `handed`: handed to another body, nothing else
stands. `partly`, `dealt`: a measure stands in some, or in each, of the cases that show it."""
STATUSES: tuple[Status, ...] = get_args(Status)

State = Literal["end_only", "untouched", "partly", "again", "broken"]
"""How a whole chain stands, by its driving tiers. `end_only`: none of them was seen. `untouched`:
nothing stands at any. `partly`: something stands, at none in each case. `broken`: at one of them a
measure stands in each case that shows it, and no finding has come since; `again`: one has."""
STATES: tuple[State, ...] = get_args(State)


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A case of a chain, as tables tell it. Times are Unix milliseconds UTC."""

    id: str
    kind: str
    about: str
    opened_at: int
    status: str
    roles: frozenset[str] = frozenset()
    """Parts that its findings say were played."""
    found_at: int = 0
    """When its newest finding was made."""
    looked: Mapping[str, bool] = {}
    """Tier -> whether a person who looked there found something."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A measure that stands: ordered or applied, and not taken back."""

    case: str
    key: str
    role: str
    subject_type: SubjectType
    item: str
    ordered_at: int


class AtTier(msgspec.Struct, frozen=True, kw_only=True):
    """One tier of one chain."""

    tier: Tier
    status: Status
    seen: tuple[str, ...] = ()
    """Cases that show it."""
    untouched: tuple[str, ...] = ()
    """Of these, those in which nothing stands."""
    measures: Mapping[str, int] = {}
    """Kind of measure -> how many stand."""
    at: int = 0
    """When the newest of them was ordered; 0: none."""


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """A place to look at next: something stands at `after`, and `tier` is seen and open, unseen, or
    not to be seen from here."""

    tier: Tier
    after: Tier
    why: Status
    cases: tuple[str, ...] = ()
    """Cases there in which nothing stands."""


class HarmChain(msgspec.Struct, frozen=True, kw_only=True):
    """Linked cases, by tier."""

    cases: tuple[Seen, ...]
    """The first opened first."""
    tiers: tuple[AtTier, ...]
    state: State
    looks: tuple[Look, ...] = ()

    @property
    def id(self) -> str:
        """Its first case."""
        return self.cases[0].id


def components(names: Iterable[str], links: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Groups of names between which links lead, in the order given; union-find with path halving
    (Tarjan and van Leeuwen, 1984). Links to unknown names are left out."""
    root = {name: name for name in names}

    def find(name: str) -> str:
        while root[name] != name:
            root[name] = root[root[name]]
            name = root[name]
        return name

    for name, linked in links:
        if name in root and linked in root:
            root[find(linked)] = find(name)
    groups: dict[str, list[str]] = {}
    for name in root:
        groups.setdefault(find(name), []).append(name)
    return list(groups.values())


def shown(kind: CaseType, roles: Iterable[str]) -> frozenset[str]:
    """Tiers that a case of this kind shows, by the parts played in it."""
    keys = {CASE, ITEMS, *roles}
    return frozenset(tier for key, tier in kind.tiers.items() if key in keys)


def reached(measure: Standing, kind: CaseType, tiers: Sequence[Tier]) -> str:
    """The tier that a measure reaches: by what it is on, or the part that its subject played;
    empty: none."""
    if measure.item:
        return kind.tiers.get(CASE if is_thing(measure.item) else ITEMS, "")
    by_type = (tier.key for tier in tiers if measure.subject_type in tier.subject_types)
    return next(by_type, "") or kind.tiers.get(measure.role, "")


def build(cases: Iterable[Seen], standing: Iterable[Standing], policy: CasePolicy) -> HarmChain:
    """The chain that these cases make. Cases closed as false positives must be left out."""
    ordered = tuple(sorted(cases, key=lambda case: (case.opened_at, case.id)))
    kinds = {case.id: policy.type_of(case.kind) for case in ordered}
    showing: dict[str, dict[str, None]] = {tier.key: {} for tier in policy.tiers}
    for case in ordered:
        by_people = {tier for tier, result in case.looked.items() if result}
        for key in shown(kinds[case.id], case.roles) | by_people & showing.keys():
            showing[key][case.id] = None
    done: dict[str, list[Standing]] = {tier.key: [] for tier in policy.tiers}
    for measure in standing:
        if key := reached(measure, kinds[measure.case], policy.tiers):
            showing[key][measure.case] = None
            done[key].append(measure)
    looked = {tier for case in ordered for tier in case.looked}
    visible = set().union(*(kind.tiers.values() for kind in policy.types))
    tiers = tuple(
        _at(tier, tuple(showing[tier.key]), done[tier.key], tier.key in looked, tier.key in visible)
        for tier in policy.tiers
    )
    last = max((case.found_at for case in ordered), default=0)
    return HarmChain(cases=ordered, tiers=tiers, state=_state(tiers, last), looks=_looks(tiers))


def _at(
    tier: Tier, seen: tuple[str, ...], done: Sequence[Standing], looked: bool, visible: bool
) -> AtTier:
    if not seen:
        return AtTier(tier=tier, status="looked" if looked else "unseen" if visible else "blind")
    acted = {measure.case for measure in done if measure.key != "transfer"}
    status: Status
    if not acted:
        status = "handed" if done else "untouched"
    else:
        status = "dealt" if acted.issuperset(seen) else "partly"
    measures: dict[str, int] = {}
    for measure in done:
        measures[measure.key] = measures.get(measure.key, 0) + 1
    return AtTier(
        tier=tier,
        status=status,
        seen=seen,
        untouched=tuple(case for case in seen if case not in acted),
        measures=measures,
        at=max((measure.ordered_at for measure in done), default=0),
    )


def _state(tiers: Sequence[AtTier], last_found: int) -> State:
    driving = [each for each in tiers if each.tier.drives and each.seen]
    if not driving:
        return "end_only"
    dealt = [each.at for each in driving if each.status == "dealt"]
    if dealt:
        return "again" if last_found > max(dealt) else "broken"
    return "partly" if any(each.measures for each in driving) else "untouched"


def _looks(tiers: Sequence[AtTier]) -> tuple[Look, ...]:
    """Each tier once, after the first at which something stands."""
    by_key = {each.tier.key: each for each in tiers}
    looks: dict[str, Look] = {}
    for here in tiers:
        for key in here.tier.next if here.measures else ():
            there = by_key[key]
            if there.status not in ("looked", "handed", "dealt"):
                look = Look(
                    tier=there.tier, after=here.tier, why=there.status, cases=there.untouched
                )
                looks.setdefault(key, look)
    return tuple(looks.values())
