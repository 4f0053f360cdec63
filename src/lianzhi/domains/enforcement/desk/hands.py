"""Hands: who works on a penalty file, and who has to let go of it."""

import re

from lianzhi.domains.enforcement.desk.office import Office, RefusedError
from lianzhi.domains.enforcement.desk.stepping import Stepping, limited, need
from lianzhi.domains.enforcement.nouns.penalty import Penalty
from lianzhi.domains.enforcement.rulebook.facts import Taken
from lianzhi.office.ports import Batch

#: A user name: whoever types a sentence here is not naming anybody of the bureau.
_USER = re.compile(r"\S{1,64}")


class Hands:
    """See module. Raises as `Stepping` does."""

    def __init__(self, office: Office) -> None:
        self._office, self._steps = office, Stepping(office)

    def assign(self, identity: str, to: str, by: str) -> None:
        """Give a file to an officer, who has it in hand from now on."""
        office, day = self._office, self._office.today()
        with office.batch() as batch:
            penalty = office.penalty(batch.connection, identity)
            self._fit(batch, penalty, to)
            self._steps.hold(batch, penalty, Taken("assigned", day, by))
            self._steps.append(batch, penalty, "assigned", by, day, {"to": to}, {})
            self._steps.proceeding.assign(batch, penalty, to, by)

    def recuse(self, identity: str, officer: str, instead: str, by: str, words: str) -> None:
        """Take somebody with an interest out of a case 回避 (行政处罚法 43); the head decides.

        `instead` takes the place of an officer of the file. Of somebody else, such as who would
        review or decide it, it is empty: they just may not act on it any more.
        """
        need(words)
        office, day = self._office, self._office.today()
        with office.batch() as batch:
            penalty = office.penalty(batch.connection, identity)
            if officer in penalty.recused:
                raise RefusedError("recused", f"officer is {officer!r}", officer=officer)
            if not _USER.fullmatch(officer):
                raise RefusedError("officer", f"officer is {officer!r:.80}", officer=officer[:80])
            hands = tuple(instead if name == officer else name for name in penalty.officers)
            if officer in penalty.officers:
                self._fit(batch, penalty, instead)
                if instead in penalty.officers:
                    raise RefusedError("replaced_by", f"{instead} works on it", officer=instead)
                self._steps.hold(batch, penalty, Taken("recused", day, by, hands))
            elif instead:
                raise RefusedError("replaces_nobody", f"{officer} is not of it", officer=officer)
            payload = {"officer": officer, "replaced_by": instead}
            self._steps.append(batch, penalty, "recused", by, day, payload, {"words": words})
            if penalty.assigned == officer:
                self._steps.proceeding.assign(batch, penalty, instead, by)

    def transfer(self, identity: str, to: str, by: str, words: str) -> None:
        """Hand a suspected crime to the organs of justice 移送 (27): it ends here.

        What they give back for an administrative penalty is filed anew.
        """
        need(words)
        if not to.strip():
            raise RefusedError("recipient", "say to whom it is transferred")
        office, day = self._office, self._office.today()
        with office.batch() as batch:
            penalty = office.penalty(batch.connection, identity)
            self._steps.hold(batch, penalty, Taken("transferred", day, by))
            self._steps.proceeding.transfer(batch, penalty, to.strip()[:200], by, limited(words))
            self._steps.close_case(batch, penalty, "transferred", by, words)

    def _fit(self, batch: Batch, penalty: Penalty, name: str) -> None:
        """Raise RefusedError for who is no officer, or has stood aside."""
        if name in penalty.recused:
            raise RefusedError("recused", f"{name} has stood aside", officer=name)
        registered = self._office.officers(batch.connection, [name]).get(name)
        if registered is None or registered.observer:
            raise RefusedError("officer", f"officer is {name!r}: not registered", officer=name)
