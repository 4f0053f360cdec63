"""Registry: the domains of this installation, shipped ones first, and what they add up to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cache
from importlib.metadata import entry_points
from importlib.resources import files
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

from lianzhi.domains.domain import CaseStory, Domain
from lianzhi.domains.registration import load_installed, register

if TYPE_CHECKING:
    from lianzhi.chain.views import CaseView

SHIPPED = (
    "lianzhi.domains.bullying.domain:BULLYING",
    "lianzhi.domains.astroturf.domain:ASTROTURF",
    "lianzhi.domains.algorithms.domain:ALGORITHMS",
    "lianzhi.domains.enforcement.domain:ENFORCEMENT",
    "lianzhi.domains.mediation.domain:MEDIATION",
    "lianzhi.domains.counsel.domain:COUNSEL",
    "lianzhi.domains.biosecurity.domain:BIOSECURITY",
    "lianzhi.domains.dissemination.domain:DISSEMINATION",
    "lianzhi.domains.oversight.domain:OVERSIGHT",
)
#: Installed packages name their domains under this entry point, as `package.module:attribute`.
GROUP = "lianzhi.domains"


def _installed() -> Iterable[tuple[str, Domain]]:
    for target in SHIPPED:
        yield target, resolve_name(target)
    for point in sorted(entry_points(group=GROUP), key=lambda each: each.name):
        yield load_installed(point)


DOMAINS: Mapping[str, Domain] = register(_installed())
"""By name, in the order of the rail. Tables and words of all are kept in every deployment; what a
domain shows and does is opened where `config.toml` names it in `domains`."""


def opened(names: Collection[str] | None) -> tuple[Domain, ...]:
    """The domains of these names, in the registry's order; None: those that are open by default.

    Raises ValueError for a name that no domain bears.
    """
    if names is None:
        return tuple(domain for domain in DOMAINS.values() if domain.default)
    if unknown := [name for name in names if name not in DOMAINS]:
        raise ValueError(f"domains: {unknown[0]!r} is none; use some of {', '.join(DOMAINS)}")
    return tuple(domain for domain in DOMAINS.values() if domain.name in names)


def domain_of(kind: str) -> Domain | None:
    """The domain whose name begins a kind of finding, case or entry; None: it is the chain's."""
    return DOMAINS.get(kind.partition(".")[0])


def story_of(view: CaseView, desks: Mapping[str, Any]) -> CaseStory:
    """How a case is told by the domain of its kind; `desks` are those that are open, by name."""
    domain = domain_of(view.row.kind)
    return CaseStory() if domain is None else domain.case_story(view, desks.get(domain.name))


@cache
def packages(folder: str) -> tuple[str, ...]:
    """Packages of domains in which a folder of this name lies: `templates`, `words`, `static`."""
    named = (domain.package for domain in DOMAINS.values() if domain.package)
    return tuple(package for package in named if files(package).joinpath(folder).is_dir())


@cache
def event_kinds() -> frozenset[str]:
    """Kinds of event that the registered domains add to the chain's."""
    return frozenset(kind for domain in DOMAINS.values() for kind in domain.event_kinds)
