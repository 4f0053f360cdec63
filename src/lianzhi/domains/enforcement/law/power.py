"""Power list 权力清单: what may be inspected, permitted, ordered and fined, by whom, on what basis.

The list is dated data, `policy/power_list/YYYY-MM-DD.toml`; a day is judged by the version in force
on it. An item whose bases have not been checked against the statute carries `verified = false`: it
appears on checklists, and `Power.enforceable` refuses it as a ground (行政处罚法 4, 38: a penalty
without a legal basis is void).
"""

import datetime as dt
import re
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Literal

import msgspec

from lianzhi.chain import dated
from lianzhi.chain.policy import PolicyError
from lianzhi.domains.enforcement.law import statutes
from lianzhi.law.articles import Statutes
from lianzhi.law.basis import Bases, Sanction
from lianzhi.law.words import Words
from lianzhi.typed_toml import convert

Kind = Literal["penalty", "permit", "inspection", "coercion"]
Subject = Literal["person", "unit", "responsible"]
"""Who is fined; `responsible`: the persons in charge at a unit, in addition to the unit."""

_KEY = re.compile(r"[a-z]+\.[a-z_]+")
_BASIS = re.compile(r"[a-z_]+\.[a-z_]+")
_ARTICLE = re.compile(r"[1-9][0-9]*(\([1-9][0-9]*\))*")
_POLICY = Path(str(files("lianzhi.domains.enforcement"))) / "policy"


class NotEnforceableError(ValueError):
    """An item that may not ground a penalty, permit or order; the message says why."""


class Department(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A department 部门 by its key."""

    key: str
    name: Words


class Citation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A legal basis: its key in `law.basis`, and the citation for readers."""

    basis: str
    """Key of the basis: `fire_law.exits`."""
    cite: str
    """Statute and article in Chinese; possibly the statute alone where it was not read."""
    article: str = ""
    """Article, paragraph, item: `60(1)(3)`; empty while unread."""
    quote: str = ""
    """Verbatim quotation of the statute; empty while unread."""


class Fine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A range of the statute in yuan, both ends included."""

    subject: Subject
    fine_to: int
    fine_from: int = 0
    """0: the statute gives no minimum, or a warning may stand alone."""
    grave: bool = False
    """Only where the statute's aggravated case is met (情节严重, 拒不改正 ...)."""
    after_order: bool = False
    """Only where an order to correct was not obeyed in time (逾期不改正)."""


class Other(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of penalty beside a fine that the basis provides."""

    kind: Sanction
    subject: Subject | Literal["any"] = "any"


class Item(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One legal item 事项 of the list."""

    key: str
    """Field and matter: `fire.exit_blocked`."""
    number: str
    """Number in the published list."""
    department: str
    kind: Kind
    title: Words
    violated: Citation | None = None
    """The provision violated; None for a permit, an inspection or a coercive measure."""
    penal: Citation
    """The provision that grants the power to fine, permit, inspect or seal."""
    fines: tuple[Fine, ...] = ()
    others: tuple[Other, ...] = ()
    """Possible sanctions beside a fine (行政处罚法 9); 没收违法所得 is `forfeits`."""
    forfeits: bool = False
    """Whether unlawful gains are forfeited 没收违法所得."""
    orders: tuple[str, ...] = ()
    """Other orders that may or must be given, in the words of the statute."""
    verified: bool = False
    """Whether the bases were checked against the statute."""

    def __post_init__(self) -> None:
        if not _KEY.fullmatch(self.key):
            raise ValueError(f"key is {self.key!r}; write field.matter in small letters")
        if wrong := next(self._wrong(), None):
            raise ValueError(f"{self.key}: {wrong}")

    def _wrong(self) -> Iterator[str]:
        cited = [each for each in (self.violated, self.penal) if each is not None]
        for citation in cited:
            if not _BASIS.fullmatch(citation.basis):
                yield f"basis is {citation.basis!r}; write statute.matter in small letters"
            if citation.article and not _ARTICLE.fullmatch(citation.article):
                yield f"article is {citation.article!r}; write like 60(1)(3)"
        if self.verified and not all(each.article and each.quote.strip() for each in cited):
            yield "verified is true without article and quote of each basis; give them, or false"
        if (self.kind == "penalty") != (self.violated is not None):
            yield f"violated, where kind is {self.kind}: penalties have it, the others have not"
        if self.fines and self.kind != "penalty":
            yield f"fines, where kind is {self.kind}: only penalties have them; take them out"
        for fine in self.fines:
            if not 0 <= fine.fine_from <= fine.fine_to:
                yield (
                    f"fine_from of {fine.subject} is {fine.fine_from} and fine_to {fine.fine_to}; "
                    "give 0 <= fine_from <= fine_to"
                )
        limbs = [(fine.subject, fine.grave) for fine in self.fines]
        if len(limbs) != len(set(limbs)):
            yield "fines name a subject twice in the same limb; keep one range"

    def provides(self, subject: Subject) -> frozenset[str]:
        """Kinds of penalty that may be imposed on a subject (行政处罚法 9)."""
        fits = {"any", subject, *(["responsible"] if subject == "person" else [])}
        kinds = {other.kind for other in self.others if other.subject in fits}
        kinds |= {"confiscation"} if self.forfeits else set()
        return frozenset(
            kinds | ({"fine"} if any(f.subject == subject for f in self.fines) else set())
        )

    def fine(self, subject: Subject, *, grave: bool = False) -> Fine | None:
        """The range for a subject; None where the statute does not fine it."""
        return next(
            (fine for fine in self.fines if (fine.subject, fine.grave) == (subject, grave)), None
        )

    def outside(
        self,
        subject: Subject,
        amount: Decimal | int,
        *,
        mitigated: bool = False,
        grave: bool = False,
    ) -> str:
        """Reason why a fine in yuan may not be imposed under this item; empty where it may.

        Mitigated 减轻 is below the statutory minimum, everything else within the range; the
        aggravated range applies where `grave`.
        """
        fine = (grave and self.fine(subject, grave=True)) or self.fine(subject)
        if fine is None:
            return f"{self.penal.cite} fines no {subject}; take the fine out"
        if amount > fine.fine_to:
            return f"{amount} is above {fine.fine_to}, the most by {self.penal.cite}; lower it"
        if mitigated and amount >= fine.fine_from:
            return f"{amount} is not below {fine.fine_from}, so it is not mitigated; lower it"
        if not mitigated and amount < fine.fine_from:
            return f"{amount} is below {fine.fine_from}, the least by {self.penal.cite}; raise it"
        return ""


class PowerList(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One version of the list, as in its file."""

    item: tuple[Item, ...]

    def __post_init__(self) -> None:
        for name in ("key", "number"):
            seen: set[str] = set()
            for item in self.item:
                value = getattr(item, name)
                if value in seen:
                    raise ValueError(f"{name} {value!r} stands twice; keep one, rename the other")
                seen.add(value)


class Power:
    """The list in force on a day, with its departments."""

    def __init__(self, since: dt.date, power: PowerList, departments: tuple[Department, ...]):
        self.since = since
        """First day of this version."""
        self.departments = {each.key: each for each in departments}
        self._items = {item.key: item for item in power.item}

    def __iter__(self) -> Iterator[Item]:
        return iter(self._items.values())

    def __len__(self) -> int:
        return len(self._items)

    @property
    def keys(self) -> frozenset[str]:
        """Keys of all items."""
        return frozenset(self._items)

    def get(self, key: str) -> Item | None:
        """The item, or None where the list has none."""
        return self._items.get(key)

    def enforceable(self, key: str) -> Item:
        """The item, where it may ground an act. Raises NotEnforceableError."""
        item = self.get(key)
        if item is None:
            raise NotEnforceableError(
                f"item is {key!r}: the power list of {self.since} has none; choose one of it"
            )
        if not item.verified:
            raise NotEnforceableError(
                f"item {key}: basis not verified: not to be enforced by the shipped data; read the "
                f"statute ({item.penal.cite}), give article and quote, and set verified"
            )
        return item


def departments(path: Path | None = None) -> tuple[Department, ...]:
    """Departments, shipped or from an operator's file. Raises PolicyError."""

    class File(msgspec.Struct, forbid_unknown_fields=True):
        department: tuple[Department, ...]

    source = path or _POLICY / "departments.toml"
    try:
        departments = convert(tomllib.loads(source.read_text("utf-8")), File).department
    except (OSError, ValueError, msgspec.ValidationError) as error:
        raise PolicyError(f"{source}: {error}; mend it and start again") from None
    keys = [each.key for each in departments]
    if again := {key for key in keys if keys.count(key) > 1}:
        raise PolicyError(f"{source}: key {sorted(again)[0]!r} stands twice; keep one")
    return departments


def load(
    day: dt.date,
    folder: Path | None = None,
    parts: Path | None = None,
    bases: Bases | None = None,
) -> Power:
    """The list in force on a day, shipped or from an operator's folder.

    `parts`: a file of departments instead of the shipped one; `bases`: those whose statutes define
    the articles that may be cited, None the shipped ones. Raises PolicyError naming file, field,
    value and remedy, also for a day before the first version.
    """
    source = folder or _POLICY / "power_list"
    known = departments(parts)
    counted = (bases or statutes.bases()).statutes
    versions = dated.read(PowerList, source)
    for since, power in dated.versions(versions):
        file = source / f"{since}.toml"
        _belongs(file, power, {each.key for each in known})
        _cites(file, power, counted, since)
    power_list = dated.on(versions, day)
    if power_list is None:
        first = next(dated.versions(versions))[0]
        raise PolicyError(
            f"{source}: no power list is in force on {day}, the first begins on {first}; "
            "give the list of that day"
        )
    return Power(*power_list, known)


def first_day(folder: Path | None = None) -> dt.date:
    """Day from which the first version applies. Raises PolicyError."""
    return next(dated.versions(dated.read(PowerList, folder or _POLICY / "power_list")))[0]


def keys(folder: Path | None = None) -> frozenset[str]:
    """Keys of the items of every version, which an old row may name. Raises PolicyError."""
    versions = dated.versions(dated.read(PowerList, folder or _POLICY / "power_list"))
    return frozenset(item.key for _, power in versions for item in power.item)


def _belongs(file: Path, power: PowerList, known: set[str]) -> None:
    for item in power.item:
        if item.department not in known:
            raise PolicyError(
                f"{file}: department of {item.key} is {item.department!r}; "
                f"give one of {', '.join(sorted(known))}"
            )


def _cites(file: Path, power: PowerList, statutes: Statutes, since: dt.date) -> None:
    """Raises PolicyError for an article that its statute does not have."""
    for item in power.item:
        for field in ("violated", "penal"):
            citation: Citation | None = getattr(item, field)
            if citation is None:
                continue
            number = citation.article.partition("(")[0]
            article = f"{'、' * ('条' in citation.cite)}第{number}条" if number else ""
            for doubt in statutes.doubts(citation.cite + article, since):
                raise PolicyError(f"{file}: {field} of {item.key} is {citation.cite!r}: {doubt}")
