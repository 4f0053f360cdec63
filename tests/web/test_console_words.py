"""Every text that reaches a person stands in both catalogues."""

import ast
import re
from pathlib import Path
from typing import get_args

import pytest
from babel.messages.pofile import read_po
from jinja2.ext import extract_from_ast

import lianzhi.cli as cli
import lianzhi.web.console as console
from lianzhi.chain.case import OUTCOMES, TRANSITIONS, Status
from lianzhi.chain.event import KINDS
from lianzhi.chain.finding import STAGES, Role
from lianzhi.chain.protection import CHANNELS
from lianzhi.domains.bullying import policy
from lianzhi.flow.quarantine import Reason
from lianzhi.record.entry import ERASED
from lianzhi.record.verify import Fault
from lianzhi.store.accounts import ROLES
from lianzhi.store.roots import LOST_KIND, SEALED_KIND
from lianzhi.text.lexicon import __path__ as lexicon
from lianzhi.web.console import timeline
from lianzhi.web.console.acts import STEPS
from lianzhi.web.console.pages.cases import FILTERS
from lianzhi.web.console.render import NAVIGATION, THEMES, environment
from lianzhi.web.console.trouble import TOLD
from lianzhi.web.console.words import LANGUAGES, choose, known, words

HOME = Path(console.__file__).parent
#: Functions that are called with a key.
SAYS = r"gettext$|\.say$|\.count$|^section$"

#: What `word(family, key)` may be asked for.
FAMILIES: dict[str, tuple[str, ...]] = {
    "stage": ("calm", *STAGES),
    "status": get_args(Status),
    "outcome": OUTCOMES,
    "channel": CHANNELS,
    "role": ROLES,
    "role_may": ROLES,
    "role_in_case": (*get_args(Role), "about"),
    "role_means": get_args(Role),
    "event": KINDS,
    "quarantine": get_args(Reason),
    "fault": get_args(Fault),
    "step": ("finding.made", "case.opened", SEALED_KIND, LOST_KIND, ERASED, *TRANSITIONS),
    "theme": THEMES,
    "ended": ("lifted", "lapsed"),
    "kind": ("bullying.pile_on", "bullying.report_flood"),
    "feature": (
        "strangers",
        "harm",
        "acquaintances",
        "new_accounts",
        "referral",
        "reports",
        "reporters",
    ),
    "unit": ("accounts", "reporters"),
    "mode": ("shadow", "offer"),
    "done": ("granted", "lifted", "assigned", "noted", "closed", "reopened"),
    "nav": tuple(key for key, _, _ in NAVIGATION),
    "cases.filter": tuple(FILTERS),
    "protections.filter": ("running", "all"),
    "mark": ("watch", "warn", "act", "protected", "closed"),
    "measure": tuple({p.key for p in policy.load().latest()[1].case.proposals}),
    "harm": tuple(
        path.stem
        for path in Path(next(iter(lexicon))).glob("*.toml")
        if path.stem not in ("context", "counter")
    ),
}


def used_in_templates() -> set[str]:
    keys: set[str] = set()
    env = environment("en")
    for name in env.list_templates():
        source = env.loader.get_source(env, name)[0]  # type: ignore[union-attr]
        for _, _, message in extract_from_ast(env.parse(source)):
            parts = message if isinstance(message, tuple) else (message,)
            keys |= {part for part in parts if part}
    return keys


def used_in_code() -> set[str]:
    """Texts of calls of gettext and ngettext, and the reasons why a button is grey."""
    keys: set[str] = set()
    for path in (*HOME.rglob("*.py"), *Path(cli.__file__).parent.glob("case*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and re.search(SAYS, ast.unparse(node.func)):
                keys |= {a.value for a in node.args if isinstance(a, ast.Constant)}  # type: ignore[misc]
            if isinstance(node, ast.Constant) and str(node.value).startswith(("refused.", "cli.")):
                keys.add(str(node.value))
    return {key for key in keys if key and isinstance(key, str)}


def catalogue_keys(language: str) -> set[str]:
    with (HOME / "words" / f"{language}.po").open("rb") as file:
        found = read_po(file)
    ids = (message.id for message in found if message.id)
    return {part for one in ids for part in ([one] if isinstance(one, str) else one)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_that_is_used_has_a_text(language: str) -> None:
    wanted = used_in_templates() | used_in_code()
    wanted |= {f"{family}.{key}" for family, keys in FAMILIES.items() for key in keys}
    wanted |= {f"error.{status}.{part}" for status in (0, *TOLD) for part in ("title", "mend")}
    wanted |= {f"error.{way}" for way in ("home", "back", "again", "login")}
    assert len(wanted) > 300
    assert sorted(wanted - catalogue_keys(language)) == []


def test_both_catalogues_hold_the_same_keys_and_placeholders() -> None:
    assert catalogue_keys("zh") == catalogue_keys("en")
    for key in catalogue_keys("zh"):
        zh, en = (set(re.findall(r"%\((\w+)\)s", words(one).gettext(key))) for one in LANGUAGES)
        assert zh == en, key


def test_no_text_is_left_over() -> None:
    families = {f"{family}.{key}" for family, keys in FAMILIES.items() for key in keys}
    families |= {"measure.mute", "measure.hide", "measure.limit", "measure.close", "feature.roster"}
    used = used_in_templates() | used_in_code() | families
    left = {key for key in catalogue_keys("en") - used if not key.startswith(("error.", "chart."))}
    assert left == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_word_that_no_catalogue_has_reads_as_itself(language: str) -> None:
    word = environment(language).globals["word"]
    assert word("measure", "fine_and_rectify") == "fine and rectify"
    assert not known(language, "measure.fine_and_rectify")


@pytest.mark.parametrize(
    ("cookie", "accept", "language"),
    [
        ("en", "zh-CN", "en"),
        ("tlh", "zh-CN,zh;q=0.9", "zh"),
        (None, "en-GB,zh;q=0.5", "en"),
        (None, "fr-FR,de", "en"),
        (None, "fr,zh-TW;q=0.3", "zh"),
        (None, None, "zh"),
    ],
)
def test_the_language_is_the_chosen_one_else_the_browsers(
    cookie: str | None, accept: str | None, language: str
) -> None:
    assert choose(cookie, accept) == language


def test_every_button_can_say_why_it_is_grey() -> None:
    assert set(STEPS.values()) <= set(TRANSITIONS)
    assert tuple(sorted(timeline.WIDTHS)) == timeline.WIDTHS
