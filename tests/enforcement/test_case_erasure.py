"""Erasing a party: files go with it, the record still verifies, and what the law keeps is kept."""

import datetime as dt

import pytest
from click.testing import CliRunner
from enforcement_house import FACTS, HOUR, ITEM, START
from paper_house import AGENCY

from lianzhi.cli.main import main
from lianzhi.config import Config
from lianzhi.domains.enforcement.queries import views
from lianzhi.jobs.erasure import RetainedError
from lianzhi.jobs.node import Node
from lianzhi.law.clock import midnight
from lianzhi.store.audit import audit
from lianzhi.store.ledger import custody

CONFIG = Config(domains=("enforcement",))


class Clock:
    def __init__(self):
        self.now = midnight(START) + 10 * HOUR

    def __call__(self):
        return self.now

    def on(self, day):
        self.now = midnight(day) + 10 * HOUR


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def node(tmp_path, clock):
    (tmp_path / "enforcement").mkdir()
    (tmp_path / "enforcement" / "agency.toml").write_text(AGENCY, "utf-8")
    (tmp_path / "config.toml").write_text('domains = ["enforcement"]\n', "utf-8")
    made = Node(tmp_path, CONFIG, clock=clock)
    desk = made.desks["enforcement"]
    known = {"industry": "restaurant", "code": "9", "address": "江边", "head": "王"}
    desk.registers.enterprises([{"id": n, "name": n, **known} for n in ("E0001", "E0002")], "test")
    good = {"certificate": "A", "certificate_until": dt.date(2027, 12, 31)}
    desk.registers.officers([{"id": n, **good} for n in ("li", "wang")], "test")
    yield made
    made.close()


def filed(node, party):
    desk = node.desks["enforcement"]
    case = desk.penalties.file(ITEM, party, FACTS, START, ["li", "wang"], "li", "通道被堵塞")
    kept = desk.files.keep("photo.txt", party.encode())
    desk.penalties.add_evidence(case, kept, "document", "li", "照片")
    number = desk.papers.issue(case, "filing", "li")
    return case, kept.id, number


def archived(node, clock, case):
    """Decided, paid, closed and archived on 20 April 2026: kept until the end of 2036."""
    penalties = node.desks["enforcement"].penalties
    penalties.notice(case, FACTS, 20_000, "li", "拟处罚款")
    clock.on(dt.date(2026, 3, 12))
    penalties.decide(case, 20_000, "chief", "事实清楚")
    penalties.serve(case, "direct", "li", "签收")
    penalties.pay(case, 20_000, "li")
    clock.on(dt.date(2026, 4, 20))
    penalties.close(case, "chief", "办结")
    penalties.archive(case, "chief")


def names(node):
    return {path.name for path in (node.home / "evidence").iterdir()}


def sound(node):
    return audit(node.engine, *custody(node.home, node.config.origin)).ok


def test_a_file_that_the_law_keeps_is_kept_whole(node, clock):
    case, _, _ = filed(node, "E0001")
    before, size = names(node), node.ledger.size
    with pytest.raises(RetainedError, match=f"{case} .not archived yet"):
        node.erasure.erase("E0001")
    archived(node, clock, case)
    size = node.ledger.size
    clock.on(dt.date(2036, 12, 31))
    with pytest.raises(RetainedError, match="kept until 2036-12-31"):
        node.erasure.erase("E0001")
    since = [entry.kind for entry in node.ledger.entries(size, node.ledger.size)]
    assert names(node) == before
    assert set(since) <= {"penalty.warned"}, "the clock may have warned meanwhile"
    assert node.desks["enforcement"].papers.issued(case)


def test_after_the_period_the_files_go_and_the_record_verifies(node, clock):
    case, kept, number = filed(node, "E0001")
    other, others, others_number = filed(node, "E0002")
    archived(node, clock, case)
    clock.on(dt.date(2037, 1, 1))
    node.erasure.erase("E0001")
    desk = node.desks["enforcement"]
    assert kept not in names(node)
    assert len(names(node)) == 3, "evidence and two forms of a paper of the other party"
    with pytest.raises(KeyError):
        desk.papers.read(case, number, "pdf")
    assert desk.papers.read(other, others_number, "pdf").startswith(b"%PDF")
    assert desk.files.read(others) == b"E0002"
    texts = [step.texts for step in views.story(node.ledger, case)]
    assert not any(texts), "no words of the case, nor the hashes of its papers"
    assert sound(node)
    node.ledger.rebuild()
    (copy,) = desk.papers.issued(case)
    assert copy.number == number, "that it was issued stays known"
    assert sound(node)


def test_erasing_can_be_forced_and_called_again(node):
    filed(node, "E0001")
    node.erasure.erase("E0001", retained_too=True)
    assert not names(node)
    assert sound(node)
    assert node.desks["enforcement"].erase("E0001") == 0
    assert node.erasure.erase("E0001").is_empty


def test_who_has_no_case_is_erased_without_more(node):
    node.erasure.erase("E0002")
    assert sound(node)


def test_numbers_go_on_after_an_erasure(node):
    filed(node, "E0001")
    node.erasure.erase("E0001", retained_too=True)
    assert filed(node, "E0002")[2] == "澄综执立字〔2026〕第0002号"


def test_the_command_says_why_not_and_can_be_forced(node):
    case, _, _ = filed(node, "E0001")
    home = str(node.home)
    node.close()
    run = CliRunner()
    told = run.invoke(main, ["record", "erase", "--subject", "E0001", "--home", home])
    assert told.exit_code == 3
    assert case in told.output
    assert "--force-retained" in told.output
    assert any((node.home / "evidence").iterdir())
    told = run.invoke(
        main, ["record", "erase", "--subject", "E0001", "--home", home, "--force-retained"]
    )
    assert told.exit_code == 0, told.output
    assert not any((node.home / "evidence").iterdir())
