"""A case in the terminal: the story that the console tells, in the same words."""

import datetime as dt
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from lianzhi.chain.case import ProposedMeasure
from lianzhi.chain.views import CaseRow, CaseView, FindingView, Step
from lianzhi.cli.case_words import Words, plain
from lianzhi.documents.format import HOUR, number, stretch
from lianzhi.domains.registry import story_of
from lianzhi.store.views_case import ROLES
from lianzhi.web.console import timeline
from lianzhi.web.console.quotes import Quote, quotes

#: Widths: a page is never wider; a list that goes elsewhere than to a terminal keeps its lines.
PAGE, LINE = 100, 200
QUOTES, BAR = 15, 20
COLUMNS = ("col.case", "col.stage", "col.state", "cli.last_step", "col.what")


def table_of(rows: Sequence[CaseRow], says: Words) -> RenderableType:
    """Cases, a line each."""
    if not rows:
        return says.say("cli.no_cases")
    table = Table(box=None, pad_edge=False, header_style="dim")
    for key in COLUMNS:
        table.add_column(says.say(key), no_wrap=key != COLUMNS[-1], overflow="fold")
    for row in rows:
        what = says.title(row)
        if row.minor:
            what.append_text(Text.assemble(" · ", says.minor()))
        if row.assignee:
            what.append(f" · {plain(says.say('case.with', who=row.assignee))}", "dim")
        status, stage = says.word("status", row.status), says.stage(row.stage)
        table.add_row(row.id, stage, status, says.when(row.updated_at), what)
    return table


def page_of(view: CaseView, says: Words) -> RenderableType:
    """Everything about one case."""
    row, told, spoken = view.row, view.leading, quotes(view.evidence)

    def section(key: str, lead: str, body: RenderableType) -> list[RenderableType]:
        heading = Text(says.say(key), "bold").append(f"  {lead}", "dim not bold")
        return [Text(), heading, Padding(body, (0, 0, 0, 2))]

    title = says.title(row)
    title.stylize("bold")
    parts: list[RenderableType] = [title, _facts(row, says)]
    if told is not None:
        begun = min([row.opened_at, *(one.row.since for one in view.findings)])
        moments = timeline.marks(view)
        story = story_of(view, {})
        sentence = says.story(
            case=row, telling=told, begun=begun, usual=None, moments=moments, story=story
        )
        parts += [Text(), sentence]
    counts = says.say("evidence.lead", n=len(view.evidence), texts=len(spoken))
    parts += section("timeline.title", says.say("zone", zone="UTC"), _steps(view, says))
    parts += section("roles.title", "", _roles(view, says))
    parts += section("evidence.title", counts, _evidence(spoken, says))
    if told is not None:
        parts += section("why.title", says.say("why.lead"), _reasons(told, says))
    parts += section("policy.title", says.say("policy.lead"), _proposals(view, says))
    parts += section("nav.protections", "", _protections(view, says))
    if row.revisit_at is not None:
        named = {"name": says.say("act.revisit"), "value": says.when(row.revisit_at)}
        parts += [Text(), Text(says.say("list.pair", **named), "bold")]
    return Group(*parts)


def _facts(row: CaseRow, says: Words) -> Text:
    facts = [says.stage(row.stage), Text(says.state(row))]
    if row.minor:
        facts.append(says.minor())
    if row.assignee:
        facts.append(plain(says.say("case.with", who=row.assignee)))
    else:
        facts.append(Text(says.say("case.nobody")))
    facts.append(Text(f"{says.say('case.id')} {row.id}"))
    return Text(" · ").join(facts)


def _steps(view: CaseView, says: Words) -> RenderableType:
    table = _grid(2)
    for step, times in timeline.together(view.steps):
        table.add_row(Text(says.when(step.at), "dim"), _step(step, times, says))
    return table


def _step(step: Step, times: int, says: Words) -> Text:
    said = says.step(step)
    if times > 1:
        said.append(f" ×{times}", "bold")
    by = step.payload.get("by")
    if by and step.kind != "protection.lapsed":
        said.append(f" · {plain(str(by))}", "dim")
    last = f"–{step.index + times - 1}" if times > 1 else ""
    said.append(f" #{step.index}{last}", "dim")
    for text in step.texts.values():
        said.append("\n").append_text(plain(text or says.say("evidence.erased")))
    return said


def _roles(view: CaseView, says: Words) -> RenderableType:
    table = _grid(2)
    for role in ROLES:
        people = [part for part in view.parts if part.role == role]
        if not people:
            continue
        names = [says.person(part.account) for part in people]
        for name, part in zip(names, people, strict=True):
            name.append(f" ×{part.events}" if part.events > 1 else "", "dim")
        heading = Text(says.word("role_in_case", role), "bold")
        table.add_row(heading.append(f" {len(people)}", "dim not bold"), says.people(names))
    return table if table.row_count else Text(says.say("roles.none"), "dim")


def _evidence(spoken: Sequence[Quote], says: Words) -> RenderableType:
    if not spoken:
        return Text(says.say("evidence.none"), "dim")
    table = _grid(2)
    table.columns[0].justify = "right"
    for quote in spoken[:QUOTES]:
        kinds = says.joined("harm", quote.kinds)
        count = says.count("evidence.account", "evidence.accounts", quote.accounts)
        when = stretch(quote.rows[0].at, quote.rows[-1].at, dt.UTC)
        foot = " · ".join(part for part in (kinds, count, when) if part)
        said = _said(quote, says).append(f"\n{foot}", "dim")
        table.add_row(f"{len(quote.rows)}×", said)
    if len(spoken) > QUOTES:
        table.add_row("", says.say("list.others", n=len(spoken) - QUOTES), style="dim")
    return table


def _said(quote: Quote, says: Words) -> Text:
    """What was said, with «marks» around what is harmful."""
    if quote.kind is None:
        return Text(says.say("evidence.erased"), "dim")
    if not quote.pieces:
        return Text(says.say("evidence.no_text", what=says.word("event", quote.kind)), "dim")
    said = Text()
    for piece in quote.pieces:
        text = plain(piece.text)
        said.append_text(Text.assemble("«", (text.plain, "bold"), "»") if piece.kinds else text)
    return said


def _reasons(told: FindingView, says: Words) -> RenderableType:
    table = _grid(4)
    table.columns[1].justify = "right"
    most = max((abs(reason.points) for reason in told.reasons), default=0) or 1
    for reason in sorted(told.reasons, key=lambda one: -one.points):
        unit = says.word("unit", reason.unit)
        seen = says.say("why.value", value=number(reason.value), unit=unit)
        if reason.window:
            seen += says.say("why.window", span=says.duration(reason.window))
        if reason.expected:
            seen += says.say("why.usual", expected=number(reason.expected))
        bar = "█" * round(abs(reason.points) / most * BAR)
        table.add_row(
            says.word("feature", reason.feature),
            f"{reason.points:+.1f}",
            Text(bar, "cyan" if reason.points > 0 else "dim"),
            seen,
        )
    rule = f"{says.say('why.rule')} {told.row.rule}"
    if told.lexicon:
        rule += f"\n{says.say('why.lexicon')} {told.lexicon}"
    table.add_row(says.say("why.score"), f"{told.row.score:.1f}", "", rule, style="bold")
    return table


def _proposals(view: CaseView, says: Words) -> RenderableType:
    proposals = view.state.proposals
    if not proposals:
        return Text(says.say("policy.none"), "dim")
    return Group(*(_proposal(one, view.accounts, says) for one in proposals))


def _proposal(one: ProposedMeasure, accounts: dict[str, str], says: Words) -> Text:
    said = Text.assemble((says.word("measure", one.key), "bold"))
    if one.hours:
        said.append(f" {says.say('policy.for', span=says.duration(one.hours * HOUR))}")
    said.append(f" · {says.word('role_in_case', one.to)} [{says.word('mode', one.mode)}]  ")
    return said.append_text(says.people([says.person(accounts.get(s)) for s in one.subjects]))


def _protections(view: CaseView, says: Words) -> RenderableType:
    if not view.protections:
        return Text(says.say("empty.protections.title"), "dim")
    return Group(*(says.protection(row) for row in view.protections))


def _grid(columns: int) -> Table:
    table = Table.grid(padding=(0, 2))
    for _ in range(columns):
        table.add_column(overflow="fold")
    return table
