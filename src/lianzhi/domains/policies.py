"""Policies: what holds for the cases of all domains at a time, and on what decisions may rest."""

import math
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from lianzhi.chain.guards import validate
from lianzhi.chain.policy import CasePolicy, PolicyError, compose, load_case_policy
from lianzhi.domains.domain import Domain, Reporting
from lianzhi.domains.registry import DOMAINS
from lianzhi.nearest import did_you_mean


class Policies:
    """Dated policies of the chain and of domains, from the operator's folder where it has them.

    That folder holds `chain` and one folder a domain, each with dated files.
    """

    def __init__(
        self, own: Path | None = None, domains: Iterable[Domain] = tuple(DOMAINS.values())
    ) -> None:
        """Raises PolicyError naming file, field and mend."""
        self._own, self._domains = own, (domains := tuple(domains))
        if own is not None:
            folders = {domain.name: domain.policy_folders for domain in domains}
            _check_layout(own, {"chain": (), **folders})
        self._base = load_case_policy(self.folder("chain"))
        self._terms = [
            domain.case_terms(self.folder(domain.name))
            for domain in self._domains
            if domain.case_terms is not None
        ]
        named = (domain.name for domain in self._domains if domain.case_terms is not None)
        self._names = ("chain", *named)
        self._composed: dict[tuple[str, ...], CasePolicy] = {}
        self._check_versions()

    def folder(self, name: str) -> Path | None:
        """The operator's folder of a domain, or of the chain; None: what is shipped holds."""
        folder = self._own / name if self._own is not None else None
        return folder if folder is not None and folder.is_dir() else None

    def case(self, at: int) -> CasePolicy:
        """What holds for cases at a time (ms): each domain describes its own kinds."""
        version, base = self._base.at(at)
        parts = [dated.at(at) for dated in self._terms]
        key = (version, *(part for part, _ in parts))
        policy = self._composed.get(key)
        if policy is None:
            policy = compose(base, (terms for _, terms in parts))
            versions = dict(zip(self._names, key, strict=True))
            policy = msgspec.structs.replace(policy, versions=versions)
            validate(policy)
            self._composed[key] = policy
        return policy

    def _check_versions(self) -> None:
        """Compose every version, so that a name that nothing knows ends the start of a node."""
        at: float = 0
        while at < math.inf:
            try:
                self.case(int(at))
            except PolicyError:
                raise
            except ValueError as error:
                parts = (self._base, *self._terms)
                versions = sorted({dated.at(int(at))[0] for dated in parts})
                place = self._own or "as shipped"
                message = f"policy {place}, {', '.join(versions)}: {error}; mend it and start again"
                raise PolicyError(message) from None
            at = min(dated.next_start(int(at)) for dated in (self._base, *self._terms))

    def reporting(self) -> Reporting:
        """Rules, report classes and help lines of the first domain that has them.

        Raises PolicyError where a file is unusable, or no domain has any.
        """
        for domain in self._domains:
            if domain.reporting is not None:
                return domain.reporting(self.folder(domain.name))
        raise PolicyError("no domain is registered that has rules and report classes")


def _check_layout(own: Path, folders: Mapping[str, tuple[str, ...]]) -> None:
    """Refuse a folder from which nothing, or not all, would be read. Raises PolicyError.

    `folders`: by folder, the names of the folders in it.
    """
    if not own.is_dir():
        raise PolicyError(f"policy {own} is no folder; mend `policy` in config.toml")
    names = sorted(folders)
    if unread := _unread(own, names):
        mend = f"it holds a folder for each of {', '.join(names)}"
        raise PolicyError(
            f"policy {own}: nothing reads {unread!r}; {mend}{did_you_mean(unread, names)}"
        )
    for name, inner in folders.items():
        folder = own / name
        for each in (folder, *(folder / part for part in inner)):
            known = inner if each == folder else ()
            if each.is_dir() and (unread := _unread(each, known, dated=True)):
                mend = ", ".join(["files named YYYY-MM-DD.toml", *known])
                fault = f"nothing reads {unread!r}; it holds {mend}"
                raise PolicyError(f"policy {each}: {fault}{did_you_mean(unread, known)}")


def _unread(folder: Path, known: Iterable[str], *, dated: bool = False) -> str:
    """The first name in a folder that is neither known nor hidden; empty: there is none."""
    names = (each.name for each in folder.iterdir() if not (dated and each.suffix == ".toml"))
    unread = {name for name in names if not name.startswith(".")} - {*known}
    return min(unread, default="")
