"""Takes a step on a penalty file, whichever act it belongs to.

Reading the file, checking the gates and appending the entry are one transaction of the record: a
step is complete or absent, and is checked against the current state of the file.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from lianzhi.chain.life import IllegalStepError
from lianzhi.domains.enforcement.desk.office import Office, RefusedError, draft
from lianzhi.domains.enforcement.desk.proceeding import Proceeding
from lianzhi.domains.enforcement.nouns.penalty import Penalty
from lianzhi.domains.enforcement.rulebook.facts import ProposedStep, facts
from lianzhi.office.ports import Batch
from lianzhi.record.entry import Text

#: Largest number of characters of a text.
MOST_WORDS = 20_000


class PenaltySteps:
    """Checks and records steps. Raises KeyError for an unknown file, RefusedStepError by the gates,
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
        """Take a step: `payload` goes into the entry, `more` are facts for the gates only."""
        office = self._office
        taken_on = office.dated(day)
        with office.batch() as batch:
            penalty = office.penalty(batch.connection, identity)
            self.check(batch, penalty, ProposedStep(step, taken_on, by, more=more or {}))
            self.append(batch, penalty, step, by, taken_on, payload, texts)

    def check(self, batch: Batch, penalty: Penalty, proposed: ProposedStep) -> None:
        """Check a step against the gates of its day. Raises RefusedStepError."""
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
        """Record a step, with texts about the party. Raises RefusedError or IllegalStepError."""
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
        """Close a file and its case on the chain; `more`: further texts of the entry."""
        require_words(words)
        office, day = self._office, self._office.today()
        with office.batch() as batch:
            penalty = office.penalty(batch.connection, identity)
            self.check(batch, penalty, ProposedStep(step, day, by))
            texts = {"words": words, **(more or {})}
            self.append(batch, penalty, step, by, day, {"outcome": outcome}, texts)
            self.close_case(batch, penalty, outcome, by, words)

    def close_case(self, batch: Batch, penalty: Penalty, outcome: str, by: str, words: str) -> None:
        """Close the case of a file and plan the day of the revisit."""
        day = self._office.today()
        revisit = day + dt.timedelta(days=self._office.rules.procedure(day).revisit.days)
        self.proceeding.close(batch, penalty, outcome, by, words, revisit)


def require_words(words: str) -> None:
    """Raise RefusedError for a blank text."""
    if not words.strip():
        raise RefusedError("reason", "words are needed: say why")


def checked_length(words: str) -> str:
    """The text itself. Raises RefusedError if it is longer than MOST_WORDS."""
    if len(words) > MOST_WORDS:
        raise RefusedError("too_long", f"words: at most {MOST_WORDS} characters", most=MOST_WORDS)
    return words


def about(words: str, party: str) -> Text:
    """A text about a party (a vault token). Raises RefusedError if it is too long."""
    return (checked_length(words), (party,))
