"""Page: the summary of a pack in one language, ready to be laid out on screen and on paper.

Strings and lists of strings only: the templates of both decide how things look, not what they say.
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
from lianzhi.documents.story import NAMED, Quote, Step, Story, Told
from lianzhi.documents.words import Says
from lianzhi.record.entry import Entry, commit

ROLES: tuple[Role, ...] = get_args(Role)
#: Texts and people that the summary shows; the counts say how many more there are.
QUOTES, PEOPLE = 100, 24
SHORT = 8

Page = dict[str, Any]


class Proofs(msgspec.Struct, frozen=True):
    """What the summary says of how it can be verified."""

    point: Point
    key: str
    producer: str


def tokens_of(story: Story) -> set[str]:
    """Vault tokens of whom the summary names."""
    tokens = {person for role in ROLES for person in _playing(story, role)[:PEOPLE]}
    if story.case is not None:
        tokens.add(story.case.about)
    return tokens


def page_of(story: Story, facts: Facts, proofs: Proofs, accounts: Mapping[str, str]) -> Page:
    """Everything that the summary says; `accounts` by token, erased people missing."""
    return _Teller(story, facts, proofs, accounts).page()


def _playing(story: Story, role: Role) -> list[str]:
    """Who played a part, the busiest first."""
    people = [token for token, one in story.roles.items() if one == role]
    return sorted(people, key=lambda token: (-story.by_actor[token], token))


def _figures(counts: Mapping[str, int]) -> dict[str, str]:
    """What those sentences name; means are kept in hundredths."""
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
        self.says = Says(facts.lang)
        minutes = facts.utc_offset_minutes
        self.zone = dt.timezone(dt.timedelta(minutes=minutes))

    def page(self) -> Page:
        story, says, case = self.story, self.says, self.story.case
        kind = says.word("kind", case.kind) if case else says("pack.no_case")
        who = self.person(case.about) if case else says("person.erased")
        quotes = story.quoted()
        shown = quotes[:QUOTES]
        return {
            "lang": {"zh": "zh-CN", "en": "en"}[self.facts.lang],
            "label": says("pack.title"),
            "title": self.title(kind, who),
            "facts": self.facts_of_case(),
            "care": says("pack.care"),
            "sentence": self.sentence(who),
            "timeline": {
                "title": says("timeline.title"),
                "lead": says("pack.zone", zone=self.zone_name()),
                **self.drawn(),
                "note": says("pack.chart_note", n=number(story.event_count)),
            },
            "roles": {"title": says("roles.title"), "rows": list(self.roles())},
            "evidence": {
                "title": says("evidence.title"),
                "lead": says("evidence.lead", n=number(story.event_count), texts=len(quotes)),
                "rows": [self.quote(one) for one in shown],
                "none": "" if shown else says("evidence.none"),
                "more": self.more(len(quotes) - len(shown), "pack.more_texts"),
            },
            "why": self.why(),
            "done": {
                "title": says("steps.title"),
                "rows": [self.step(one) for one in story.steps],
                "joined": says("pack.joined", n=number(story.joined)) if story.joined else "",
                "more": self.more(story.unlisted_steps, "pack.more_steps"),
            },
            "proof": self.proof(),
            "annex": {
                "title": says("pack.annex"),
                "events": {
                    "title": says("pack.annex_events"),
                    "head": [says(f"pack.col.{c}") for c in ("seq", "when", "who")],
                    "rows": [self.annex_event(one) for one in story.events],
                    "more": self.more(story.event_count - len(story.events), "pack.more_events"),
                },
                "entries": {
                    "title": says("pack.annex_entries"),
                    "head": [says(f"pack.col.{c}") for c in ("index", "when", "what")],
                    "rows": [self.annex_entry(one) for one in story.entries],
                    "more": self.more(story.entry_count - len(story.entries), "pack.more_entries"),
                },
            },
            "foot": says("pack.foot", producer=self.proofs.producer, case=self.facts.case),
        }

    def title(self, kind: str, who: str) -> str:
        if self.story.case is not None and self.says.known(f"story.{self.story.case.kind}"):
            return self.says("case.title_thing", what=kind, thing=who)
        return self.says("case.title", what=kind, who=who)

    # -- who and when -------------------------------------------------------------------------

    def person(self, token: str) -> str:
        return seen(self.accounts.get(token) or self.says("person.erased"))

    def when(self, ms: int) -> str:
        return stamp(ms, self.zone)

    def span(self, ms: int) -> str:
        return duration(max(MINUTE, ms), self.says.catalogue)

    def zone_name(self) -> str:
        return zone_name(self.facts.utc_offset_minutes)

    def more(self, count: int, key: str) -> str:
        return self.says(key, n=number(count)) if count > 0 else ""

    # -- the case -----------------------------------------------------------------------------

    def facts_of_case(self) -> list[list[str]]:
        says, case, facts = self.says, self.story.case, self.facts
        rows = [[says("case.id"), facts.case]]
        if case is not None:
            state = says.word("status", case.status)
            if case.outcome is not None:
                state = says("case.closed_as", outcome=says.word("outcome", case.outcome))
            stage = says.word("stage", case.stage)
            rows.append([says("pack.state"), f"{state} · {says('pack.stage', stage=stage)}"])
            rows.append([says("pack.opened"), self.when(case.opened_at)])
            if case.minor:
                rows.append([says("pack.harmed"), says("person.minor")])
        if facts.deployment:
            rows.append([says("pack.deployment"), seen(facts.deployment)])
        rows.append([says("pack.made"), f"{self.when(facts.made_at)} · {seen(facts.by)}"])
        return rows

    def sentence(self, who: str) -> str:
        says, told = self.says, self.story.telling
        if told is None:
            return says("pack.no_finding")
        counts = told.counts
        actors = number(counts.get("actors", len(told.subjects)))
        common = {
            "since": self.when(told.since),
            "span": self.span(told.at - told.since),
            "who": who,
            "actors": actors,
        }
        if says.known(f"story.{told.kind}"):
            return says(f"story.{told.kind}", **common, **_figures(counts))
        if "signals" in counts:
            return says("story.signal", who=who)
        if "strangers" not in counts:
            return says("story.report_flood", **common)
        harmful = number(counts.get("harmful", 0))
        said = says(
            "story.pile_on", **common, strangers=number(counts["strangers"]), harmful=harmful
        )
        warned = min(
            (self.story.reached[s] for s in ("warn", "act") if s in self.story.reached),
            default=None,
        )
        if warned is not None and self.story.since is not None:
            said += says("story.warned", span=self.span(warned - self.story.since))
        return said

    def drawn(self) -> dict[str, str]:
        story, says = self.story, self.says
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
            chart.Mark(at, key, f"{says.word('mark', key)} {self.when(at)[11:]}")
            for key, at in sorted(moments.items(), key=lambda one: one[1])
            if at <= edge + near
        ]
        found = chart.bins(
            story.times,
            story.harmful,
            [mark.at for mark in marks],
            self.facts.utc_offset_minutes * MINUTE,
        )
        alt = says("pack.chart_alt", n=number(story.event_count), most=max(found.all))
        key = (says("chart.harmful"), says("pack.chart_other"))
        return {"svg": chart.draw(found, marks, key, alt, self.zone), "alt": alt}

    def roles(self) -> Iterable[dict[str, Any]]:
        for role in ROLES:
            people = _playing(self.story, role)
            if not people:
                continue
            named = [
                self.person(one)
                + (f" ×{self.story.by_actor[one]}" if self.story.by_actor[one] > 1 else "")
                for one in people[:PEOPLE]
            ]
            yield {
                "role": self.says.word("role_in_case", role),
                "means": self.says.word("role_means", role),
                "count": number(len(people)),
                "people": named,
                "more": self.more(len(people) - PEOPLE, "list.others"),
            }

    # -- evidence -----------------------------------------------------------------------------

    def quote(self, quote: Quote) -> dict[str, Any]:
        says, none = self.says, ""
        if quote.state != "whole":
            none = says.word("pack.state_of", quote.state)
        elif not quote.text:
            none = says("evidence.no_text", what=says.word("event", quote.kind))
        kinds = tuple(quote.kinds)
        return {
            "times": number(quote.count),
            "pieces": [
                {"text": seen(one.text), "harm": says.joined("harm", one.kinds)}
                for one in (pieces(quote.text, quote.spans) if quote.text else ())
            ],
            "none": none,
            "kinds": [says.word("harm", kind) for kind in kinds],
            "who": says.count("evidence.account", "evidence.accounts", len(quote.actors)),
            "when": stretch(quote.since, quote.until, self.zone),
            "events": [self.named(one) for one in quote.named],
            "more": self.more(quote.count - NAMED, "list.others"),
        }

    def named(self, told: Told) -> dict[str, str]:
        return {
            "seq": f"#{told.seq}",
            "at": exact(told.at, self.zone),
            "who": self.account(told.account),
            "role": self.says.word("role_in_case", told.role) if told.role else "",
            "leaf": told.leaf[:SHORT] if told.leaf else "",
        }

    def account(self, account: str | None) -> str:
        return seen(account or self.says("person.erased"))

    def why(self) -> dict[str, Any]:
        says, told = self.says, self.story.telling
        if told is None:
            return {"title": says("why.title"), "rows": [], "lead": "", "sum": []}
        return {
            "title": says("why.title"),
            "lead": says(f"lead.{told.kind}" if says.known(f"lead.{told.kind}") else "why.lead"),
            "rows": list(self.reasons(told)),
            "sum": [
                says("why.score"),
                f"{told.score:.1f}",
                " · ".join(
                    f"{says(key)} {seen(value)}"
                    for key, value in (("why.rule", told.rule), ("why.lexicon", told.lexicon))
                    if value
                ),
            ],
        }

    def reasons(self, told: Finding) -> Iterable[list[str]]:
        says = self.says
        for reason in sorted(told.reasons, key=lambda one: -one.points):
            unit = says.word("unit", reason.unit)
            what = says("why.value", value=number(reason.value), unit=unit)
            if reason.window:
                what += says("why.window", span=self.span(reason.window))
            if reason.expected:
                what += says("why.usual", expected=number(reason.expected))
            yield [says.word("feature", reason.feature), f"{reason.points:+.1f}", what]

    # -- what was done ------------------------------------------------------------------------

    def step(self, step: Step) -> dict[str, Any]:
        line, says = step.line, self.says
        by = step.payload.get("by")
        texts = [
            {"text": says("pack.text_erased") if text is None else seen(text.text)}
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

    def step_said(self, kind: str, said: Mapping[str, Any]) -> str:
        says = self.says
        name = says.word("step", kind)
        value = ""
        if kind in ("case.opened", "case.escalated"):
            value = says.word("stage", said["stage"])
        elif kind == "case.closed":
            value = says.word("outcome", said["outcome"])
        elif kind == "case.assigned":
            value = seen(str(said["assignee"]))
        elif kind == "measure.proposed":
            to, key = says.word("role_in_case", said["to"]), says.word("measure", said["key"])
            value = f"{key} · {to} · {number(len(said['subjects']))}"
        elif kind == "protection.granted":
            value = says("act.until_time", at=self.when(said["terms"]["expires_at"]))
        elif kind == "revisit.scheduled":
            value = self.when(said["due"])
        return says("list.pair", name=name, value=value) if value else name

    # -- proof --------------------------------------------------------------------------------

    def proof(self) -> dict[str, Any]:
        says, story, point = self.says, self.story, self.proofs.point
        rows = [
            [says("pack.origin"), seen(point.origin)],
            [says("pack.size"), number(point.size)],
            [says("pack.root"), point.root],
            [says("pack.key"), self.proofs.key],
        ]
        unsealed = story.event_count - story.sealed - story.bare
        named = {"n": number(story.event_count), "sealed": number(story.sealed)}
        states = [says("pack.proved", **named, open=number(unsealed))]
        for state in ("erased", "missing", "not_kept"):
            if count := story.states[state]:
                states.append(says(f"pack.count.{state}", n=number(count)))
        if story.erased_texts:
            states.append(says("pack.count.texts", n=number(story.erased_texts)))
        steps = [says(f"pack.verify.{one}") for one in ("with", "key", "without")]
        return {
            "title": says("pack.verify"),
            "rows": rows,
            "states": states,
            "steps": steps,
            "limits": [says(f"pack.limit.{one}") for one in ("truth", "whole", "time")],
        }

    def annex_event(self, told: Told) -> dict[str, str]:
        says = self.says
        proof = "segment" if told.sealed else "finding" if told.leaf else "named"
        state = "" if told.state == "whole" else says.word("pack.state_of", told.state)
        return {
            "seq": str(told.seq),
            "when": exact(told.at, self.zone),
            "who": self.account(told.account),
            "id": seen(f"{told.source}/{told.id}") if told.id else "",
            "proof": " · ".join(filter(None, (says.word("pack.by", proof), state))),
            "hash": told.leaf or "",
        }

    def annex_entry(self, line: EntryLine) -> dict[str, str]:
        return {
            "index": str(line.index),
            "when": exact(line.at, self.zone),
            "what": self.says.word("step", line.kind),
            "hash": leaf_of(line).hex(),
        }


def leaf_of(line: EntryLine) -> bytes:
    """Leaf hash of an entry in the tree of the record, made from the payload and its salt."""
    return entry_of(line).leaf_hash()


def entry_of(line: EntryLine) -> Entry:
    """The entry as the record commits to it."""
    committed = commit(bytes.fromhex(line.salt), line.payload.encode())
    return Entry(line.index, line.at, line.kind, line.ref, committed)
