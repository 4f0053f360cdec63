"""Laws that hold for every registered domain and every detector, installed ones included."""

import random
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import msgspec
import pytest
from babel.messages.pofile import read_po

from lianzhi.chain.detector import Detector
from lianzhi.chain.event import KINDS, Event
from lianzhi.chain.finding import Finding
from lianzhi.chain.roles import GRANTS, PERMISSIONS
from lianzhi.domains.domain import Domain
from lianzhi.domains.monitor import Site
from lianzhi.domains.policies import Policies
from lianzhi.domains.registry import DOMAINS
from lianzhi.flow.runner import Accepted, Runner
from lianzhi.office.acts import Act, ActTable, Opening
from lianzhi.text.lexicon.lexicons import shipped
from lianzhi.web.console.words import words

EVERY = [pytest.param(domain, id=name) for name, domain in DOMAINS.items()]
ACT_TABLES = [
    pytest.param(domain, table, id=f"{domain.name}-{table.noun}")
    for domain in DOMAINS.values()
    for table in domain.acts()
]
MINUTE = 60_000
START = 1_790_000_000_000


def detectors() -> list[Detector[Any]]:
    """Fresh detectors of all domains, in the registry's order."""
    site = Site(Path("/nowhere"), None, {}, shipped)
    monitors = (domain.monitor(site) for domain in DOMAINS.values() if domain.monitor)
    return [detector for monitor in monitors for detector in monitor.detectors]


NAMES = [detector.name for detector in detectors()]


def named(name: str) -> Detector[Any]:
    return next(detector for detector in detectors() if detector.name == name)


def world(seed: int, count: int = 600) -> list[Event]:
    """Events of every kind among few accounts and things, dense enough for detectors to find."""
    draw = random.Random(seed)
    kinds = [*KINDS, *(kind for domain in DOMAINS.values() for kind in domain.event_kinds)]
    at, made = START, []
    for n in range(count):
        at += draw.randrange(MINUTE)
        kind = draw.choice(kinds)
        made.append(
            Event(
                id=f"e{n}",
                source="law",
                kind=kind,
                time=at,
                actor=f"a{draw.randrange(40)}",
                target=f"t{draw.randrange(3)}",
                object=f"o{draw.randrange(4)}",
                text=draw.choice(("你这个废物，滚出去", "大家一起去骂她", "今天天气真好", None)),
                rating=draw.choice((1.0, 5.0)) if kind == "rating" else None,
                actor_created=at - draw.randrange(30) * 86_400_000,
                ext={"price": draw.randrange(1000), "face": 300},
                seq=n,
            )
        )
    return made


def judged(detector: Detector[Any], batches: Sequence[Sequence[Event]]) -> tuple[bytes, bytes]:
    """State and findings after these batches, as bytes."""
    state, findings = detector.init(), []
    for batch in batches:
        state, found = detector.step(state, batch)
        findings += found
    return detector.dump(state), msgspec.json.encode(findings)


def cut(events: Sequence[Event], seed: int) -> Iterator[Sequence[Event]]:
    draw, start = random.Random(seed), 0
    while start < len(events):
        stop = start + draw.randrange(1, 80)
        yield events[start:stop]
        start = stop


@pytest.mark.parametrize("name", NAMES)
def test_splitting_the_stream_anywhere_changes_nothing(name: str) -> None:
    events = world(1)
    whole = judged(named(name), [events])
    for seed in range(3):
        _, findings = judged(named(name), list(cut(events, seed)))
        assert findings == whole[1]


@pytest.mark.parametrize("name", NAMES)
def test_a_state_that_was_saved_goes_on_as_if_it_had_not_been(name: str) -> None:
    events = world(2)
    detector = named(name)
    half = len(events) // 2
    state, first = detector.step(detector.init(), events[:half])
    again = named(name)
    saved = again.load(detector.dump(state))
    assert again.dump(saved) == detector.dump(state)
    _, rest = again.step(saved, events[half:])
    assert msgspec.json.encode(first + rest) == judged(named(name), [events])[1]


@pytest.mark.parametrize("name", NAMES)
def test_a_state_of_another_version_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="version"):
        named(name).load(b"\xc1")


@pytest.mark.parametrize("name", NAMES)
def test_whoever_is_forgotten_is_named_nowhere_in_the_state(name: str) -> None:
    detector = named(name)
    state, _ = detector.step(detector.init(), world(3))
    for person in ("a7", "t1"):
        state = detector.forget(state, person)
        texts = strings(msgspec.msgpack.decode(detector.dump(state)))
        assert person not in texts


def strings(value: Any) -> set[str]:
    """All strings in a decoded value."""
    match value:
        case str():
            return {value}
        case dict():
            parts = (*value.keys(), *value.values())
        case list() | tuple():
            parts = tuple(value)
        case _:
            return set()
    return set().union(*map(strings, parts)) if parts else set()


def test_a_replay_finds_the_same_under_the_same_ids() -> None:
    def run() -> list[Finding]:
        runner = Runner(detectors())
        events = world(4)
        last = events[-1].time + 1
        return runner.feed([Accepted(events, 0, last, len(events))])

    first, again = run(), run()
    assert [one.id for one in first] == [one.id for one in again]
    assert len({one.id for one in first}) == len(first)


def test_every_finding_is_of_a_kind_that_its_domain_describes() -> None:
    types = {each.kind for each in Policies().case(START).types}
    runner = Runner(detectors())
    events = world(5, 1500)
    found = runner.feed([Accepted(events, 0, events[-1].time + 1, len(events))])
    assert {one.kind for one in found} <= types
    assert {one.kind.partition(".")[0] for one in found} <= DOMAINS.keys()


@pytest.mark.parametrize("domain", EVERY)
def test_kinds_bear_the_name_of_their_domain(domain: Domain) -> None:
    terms = domain.case_terms(None).latest()[1].types if domain.case_terms else ()
    assert all(each.kind.startswith(f"{domain.name}.") for each in terms)
    assert {f"{domain.name}.{kind}" for kind in domain.object_kinds} == {
        each.kind for each in terms if each.about == "thing"
    }


@pytest.mark.parametrize("domain", EVERY)
def test_words_are_the_same_in_both_languages(domain: Domain) -> None:
    if not domain.package or not files(domain.package).joinpath("words").is_dir():
        pytest.fail("a domain has words in Chinese and English")
    keys = {}
    for language in ("zh", "en"):
        with Path(str(files(domain.package) / "words" / f"{language}.po")).open("rb") as file:
            keys[language] = {message.id for message in read_po(file) if message.id}
    assert keys["zh"] == keys["en"]
    kinds = domain.case_terms(None).latest()[1].types if domain.case_terms else ()
    assert {f"kind.{each.kind}" for each in kinds} <= keys["zh"]


@pytest.mark.parametrize("domain", EVERY)
def test_roles_allow_what_they_name_and_never_everything(domain: Domain) -> None:
    for role, granted in domain.roles.items():
        assert GRANTS[role] == granted
        assert granted < set(PERMISSIONS)


@pytest.mark.parametrize("domain", EVERY)
def test_pages_need_permissions_that_a_role_grants(domain: Domain) -> None:
    granted = set().union(*GRANTS.values())
    assert all(set(page.needs) <= granted for page in domain.pages)


def acts_of(table: ActTable) -> list[Act | Opening]:
    return [*table.acts, *table.openings]


@pytest.mark.parametrize(("domain", "table"), ACT_TABLES)
def test_every_step_of_a_noun_has_an_act_or_is_named_as_no_persons(
    domain: Domain, table: ActTable
) -> None:
    steps = {kind.removeprefix(f"{table.noun}.") for kind in table.steps}
    taken = {step for act in table.acts for step in act.steps}
    taken |= {opening.step for opening in table.openings}
    assert taken <= steps
    assert steps - taken == table.other_steps
    assert len({act.key for act in acts_of(table)}) == len(acts_of(table))


@pytest.mark.parametrize(("domain", "table"), ACT_TABLES)
def test_acts_need_permissions_that_a_role_of_the_domain_grants(
    domain: Domain, table: ActTable
) -> None:
    granted = set().union(*domain.roles.values())
    for act in acts_of(table):
        assert act.needs, act.key
        assert {*act.needs, *act.powers} <= granted, act.key


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("domain", "table"), ACT_TABLES)
def test_acts_their_fields_and_choices_have_words(
    domain: Domain, table: ActTable, language: str
) -> None:
    worded = words(language)
    for act in acts_of(table):
        keys = [f"{table.noun}_act.{act.key}", *(field.label for field in act.fields)]
        keys += [f"{field.family}.{key}" for field in act.fields for key in field.choices]
        assert not [key for key in keys if worded.gettext(key) == key]


@pytest.mark.parametrize("domain", EVERY)
def test_tables_bear_the_name_of_their_domain(domain: Domain) -> None:
    tables = [table.name for each in domain.projections() for table in each.tables]
    assert all(name.startswith(f"{domain.name}_") for name in tables)
    assert bool(tables) == bool(domain.migrations)


@pytest.mark.parametrize("domain", EVERY)
def test_the_command_bears_the_name_of_its_domain(domain: Domain) -> None:
    if domain.command is not None:
        group = resolve_name(domain.command.target)
        assert group.name == domain.name
        assert group.get_short_help_str(150) == domain.command.summary


@pytest.mark.parametrize("domain", EVERY)
def test_the_demo_sends_events_in_order_of_time(domain: Domain) -> None:
    events = domain.demo.events(START)
    assert [each.time for each in events] == sorted(each.time for each in events)
    assert all(each.time < START for each in events)
    assert {each.kind for each in events} <= {*KINDS, *domain.event_kinds}
