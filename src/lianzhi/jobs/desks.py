"""Desks: what people do in the domains of a node."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from lianzhi.domains import registry
from lianzhi.domains.domain import Domain, Means
from lianzhi.jobs.setup import Setup
from lianzhi.jobs.storage import Storage
from lianzhi.office.office import Office
from lianzhi.store.sample import sample


def open_desks(setup: Setup, storage: Storage, office: Office) -> dict[str, Any]:
    """Desks by name: of the domains that are opened, and of those that have one always."""
    read_sample = partial(sample, storage.events)
    means = Means(storage.ledger, setup.home, setup.now, office, read_sample)
    return {
        domain.name: domain.open(
            means._replace(
                policy=setup.policies.folder(domain.name), opened=domain in setup.domains
            )
        )
        for domain in registry.DOMAINS.values()
        if domain.open is not None and (domain.always or domain in setup.domains)
    }


def with_domains(desks: Mapping[str, Any]) -> list[tuple[Domain, Any]]:
    """Each open desk with its domain, whose hooks take it."""
    return [(registry.DOMAINS[name], desk) for name, desk in desks.items()]
