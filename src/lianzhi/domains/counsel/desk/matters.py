"""Matters: received with their clock, reviewed before the answer, answered."""

import datetime as dt

from lianzhi.domains.counsel.desk.matter_gates import PREDICATES, MatterFacts
from lianzhi.domains.counsel.desk.office import Office
from lianzhi.domains.counsel.desk.office_files import Files, Given, named, number
from lianzhi.domains.counsel.desk.office_gates import gates_of
from lianzhi.domains.counsel.nouns.matter import KINDS, Matter
from lianzhi.domains.counsel.office_clock import last_day, most_extension, stay
from lianzhi.domains.counsel.queries import tables
from lianzhi.domains.counsel.refusals import RefusedError
from lianzhi.law.gates import Refusal, Terms

#: Most days that an office may give itself.
_MOST = 365
#: Period that runs from the receipt of each kind; `other` has none of its own.
_FIRST = {
    "petition": "petition.tell",
    "petition_review": "petition.review",
    "petition_recheck": "petition.recheck",
    "disclosure": "disclosure.answer",
    "consumer_complaint": "complaint.consumer",
}


#: Period in which the answer may be contested, from its receipt.
_ASKING = {"petition_review": "petition.ask_review", "petition_recheck": "petition.ask_recheck"}


class Matters(Files[Matter]):
    """Receives matters, and takes them to an answer."""

    def __init__(self, office: Office) -> None:
        super().__init__(office, tables.matter)
        self.gates = gates_of(office, "matter", PREDICATES, Terms)

    def receive(
        self, by: str, kind: str, day: dt.date | None, person: str, handler: str, words: str,
        within: int = 0, reached: dt.date | None = None,
    ) -> str:  # fmt: skip
        """Take a matter in; returns its id. `within` are the days in which to answer where no law
        that was read sets a period; elsewhere it is 0. `reached`: the day on which the answer that
        is contested came; None for kinds that contest none. A late request is taken in as well: a
        person says what becomes of it. Raises RefusedError."""
        if kind not in KINDS:
            raise RefusedError("office_choice", f"kind is {kind!r:.80}", value=kind[:80])
        if not (1 <= within <= _MOST if kind == "other" else within == 0):
            raise RefusedError("matter_within", f"within is {within} for {kind}", most=_MOST)
        on, key = self.day(day), _FIRST.get(kind, "")
        if (kind in _ASKING) is (reached is None):
            raise RefusedError(
                "matter_reached", f"reached is {reached} for {kind}", field="reached", value=reached
            )
        if reached is not None and reached > on:
            raise RefusedError(
                "matter_reached_later", f"reached is {reached}; asked on {on}", field="reached",
                value=reached, day=on,
            )  # fmt: skip
        ask_by = reached and self.last_day(_ASKING[kind], reached)
        payload: Given = {
            "kind": kind, "handler": handler.strip() or by, "clock": key, "since": on,
            "ask_by": ask_by,
        }  # fmt: skip
        ends = self.last_day(key, on) if key else on + dt.timedelta(within)
        return self.begin("received", by, on, named(person), words, {**payload, "due": ends})

    def refusals(
        self, file: Matter, step: str, day: dt.date, by: str, given: Given | None
    ) -> list[Refusal]:
        """Gates that a step fails."""
        law, since = self._office.rules.law, file.since or file.began
        facts = MatterFacts(
            step=step,
            day=day,
            by=by,
            file=file,
            given=given,
            most=most_extension(law, file.clock, since),
            ask_until=last_day(law, "disclosure.ask_completion", file.began)
            if file.kind == "disclosure"
            else None,
        )
        return self.gates.check(facts)

    def changes(self, file: Matter, step: str, day: dt.date, given: Given) -> Given:
        """The clock after a step."""
        since = file.since or file.began
        match step:
            case "accepted":
                key = "petition.handle"
                return {"clock": key, "since": day, "due": self.last_day(key, day)}
            case "extended":
                extra = number(given, "extra")
                return {"due": self.last_day(file.clock, since, file.stays, extra)}
            case "paused":
                return {
                    "due": None,
                    "completion": file.completion or given["pause"] == "completion",
                }
            case "resumed" if file.pause == "completion":
                due = self.last_day(file.clock, day, (), file.extra)
                return {"since": day, "stays": (), "due": due}
            case "resumed":
                stays = (*file.stays, stay(file.days["paused"], day))
                due = self.last_day(file.clock, since, stays, file.extra)
                return {"stays": stays, "due": due}
        return {}
