"""Re-checks: by draw, planned before the seed is known and judged item by item; by probe, at once.

The secret of a draw lies on this machine until it is revealed; see `record.lots`.
"""

import datetime as dt
import secrets
from contextlib import nullcontext
from typing import Any, NoReturn, get_args

from lianzhi.chain import campaign_draw
from lianzhi.chain.life import next_status
from lianzhi.domains.oversight.desk.office import (
    Office,
    draft,
    load_instruction,
    put,
    reason_of,
)
from lianzhi.domains.oversight.nouns.instruction import Instruction
from lianzhi.domains.oversight.nouns.recheck import STEPS, Judged, Method, RecheckFile
from lianzhi.domains.oversight.queries import tables
from lianzhi.domains.oversight.rules import verdict
from lianzhi.domains.oversight.rules.refusal import RefusedError
from lianzhi.office.acts import Upload
from lianzhi.office.campaign_draws import MARK, MOST_DRAWN, read_roster
from lianzhi.office.files import Files
from lianzhi.office.kept_secrets import kept, there
from lianzhi.office.ports import Batch
from lianzhi.record import lots
from lianzhi.record.lots import DrawError, Public, Reveal

#: Most points of a probe, and characters of a line.
MOST_POINTS, _LINE = 100, 300
#: How people write in a list that a point is met, in breach, or could not be told.
MARKS: dict[str, Judged] = {
    **dict.fromkeys(("met", "yes", "符合", "是"), "met"),
    **dict.fromkeys(("breach", "no", "不符合", "否"), "breach"),
    **dict.fromkeys(("unclear", "不清楚"), "unclear"),
}


class Rechecks:
    """See module. Raises KeyError for an unknown one; a refused step changes nothing."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._files = Files(office.home)
        self._secrets = office.home / "oversight" / "draws"

    def plan(
        self, by: str, *, instruction: str, roster: str, count: int, source: str,
        on: dt.date | None, reveal_until: dt.date | None, words: str,
    ) -> str:  # fmt: skip
        """Commit to a draw; returns its id. `roster`: an item a line; `words`: what is a breach.

        `source` and `on`: which public value will be the seed, and when it becomes known.
        """
        today, items = self._office.today(), read_roster(roster)
        if not source.strip():
            _refuse("oversight_empty", "source is empty", field="source")
        if not 1 <= count <= min(len(items), MOST_DRAWN):
            _refuse("recheck_count", f"count is {count}", most=min(len(items), MOST_DRAWN))
        if on is None or reveal_until is None or not today < on <= reveal_until:
            _refuse("recheck_days", f"on is {on}, reveal_until {reveal_until}")
        identity = secrets.token_hex(8)
        secret = kept(self._secrets / identity)
        public = Public(source.strip(), on)
        terms = campaign_draw.planned(identity, items, count, secret, public, reveal_until)
        with self._office.ledger.batch() as batch:
            _tried(load_instruction(batch, instruction, "rechecked"), "draw")
            payload = {
                "recheck": identity, "instruction": instruction, "method": "draw", "day": today,
                "by": by, "terms": terms, "digest": lots.digest_of(terms), "roster": items,
            }  # fmt: skip
            self._append(batch, "planned", identity, payload, reason_of(words))
        return identity

    def reveal(self, identity: str, by: str, *, public: str) -> None:
        """Publish the secret once the public value is known, and draw."""
        with self._office.ledger.batch() as batch:
            known, terms = self._load(batch, identity, "revealed")
            if self._office.today() < terms.public.on:
                _refuse("recheck_seed_early", f"known on {terms.public.on}", on=terms.public.on)
            try:
                secret = there(self._secrets / identity)
            except KeyError:
                _refuse("recheck_secret", "the secret is not on this machine")
            opened = Reveal(known.digest, secret.hex(), public.strip())
            try:
                drawn = campaign_draw.drawn(terms, opened, known.roster)
            except DrawError as error:
                _refuse("recheck_public", str(error), given=public[:80])
            payload = {"recheck": identity, "reveal": opened, "drawn": drawn, "by": by}
            self._append(batch, "revealed", identity, payload)

    def judge(self, identity: str, by: str, *, item: str, result: Judged, words: str) -> None:
        """Say whether an item is in breach; the last one finishes the re-check."""
        with self._office.ledger.batch() as batch:
            known, terms = self._load(batch, identity, "judged")
            if by == known.by:
                _refuse("recheck_own", f"{by} planned it", by=by)
            if item not in known.drawn or item in known.judged:
                _refuse("recheck_item", f"item is {item!r:.80}", item=item[:80])
            payload = {"recheck": identity, "item": item, "result": result, "by": by}
            self._append(batch, "judged", identity, payload, words)
            known = tables.recheck.load(batch.connection, identity)
            if known.next_item() is None:
                self._finish_draw(batch, known, terms.candidates, by)

    def probe(
        self, by: str, *, instruction: str, points: str, file: Upload | None, words: str
    ) -> str:
        """Note what was tried, and that it works or does not; returns its id. `points`: a line
        each, a bar, then met or breach; `words`: how and where it was tried."""
        office, results = self._office, read_points(points)
        least = office.policy()[1].recheck.least_probes
        identity = secrets.token_hex(8)
        keeping = self._files.keeping(file.name, file.body) if file else nullcontext(None)
        with keeping as evidence, office.ledger.batch() as batch:
            known = load_instruction(batch, instruction, "rechecked")
            _tried(known, "probe")
            if by == known.drafter:
                _refuse("recheck_own", f"{by} drafted the instruction", by=by)
            tally = {mark: [*results.values()].count(mark) for mark in get_args(Judged)}
            payload: dict[str, Any] = {
                "recheck": identity, "instruction": instruction, "method": "probe",
                "day": office.today(), "by": by, "judged": results,
                "verdict": verdict.of_probe(tally, least),
            }  # fmt: skip
            texts = {"words": reason_of(words)}
            if evidence is not None:
                payload |= {"file": evidence.id, "commitment": evidence.commitment}
                texts |= {"file_name": evidence.name, "salt": evidence.salt}
            entry = draft("recheck.probed", identity, office.now(), payload, texts)
            batch.append([entry])
            self._note(batch, known, identity, "probe", payload["verdict"], office.today(), 0, by)
        return identity

    def _finish_draw(self, batch: Batch, known: RecheckFile, candidates: int, by: str) -> None:
        instruction = load_instruction(batch, known.instruction, "rechecked")
        policy = self._office.policy_on(known.day).recheck
        shown = verdict.of_draw(known.tally(), candidates, instruction.tolerance, policy.level)
        payload = {"recheck": known.id, "by": by, "verdict": shown.verdict, "hi": shown.hi}
        self._append(batch, "finished", known.id, payload)
        index = known.index
        self._note(batch, instruction, known.id, "draw", shown.verdict, known.day, index, by)

    def _note(
        self, batch: Batch, known: Instruction, identity: str, method: Method, result: str,
        day: dt.date, since: int, by: str,
    ) -> None:  # fmt: skip
        fields: dict[str, Any] = {
            "recheck": identity, "method": method, "verdict": result, "day": day, "since": since
        }  # fmt: skip
        put(self._office, batch, known, "rechecked", by, **fields)

    def _load(self, batch: Batch, identity: str, step: str) -> tuple[RecheckFile, Any]:
        known = tables.recheck.load(batch.connection, identity)
        next_status(STEPS, f"recheck.{step}", known.status)
        return known, known.terms

    def _append(
        self, batch: Batch, step: str, identity: str, payload: dict[str, Any], words: str = ""
    ) -> None:
        at = self._office.now()
        batch.append([draft(f"recheck.{step}", identity, at, payload, {"words": words})])


def _tried(known: Instruction, method: Method) -> None:
    """Raises RefusedError where it failed and nothing was said to have changed: whoever tries often
    enough finds a draw that passes."""
    if known.has_failed(method):
        _refuse("recheck_again", f"{known.id} failed and has no reply since")


def read_points(given: str) -> dict[str, Judged]:
    """The points of a probe. Raises RefusedError naming the line."""
    results: dict[str, Judged] = {}
    for number, line in enumerate(filter(None, map(str.strip, given.splitlines())), 1):
        name, _, mark = line.rpartition(MARK)
        result = MARKS.get(mark.strip().lower())
        if not name.strip() or result is None or len(line) > _LINE or name.strip() in results:
            _refuse("recheck_points", f"line {number} is {line!r:.80}", line=line[:80])
        results[name.strip()] = result
    if not 1 <= len(results) <= MOST_POINTS:
        _refuse("recheck_points", f"points has {len(results)} lines", line="")
    return results


def _refuse(rule: str, message: str, **given: object) -> NoReturn:
    raise RefusedError(rule, message, **given)
