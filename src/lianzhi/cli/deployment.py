"""Operations for commands of domains on a deployment, with or without a running node."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lianzhi.chain.campaign import CAMPAIGN
from lianzhi.chain.policy import PolicyError
from lianzhi.cli import common
from lianzhi.cli.access import open_engine
from lianzhi.cli.proceedings import opened as proceedings_of
from lianzhi.cli.proceedings import policies_of
from lianzhi.domains.domain import Domain, Means
from lianzhi.domains.registry import DOMAINS
from lianzhi.flow.log import LogDamagedError
from lianzhi.jobs.wall_clock import wall_clock
from lianzhi.office.campaigns import Campaigns
from lianzhi.office.ports import Sample
from lianzhi.record.entry import Draft
from lianzhi.store.ledger import RecordError
from lianzhi.store.looks import LOOKED
from lianzhi.store.stored_events import stored

#: What has a desk in every deployment.
_OF_THE_HOUSE = {CAMPAIGN: Domain(name=CAMPAIGN, open=lambda m: Campaigns(m.office, m.now, m.home))}


class Beside:
    """Implements `kit.terminal.Deployment`. What fails ends the command with its reason."""

    @contextmanager
    def desk(self, home: Path, domain: str) -> Iterator[Any]:
        """The desk of a domain on a deployment that exists."""
        common.must_exist(home)
        opened = DOMAINS.get(domain, _OF_THE_HOUSE.get(domain))
        failures: tuple[type[Exception], ...] = (RecordError, PolicyError, OSError)
        if opened is None or opened.open is None:
            common.fail(f"{domain} has no desk")
        failures += opened.refusals()
        engine = open_engine(home)
        try:
            ledger, proceedings = proceedings_of(engine, home)
            policy = policies_of(home).folder(domain)
            office = proceedings.office
            means = Means(ledger, home, wall_clock, office, _no_events, policy)
            yield opened.open(means)
        except failures as error:
            common.fail(str(error))
        finally:
            engine.dispose()

    @contextmanager
    def events(self, home: Path) -> Iterator[Iterator[list[Any]]]:
        """Stored events in order of acceptance, one frame at a time."""
        common.must_exist(home)
        try:
            yield stored(home)
        except LogDamagedError as error:
            common.fail(str(error))

    def by(self) -> str:
        """The shell's user, as named on the record."""
        return common.by()

    def record_export(self, ledger: Any, subject: str, ref: str, at: int) -> None:
        """Put on the record that personal data was exported, before it is."""
        payload = {"by": common.by(), "role": "cli", "what": subject, "refs": [ref]}
        ledger.append([Draft(kind=LOOKED, ref="export", at=at, payload=payload)])


def _no_events(accounts: object, since: int, until: int, others: int, /) -> Sample:
    """The event log belongs to the node; a command reads it with `events`."""
    raise RuntimeError("a command takes no sample of the events; read them with `events`")
