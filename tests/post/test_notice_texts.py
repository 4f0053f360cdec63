"""Every notice can be rendered in both languages, and says what a notice has to say."""

import re
from importlib.resources import files
from itertools import product
from typing import Any, get_args

import msgspec
import pytest
from jinja2 import UndefinedError

import lianzhi.documents
from lianzhi.chain.notice import KINDS, PARAMS, TEXTS, Kind, draft, notice_id, read_params
from lianzhi.documents.notice import BEIJING, LANGUAGES, Rendered, Sender, render

AT = 1_795_608_300_000
WORDS = {"zh": "甲法第十二条", "en": "Law A, article 12"}
BODY = {"zh": "乙市网信办", "en": "Office B"}
SENDER = Sender("示例平台", "help@example.org")

#: What may be given for a field: every choice that changes the text.
CHOICES: dict[str, tuple[Any, ...]] = {
    "hours": (72,),
    "minor": (False, True),
    "measures": (
        ({"measure": "mute"},),
        (
            {"measure": "mute", "until": AT},
            {"measure": "limit"},
            {"measure": "something_new"},
        ),
    ),
    "redress": (WORDS,),
    "route": (None, BODY),
    "measure": ("mute",),
    "ground": (WORDS,),
    "further": (None, BODY),
    "to": (BODY,),
    "automated": (False, True),
    "until": (None, AT),
    "contest_by": (None, AT),
    "answer_by": (None, AT),
}


def every(kind: Kind) -> list[dict[str, Any]]:
    """Every combination of parameters of a kind."""
    fields = msgspec.structs.fields(PARAMS[kind])
    values = [CHOICES.get(field.name) or get_args(field.type) for field in fields]
    return [
        dict(zip((field.name for field in fields), chosen, strict=True))
        for chosen in product(*values)
    ]


def said(kind: Kind, language: str, params: dict[str, Any], text: str | None = "因为") -> Rendered:
    texts = {TEXTS[kind]: text} if kind in TEXTS else {}
    return render(kind, language, params, texts, BEIJING, ref="ref-1", made_at=AT, sender=SENDER)


@pytest.mark.parametrize(("kind", "language"), list(product(KINDS, LANGUAGES)))
def test_every_notice_says_what_it_must(kind: Kind, language: str) -> None:
    for params in every(kind):
        text = said(kind, language, params)
        assert text.subject
        assert "\n" not in text.subject
        assert len(text.subject) < 60
        assert "ref-1" in text.body
        assert SENDER.contact in text.body, "whom to ask"
        assert "2026-11-25 20:05 (UTC+8)" in text.body, "when it was made"
        assert not re.search(r"\n{3,}|[ \t]+$|{[{%]|None|undefined", text.body, re.M)
        if params.get("ground"):
            assert WORDS[language] in text.body
        if kind in TEXTS:
            assert "因为" in text.body
        for moment in ("until", "contest_by", "answer_by"):
            if params.get(moment) and not (moment == "contest_by" and "further" in params):
                assert text.body.count("2026-11-25 20:05") >= 2, moment
        chinese = len(re.findall(r"[\u4e00-\u9fff]", text.body.replace("示例平台", "")))
        assert (chinese > 40) == (language == "zh")


@pytest.mark.parametrize(("kind", "language"), list(product(TEXTS, LANGUAGES)))
def test_an_erased_text_is_said_to_be(kind: Kind, language: str) -> None:
    body = said(kind, language, every(kind)[0], None).body
    assert ("删除权" if language == "zh" else "has been erased") in body


def test_there_is_no_template_without_a_kind() -> None:
    folder = files(lianzhi.documents).joinpath("notices")
    found = {one.name for one in folder.iterdir() if not one.name.startswith("_")}
    assert found == {"words.toml"} | {f"{k}.{code}.txt" for k in KINDS for code in LANGUAGES}


def test_a_notice_with_a_hole_is_not_sent() -> None:
    with pytest.raises(UndefinedError):
        render(
            "transfer",
            "en",
            {"to": BODY, "ground": WORDS},
            {},
            BEIJING,
            ref="r",
            made_at=AT,
            sender=SENDER,
        )
    with pytest.raises(ValueError, match=r"language 'fr': choose one of zh, en"):
        said("appeal_receipt", "fr", {})


def test_whom_to_ask_where_nobody_is_named() -> None:
    body = render(
        "appeal_receipt", "en", {}, {}, BEIJING, ref="r", made_at=AT, sender=Sender("Example")
    ).body
    assert "the help or complaints page of Example" in body


@pytest.mark.parametrize(
    ("kind", "params", "texts", "mend"),
    [
        ("hello", {}, {}, "choose one of protection_offered"),
        ("protection_offered", {}, {}, "missing required field `hours`"),
        ("protection_offered", {"hours": "72"}, {}, r"Expected `int`.*\$.hours"),
        ("appeal_receipt", {"more": 1}, {}, "unknown field `more`"),
        ("appeal_receipt", {}, {"reason": ("x", ())}, "give none"),
        ("transfer", {"to": BODY, "ground": WORDS}, {}, "give reason"),
    ],
)
def test_a_notice_that_could_not_be_rendered_is_not_made(
    kind: Kind, params: dict[str, Any], texts: dict[str, Any], mend: str
) -> None:
    with pytest.raises(ValueError, match=mend):
        draft(kind, "p_1", "c1", params, texts, AT)


def test_a_notice_is_named_by_what_it_tells() -> None:
    one = draft("protection_offered", "p_1", "c1", {"hours": 72}, {}, AT)
    again = draft("protection_offered", "p_1", "c1", {"hours": 24}, {}, AT + 5)
    assert one.ref == again.ref == notice_id("protection_offered", "p_1", "c1")
    names = {notice_id(k, p, r) for k in KINDS for p in ("p_1", "p_2") for r in ("c1", "c2")}
    assert len(names) == len(KINDS) * 4
    assert read_params("protection_offered", one.payload["params"]).hours == 72  # type: ignore[attr-defined]
