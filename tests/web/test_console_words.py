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
from lianzhi import documents
from lianzhi.accounts.memory.likeness import TRAITS
from lianzhi.chain import appeal, decision, harm_chain, measure, report, signal
from lianzhi.chain import lexicon as lexicons
from lianzhi.chain.campaign import BODIES, Terms
from lianzhi.chain.campaign_figures import CONTRADICTIONS
from lianzhi.chain.campaign_sample import BEFORE, DURING, JUDGED
from lianzhi.chain.campaign_supply import COLUMNS
from lianzhi.chain.case import OUTCOMES, TRANSITIONS, Status
from lianzhi.chain.disclosure import PUBLIC
from lianzhi.chain.event import KINDS
from lianzhi.chain.finding import STAGES, Role
from lianzhi.chain.guards import GUARDS
from lianzhi.chain.notice import DELIVERED, NOTICE_MADE, READ
from lianzhi.chain.protection import CHANNELS
from lianzhi.chain.scorecard_figures import CHECKS, RIGHT, SECTIONS, SPECS
from lianzhi.cli.campaign_totals import NEEDED
from lianzhi.cli.campaign_totals import Act as TotalAct
from lianzhi.documents import format as spans
from lianzhi.domains.astroturf.adverts import KINDS as OFFERED
from lianzhi.domains.astroturf.families import explanations
from lianzhi.domains.policies import Policies
from lianzhi.domains.registry import DOMAINS
from lianzhi.flow.quarantine import Reason
from lianzhi.jobs import in_force
from lianzhi.kit import format as kit_format
from lianzhi.office.campaign_acts import DRAWS, PLANS, SAMPLES, SUPPLIES, TABLES, TASKS
from lianzhi.office.campaign_draws import RULES as DRAW_RULES
from lianzhi.office.campaign_samples import RULES as SAMPLE_RULES
from lianzhi.office.campaign_supplies import RULES as SUPPLY_RULES
from lianzhi.office.campaigns import CLOCK
from lianzhi.office.campaigns import RULES as CAMPAIGN_RULES
from lianzhi.office.messages import CHANNELS as CHANNELS_OUT
from lianzhi.record.entry import ERASED
from lianzhi.record.verify import Fault
from lianzhi.stats.campaign.verdict import Verdict
from lianzhi.store.accounts import CODES, ROLES
from lianzhi.store.accounts_tables import api_key_table, user_table
from lianzhi.store.campaign_counts import MONTHLY, Behind
from lianzhi.store.counted import COUNTED
from lianzhi.store.keys import KEY_KINDS, SCOPES
from lianzhi.store.looks import LOOKED
from lianzhi.store.narrow import STATUSES
from lianzhi.store.process import OF_A_CASE
from lianzhi.store.roots import CLOCK_KIND, LOST_KIND, SEALED_KIND
from lianzhi.store.users import USER_KINDS
from lianzhi.text.grammar import frames
from lianzhi.text.lexicon.lexicons import shipped, strengths
from lianzhi.text.lexicon.terms import __path__ as lexicon
from lianzhi.text.lexicon_check import Code
from lianzhi.text.model.kind_models import AS_A_WHOLE
from lianzhi.text.unveil import WAYS
from lianzhi.web.console import error_page, timeline
from lianzhi.web.console.acts import STEPS
from lianzhi.web.console.pages import measures, reports
from lianzhi.web.console.pages.cases import FILTERS
from lianzhi.web.console.pages.lexicons import DONE as TERM_DONE
from lianzhi.web.console.pages.lexicons import REFUSED as TERM_REFUSED
from lianzhi.web.console.pages.people import DONE
from lianzhi.web.console.pages.signals import FILTERS as SIGNALS
from lianzhi.web.console.render import NAVIGATION, RESERVED, THEMES, environment
from lianzhi.web.console.words import LANGUAGES, choose, known, words
from lianzhi.web.core.oidc_sign_in import ERRORS
from lianzhi.web.core.refused_keys import REFUSED
from lianzhi.web.public.appeal import REFUSALS
from lianzhi.web.public.page import WHY
from lianzhi.web.public.report import HARMED

HOME = Path(console.__file__).parent
#: Functions that are called with a key.
SAYS = r"gettext$|\.say$|\.count$|^section$"

_CAMPAIGN_FIELDS = [
    field for table in TABLES for act in (*table.openings, *table.acts) for field in act.fields
]
#: Dimensions of the public report.
PUBLISHED = {dim for dims in PUBLIC.values() for dim in dims}
#: What parts of figures are called, besides what other families call them.
PARTS: dict[str, tuple[str, ...]] = {
    "outcome": (*report.OUTCOMES, "upheld,not_upheld,handled"),
    "status": (
        *get_args(decision.Status),
        *get_args(measure.Status),
        *get_args(report.Status),
        *get_args(appeal.Status),
        *(name for name in STATUSES),
    ),
    "source": decision.SOURCES,
    "ground": ("rule", "statute"),
    "restricts": ("yes", "no"),
    "automated": ("yes", "no"),
    "in_time": ("yes", "no"),
    "rebound": ("yes", "no"),
    "role": ("none",),
    "mode": measure.MODES,
    "rule": ("none",),
    "why": (
        *("breaker", "stale", "failed", "none", "severe_by_person", "own_act", "within_limits"),
        *("answerable_only", "ground_in_force", "measures_allowed", "reasons_given"),
    ),
    "channel": report.CHANNELS,
    "party": appeal.PARTIES,
    "look": ("sample", "golden"),
    "asked": ("case", "person"),
    "quantile": ("p90",),
    "offer": ("accepted", "offered,accepted"),
    "linked": ("yes",),
    "state": ("waiting", "closed"),
    "agrees": ("yes",),
    "removed": ("yes",),
    "reached": ("yes", "no", "yes,no"),
    "on": tuple({one.on for one in COUNTED.values() if one.on}),
}
#: What `word(family, key)` may be asked for.
FAMILIES: dict[str, tuple[str, ...]] = {
    "campaign": (
        *Terms.__struct_fields__,
        *(field.label.partition(".")[2] for field in _CAMPAIGN_FIELDS if "campaign" in field.label),
        *get_args(Behind),
    ),
    "campaign_back": ("yes", "no"),
    "campaign_total": (
        *("states", *get_args(TotalAct)),
        *(f"no_{name}" for name in NEEDED),
    ),
    "campaign_by": (CLOCK,),
    "campaign_series": ("harm", "neighbour", *COLUMNS),
    "campaign_judged": JUDGED,
    "campaign_verdict": tuple(Verdict),
    "campaign_moved": ("yes", "no", "unknown"),
    "campaign_rebound": ("none", "due", "yes", "no"),
    "campaign_monthly": MONTHLY,
    "campaign_stratum": (BEFORE, DURING),
    "campaign_sample_status": ("planned", "drawn", "finished"),
    "campaign_supply_status": ("given", "withdrawn"),
    "sample_act": SAMPLES.keys,
    "supply_act": SUPPLIES.keys,
    "campaign_body": BODIES,
    "campaign_done": tuple({key for table in TABLES for key in table.keys}),
    "campaign_phase": ("withdrawn", "planned", "running", "watched", "over"),
    "campaign_state": ("standing", "undone"),
    "campaign_status": ("open", "late", "replied", "done"),
    "campaign_subject": (*measure.SUBJECT_TYPES, "item"),
    "plan_act": PLANS.keys,
    "task_act": TASKS.keys,
    "step.campaign": tuple(step for table in TABLES for step in table.steps),
    "refused": (*CAMPAIGN_RULES, *DRAW_RULES, *SAMPLE_RULES, *SUPPLY_RULES),
    "lot_act": DRAWS.keys,
    "campaign_check": ("recorded", "in_time", "drawn_again", "published"),
    "campaign_draw_status": ("planned", "drawn"),
    "campaign_holds": ("yes", "no"),
    "import_becomes": ("once", "anew", "seen"),
    "stage": ("calm", *STAGES),
    "status": get_args(Status),
    "outcome": OUTCOMES,
    "channel": CHANNELS,
    "role": (*ROLES, "key"),
    "role_may": ROLES,
    "role_in_case": (*get_args(Role), "about"),
    "role_means": get_args(Role),
    "event": KINDS,
    "quarantine": get_args(Reason),
    "fault": get_args(Fault),
    "account_table": (user_table.name, api_key_table.name),
    "step": (
        *("finding.made", "case.opened", SEALED_KIND, LOST_KIND, CLOCK_KIND, ERASED, *TRANSITIONS),
        *("report.received", "rule.switched", lexicons.CHANGED, *lexicons.STEPS, *OF_A_CASE),
        *(NOTICE_MADE, DELIVERED, READ, LOOKED, *USER_KINDS, *KEY_KINDS, REFUSED, in_force.KIND),
    ),
    "decision": get_args(decision.Status),
    "measure_status": get_args(measure.Status),
    "measures.filter": tuple(measures.FILTERS),
    "measure.do": ("apply", "undo"),
    "measure.done": ("apply", "undo"),
    "appeal": get_args(appeal.Status),
    "appeal_outcome": appeal.OUTCOMES,
    "appeals.filter": ("waiting", "answered"),
    "party": appeal.PARTIES,
    "report_status": get_args(report.Status),
    "report_outcome": report.OUTCOMES,
    "rule": (
        *("status", *GUARDS, "party_to_it", "part_of_own_measures"),
        *("measure_of_decision", "same_person", "judged_here", "contested_once", "look_due"),
        "answered_elsewhere",
    ),
    "route": appeal.ROUTES,
    "why": ("breaker", "stale", "failed"),
    "desk.held": ("case", "look", "appeal"),
    "desk.waiting": (
        *("mine", "unassigned", "second", "looks", "appeals", "overdue", "reports"),
        *("by_hand", "revisits"),
    ),
    "refusal": CODES,
    "login_failed": tuple(ERRORS),
    "scope": SCOPES,
    "scope_may": SCOPES,
    "people_done": DONE,
    "settings_done": ("password",),
    "reports.filter": tuple(reports.FILTERS),
    "reports.done": ("joined", "answered", "routed"),
    "report_channel": report.CHANNELS,
    "report_new.refused": ("class", "empty", "case", "person"),
    "report_new.account": ("reporter", "about", "subject"),
    "open.who": HARMED,
    "open.outcome": report.OUTCOMES,
    "open.answer": appeal.OUTCOMES,
    "open.refused": REFUSALS,
    "open.trouble": ("broken", *WHY.values()),
    "open.trouble_how": ("broken", *WHY.values()),
    "theme": THEMES,
    "ended": ("lifted", "lapsed"),
    "kind": tuple(one.kind for one in Policies().case(0).types),
    "explained": (
        *("interest", "own_objects", "one_day", "schedule"),
        *("crowd", "new_item", "own_accord", "going_on"),
        *(name for name, _ in explanations()),
        *("word_for_word", "short", "said_elsewhere", "nothing_to_compare"),
    ),
    "flag": ("burst", "throwaway", "group"),
    "acted": ("on", "follow", "report", "group", "link", "hashtag", "text"),
    "thing": ("follow", "report", "group", "link", "hashtag", "text"),
    "feature": (
        "strangers",
        "harm",
        "acquaintances",
        "new_accounts",
        "referral",
        "reports",
        "reporters",
        "beyond_chance",
        "met_again",
        *(f"alike_{trait}" for trait in TRAITS if trait != "account"),
        "alike_before",
        *("burst", "throwaway", "group"),
        *("made_alike", "at_once", "reads_as_offer"),
    ),
    "unit": (
        *("accounts", "reporters", "objects", "meetings", "agreements", "groups"),
        *("ratings", "passages"),
    ),
    "mode": (*measure.MODES, "offer"),
    "chain_state": harm_chain.STATES,
    "chain_means": harm_chain.STATES,
    "tier_status": harm_chain.STATUSES,
    "look_why": ("blind", "unseen", "untouched", "partly"),
    "done": (
        *("granted", "lifted", "assigned", "noted", "closed", "reopened", "revisited"),
        *("decided", "confirmed", "refused", "reversed", "marked", "measure_lifted"),
        *("carried_out", "answer_noted", "answered", "switched", "looked", "retried"),
        *("forgotten", "tier_looked"),
    ),
    "by": CHANNELS_OUT,
    "signals.filter": tuple(SIGNALS),
    "signal": (*get_args(signal.Status), "over"),
    "signal_kind": signal.KINDS,
    "signal_view": ("confirm", "dispute"),
    "signal_why": ("person", "appeal", "reversal", "erasure"),
    "topic": (
        *(NOTICE_MADE, "measure.ordered", "measure.ended"),
        *("signal.shared", "signal.opined", "signal.withdrawn"),
    ),
    "nav": (*(key for key, _, _ in NAVIGATION), *(key for _, key, _, _ in RESERVED)),
    "people": ("secret_user", "secret_key"),
    "entry": ("counter_speech", "innocent"),
    "strength": tuple(strengths()),
    "term_status": lexicons.STATUSES,
    "term_to": lexicons.STATUSES,
    "term_done": TERM_DONE,
    "term_refused": TERM_REFUSED,
    "remark": get_args(Code),
    "way": WAYS,
    "wording": (*frames.load().senses.values(), AS_A_WHOLE),
    "lexicon_sense": tuple(group.sense for group in shipped().groups if group.sense),
    "cases.filter": tuple(FILTERS),
    "protections.filter": ("running", "all"),
    "mark": ("watch", "warn", "act", "protected", "closed"),
    "measure": (*measure.KINDS, "protection.strangers"),
    "figure": tuple(spec.key for spec in SPECS),
    "figure_means": tuple(spec.key for spec in SPECS),
    "figure_empty": RIGHT,
    "section": SECTIONS,
    "contradiction": (*(check.key for check in CHECKS), *CONTRADICTIONS),
    "dim": (*{dim for spec in SPECS for dims in spec.by for dim in dims} - {"mode"}, *PUBLISHED),
    **{f"part.{dim}": values for dim, values in PARTS.items()},
    "harm": tuple(
        path.stem
        for path in Path(next(iter(lexicon))).glob("*.toml")
        if path.stem not in ("context", "counter_speech")
    )
    + OFFERED,
}


#: Words of the scorecard that another page has too, for measures and kinds that policy allows.
SHARED = {f"measure.{key}" for key in measure.KINDS}
SHARED |= {"kind.bullying.complaint", "outcome.transferred"}


def used_in_templates() -> set[str]:
    keys: set[str] = set()
    env = environment("en")
    for name in env.list_templates():
        if not DOMAINS.keys().isdisjoint(name.split("/")):
            continue  # a domain has words of its own, which it tests
        source = env.loader.get_source(env, name)[0]  # type: ignore[union-attr]
        for _, _, message in extract_from_ast(env.parse(source)):
            parts = message if isinstance(message, tuple) else (message,)
            keys |= {part for part in parts if part}
    return keys


def used_in_code() -> set[str]:
    """Texts of calls of gettext and ngettext, and the reasons why a button is grey."""
    keys: set[str] = set()
    others = (
        *Path(cli.__file__).parent.glob("case*.py"),
        Path(spans.__file__),
        Path(kit_format.__file__),
    )
    for path in (*HOME.rglob("*.py"), *others):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and re.search(SAYS, ast.unparse(node.func)):
                keys |= {a.value for a in node.args if isinstance(a, ast.Constant)}  # type: ignore[misc]
            if isinstance(node, ast.Constant) and str(node.value).startswith(("refused.", "cli.")):
                keys.add(str(node.value))
    return {key for key in keys if key and isinstance(key, str)}


def catalogue_keys(language: str, home: Path = HOME) -> set[str]:
    with (home / "words" / f"{language}.po").open("rb") as file:
        found = read_po(file)
    ids = (message.id for message in found if message.id)
    return {part for one in ids for part in ([one] if isinstance(one, str) else one)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_that_is_used_has_a_text(language: str) -> None:
    wanted = used_in_templates() | used_in_code()
    wanted |= {f"{family}.{key}" for family, keys in FAMILIES.items() for key in keys}
    wanted |= {
        f"error.{status}.{part}"
        for status in (0, *error_page.STATUSES)
        for part in ("title", "mend")
    }
    wanted |= {f"error.{way}" for way in ("home", "back", "again", "login")}
    assert len(wanted) > 300
    of_domains = {key for key in wanted if known(language, key)}  # kinds of domains, for one
    shared = catalogue_keys(language, Path(documents.__file__).parent)
    assert sorted(wanted - of_domains - catalogue_keys(language) - shared) == []


def test_both_catalogues_hold_the_same_keys_and_placeholders() -> None:
    assert catalogue_keys("zh") == catalogue_keys("en")
    for key in catalogue_keys("zh"):
        zh, en = (set(re.findall(r"%\((\w+)\)s", words(one).gettext(key))) for one in LANGUAGES)
        assert zh == en, key


def test_no_text_is_left_over() -> None:
    families = {f"{family}.{key}" for family, keys in FAMILIES.items() for key in keys}
    families |= SHARED
    families |= {"feature.roster"}
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
