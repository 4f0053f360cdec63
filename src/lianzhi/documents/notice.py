"""Notices as people read them: plain text in Chinese or English, from one template a kind.

The first line of a template is the subject. A template that lacks something fails: nobody gets a
notice with a hole in it.
"""

import datetime as dt
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from lianzhi.chain.notice import Kind, read_params

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")

#: The zone of a deployment that names none: China has one.
BEIJING = dt.timezone(dt.timedelta(hours=8), "UTC+8")

#: Stands where a free text has been erased.
_ERASED = {
    "zh": "（这部分内容涉及的人已行使删除权，内容不再保留。）",
    "en": "(This part has been erased at the request of somebody whom it concerned.)",
}
_GONE = {"zh": "已删除", "en": "erased"}


class Sender(msgspec.Struct, frozen=True):
    """Who speaks, and where to ask."""

    name: str
    contact: str = ""
    """A mail address, telephone number or page; empty: the platform's own help page."""


class Rendered(msgspec.Struct, frozen=True):
    """A notice in one language."""

    subject: str
    """One line."""
    body: str
    """Lines of plain text, ended by a line feed."""


def render(
    kind: Kind,
    language: str,
    params: Mapping[str, Any],
    texts: Mapping[str, str | None],
    zone: dt.tzinfo,
    *,
    ref: str,
    made_at: int,
    sender: Sender,
    things: Mapping[str, str] = MappingProxyType({}),
) -> Rendered:
    """A notice in a language; times are shown in `zone`, an erased text is said to be.

    `things`: names of the things that its parameters name by token.

    Raises ValueError for a language that there is not, or parameters that do not fit the kind.
    """
    if language not in LANGUAGES:
        raise ValueError(f"language {language!r}: choose one of {', '.join(LANGUAGES)}")
    template = _environment(language).get_template(f"{kind}.{language}.txt")
    said = template.render(
        params=read_params(kind, params),
        texts=texts,
        zone=zone,
        ref=ref,
        made_at=made_at,
        sender=sender,
        things=things,
    )
    subject, _, body = said.strip().partition("\n")
    return Rendered(subject.strip(), body.strip() + "\n")


@cache
def _environment(language: str) -> Environment:
    env = Environment(
        loader=PackageLoader("lianzhi.documents", "notices"),
        autoescape=False,  # noqa: S701 - plain text
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words = tomllib.loads(files(__package__).joinpath("notices", "words.toml").read_text("utf-8"))

    @pass_context
    def when(context: Context, ms: int) -> str:
        at = dt.datetime.fromtimestamp(ms / 1000, dt.UTC).astimezone(context["zone"])
        return f"{at:%Y-%m-%d %H:%M} ({at.tzname()})"

    @pass_context
    def thing(context: Context, token: str) -> str:
        what, _, name = str(context["things"].get(token, _GONE[language])).partition(":")
        known = words["thing"][language]
        name = name[:8] if what == "text" else name
        return (
            f"{known[what]}{name}"
            if name and what in known
            else (f"{what}:{name}" if name else what)
        )

    env.filters |= {
        "thing": thing,
        "when": when,
        "measure": lambda key: words["measure"][language].get(key, key.replace("_", " ")),
        "kept": lambda text: _ERASED[language] if text is None else text,
    }
    return env
