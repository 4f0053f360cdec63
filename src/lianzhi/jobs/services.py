"""Services of a node: what people may do there, each act an entry of the record."""

from typing import Any, NamedTuple

from lianzhi.jobs.desks import open_desks
from lianzhi.jobs.detection import Detection
from lianzhi.jobs.post.post import Post
from lianzhi.jobs.proceedings import open_proceedings
from lianzhi.jobs.setup import Setup
from lianzhi.jobs.storage import Storage
from lianzhi.office.campaigns import Campaigns
from lianzhi.office.casework import Casework
from lianzhi.office.conclusions import Conclusions
from lianzhi.office.guard import Guard
from lianzhi.office.outgoing import MeasureDeliveryListener, Outgoing
from lianzhi.office.proceedings import Proceedings
from lianzhi.office.protections import Protections
from lianzhi.office.signals import Signals
from lianzhi.store.office_queries import QUERIES


class Services(NamedTuple):
    """Services of a node that go out to platform and people."""

    post: Post
    """What goes out to the platform and to people; it does once it is started."""
    guard: Guard
    """Protections in force, in memory."""
    proceedings: Proceedings
    signals: Signals
    campaigns: Campaigns
    casework: Casework
    protections: Protections
    conclusions: Conclusions
    desks: dict[str, Any]
    """Desks of domains by name."""


def open_services(setup: Setup, storage: Storage, detection: Detection) -> Services:
    """Raises PolicyError, BasisError, and what the desks of domains raise."""
    reporting = setup.policies.reporting()
    post = Post(storage.ledger, setup.home, setup.config, setup.now)
    outgoing = Outgoing(post, QUERIES.notices)
    policy, ledger = setup.policies.case, storage.ledger
    proceedings = open_proceedings(setup.home, ledger, policy, outgoing, reporting)
    post.listen("measure", MeasureDeliveryListener(proceedings.measures))
    office = proceedings.office
    guard = Guard(detection.live.is_stranger)
    protections = Protections(office, guard)
    protections.reconcile()
    return Services(
        post=post,
        guard=guard,
        proceedings=proceedings,
        signals=Signals(office, setup.home),
        campaigns=Campaigns(office, setup.now, setup.home),
        casework=Casework(office),
        protections=protections,
        desks=open_desks(setup, storage, office),
        conclusions=Conclusions(
            office,
            storage.events.log,
            storage.acts_at,
            detection.mark,
            reporting.kind,
        ),
    )
