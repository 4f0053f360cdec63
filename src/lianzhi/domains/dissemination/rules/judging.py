"""An outlet's day judged: titles, sources, licences, credits and pushes. Pure, from rows."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from lianzhi.domains.dissemination.importing.rows import Push, Reprint
from lianzhi.domains.dissemination.matching import Article, lineage
from lianzhi.domains.dissemination.policy import Policy
from lianzhi.domains.dissemination.push.rules import day_leads, push_leads
from lianzhi.domains.dissemination.sources.lists import ValidRows
from lianzhi.domains.dissemination.sources.rules import ReprintRow, source_leads
from lianzhi.domains.dissemination.titles import Change, Detector
from lianzhi.domains.dissemination.titles.wording import same_signs_aside

#: Share of an article that has to stand in another.
_COPIED = 0.5
#: Rule of a title that says something else than its source.
DISTORTED = "title_distorted"


class Judged(NamedTuple):
    """An item as the record will hold it, and both titles where they differ in meaning."""

    payload: dict[str, Any]
    changes: Sequence[Change] = ()
    original: str = ""
    title: str = ""


class Lists(NamedTuple):
    """Lists by which a day is judged."""

    sources: ValidRows
    outlets: ValidRows


def item_id(outlet: str, key: str) -> str:
    """Id of an item: the same id of the same outlet is the same item."""
    return hashlib.blake2b(f"{outlet}\x1f{key}".encode(), digest_size=10).hexdigest()


def judge_reprints(
    rows: Sequence[Reprint], lists: Lists, policy: Policy, detector: Detector
) -> list[Judged]:
    """Each reprint with the rules that it may have broken. Who took it from whom is seen among the
    rows alone."""
    by_id = {item_id(row.outlet, row.id): row for row in rows}
    articles = [
        Article(identity, row.text, row.time, row.outlet, row.title[:300])
        for identity, row in by_id.items()
        if row.text
    ]
    links = {link.id: link for link in lineage(articles, _COPIED)}
    judged = []
    for identity, row in by_id.items():
        link = links.get(identity)
        parent = by_id.get(link.parent) if link else None
        leads = source_leads(_row(row, parent), *lists, policy.source)
        rules = list(dict.fromkeys(lead.rule for lead in leads))
        original = row.original_title or (parent.title if parent else "")
        body = row.source_body or (parent.text if parent else "")
        wording, changes = "none", []
        if original and not row.own:
            wording = "same" if same_signs_aside(original, row.title) else "changed"
            changes = detector.changes(original, body, row.title)
            rules += [DISTORTED] * bool(changes)
        payload = {
            "id": identity, "key": row.id, "kind": "reprint", "outlet": row.outlet, "day": row.day,
            "source": row.source, "root": link.root if link else "",
            "parent": link.parent if link else "", "wording": wording, "rules": rules,
        }  # fmt: skip
        judged.append(Judged(payload, changes, original, row.title))
    return judged


def judge_pushes(
    rows: Sequence[Push], lists: Lists, policy: Policy, detector: Detector
) -> list[Judged]:
    """Each push with the rules that it may have broken. What an app did in a day as a whole stands
    at its last push of the day."""
    by_app: dict[str, list[Push]] = defaultdict(list)
    for row in sorted(rows, key=lambda each: (each.time, each.id)):
        by_app[row.app].append(row)
    judged = []
    for pushes in by_app.values():
        form = [push.row() for push in pushes]
        rules: dict[str, list[str]] = {push.id: [] for push in pushes}
        for sent in form:
            rules[sent.id] += [lead.rule for lead in push_leads(sent, *lists, policy.push)]
        last = {f"{push.app} {push.day}": push.id for push in pushes}
        for lead in day_leads(form, policy.push):
            known = lead.id in rules and lead.rule == "pushed_again"
            rules[lead.id if known else last.get(lead.id, pushes[-1].id)].append(lead.rule)
        judged += [_judged_push(push, rules[push.id], detector) for push in pushes]
    return judged


def _judged_push(push: Push, rules: list[str], detector: Detector) -> Judged:
    changes: list[Change] = []
    if push.kind == "news" and push.original_title:
        changes = detector.changes(push.original_title, "", push.title)
    leads = [*rules, *[DISTORTED] * bool(changes)]
    payload = {
        "id": item_id(push.app, f"push/{push.id}"), "key": push.id, "kind": "push",
        "outlet": push.app, "day": push.day, "source": push.source,
        "rules": list(dict.fromkeys(leads)),
    }  # fmt: skip
    return Judged(payload, changes, push.original_title, push.title)


def _row(row: Reprint, parent: Reprint | None) -> ReprintRow:
    names = ("id", "outlet", "day", "source", "author", "editor", "original_title", "own", "text")
    plain = ReprintRow(**{name: getattr(row, name) for name in names})
    if parent is None or parent.outlet == row.outlet:
        return plain
    return msgspec.structs.replace(plain, parent_outlet=parent.outlet, parent_title=parent.title)
