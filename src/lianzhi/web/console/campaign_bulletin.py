"""Bulletin 通报 of a campaign as a paper: scope, what was handled, what is known of the outcome."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from lianzhi.chain.campaign import Plan, Task
from lianzhi.chain.campaign_figures import CampaignFigures
from lianzhi.chain.campaign_judging import Evidence, judged
from lianzhi.documents.paper import Block, Item, Paper, Table, Text
from lianzhi.law.clock import china_day
from lianzhi.web.console.campaign_outcome import verdict_sentences
from lianzhi.web.console.words import known, words

#: Rows of a table; what is beyond them is counted in a line.
_MOST_ROWS = 200


class BulletinFacts(NamedTuple):
    """What a bulletin is made of."""

    plan: Plan
    figures: CampaignFigures
    evidence: Evidence
    tasks: Sequence[Task]
    now: int
    agency: str


def bulletin(facts: BulletinFacts, languages: Sequence[str]) -> Paper:
    """The paper in the first language; the second follows on pages of its own."""
    first, *rest = (_paper(facts, language) for language in languages)
    return msgspec.structs.replace(first, translation=rest[0]) if rest else first


def _paper(facts: BulletinFacts, language: str) -> Paper:
    phrases, plan = _Phrases(language), facts.plan
    day = china_day(facts.now)
    return Paper(
        kind="bulletin",
        language="zh" if language == "zh" else "en",
        layout="record",
        agency=facts.agency,
        title=phrases.gettext("bulletin.title", title=plan.terms.title),
        number=phrases.gettext("bulletin.number", id=plan.id),
        day=day,
        party=plan.terms.title,
        blocks=tuple(_blocks(facts, phrases, day)),
        page=phrases.gettext("bulletin.page"),
    )


class _Phrases:
    """The console's words in one language."""

    def __init__(self, language: str) -> None:
        self.language, self.catalogue = language, words(language)

    def gettext(self, key: str, **named: object) -> str:
        """The catalogue's text with its placeholders filled in."""
        text = str(self.catalogue.gettext(key))
        return text % named if named else text

    def word(self, family: str, key: str) -> str:
        """The word for a value in the data; an unknown value reads as itself."""
        full = f"{family}.{key}"
        return self.gettext(full) if known(self.language, full) else key.replace("_", " ")

    def kinds(self, kinds: Sequence[str]) -> str:
        """Kinds of finding and names of domains as a list."""
        names = [self.word("kind" if "." in kind else "domain", kind) for kind in kinds]
        return self.gettext("list.and").join(names) or "—"


def _blocks(facts: BulletinFacts, phrases: _Phrases, day: dt.date) -> Iterator[Block]:
    yield Text(phrases.gettext("bulletin.lead", day=day.isoformat()), "note")
    yield from _terms(facts.plan, phrases)
    yield from _handled(facts.figures, phrases)
    yield from _outcome(facts, phrases)
    yield Text(phrases.gettext("bulletin.tasks"), "heading")
    rows = [
        (task.name, phrases.word("campaign_body", task.body), task.due.isoformat(),
         phrases.word("campaign_status", task.status), str(len(task.urged)))
        for task in facts.tasks[:_MOST_ROWS]
    ]  # fmt: skip
    if not rows:
        yield Text(phrases.gettext("campaign.no_tasks"))
    else:
        head = [
            phrases.gettext(f"campaign.{name}")
            for name in ("name", "body", "due", "status", "urged")
        ]
        yield Table((4, 2, 2, 2, 1), tuple(rows), tuple(head))
    if len(facts.tasks) > _MOST_ROWS:
        yield Text(phrases.gettext("bulletin.more", n=len(facts.tasks) - _MOST_ROWS), "note")
    yield Text(phrases.gettext("bulletin.record", index=facts.plan.index), "note")


def _terms(plan: Plan, phrases: _Phrases) -> Iterator[Block]:
    terms = plan.terms
    yield Text(phrases.gettext("bulletin.terms"), "heading")
    rows = [
        ("kinds", phrases.kinds(terms.kinds)),
        ("days", f"{terms.first} – {terms.last}"),
        ("outcome", terms.outcome),
        ("denominator", terms.denominator),
        ("controls", phrases.kinds(terms.controls)),
        ("neighbours", phrases.kinds(terms.neighbours)),
        ("places", phrases.gettext("list.and").join(terms.places) or "—"),
        ("effort", terms.effort or "—"),
    ]
    yield Table((1, 3), tuple((phrases.gettext(f"campaign.{name}"), value) for name, value in rows))
    opened = china_day(plan.opened_at).isoformat()
    yield Text(phrases.gettext("bulletin.put_down", day=opened, changes=len(plan.changes)))


def _handled(figures: CampaignFigures, phrases: _Phrases) -> Iterator[Block]:
    yield Text(phrases.gettext("bulletin.handled"), "heading")
    yield Text(phrases.gettext("campaign.output_lead"))
    counts = {name: f"{getattr(figures, name):,}" for name in
              ("findings", "about", "cases", "closed", "decisions", "reversed", "measures",
               "undone")}  # fmt: skip
    yield Text(phrases.gettext("bulletin.counts", **counts))
    if figures.subjects:
        head = [phrases.gettext(f"campaign.{name}") for name in
                ("subject", "distinct", "repeated", "measures")]  # fmt: skip
        rows = [
            (phrases.word("campaign_subject", row.type), f"{row.distinct:,}", f"{row.repeated:,}",
             f"{row.measures:,}")
            for row in figures.subjects[:_MOST_ROWS]
        ]  # fmt: skip
        yield Table((3, 1, 1, 1), tuple(rows), tuple(head))
    if figures.handled:
        names = ("measure", "subject", "ordered", "taken_back", "standing")
        head = [phrases.gettext(f"campaign.{name}") for name in names]
        cells = [
            (phrases.word("measure", row.key), phrases.word("campaign_subject", row.type),
             f"{row.ordered:,}", f"{row.undone:,}", f"{row.standing:,}")
            for row in figures.handled[:_MOST_ROWS]
        ]  # fmt: skip
        yield Table((3, 2, 1, 1, 1), tuple(cells), tuple(head))
    for wrong in figures.contradictions:
        text = phrases.word("contradiction", wrong.key)
        yield Text(f"{text} ({wrong.left:,} ≠ {wrong.right:,})")


def _outcome(facts: BulletinFacts, phrases: _Phrases) -> Iterator[Block]:
    yield Text(phrases.gettext("bulletin.outcome"), "heading")
    lines = verdict_sentences(judged(facts.evidence), phrases.catalogue)
    if not lines:
        yield Text(phrases.gettext("campaign.not_judged"))
    for number, line in enumerate(lines, 1):
        yield Item(phrases.gettext("bulletin.item", n=number), line)
    rebound = facts.plan.rebound
    if rebound is not None:
        alarm = phrases.gettext("campaign.rebounded", week=rebound.week, count=f"{rebound.count:,}")
        answer = phrases.gettext("campaign.revisit_due")
        if rebound.confirmed is not None:
            answer = phrases.word("campaign_back", "yes" if rebound.confirmed else "no")
        yield Text(f"{alarm} {answer}")
