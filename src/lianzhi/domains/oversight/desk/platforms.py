"""The register of platforms."""

import datetime as dt

from lianzhi.chain.life import next_status
from lianzhi.domains.oversight.desk.office import Office, draft, reason_of
from lianzhi.domains.oversight.nouns.platform import STEPS, Service, platform_id
from lianzhi.domains.oversight.queries import tables
from lianzhi.domains.oversight.rules.refusal import RefusedError
from lianzhi.office.ports import Batch


class Platforms:
    """See module. Raises KeyError for an unknown platform; a refused step changes nothing."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def register(
        self, by: str, *, operator: str, name: str, service: Service, users: int,
        day: dt.date | None, words: str,
    ) -> str:  # fmt: skip
        """Register a platform; returns its id. `words`: where the number of users comes from.

        Raises RefusedError where it is registered.
        """
        fields = {"operator": operator.strip(), "name": name.strip()}
        for field, given in fields.items():
            if not given:
                raise RefusedError("oversight_empty", f"{field} is empty", field=field)
        identity = platform_id(**fields)
        payload = {
            "platform": identity, "by": by, **fields, "service": service, "users": users,
            "day": self._office.dated(day),
        }  # fmt: skip
        with self._office.ledger.batch() as batch:
            if tables.platform.get(batch.connection, identity) is not None:
                raise RefusedError("platform_known", f"{name} is registered", name=name)
            self._append(batch, "registered", identity, payload, words)
        return identity

    def amend(self, identity: str, by: str, *, users: int, day: dt.date | None, words: str) -> None:
        """Note how many people use it now, and where that comes from."""
        when = self._office.dated(day)
        with self._office.ledger.batch() as batch:
            self._load(batch, identity, "amended")
            payload = {"platform": identity, "by": by, "users": users, "day": when}
            self._append(batch, "amended", identity, payload, words)

    def end(self, identity: str, by: str, *, words: str) -> None:
        """The platform has stopped."""
        with self._office.ledger.batch() as batch:
            self._load(batch, identity, "ended")
            self._append(batch, "ended", identity, {"platform": identity, "by": by}, words)

    def _load(self, batch: Batch, identity: str, step: str) -> None:
        known = tables.platform.load(batch.connection, identity)
        next_status(STEPS, f"platform.{step}", known.status)

    def _append(
        self, batch: Batch, step: str, identity: str, payload: dict[str, object], words: str
    ) -> None:
        texts = {"words": reason_of(words)}
        batch.append([draft(f"platform.{step}", identity, self._office.now(), payload, texts)])
