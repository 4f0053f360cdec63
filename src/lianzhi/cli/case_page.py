"""A case in the terminal, with the same story and wording as the console."""

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

#: Widest page, in characters; width of a list that is not written to a terminal.
PAGE, LINE = 100, 200
QUOTES, BAR = 15, 20
COLUMNS = ("col.case", "col.stage", "col.state", "cli.last_step", "col.what")


def table_of(rows: Sequence[CaseRow], words: Words) -> RenderableType:
    """Cases, one line each."""
    if not rows:
        return words.text("cli.no_cases")
    table = Table(box=None, pad_edge=False, header_style="dim")
    for key in COLUMNS:
        table.add_column(words.text(key), no_wrap=key != COLUMNS[-1], overflow="fold")
    for row in rows:
        title = words.title(row)
        if row.minor:
            title.append_text(Text.assemble(" · ", words.minor()))
        if row.assignee:
            title.append(f" · {plain(words.text('case.with', who=row.assignee))}", "dim")
        status, stage = words.word("status", row.status), words.stage(row.stage)
        table.add_row(row.id, stage, status, words.when(row.updated_at), title)
    return table


def page_of(view: CaseView, words: Words) -> RenderableType:
    """All sections of one case."""
    row, leading, quotes_ = view.row, view.leading, quotes(view.evidence)

    def section(key: str, lead: str, body: RenderableType) -> list[RenderableType]:
        heading = Text(words.text(key), "bold").append(f"  {lead}", "dim not bold")
        return [Text(), heading, Padding(body, (0, 0, 0, 2))]

    title = words.title(row)
    title.stylize("bold")
    parts: list[RenderableType] = [title, _facts(row, words)]
    if leading is not None:
        begin = min([row.opened_at, *(finding.row.since for finding in view.findings)])
        moments = timeline.marks(view)
        story = story_of(view, {})
        sentence = words.story(
            case=row, telling=leading, begun=begin, usual=None, moments=moments, story=story
        )
        parts += [Text(), sentence]
    counts = words.text("evidence.lead", n=len(view.evidence), texts=len(quotes_))
    parts += section("timeline.title", words.text("zone", zone="UTC"), _steps(view, words))
    parts += section("roles.title", "", _roles(view, words))
    parts += section("evidence.title", counts, _evidence(quotes_, words))
    if leading is not None:
        parts += section("why.title", words.text("why.lead"), _reasons(leading, words))
    parts += section("policy.title", words.text("policy.lead"), _proposals(view, words))
    parts += section("nav.protections", "", _protections(view, words))
    if row.revisit_at is not None:
        named = {"name": words.text("act.revisit"), "value": words.when(row.revisit_at)}
        parts += [Text(), Text(words.text("list.pair", **named), "bold")]
    return Group(*parts)


def _facts(row: CaseRow, words: Words) -> Text:
    facts = [words.stage(row.stage), Text(words.state(row))]
    if row.minor:
        facts.append(words.minor())
    if row.assignee:
        facts.append(plain(words.text("case.with", who=row.assignee)))
    else:
        facts.append(Text(words.text("case.nobody")))
    facts.append(Text(f"{words.text('case.id')} {row.id}"))
    return Text(" · ").join(facts)


def _steps(view: CaseView, words: Words) -> RenderableType:
    table = _grid(2)
    for step, times in timeline.together(view.steps):
        table.add_row(Text(words.when(step.at), "dim"), _step(step, times, words))
    return table


def _step(step: Step, times: int, words: Words) -> Text:
    line = words.step(step)
    if times > 1:
        line.append(f" ×{times}", "bold")
    by = step.payload.get("by")
    if by and step.kind != "protection.lapsed":
        line.append(f" · {plain(str(by))}", "dim")
    last = f"–{step.index + times - 1}" if times > 1 else ""
    line.append(f" #{step.index}{last}", "dim")
    for text in step.texts.values():
        line.append("\n").append_text(plain(text or words.text("evidence.erased")))
    return line


def _roles(view: CaseView, words: Words) -> RenderableType:
    table = _grid(2)
    for role in ROLES:
        people = [part for part in view.parts if part.role == role]
        if not people:
            continue
        names = [words.person(part.account) for part in people]
        for name, part in zip(names, people, strict=True):
            name.append(f" ×{part.events}" if part.events > 1 else "", "dim")
        heading = Text(words.word("role_in_case", role), "bold")
        table.add_row(heading.append(f" {len(people)}", "dim not bold"), words.people(names))
    return table if table.row_count else Text(words.text("roles.none"), "dim")


def _evidence(quotes: Sequence[Quote], words: Words) -> RenderableType:
    if not quotes:
        return Text(words.text("evidence.none"), "dim")
    table = _grid(2)
    table.columns[0].justify = "right"
    for quote in quotes[:QUOTES]:
        kinds = words.joined("harm", quote.kinds)
        count = words.count("evidence.account", "evidence.accounts", quote.accounts)
        when = stretch(quote.rows[0].at, quote.rows[-1].at, dt.UTC)
        foot = " · ".join(part for part in (kinds, count, when) if part)
        text = _quoted(quote, words).append(f"\n{foot}", "dim")
        table.add_row(f"{len(quote.rows)}×", text)
    if len(quotes) > QUOTES:
        table.add_row("", words.text("list.others", n=len(quotes) - QUOTES), style="dim")
    return table


def _quoted(quote: Quote, words: Words) -> Text:
    """The quoted text, with «marks» around harmful passages."""
    if quote.kind is None:
        return Text(words.text("evidence.erased"), "dim")
    if not quote.pieces:
        return Text(words.text("evidence.no_text", what=words.word("event", quote.kind)), "dim")
    spoken_text = Text()
    for piece in quote.pieces:
        text = plain(piece.text)
        spoken_text.append_text(
            Text.assemble("«", (text.plain, "bold"), "»") if piece.kinds else text
        )
    return spoken_text


def _reasons(view: FindingView, words: Words) -> RenderableType:
    table = _grid(4)
    table.columns[1].justify = "right"
    most = max((abs(reason.points) for reason in view.reasons), default=0) or 1
    for reason in sorted(view.reasons, key=lambda reason_: -reason_.points):
        unit = words.word("unit", reason.unit)
        seen = words.text("why.value", value=number(reason.value), unit=unit)
        if reason.window:
            seen += words.text("why.window", span=words.duration(reason.window))
        if reason.expected:
            seen += words.text("why.usual", expected=number(reason.expected))
        bar = "█" * round(abs(reason.points) / most * BAR)
        table.add_row(
            words.word("feature", reason.feature),
            f"{reason.points:+.1f}",
            Text(bar, "cyan" if reason.points > 0 else "dim"),
            seen,
        )
    rule = f"{words.text('why.rule')} {view.row.rule}"
    if view.lexicon:
        rule += f"\n{words.text('why.lexicon')} {view.lexicon}"
    table.add_row(words.text("why.score"), f"{view.row.score:.1f}", "", rule, style="bold")
    return table


def _proposals(view: CaseView, words: Words) -> RenderableType:
    proposals = view.state.proposals
    if not proposals:
        return Text(words.text("policy.none"), "dim")
    return Group(*(_proposal(proposal, view.accounts, words) for proposal in proposals))


def _proposal(proposal: ProposedMeasure, accounts: dict[str, str], words: Words) -> Text:
    line = Text.assemble((words.word("measure", proposal.key), "bold"))
    if proposal.hours:
        line.append(f" {words.text('policy.for', span=words.duration(proposal.hours * HOUR))}")
    target = words.word("role_in_case", proposal.to)
    line.append(f" · {target} [{words.word('mode', proposal.mode)}]  ")
    return line.append_text(
        words.people([words.person(accounts.get(s)) for s in proposal.subjects])
    )


def _protections(view: CaseView, words: Words) -> RenderableType:
    if not view.protections:
        return Text(words.text("empty.protections.title"), "dim")
    return Group(*(words.protection(row) for row in view.protections))


def _grid(columns: int) -> Table:
    table = Table.grid(padding=(0, 2))
    for _ in range(columns):
        table.add_column(overflow="fold")
    return table
