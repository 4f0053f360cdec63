"""Days: items of outlets put on the record, with findings that open cases for a person."""

import secrets
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from lianzhi.chain.finding import Finding, finding_id
from lianzhi.domains.dissemination.desk.office import Office, draft
from lianzhi.domains.dissemination.importing.rows import Push, Reprint
from lianzhi.domains.dissemination.nouns.item import Item, LeftOut
from lianzhi.domains.dissemination.nouns.listed import listed_id
from lianzhi.domains.dissemination.rules.judging import Judged, Lists, judge_pushes, judge_reprints
from lianzhi.domains.dissemination.titles import Detector, lexicon
from lianzhi.law.clock import midnight
from lianzhi.office.object_findings import record_object_finding
from lianzhi.office.ports import Batch, Ledger
from lianzhi.tabular.problem import Problem

#: Rows of one entry; rows left out that an entry tells.
_AT_ONCE, _LISTED = 1000, 200


class Days:
    """Takes items in; see module."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._detector: tuple[str, Detector] | None = None

    def take_in(
        self,
        batch: Batch,
        reprints: Sequence[Reprint],
        pushes: Sequence[Push],
        problems: Sequence[Problem],
        by: str,
        watch: Callable[[int], None],
    ) -> None:
        """Judge rows by the lists and the policy in force, and record them with their cases."""
        lists = Lists(*self._office.lists(batch.connection))
        policy = self._office.policy()
        titles = self._titles()
        judged = [
            *judge_reprints(reprints, lists, policy, titles),
            *judge_pushes(pushes, lists, policy, titles),
        ]
        cases = self._open_cases(batch, judged)
        at = self._office.now()
        for start in range(0, len(judged), _AT_ONCE):
            part = judged[start : start + _AT_ONCE]
            rows = [each.payload | {"case": cases.get(each.payload["id"], "")} for each in part]
            batch.append([draft("item.imported", "items", at, {"rows": rows, "by": by})])
            watch(start + len(part))
        for each in judged:
            if each.changes:
                payload = {"id": each.payload["id"], "changes": _changes(each)}
                texts = {"source": each.original, "reprint": each.title}
                batch.append([draft("item.compared", each.payload["id"], at, payload, texts)])
        self._tell_arrival(batch, judged, problems, by)

    def _titles(self) -> Detector:
        version, known = lexicon.load(self._office.lexicons).at(self._office.now())
        if self._detector is None or self._detector[0] != version:
            self._detector = version, Detector(known)
        return self._detector[1]

    def _open_cases(self, batch: Batch, judged: Sequence[Judged]) -> dict[str, str]:
        """The case of each item that has one. Items from one source that is not listed share it."""
        kinds, version = self._office.policy().case_rules, self._office.policy_version()
        cases: dict[str, str] = {}
        of_about: dict[str, str] = {}
        for each in judged:
            item = each.payload
            kind = next((kinds[rule] for rule in item["rules"] if rule in kinds), "")
            if not kind:
                continue
            about_what = item["source"] if kind == "dissemination.source" else item["key"]
            about = f"on:{item['outlet']}/{about_what}"
            if about not in of_about:
                at = min(midnight(item["day"]), self._office.now())
                finding = Finding(
                    id=finding_id(f"{kind}/{item['id']}", about, at, "warn", at),
                    kind=kind,
                    stage="warn",
                    about=about,
                    subjects=(item["outlet"],),
                    at=at,
                    since=at,
                    score=float(len(each.changes) or len(item["rules"])),
                    roles={item["outlet"]: "owner"},
                    counts={"accounts": 1},
                    rule=f"{kind}@{version}",
                )
                of_about[about] = record_object_finding(self._office.chain, batch, finding) or ""
            cases[item["id"]] = of_about[about]
        return cases

    def _tell_arrival(
        self, batch: Batch, judged: Sequence[Judged], problems: Sequence[Problem], by: str
    ) -> None:
        left = [LeftOut(p.file, p.line, p.column, p.fault.rule) for p in problems[:_LISTED]]
        days = sorted({day_id(each.payload["outlet"], each.payload["day"]) for each in judged})
        payload = {
            "id": secrets.token_hex(8), "by": by, "rows": len(judged), "left_out": len(problems),
            "problems": msgspec.to_builtins(left), "days": days,
        }  # fmt: skip
        batch.append([draft("arrival.taken", payload["id"], self._office.now(), payload)])


def day_id(outlet: str, day: Any) -> str:
    """Address of an outlet's day."""
    return f"{day}-{listed_id(outlet)}"


def titles_of(ledger: Ledger, item: Item) -> tuple[str, str] | None:
    """The titles of an item that differ in meaning; None: it has none, or they were erased."""
    if item.compared < 0:
        return None
    source, reprint = (ledger.vault.text(item.compared, name) for name in ("source", "reprint"))
    return None if source is None or reprint is None else (source, reprint)


def _changes(judged: Judged) -> list[dict[str, Any]]:
    return [
        {"rule": change.rule, "source": change.source, "reprint": change.reprint}
        for change in judged.changes
    ]
