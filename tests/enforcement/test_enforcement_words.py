"""Every text of this domain stands in both catalogues, under keys that the console does not use."""

import ast
import datetime as dt
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2.ext import extract_from_ast

import lianzhi.domains.enforcement as domain
from lianzhi import documents, kit
from lianzhi.dispatch.requests import request
from lianzhi.domains.enforcement.acts.penalty import PENALTY
from lianzhi.domains.enforcement.desk.photos import PHOTOGRAPHED
from lianzhi.domains.enforcement.domain import ENFORCEMENT
from lianzhi.domains.enforcement.inspection import policy as inspecting
from lianzhi.domains.enforcement.inspection.gains import WITHIN
from lianzhi.domains.enforcement.law.statutes import penalty_gates
from lianzhi.domains.enforcement.nouns import letter, penalty, visit
from lianzhi.domains.enforcement.refusals import explain
from lianzhi.domains.enforcement.web import inspection_plots
from lianzhi.kit import form_values, import_pages
from lianzhi.kit import page as kit_page
from lianzhi.office import drafts, files, issued_papers, uploads
from lianzhi.office import photos as office_photos
from lianzhi.office.refusal import Refusal
from lianzhi.web import console
from lianzhi.web.console.render import environment
from lianzhi.web.console.words import LANGUAGES

HOME = Path(domain.__file__).parent
CONSOLE = Path(console.__file__).parent
KIT = Path(kit.__file__).parent
DOCUMENTS = Path(documents.__file__).parent
#: What of other rooms this domain uses, and so has to say the refusals of.
SHARED = [
    Path(one.__file__)
    for one in (
        drafts,
        files,
        issued_papers,
        office_photos,
        uploads,
        form_values,
        import_pages,
        kit_page,
    )
]
STEPS = {step for gate in penalty_gates().at(dt.date(2026, 5, 1)) for step in gate.steps}
#: What `word(family, key)` may be asked for.
FAMILIES = {
    "penalty_status": ("filed", "noticed", "decided", "served", "closed", "archived"),
    "penalty_act": tuple(act.key for act in PENALTY.acts),
    "enforcement.step": {*(kind.removeprefix("penalty.") for kind in penalty.STEPS), *STEPS},
    "list": ("no_penalty", "mitigated", "lighter", "ordinary", "heavier"),
    "review": ("waiting", "passed", "failed"),
    "request_status": request.STATUSES,
    "request_channel": request.CHANNELS,
    "letter_kind": letter.KINDS,
    "visit_reason": visit.Reason.__args__,
    "draw_tier": ("all", *(tier.name for tier in inspecting.latest().draw.tiers)),
    "gain_within": WITHIN,
    "gain_means": WITHIN,
    "gain_score": inspection_plots.SHOWN,
    "nav": tuple(page.key for page in ENFORCEMENT.pages),
    "domain": ("enforcement",),
}


def keys(folder: Path, language: str) -> set[str]:
    with (folder / "words" / f"{language}.po").open("rb") as file:
        ids = (message.id for message in read_po(file) if message.id)
        return {part for one in ids for part in ([one] if isinstance(one, str) else one)}


def used() -> set[str]:
    found: set[str] = set()
    env = environment("en")
    for name in env.list_templates():
        if "enforcement/" in name:
            source = env.loader.get_source(env, name)[0]
            for _, _, message in extract_from_ast(env.parse(source)):
                parts = message if isinstance(message, tuple) else (message,)
                found |= {part for part in parts if part}
    for path in (*HOME.rglob("*.py"), *SHARED):
        source = path.read_text("utf-8")
        faults = ("_wrong", "_fault", "Fault") if "lianzhi.tabular.problem" in source else ()
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and re.search(
                r"(RefusedError|Refusal)$", ast.unparse(node.func)
            ):
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant) and len(node.args) > 1:
                    found.add(f"refused.{first.value}")
            if isinstance(node, ast.Call) and ast.unparse(node.func) in faults:
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant):
                    found.add(f"table_fault.{first.value}")
    return found


def words_of_acts() -> set[str]:
    fields = [field for act in PENALTY.acts for field in act.fields]
    labels = {field.label for field in fields}
    choices = {f"{field.family}.{choice}" for field in fields for choice in field.choices}
    silent = {
        f"penalty_says.{act.key}" for act in PENALTY.acts if not (act.fields or act.take is None)
    }
    return labels | choices | silent


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_that_is_used_has_a_text(language):
    wanted = used() | {f"{family}.{key}" for family, each in FAMILIES.items() for key in each}
    wanted |= words_of_acts()
    assert len(wanted) > 300
    said = set().union(*(keys(home, language) for home in (HOME, CONSOLE, KIT, DOCUMENTS)))
    assert sorted(wanted - said) == []


def test_both_catalogues_hold_the_same_keys_and_placeholders():
    assert keys(HOME, "zh") == keys(HOME, "en")
    for language in LANGUAGES:
        with (HOME / "words" / f"{language}.po").open("rb") as file:
            for message in read_po(file):
                assert not message.id or message.string, message.id
    told = {}
    for language in LANGUAGES:
        with (HOME / "words" / f"{language}.po").open("rb") as file:
            told[language] = {
                str(message.id): set(re.findall(r"%\((\w+)\)s", str(message.string)))
                for message in read_po(file)
            }
    assert told["zh"] == told["en"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_entry_that_this_domain_writes_has_a_name_on_the_record(language):
    """Kinds are found where they are written: `draft("map.drawn", ...)`."""
    entry = environment(language).globals["entry"]
    kinds = {*penalty.STEPS, *request.STEPS, *letter.STEPS, PHOTOGRAPHED}
    for path in HOME.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("draft"):
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    kinds.add(first.value)
    assert len(kinds) > 60
    assert sorted(kind for kind in kinds if entry(kind) == kind.replace("_", " ")) == []


def test_no_key_means_two_things():
    """One catalogue is laid over the other: what both have, both have to say alike."""
    for language in LANGUAGES:
        said = {}
        for folder in (CONSOLE, HOME):
            with (folder / "words" / f"{language}.po").open("rb") as file:
                for message in read_po(file):
                    if message.id:
                        said.setdefault(str(message.id), set()).add(str(message.string))
        assert {key: texts for key, texts in said.items() if len(texts) > 1} == {}


def test_a_refusal_of_another_domain_is_not_worded_here() -> None:
    assert explain(Refusal("dismissal", "words is empty"), "en") is None
    assert explain(Refusal("files", "3 files; give 2 at most", most=2), "en") is not None
