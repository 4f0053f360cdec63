"""Interceptions: noted at a port, sampled, identified, identified anew, treated."""

import datetime as dt
import secrets
from typing import Any

from lianzhi.chain.life import next_status
from lianzhi.domains.biosecurity.desk.office import Office, draft
from lianzhi.domains.biosecurity.desk.signs import Changes, Signs
from lianzhi.domains.biosecurity.nouns.interception import STEPS, TREATMENTS, Interception
from lianzhi.domains.biosecurity.queries import tables
from lianzhi.domains.biosecurity.rules.firsts import possible
from lianzhi.domains.biosecurity.rules.places import origin_code
from lianzhi.domains.biosecurity.rules.refusal import RefusedError


class Interceptions:
    """Acts on interceptions. Raises RefusedError, IllegalStepError, and KeyError for none such."""

    def __init__(self, office: Office, signs: Signs) -> None:
        self._office, self._signs = office, signs

    def note(
        self,
        port: str,
        channel: str,
        method: str,
        by: str,
        *,
        day: dt.date | None = None,
        batch: str = "",
        host: str = "",
        origin: str = "",
    ) -> str:
        """Note a find on a batch; returns the interception's number."""
        office = self._office
        day, code = office.dated(day), origin_code(origin)
        if origin.strip() and not code:
            raise RefusedError("origin", f"origin is {origin!r:.80}", origin=origin[:80])
        identity = f"{day:%Y%m%d}-{secrets.token_hex(4)}"
        with office.ledger.batch() as writing:
            if tables.port.get(writing.connection, port) is None:
                raise RefusedError("port", f"port is {port!r:.80}", port=port[:80])
            payload = {
                "id": identity, "day": day, "port": port, "channel": channel, "method": method,
                "batch": batch.strip(), "host": host.strip(), "origin": code, "by": by,
            }  # fmt: skip
            writing.append([draft("interception.noted", identity, office.now(), payload)])
        return identity

    def sample(self, identity: str, by: str, *, number: str, day: dt.date | None) -> None:
        """Send a sample to the laboratory under a number."""
        payload = {"sample": number.strip()[:80], "day": self._office.dated(day)}
        self._step(identity, "interception.sampled", by, payload)

    def identify(
        self, identity: str, by: str, *, name: str, method: str, day: dt.date | None
    ) -> Changes:
        """Confirm what it is; returns which firsts and alarms follow."""
        return self._identify(identity, "interception.identified", by, name, method, day, "")

    def reidentify(
        self, identity: str, by: str, *, name: str, method: str, day: dt.date | None, words: str
    ) -> Changes:
        """Correct what it is, with the reason; firsts and alarms are computed anew."""
        return self._identify(identity, "interception.reidentified", by, name, method, day, words)

    def treat(
        self, identity: str, by: str, *, treatment: str, certificate: str, day: dt.date | None
    ) -> None:
        """Note that the goods were treated, returned or destroyed, and under which certificate."""
        if treatment not in TREATMENTS:
            raise RefusedError("treatment", f"treatment is {treatment!r:.80}")
        payload = {
            "treatment": treatment,
            "certificate": certificate.strip()[:80],
            "day": self._office.dated(day),
        }
        self._step(identity, "interception.treated", by, payload)

    def _identify(
        self,
        identity: str,
        kind: str,
        by: str,
        name: str,
        method: str,
        day: dt.date | None,
        words: str,
    ) -> Changes:
        office = self._office
        day = office.dated(day)
        with office.ledger.batch() as batch:
            before = self._load(batch.connection, identity, kind)
            register = office.register(batch.connection)
            match = register.resolve(name)
            if not match.code and not match.qualifier:
                near = ", ".join(register.name(code) for code in match.suggestions)
                rule = "taxon_near" if near else "taxon"
                raise RefusedError(rule, f"name is {name!r:.80}", name=name[:80], near=near)
            if day < before.day or not possible(day, office.today(), office.policy().firsts.terms):
                raise RefusedError("confirmed", f"day is {day}", day=day, found=before.day)
            identification = {
                "name": name.strip()[:200], "taxon": match.code, "qualifier": match.qualifier,
                "confirmed": day, "by": by, "method": method,
            }  # fmt: skip
            payload = {"id": identity, "by": by, "identification": identification}
            at = office.now()
            batch.append([draft(kind, identity, at, payload, {"words": words})])
            taxa = {register.accepted(each) for each in (before.taxon, match.code) if each}
            reason = "reidentified" if kind.endswith(".reidentified") else "earlier"
            return self._signs.refresh(batch, reason, taxa)

    def _step(self, identity: str, kind: str, by: str, payload: dict[str, Any]) -> None:
        office = self._office
        with office.ledger.batch() as batch:
            before = self._load(batch.connection, identity, kind)
            if payload["day"] < before.day:
                day = payload["day"]
                raise RefusedError("confirmed", f"day is {day}", day=day, found=before.day)
            payload = {"id": identity, "by": by} | payload
            batch.append([draft(kind, identity, office.now(), payload)])

    def _load(self, connection: Any, identity: str, kind: str) -> Interception:
        before = tables.interception.load(connection, identity)
        next_status(STEPS, kind, before.status)
        return before
