"""Summary of a pack in one language, as data for the templates of screen and print.

Strings and lists of strings only: the templates decide the layout, not the content.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, get_args

import msgspec

from lianzhi.chain.finding import Finding, Role
from lianzhi.documents import chart
from lianzhi.documents.format import (
    HOUR,
    MINUTE,
    duration,
    exact,
    number,
    stamp,
    stretch,
    zone_name,
)
from lianzhi.documents.forms import EntryLine, Facts, Point
from lianzhi.documents.marks import pieces, seen
from lianzhi.documents.story import NAMED, AnnexEvent, Quote, Step, Story
from lianzhi.documents.words import Texts
from lianzhi.record.entry import Entry, commit

ROLES: tuple[Role, ...] = get_args(Role)
#: Most texts and people that the summary shows; the counts include the others.
QUOTES, PEOPLE = 100, 24
SHORT = 8

Page = dict[str, Any]


class Proofs(msgspec.Struct, frozen=True):
    """The summary's statements on verification."""

    point: Point
    key: str
    producer: str


def tokens_of(story: Story) -> set[str]:
    """Vault tokens of the people named in the summary."""
    tokens = {person for role in ROLES for person in _playing(story, role)[:PEOPLE]}
    if story.case is not None:
        tokens.add(story.case.about)
    return tokens


def page_of(story: Story, facts: Facts, proofs: Proofs, accounts: Mapping[str, str]) -> Page:
    """All strings of the summary; `accounts` by token, without erased people."""
    return _Teller(story, facts, proofs, accounts).page()


def _playing(story: Story, role: Role) -> list[str]:
    people = [token for token, played in story.roles.items() if played == role]
    return sorted(people, key=lambda token: (-story.by_actor[token], token))


def _figures(counts: Mapping[str, int]) -> dict[str, str]:
    """Values for those sentences; means are kept in hundredths."""
    plain = {
        name: number(counts.get(name, 0)) for name in ("accounts", "objects", "ratings", "less")
    }
    means = {name: f"{counts.get(f'{name}_x100', 0) / 100:.2f}" for name in ("mean", "robust")}
    return plain | means | {"posterior": f"{counts.get('per_mille', 0) / 10:.1f}"}


class _Teller:
    def __init__(
        self, story: Story, facts: Facts, proofs: Proofs, accounts: Mapping[str, str]
    ) -> None:
        self.story, self.facts, self.proofs, self.accounts = story, facts, proofs, accounts
        self.texts = Texts(facts.lang)
        minutes = facts.utc_offset_minutes
        self.zone = dt.timezone(dt.timedelta(minutes=minutes))

    def page(self) -> Page:
        story, texts, case = self.story, self.texts, self.story.case
        kind = texts.word("kind", case.kind) if case else texts("pack.no_case")
        person = self.person(case.about) if case else texts("person.erased")
        quotes = story.quoted()
        shown = quotes[:QUOTES]
        return {
            "lang": {"zh": "zh-CN", "en": "en"}[self.facts.lang],
            "label": texts("pack.title"),
            "title": self.title(kind, person),
            "facts": self.facts_of_case(),
            "care": texts("pack.care"),
            "sentence": self.sentence(person),
            "timeline": {
                "title": texts("timeline.title"),
                "lead": texts("pack.zone", zone=self.zone_name()),
                **self.drawn(),
                "note": texts("pack.chart_note", n=number(story.event_count)),
            },
            "roles": {"title": texts("roles.title"), "rows": list(self.roles())},
            "evidence": {
                "title": texts("evidence.title"),
                "lead": texts("evidence.lead", n=number(story.event_count), texts=len(quotes)),
                "rows": [self.quote(quote) for quote in shown],
                "none": "" if shown else texts("evidence.none"),
                "more": self.more(len(quotes) - len(shown), "pack.more_texts"),
            },
            "why": self.why(),
            "done": {
                "title": texts("steps.title"),
                "rows": [self.step(step) for step in story.steps],
                "joined": texts("pack.joined", n=number(story.joined)) if story.joined else "",
                "more": self.more(story.unlisted_steps, "pack.more_steps"),
            },
            "proof": self.proof(),
            "annex": {
                "title": texts("pack.annex"),
                "events": {
                    "title": texts("pack.annex_events"),
                    "head": [texts(f"pack.col.{c}") for c in ("seq", "when", "who")],
                    "rows": [self.annex_event(event) for event in story.events],
                    "more": self.more(story.event_count - len(story.events), "pack.more_events"),
                },
                "entries": {
                    "title": texts("pack.annex_entries"),
                    "head": [texts(f"pack.col.{c}") for c in ("index", "when", "what")],
                    "rows": [self.annex_entry(entry) for entry in story.entries],
                    "more": self.more(story.entry_count - len(story.entries), "pack.more_entries"),
                },
            },
            "foot": texts("pack.foot", producer=self.proofs.producer, case=self.facts.case),
        }

    def title(self, kind: str, person: str) -> str:
        if self.story.case is not None and self.texts.known(f"story.{self.story.case.kind}"):
            return self.texts("case.title_thing", what=kind, thing=person)
        return self.texts("case.title", what=kind, who=person)

    # -- who and when -------------------------------------------------------------------------

    def person(self, token: str) -> str:
        return seen(self.accounts.get(token) or self.texts("person.erased"))

    def when(self, ms: int) -> str:
        return stamp(ms, self.zone)

    def span(self, ms: int) -> str:
        return duration(max(MINUTE, ms), self.texts.catalogue)

    def zone_name(self) -> str:
        return zone_name(self.facts.utc_offset_minutes)

    def more(self, count: int, key: str) -> str:
        return self.texts(key, n=number(count)) if count > 0 else ""

    # -- the case -----------------------------------------------------------------------------

    def facts_of_case(self) -> list[list[str]]:
        texts, case, facts = self.texts, self.story.case, self.facts
        rows = [[texts("case.id"), facts.case]]
        if case is not None:
            state = texts.word("status", case.status)
            if case.outcome is not None:
                state = texts("case.closed_as", outcome=texts.word("outcome", case.outcome))
            stage = texts.word("stage", case.stage)
            rows.append([texts("pack.state"), f"{state} · {texts('pack.stage', stage=stage)}"])
            rows.append([texts("pack.opened"), self.when(case.opened_at)])
            if case.minor:
                rows.append([texts("pack.harmed"), texts("person.minor")])
        if facts.deployment:
            rows.append([texts("pack.deployment"), seen(facts.deployment)])
        rows.append([texts("pack.made"), f"{self.when(facts.made_at)} · {seen(facts.by)}"])
        return rows

    def sentence(self, person: str) -> str:
        texts, finding = self.texts, self.story.telling
        if finding is None:
            return texts("pack.no_finding")
        counts = finding.counts
        actors = number(counts.get("actors", len(finding.subjects)))
        common = {
            "since": self.when(finding.since),
            "span": self.span(finding.at - finding.since),
            "who": person,
            "actors": actors,
        }
        if texts.known(f"story.{finding.kind}"):
            return texts(f"story.{finding.kind}", **common, **_figures(counts))
        if "signals" in counts:
            return texts("story.signal", who=person)
        if "strangers" not in counts:
            return texts("story.report_flood", **common)
        harmful = number(counts.get("harmful", 0))
        text = texts(
            "story.pile_on", **common, strangers=number(counts["strangers"]), harmful=harmful
        )
        warned = min(
            (self.story.reached[s] for s in ("warn", "act") if s in self.story.reached),
            default=None,
        )
        if warned is not None and self.story.since is not None:
            text += texts("story.warned", span=self.span(warned - self.story.since))
        return text

    def drawn(self) -> dict[str, str]:
        story, texts = self.story, self.texts
        moments = dict(story.reached)
        if story.protected is not None:
            moments["protected"] = story.protected
        if story.case is not None and story.case.closed_at is not None:
            moments["closed"] = story.case.closed_at
        if not story.times and not moments:
            return {"svg": "", "alt": ""}
        edge = max([*story.times, *story.reached.values()], default=0)
        near = max(HOUR, edge - min([*story.times, *story.reached.values()], default=0))
        marks = [
            chart.Mark(at, key, f"{texts.word('mark', key)} {self.when(at)[11:]}")
            for key, at in sorted(moments.items(), key=lambda item: item[1])
            if at <= edge + near
        ]
        bins = chart.bins(
            story.times,
            story.harmful,
            [mark.at for mark in marks],
            self.facts.utc_offset_minutes * MINUTE,
        )
        alt = texts("pack.chart_alt", n=number(story.event_count), most=max(bins.all))
        key = (texts("chart.harmful"), texts("pack.chart_other"))
        return {"svg": chart.draw(bins, marks, key, alt, self.zone), "alt": alt}

    def roles(self) -> Iterable[dict[str, Any]]:
        for role in ROLES:
            people = _playing(self.story, role)
            if not people:
                continue
            named = [
                self.person(person)
                + (f" ×{self.story.by_actor[person]}" if self.story.by_actor[person] > 1 else "")
                for person in people[:PEOPLE]
            ]
            yield {
                "role": self.texts.word("role_in_case", role),
                "means": self.texts.word("role_means", role),
                "count": number(len(people)),
                "people": named,
                "more": self.more(len(people) - PEOPLE, "list.others"),
            }

    # -- evidence -----------------------------------------------------------------------------

    def quote(self, quote: Quote) -> dict[str, Any]:
        texts, none = self.texts, ""
        if quote.state != "whole":
            none = texts.word("pack.state_of", quote.state)
        elif not quote.text:
            none = texts("evidence.no_text", what=texts.word("event", quote.kind))
        kinds = tuple(quote.kinds)
        return {
            "times": number(quote.count),
            "pieces": [
                {"text": seen(piece.text), "harm": texts.joined("harm", piece.kinds)}
                for piece in (pieces(quote.text, quote.spans) if quote.text else ())
            ],
            "none": none,
            "kinds": [texts.word("harm", kind) for kind in kinds],
            "who": texts.count("evidence.account", "evidence.accounts", len(quote.actors)),
            "when": stretch(quote.since, quote.until, self.zone),
            "events": [self.named(event) for event in quote.named],
            "more": self.more(quote.count - NAMED, "list.others"),
        }

    def named(self, event: AnnexEvent) -> dict[str, str]:
        return {
            "seq": f"#{event.seq}",
            "at": exact(event.at, self.zone),
            "who": self.account(event.account),
            "role": self.texts.word("role_in_case", event.role) if event.role else "",
            "leaf": event.leaf[:SHORT] if event.leaf else "",
        }

    def account(self, account: str | None) -> str:
        return seen(account or self.texts("person.erased"))

    def why(self) -> dict[str, Any]:
        texts, finding = self.texts, self.story.telling
        if finding is None:
            return {"title": texts("why.title"), "rows": [], "lead": "", "sum": []}
        return {
            "title": texts("why.title"),
            "lead": texts(
                f"lead.{finding.kind}" if texts.known(f"lead.{finding.kind}") else "why.lead"
            ),
            "rows": list(self.reasons(finding)),
            "sum": [
                texts("why.score"),
                f"{finding.score:.1f}",
                " · ".join(
                    f"{texts(key)} {seen(value)}"
                    for key, value in (("why.rule", finding.rule), ("why.lexicon", finding.lexicon))
                    if value
                ),
            ],
        }

    def reasons(self, finding: Finding) -> Iterable[list[str]]:
        texts = self.texts
        for reason in sorted(finding.reasons, key=lambda item: -item.points):
            unit = texts.word("unit", reason.unit)
            text = texts("why.value", value=number(reason.value), unit=unit)
            if reason.window:
                text += texts("why.window", span=self.span(reason.window))
            if reason.expected:
                text += texts("why.usual", expected=number(reason.expected))
            yield [texts.word("feature", reason.feature), f"{reason.points:+.1f}", text]

    # -- what was done ------------------------------------------------------------------------

    def step(self, step: Step) -> dict[str, Any]:
        line, texts_ = step.line, self.texts
        by = step.payload.get("by")
        texts = [
            {"text": texts_("pack.text_erased") if text is None else seen(text.text)}
            for name, text in sorted(line.texts.items())
            if name != "id"
        ]
        return {
            "at": self.when(line.at),
            "iso": exact(line.at, self.zone),
            "what": self.step_said(line.kind, step.payload),
            "by": seen(by) if isinstance(by, str) else "",
            "index": f"#{line.index}",
            "texts": texts,
        }

    def step_said(self, kind: str, payload: Mapping[str, Any]) -> str:
        texts = self.texts
        name = texts.word("step", kind)
        value = ""
        if kind in ("case.opened", "case.escalated"):
            value = texts.word("stage", payload["stage"])
        elif kind == "case.closed":
            value = texts.word("outcome", payload["outcome"])
        elif kind == "case.assigned":
            value = seen(str(payload["assignee"]))
        elif kind == "measure.proposed":
            to, key = (
                texts.word("role_in_case", payload["to"]),
                texts.word("measure", payload["key"]),
            )
            value = f"{key} · {to} · {number(len(payload['subjects']))}"
        elif kind == "protection.granted":
            value = texts("act.until_time", at=self.when(payload["terms"]["expires_at"]))
        elif kind == "revisit.scheduled":
            value = self.when(payload["due"])
        return texts("list.pair", name=name, value=value) if value else name

    # -- proof --------------------------------------------------------------------------------

    def proof(self) -> dict[str, Any]:
        texts, story, point = self.texts, self.story, self.proofs.point
        rows = [
            [texts("pack.origin"), seen(point.origin)],
            [texts("pack.size"), number(point.size)],
            [texts("pack.root"), point.root],
            [texts("pack.key"), self.proofs.key],
        ]
        unsealed = story.event_count - story.sealed - story.bare
        named = {"n": number(story.event_count), "sealed": number(story.sealed)}
        states = [texts("pack.proved", **named, open=number(unsealed))]
        for state in ("erased", "missing", "not_kept"):
            if count := story.states[state]:
                states.append(texts(f"pack.count.{state}", n=number(count)))
        if story.erased_texts:
            states.append(texts("pack.count.texts", n=number(story.erased_texts)))
        steps = [texts(f"pack.verify.{key}") for key in ("with", "key", "without")]
        return {
            "title": texts("pack.verify"),
            "rows": rows,
            "states": states,
            "steps": steps,
            "limits": [texts(f"pack.limit.{key}") for key in ("truth", "whole", "time")],
        }

    def annex_event(self, event: AnnexEvent) -> dict[str, str]:
        texts = self.texts
        proof = "segment" if event.sealed else "finding" if event.leaf else "named"
        state = "" if event.state == "whole" else texts.word("pack.state_of", event.state)
        return {
            "seq": str(event.seq),
            "when": exact(event.at, self.zone),
            "who": self.account(event.account),
            "id": seen(f"{event.source}/{event.id}") if event.id else "",
            "proof": " · ".join(filter(None, (texts.word("pack.by", proof), state))),
            "hash": event.leaf or "",
        }

    def annex_entry(self, line: EntryLine) -> dict[str, str]:
        return {
            "index": str(line.index),
            "when": exact(line.at, self.zone),
            "what": self.texts.word("step", line.kind),
            "hash": leaf_of(line).hex(),
        }


def leaf_of(line: EntryLine) -> bytes:
    """Leaf hash of an entry in the tree of the record, made from the payload and its salt."""
    return entry_of(line).leaf_hash()


def entry_of(line: EntryLine) -> Entry:
    """The entry as the record commits to it."""
    committed = commit(bytes.fromhex(line.salt), line.payload.encode())
    return Entry(line.index, line.at, line.kind, line.ref, committed)
