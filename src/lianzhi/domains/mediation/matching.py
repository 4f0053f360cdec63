"""Matching: which mediators suit a dispute, each score explained by its parts. Pure.

Limits come first: who lacks a language or a valid certificate, has a conflict of interest or as
many disputes as they may have is excluded, with every reason. The others get points by policy.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Literal, NamedTuple, get_args

import msgspec

from lianzhi.domains.mediation.routes import Field

Certificate = Literal["legal", "psychology"]
CERTIFICATES: tuple[Certificate, ...] = get_args(Certificate)
Weight = Annotated[float, msgspec.Meta(ge=0, le=100)]
Barrier = Literal["retired", "officer", "employer", "office", "language", "certificate", "full"]


class Mediator(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who they are is their user name; the reason of a retirement is a text of its entry."""

    id: str
    """User name with which the mediator signs in."""
    fields: tuple[str, ...] = ()
    rooms: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    certificates: dict[Certificate, dt.date] = {}
    """Last day on which each is valid."""
    employers: tuple[str, ...] = ()
    """Vault tokens of enterprises with which there is a conflict of interest."""
    offices: tuple[str, ...] = ()
    """Offices with which there is one."""
    most_open: int = 1
    """Most disputes that they have open at a time."""
    status: Literal["active", "retired"] = "active"
    index: int = 0
    """Entry that last told it."""


class MatchingPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One dated version of the weights; the TOML file explains the fields."""

    field: Weight
    room: Weight
    load: Annotated[float, msgspec.Meta(gt=0, le=100)]
    certificate: Weight
    certificates: dict[Field, tuple[Certificate, ...]] = {}
    """Certificates without which nobody mediates in a field."""


class Needs(msgspec.Struct, frozen=True, kw_only=True):
    """What a dispute asks of its mediator."""

    field: str
    office: str = ""
    """Whose act is disputed."""
    officer: str = ""
    """User who handled the matter there."""
    parties: frozenset[str] = frozenset()
    """Vault tokens of the parties."""
    room: str = ""
    languages: tuple[str, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    """Beside those that policy asks for in its field."""


class Part(NamedTuple):
    """One part of a score, with the points that it counts."""

    key: Literal["field", "room", "load", "certificate"]
    value: str
    points: float


class Reason(NamedTuple):
    """Why a mediator is not proposed."""

    key: Barrier
    value: str


class Candidate(NamedTuple):
    """A mediator who may be assigned."""

    mediator: str
    score: float
    parts: tuple[Part, ...]
    open: int
    most_open: int


class Excluded(NamedTuple):
    """A mediator who may not, with every reason."""

    mediator: str
    reasons: tuple[Reason, ...]


class Ranking(NamedTuple):
    """Candidates, the best first; and who is none."""

    candidates: tuple[Candidate, ...]
    excluded: tuple[Excluded, ...]


def rank(
    needs: Needs,
    mediators: Iterable[Mediator],
    load: Mapping[str, int],
    policy: MatchingPolicy,
    today: dt.date,
) -> Ranking:
    """Mediators for a dispute on a day; equal scores by fewer open disputes, then by name.

    `load`: open disputes by mediator. A conflict of interest holds by the vault token of a party:
    an enterprise under another name is not recognised.
    """
    candidates, excluded = [], []
    for mediator in mediators:
        count = load.get(mediator.id, 0)
        if reasons := tuple(_barriers(needs, mediator, count, policy, today)):
            excluded.append(Excluded(mediator.id, reasons))
            continue
        parts = tuple(_parts(needs, mediator, count, policy, today))
        score = sum(part.points for part in parts)
        candidates.append(Candidate(mediator.id, score, parts, count, mediator.most_open))
    candidates.sort(key=lambda each: (-each.score, each.open, each.mediator))
    return Ranking(tuple(candidates), tuple(sorted(excluded)))


def conflicts(needs: Needs, mediator: Mediator) -> Iterator[Reason]:
    """The mediator's conflicts of interest."""
    if needs.officer == mediator.id:
        yield Reason("officer", "")
    for token in sorted(needs.parties.intersection(mediator.employers)):
        yield Reason("employer", token)
    if needs.office in mediator.offices:
        yield Reason("office", needs.office)


def _barriers(
    needs: Needs, mediator: Mediator, count: int, policy: MatchingPolicy, today: dt.date
) -> Iterator[Reason]:
    if mediator.status != "active":
        yield Reason("retired", "")
    yield from conflicts(needs, mediator)
    for language in needs.languages:
        if language not in mediator.languages:
            yield Reason("language", language)
    wanted = {*needs.certificates, *policy.certificates.get(needs.field, ())}  # type: ignore[call-overload]
    for certificate in sorted(wanted - _valid(mediator, today)):
        yield Reason("certificate", certificate)
    if count >= mediator.most_open:
        yield Reason("full", str(count))


def _parts(
    needs: Needs, mediator: Mediator, count: int, policy: MatchingPolicy, today: dt.date
) -> Iterator[Part]:
    if needs.field in mediator.fields:
        yield Part("field", needs.field, policy.field)
    if needs.room and needs.room in mediator.rooms:
        yield Part("room", needs.room, policy.room)
    for certificate in sorted(_valid(mediator, today)):
        yield Part("certificate", certificate, policy.certificate)
    share = 1 - count / mediator.most_open
    yield Part("load", f"{count}/{mediator.most_open}", policy.load * share)


def _valid(mediator: Mediator, today: dt.date) -> set[Certificate]:
    return {key for key, until in mediator.certificates.items() if today <= until}
