"""Policies: what holds for the cases of all domains at a time, and on what decisions may rest."""

from collections.abc import Iterable
from pathlib import Path

from lianzhi.chain.guards import validate
from lianzhi.chain.policy import CasePolicy, PolicyError, compose, load_case_policy
from lianzhi.domains.domain import Domain, Reporting
from lianzhi.domains.registry import DOMAINS


class Policies:
    """Dated policies of the chain and of domains, from the operator's folder where it has them.

    That folder holds `chain` and one folder a domain, each with dated files.
    """

    def __init__(
        self, own: Path | None = None, domains: Iterable[Domain] = tuple(DOMAINS.values())
    ) -> None:
        """Raises PolicyError naming file, field and mend."""
        self._own, self._domains = own, tuple(domains)
        if own is not None:
            _check_layout(own, {"chain", *(domain.name for domain in self._domains)})
        self._base = load_case_policy(self.folder("chain"))
        self._terms = [
            domain.case_terms(self.folder(domain.name))
            for domain in self._domains
            if domain.case_terms is not None
        ]
        self._composed: dict[tuple[str, ...], CasePolicy] = {}

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
            validate(policy)
            self._composed[key] = policy
        return policy

    def reporting(self) -> Reporting:
        """Rules, report classes and help lines of the first domain that has them.

        Raises PolicyError where a file is unusable, or no domain has any.
        """
        for domain in self._domains:
            if domain.reporting is not None:
                return domain.reporting(self.folder(domain.name))
        raise PolicyError("no domain is registered that has rules and report classes")


def _check_layout(own: Path, names: set[str]) -> None:
    """Refuse a folder from which nothing, or not all, would be read. Raises PolicyError."""
    if not own.is_dir():
        raise PolicyError(f"policy {own} is no folder; mend `policy` in config.toml")
    strange = sorted(each.name for each in own.iterdir() if each.name not in names)
    strange = [name for name in strange if not name.startswith(".")]
    if strange:
        mend = f"it holds a folder for each of {', '.join(sorted(names))}"
        raise PolicyError(f"policy {own}: nothing reads {strange[0]!r}; {mend}")
