"""Words for cases in the terminal, from the console's catalogues.

Chinese where LC_ALL, LC_MESSAGES or LANG begins with zh, English elsewhere. Times are UTC, as
everywhere on the command line. Names and texts of accounts cannot control the terminal:
non-printing characters are escaped.
"""

import datetime as dt
import os
import sys
from collections.abc import Sequence
from typing import Any

import click
from rich.console import Console, RenderableType
from rich.text import Text

from lianzhi.chain.views import CaseRow, ProtectionRow, Step
from lianzhi.documents import format as form
from lianzhi.web.console.render import environment
from lianzhi.web.console.words import words

#: Most accounts named.
NAMED = 12
_JOINER = "\u200d"  # zero-width joiner of emoji


def language() -> str:
    """The terminal's language, `zh` or `en`."""
    names = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "zh" if next(filter(None, names), "").startswith("zh") else "en"


def show(content: RenderableType, width: int) -> None:
    """Print to standard output at this width; a terminal may be narrower."""
    console = Console(highlight=False, markup=False, emoji=False)
    console.width = min(console.width, width) if console.is_terminal else width
    with console.capture() as printed:
        console.print(content)
    text = "\n".join(line.rstrip() for line in printed.get().splitlines())
    coding = getattr(sys.stdout, "encoding", None) or "utf-8"
    click.echo(text.encode(coding, "backslashreplace").decode(coding))


def plain(text: str) -> Text:
    """The text on one line, without terminal control characters."""
    return Text("".join(c if c.isprintable() or c == _JOINER else _escape(c) for c in text))


def _escape(char: str) -> str:
    return " " if char.isspace() else ascii(char)[1:-1]


class Words:
    """Texts in one language; `now` in Unix milliseconds UTC."""

    def __init__(self, language: str, now: int) -> None:
        self._now = now
        self._catalogue = words(language)
        jinja = environment(language).overlay(autoescape=False)
        self._frame = {"zone": dt.UTC, "now": now}
        self._parts: Any = jinja.get_template("parts.html").make_module(self._frame)
        self._story = jinja.get_template("_story.html")
        self._word: Any = jinja.globals["word"]

    def text(self, key: str, **named: object) -> str:
        """The catalogue's text with its placeholders filled in."""
        text = str(self._catalogue.gettext(key))
        return text % named if named else text

    def count(self, singular: str, many: str, n: int) -> str:
        """The catalogue's text for a number."""
        return str(self._catalogue.ngettext(singular, many, n)) % {"n": n}

    def word(self, family: str, key: str) -> str:
        """The word for a value in the data."""
        return str(self._word(family, key))

    def joined(self, family: str, keys: Sequence[str]) -> str:
        """The words for several values."""
        return self.text("list.and").join(self.word(family, key) for key in keys)

    def when(self, ms: int) -> str:
        """A time in UTC as text."""
        return form.stamp(ms, dt.UTC)

    def duration(self, ms: int) -> str:
        """A duration in words."""
        return form.duration(ms, self._catalogue)

    def person(self, account: str | None) -> Text:
        """An account, or a placeholder for an erased one."""
        return plain(account) if account else Text(self.text("person.erased"), "dim")

    def title(self, row: CaseRow) -> Text:
        """Kind of harm and the harmed person."""
        title, person = self.word("kind", row.kind), self.person(row.account).plain
        return Text(self.text("case.title", what=title, who=person))

    def people(self, names: Sequence[Text]) -> Text:
        """The first few of many names."""
        shown = Text("  ").join(names[:NAMED])
        if len(names) > NAMED:
            shown.append(f"  {self.text('list.others', n=len(names) - NAMED)}", "dim")
        return shown

    def minor(self) -> Text:
        """Label for a minor."""
        return Text(self.text("person.minor"), "yellow")

    def stage(self, key: str) -> Text:
        """The label of a stage, in its colour."""
        return Text(self.word("stage", key), {"act": "bold red", "warn": "yellow"}.get(key, ""))

    def state(self, row: CaseRow) -> str:
        """The label of a case's state."""
        if row.outcome is not None:
            return self.text("case.closed_as", outcome=self.word("outcome", row.outcome))
        return self.word("status", row.status)

    def step(self, step: Step) -> Text:
        """The label of a step."""
        return plain(str(self._parts.step_said(step)).strip())

    def protection(self, row: ProtectionRow) -> Text:
        """What a protection restricts, for whom, and until when."""
        over = row.ended or ("" if row.running(self._now) else "lapsed")
        at = self.when(row.ended_at or row.expires_at)
        keys = (
            str(self._parts.channels(row)).strip(),
            str(self._parts.closed_to(row)).strip(),
            f"{self.word('ended', over)} {at}" if over else self.text("act.until_time", at=at),
            self.text("protections.by", who=row.granted_by),
        )
        return plain(" · ".join(keys))

    def story(self, **context: object) -> Text:
        """The case as one sentence."""
        return plain(self._story.render(context | self._frame).strip())
