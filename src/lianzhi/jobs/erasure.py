"""Erasure of a person in a running node, everywhere that it keeps something of them."""

from lianzhi.faults import fault_point
from lianzhi.jobs.desks import with_domains
from lianzhi.jobs.detection import Detection
from lianzhi.jobs.forms import Erased
from lianzhi.jobs.judging import Judging
from lianzhi.jobs.services import Services
from lianzhi.jobs.setup import Setup
from lianzhi.jobs.storage import Storage
from lianzhi.record.mention import mentions
from lianzhi.store import pending_links


class RetainedError(ValueError):
    """A person is not erased, because the law requires keeping the data; the message says which."""


class PersonErasure:
    """See module. Thread-safe."""

    def __init__(
        self,
        setup: Setup,
        storage: Storage,
        detection: Detection,
        services: Services,
        judging: Judging,
    ) -> None:
        self._now = setup.now
        self._storage, self._monitors = storage, detection.monitors
        self._services, self._judging = services, judging

    def erase(self, account: str, *, retained_too: bool = False) -> Erased:
        """Erase a person; every proof still verifies afterwards.

        Raises RetainedError, with nothing erased, where the law keeps something of them, unless it
        is to be erased too.
        """
        storage, services = self._storage, self._services
        desks = with_domains(services.desks)
        kept = [domain.retained(desk, account) for domain, desk in desks]
        if any(kept) and not retained_too:
            raise RetainedError("; ".join(filter(None, kept)))
        for domain, desk in desks:
            domain.erase(desk, account)
        named = mentions(account)
        for protection in services.guard.of(account):
            services.protections.lift(protection, "erasure", self._now())
        aliases = services.signals.hashes_of(account, self._now())
        services.signals.forget(account, self._now())
        judge = self._judging.judge
        judge.wait()  # a backlog may take long, and the intake is not to be held so long
        with storage.events.paused(), judge.halted() as runner:
            runner.forget(account, named)
            for monitor in self._monitors:
                monitor.forget(account)
        fault_point("erasure.forgotten")
        # From here on the node goes on: rewriting what is stored may take minutes.
        pending_links.erase(storage.engine, storage.ledger.signer.seal_key, account)
        events = storage.events.erase(named, self._judging.segments.put)
        fault_point("erasure.events")
        rows = storage.quarantine.erase(named)
        for domain, desk in desks:
            aliases += domain.erased(desk, account)
        fault_point("erasure.domains")
        return Erased(storage.ledger.erase(account, self._now(), aliases), events, rows)
