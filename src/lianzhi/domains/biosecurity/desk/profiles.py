"""Risk profiles: how closely a taxon, an origin or a channel is looked at."""

from lianzhi.domains.biosecurity.desk.office import Office, draft
from lianzhi.domains.biosecurity.nouns.interception import CHANNELS
from lianzhi.domains.biosecurity.nouns.profile import LEVELS, SUBJECTS
from lianzhi.domains.biosecurity.nouns.signs import sign_id
from lianzhi.domains.biosecurity.queries import tables
from lianzhi.domains.biosecurity.rules.places import origin_code
from lianzhi.domains.biosecurity.rules.refusal import RefusedError


class Profiles:
    """Opens and changes profiles; each change has its reason."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def open(self, subject: str, value: str, level: str, words: str, by: str) -> str:
        """Open the profile of a taxon, an origin or a channel; one that is open is changed."""
        if subject not in SUBJECTS:
            raise RefusedError("profile_subject", f"subject is {subject!r:.80}")
        with self._office.reading() as connection:
            register = self._office.register(connection)
            known = {
                "taxon": register.resolve(value).code,
                "origin": origin_code(value),
                "channel": value if value in CHANNELS else "",
            }[subject]
            if not known:
                raise RefusedError("profile_value", f"{subject} is {value!r:.80}", value=value[:80])
            identity = sign_id(subject, known)
            there = tables.profile.get(connection, identity) is not None
        if there:
            self.change(identity, by, level=level, words=words)
        else:
            self._put("profile.opened", identity, level, words, by, subject=subject, value=known)
        return identity

    def change(self, identity: str, by: str, *, level: str, words: str) -> None:
        """Set the level of a profile, with the reason. KeyError: there is no such profile."""
        with self._office.reading() as connection:
            tables.profile.load(connection, identity)
        self._put("profile.changed", identity, level, words, by)

    def _put(self, kind: str, identity: str, level: str, words: str, by: str, **more: str) -> None:
        if level not in LEVELS:
            raise RefusedError("profile_level", f"level is {level!r:.80}")
        if not words.strip():
            raise RefusedError("profile_reason", "give the reason")
        payload = {"profile": identity, "level": level, "by": by, **more}
        with self._office.ledger.batch() as batch:
            batch.append([draft(kind, identity, self._office.now(), payload, {"words": words})])
