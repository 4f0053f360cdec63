"""Words of documents: in both languages, all of them used, and the console's where it has them."""

import re
from importlib.resources import files
from pathlib import Path
from typing import get_args

import pytest
from babel.messages.pofile import read_po

import lianzhi.documents as documents
import lianzhi.web.console as console
from lianzhi.chain.case import OUTCOMES, TRANSITIONS, Status
from lianzhi.chain.event import KINDS
from lianzhi.chain.finding import STAGES, Role
from lianzhi.documents.forms import LANGUAGES, State
from lianzhi.documents.words import words
from lianzhi.domains.astroturf.adverts import KINDS as OFFERED
from lianzhi.domains.dissemination.detect import DISTORTED
from lianzhi.domains.policies import Policies
from lianzhi.domains.registry import DOMAINS, packages
from lianzhi.text.lexicon.terms import __path__ as lexicon
from lianzhi.web.console.words import words as console_words

HOME = Path(documents.__file__).parent
#: Kinds whose cases are about an object: each may have a sentence of its own.
OBJECT_KINDS = [f"{one.name}.{kind}" for one in DOMAINS.values() for kind in one.object_kinds]
FAMILIES: dict[str, tuple[str, ...]] = {
    "stage": STAGES,
    "status": get_args(Status),
    "outcome": OUTCOMES,
    "role_in_case": (*get_args(Role), "about"),
    "role_means": get_args(Role),
    "event": KINDS,
    "step": ("finding.made", "case.opened", "segment.sealed", "subject.erased", *TRANSITIONS),
    "mark": (*STAGES, "protected", "closed"),
    "measure": tuple({p.key for p in Policies().case(1 << 50).proposals}),
    "pack.state_of": get_args(State),
    "pack.by": ("segment", "finding", "named"),
    "pack.count": ("erased", "missing", "not_kept", "texts"),
    "pack.verify": ("with", "key", "without"),
    "pack.limit": ("truth", "whole", "time"),
    "pack.col": ("seq", "index", "when", "who", "what"),
    "letter.file": ("evidence", "readme"),
    "letter.verify": ("digest", "pack", "record"),
    "letter.receipt": ("by", "person", "number", "date", "digest", "course", "seal"),
    "harm": (
        *(
            path.stem
            for path in Path(next(iter(lexicon))).glob("*.toml")
            if path.stem not in ("context", "counter_speech")
        ),
        *OFFERED,
        DISTORTED,
    ),
}


def keys(folder: Path, language: str) -> dict[str, object]:
    with (folder / "words" / f"{language}.po").open("rb") as file:
        return {
            one: message.string
            for message in read_po(file)
            if message.id
            for one in ([message.id] if isinstance(message.id, str) else message.id)
        }


def used() -> set[str]:
    said = set()
    for name in ("page.py", "letter.py", "format.py", "words.py"):
        said |= set(
            re.findall(r"""["']([a-z_]+(?:\.[a-z_]+)+)["']""", (HOME / name).read_text("utf-8"))
        )
    return said - {"case.opened", *TRANSITIONS, "pack.state_of", "pack.by", "letter.file"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_has_a_text_and_none_is_left_over(language: str) -> None:
    known = set(keys(HOME, language))
    wanted = used() | {f"{family}.{key}" for family, of in FAMILIES.items() for key in of}
    assert sorted(wanted - known) == []
    wanted |= {f"{part}.{kind}" for part in ("story", "lead") for kind in OBJECT_KINDS}
    families = ("kind", "feature", "unit", "measure", "step", "stage")
    left = {key for key in known - wanted if key.split(".")[0] not in families}
    assert left == set()


def test_both_catalogues_hold_the_same_keys_and_placeholders() -> None:
    assert keys(HOME, "zh").keys() == keys(HOME, "en").keys()
    for key in keys(HOME, "zh"):
        zh, en = (set(re.findall(r"%\((\w+)\)s", words(one).gettext(key))) for one in LANGUAGES)
        assert zh == en, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_console_reads_these_words_and_domains_say_the_same(language: str) -> None:
    here = keys(HOME, language)
    assert not here.keys() & keys(Path(console.__file__).parent, language).keys()
    for package in packages("words"):
        there = keys(Path(str(files(package))), language)
        assert {key: here[key] for key in here.keys() & there.keys()} == {
            key: there[key] for key in here.keys() & there.keys()
        }
    read = console_words(language)
    texts = {key: text for key, text in here.items() if isinstance(text, str)}
    assert {key: read.gettext(key) for key in texts} == texts
