"""POST /v1/nudge: a private hint before posting (发文提醒). Stores nothing, logs no text."""

import time
import tomllib
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends, Header
from pydantic import Field

from lianzhi.chain.policy import Dated, load_policy
from lianzhi.store.keys import ApiKey
from lianzhi.text import Assessment, assess
from lianzhi.web.api.forms import Form, Node, Reply
from lianzhi.web.console.words import choose
from lianzhi.web.core.auth import require_scope

router = APIRouter(tags=["nudge"])


class NudgePolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a text is worth a hint; see the files in `policy/`."""

    offence: float
    kind: float
    counter_speech: float

    def worth(self, reading: Assessment) -> bool:
        """Whether the author should be asked to look again."""
        worst = max(reading.kinds.values(), default=0.0)
        if reading.counter_speech >= self.counter_speech and reading.counter_speech > worst:
            return False
        return reading.offence >= self.offence or worst >= self.kind


class Draft(Form):
    """What somebody is about to post."""

    text: str = Field(max_length=10_000, examples=["你这个废物，滚出去"])


class HintReply(Reply):
    """One stretch of the text and what to think of."""

    start: int = Field(ge=0, description="First code point (not UTF-16 unit) of the stretch.")
    end: int = Field(description="Code point after its last.")
    kind: str = Field(examples=["insult"])
    hint: str


class NudgeReply(Reply):
    """Whether to ask the author to look again."""

    nudge: bool
    message: str = Field(description="To show to the author; empty when there is no need.")
    hints: list[HintReply]
    language: Literal["zh", "en"]
    may_continue: Literal[True] = Field(
        default=True, description="Always: a hint never stops anybody from posting."
    )


@router.post("/nudge", summary="Hint at hurtful words before posting")
def nudge(
    form: Draft,
    node: Node,
    key: Annotated[ApiKey, Depends(require_scope("protect"))],
    accept_language: Annotated[str | None, Header(max_length=200, examples=["zh-CN"])] = None,
) -> NudgeReply:
    """The text is read, answered and forgotten."""
    language: Literal["zh", "en"] = "zh" if choose(None, accept_language) == "zh" else "en"
    began = time.perf_counter()
    reading = assess(form.text, node.lexicons.lexicon)
    node.counts.add_nudge(reading.in_full, time.perf_counter() - began)
    _, policy = _policy().at(node.now())
    if not policy.worth(reading):
        return NudgeReply(nudge=False, message="", hints=[], language=language)
    words = _words()[language]
    hints = [
        HintReply(
            start=span.start,
            end=span.end,
            kind=span.kind,
            hint=words["kinds"].get(span.kind, words["kinds"]["other"]),
        )
        for span in reading.spans
    ]
    return NudgeReply(nudge=True, message=words["message"], hints=hints, language=language)


@cache
def _policy() -> Dated[NudgePolicy]:
    return load_policy("lianzhi.web.api", NudgePolicy)


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("nudge.toml").read_text("utf-8"))
