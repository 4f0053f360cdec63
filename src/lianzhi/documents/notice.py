"""Notices as plain text in Chinese or English, from one template for each kind.

The first line of a template is the subject. Missing parameters raise, so that no incomplete notice
is sent.
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

#: Default time zone of a deployment, that of China.
BEIJING = dt.timezone(dt.timedelta(hours=8), "UTC+8")

#: Replaces an erased text.
_ERASED = {
    "zh": "（这部分内容涉及的人已行使删除权，内容不再保留。）",
    "en": "(This part has been erased at the request of somebody whom it concerned.)",
}
_NO_NAME = {"zh": "已删除", "en": "erased"}


class Sender(msgspec.Struct, frozen=True):
    """The sender's name and contact."""

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
    objects: Mapping[str, str] = MappingProxyType({}),
) -> Rendered:
    """A notice in a language; times are in `zone`, erased texts are marked as such.

    `objects`: names of the objects that its parameters refer to by token. Raises ValueError for an
    unknown language, or parameters that do not fit the kind.
    """
    if language not in LANGUAGES:
        raise ValueError(f"language {language!r}: choose one of {', '.join(LANGUAGES)}")
    template = _environment(language).get_template(f"{kind}.{language}.txt")
    text = template.render(
        params=read_params(kind, params),
        texts=texts,
        zone=zone,
        ref=ref,
        made_at=made_at,
        sender=sender,
        objects=objects,
    )
    subject, _, body = text.strip().partition("\n")
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
    def object_name(context: Context, token: str) -> str:
        reference, _, name = str(context["objects"].get(token, _NO_NAME[language])).partition(":")
        known = words["thing"][language]
        name = name[:8] if reference == "text" else name
        return (
            f"{known[reference]}{name}"
            if name and reference in known
            else (f"{reference}:{name}" if name else reference)
        )

    env.filters |= {
        "thing": object_name,
        "when": when,
        "measure": lambda key: words["measure"][language].get(key, key.replace("_", " ")),
        "kept": lambda text: _ERASED[language] if text is None else text,
    }
    return env
