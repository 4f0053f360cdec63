"""Stepping: how a step on a penalty file is taken, whichever act takes it.

The file is read, held against the gates and appended to within one transaction of the record, so
that nothing is half done and nobody decides on what has changed meanwhile.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from lianzhi.chain.life import IllegalStepError
from lianzhi.domains.enforcement.desk.office import Office, RefusedError, draft
from lianzhi.domains.enforcement.desk.proceeding import Proceeding
from lianzhi.domains.enforcement.nouns.penalty import Penalty
from lianzhi.domains.enforcement.rulebook.facts import Taken, facts
from lianzhi.office.ports import Batch
from lianzhi.record.entry import Text

#: Most that one text may be long, in characters.
MOST_WORDS = 20_000


class Stepping:
    """See module. Raises KeyError where there is no such file, RefusedStepError by the gates,
    RefusedError and IllegalStepError otherwise."""

    def __init__(self, office: Office) -> None:
        self._office, self.proceeding = office, Proceeding(office)

    def step(
        self,
        identity: str,
        step: str,
        by: str,
        payload: dict[str, Any],
        texts: Mapping[str, str],
        *,
        day: dt.date | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        """Take a step: `said` goes into the entry, `more` are facts for the gates alone."""
        office = self._office
        taken_on = office.dated(day)
        with office.batch() as batch:
            penalty = office.penalty(batch.connection, identity)
            self.hold(batch, penalty, Taken(step, taken_on, by, more=more or {}))
            self.append(batch, penalty, step, by, taken_on, payload, texts)

    def hold(self, batch: Batch, penalty: Penalty, proposed: Taken) -> None:
        """Hold a step against the gates of its day."""
        office = self._office
        known = office.known(
            batch.connection, penalty, {*(proposed.officers or penalty.officers), proposed.by}
        )
        office.rules.gates.require(facts(proposed, penalty, office.rules, known))

    def append(
        self,
        batch: Batch,
        penalty: Penalty,
        step: str,
        by: str,
        day: dt.date,
        payload: Mapping[str, Any],
        texts: Mapping[str, str],
    ) -> None:
        """Put it on the record, with texts about the party."""
        fields = {"penalty": penalty.id, "day": day, "by": by, **payload}
        kept = {name: about(words, penalty.party) for name, words in texts.items()}
        try:
            batch.append([draft(f"penalty.{step}", penalty.id, self._office.now(), fields, kept)])
        except IllegalStepError as error:
            if error.rule == "status":
                raise
            raise RefusedError(error.rule, str(error)) from None

    def end(
        self,
        identity: str,
        step: str,
        outcome: str,
        by: str,
        words: str,
        more: Mapping[str, str] | None = None,
    ) -> None:
        """Close a file, and its case on the chain; `more`: other texts that belong to it."""
        need(words)
        office, day = self._office, self._office.today()
        with office.batch() as batch:
            penalty = office.penalty(batch.connection, identity)
            self.hold(batch, penalty, Taken(step, day, by))
            texts = {"words": words, **(more or {})}
            self.append(batch, penalty, step, by, day, {"outcome": outcome}, texts)
            self.close_case(batch, penalty, outcome, by, words)

    def close_case(self, batch: Batch, penalty: Penalty, outcome: str, by: str, words: str) -> None:
        """Close the case of a file that is over, and plan the day of the revisit."""
        day = self._office.today()
        revisit = day + dt.timedelta(days=self._office.rules.procedure(day).revisit.days)
        self.proceeding.close(batch, penalty, outcome, by, words, revisit)


def need(words: str) -> None:
    """Raise RefusedError where nothing is said."""
    if not words.strip():
        raise RefusedError("reason", "words are needed: say why")


def limited(words: str) -> str:
    """The words. Raises RefusedError where they are too long."""
    if len(words) > MOST_WORDS:
        raise RefusedError("too_long", f"words: at most {MOST_WORDS} characters", most=MOST_WORDS)
    return words


def about(words: str, party: str) -> Text:
    """A text about a party, by vault token. Raises RefusedError for one that is too long."""
    return (limited(words), (party,))
