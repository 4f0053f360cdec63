"""The scorecard as people and programs get it: page, CSV, API, command line, public report."""

import csv
import html
import io
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from click.testing import CliRunner
from history import END, tangle, tell
from sqlalchemy import text
from starlette.testclient import TestClient
from web_house import PASSWORD, FakeNode, login_form

from lianzhi.chain.measure import Order
from lianzhi.chain.scorecard_figures import SPECS, card
from lianzhi.cli.main import main
from lianzhi.jobs.mounted import MODEL
from lianzhi.kit.periods import Period
from lianzhi.office.decisions import DecisionRequest
from lianzhi.store import accounts, migrate, narrow, views, views_process
from lianzhi.store.scorecard import read
from lianzhi.web.app import create_app
from lianzhi.web.console import drill
from lianzhi.web.console.figure_text import Names, interval, value
from lianzhi.web.console.words import words
from lianzhi.web.core.settings import Settings
from process_house import DAY, HOUR, LI, START, ProcessHouse

PERIOD = Period("x", START - HOUR, END)


@pytest.fixture
def node(house: ProcessHouse, tmp_path: Path) -> FakeNode:
    """A node over the house's record."""
    (tmp_path / "node").mkdir()
    node = FakeNode(tmp_path / "node")
    node.engine.dispose()
    node.engine, node.ledger, node.clock = house.engine, house.ledger, END - 2 * DAY
    return node


def app_of(node: FakeNode, **more: object):
    return create_app(
        node, Settings(hosts=("testserver",), client_rate=1e6, client_burst=1e6, **more)
    )


def reader(node: FakeNode, language: str = "en", **more: object) -> TestClient:
    if not any(user.name == "vera" for user in accounts.list_users(node.engine)):
        accounts.add_user(node.ledger, "vera", PASSWORD, ["viewer"], node.clock, "test")
    client = TestClient(app_of(node, **more), headers={"accept-language": language})
    assert client.post("/login", data=login_form(client, "vera", PASSWORD)).status_code == 200
    return client


def sheet(said: str) -> list[dict[str, str]]:
    assert said.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(said[1:])))


def plain(page: str) -> str:
    """What a page says, without markup."""
    said = re.sub(r"<[^>]+>", " ", page)
    return re.sub(r"\s+", " ", html.unescape(said))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_says_what_the_sheet_says(
    house: ProcessHouse, node: FakeNode, language: str
) -> None:
    tell(house)
    client = reader(node, language)
    page = client.get("/scorecard").text
    said, rows = plain(page), sheet(client.get("/scorecard.csv").text)
    names, catalogue = Names(language, node.proceedings.classes(node.clock)), words(language)
    since, until = int(rows[0]["since"]), int(rows[0]["until"])
    found = card(read(node.engine, since, until, node.clock, house.policy))
    assert len(rows) == len(found.figures) > 60
    for row, figure in zip(rows, found.figures, strict=True):
        assert (row["figure"], row["n"]) == (figure.key, str(figure.n))
        assert row["definition"] == names.means(figure.key) != f"figure_means.{figure.key}"
        assert row["definition"] in said
        assert float(row["value"] or "nan") == pytest.approx(
            float("nan") if figure.value is None else figure.value, rel=1e-5, nan_ok=True
        )
        shown = value(figure.value, figure.unit, catalogue)
        if len(figure.part) < 2 or figure.kind != "count":
            name = names.parts(figure.part) or names.figure(figure.key)
            assert name in said
            assert f"{shown} " in said
            assert interval(figure, catalogue) in said
    assert "style=" not in page
    assert "data-chart=" in page


def test_what_was_right_comes_first_and_few_is_said(house: ProcessHouse, node: FakeNode) -> None:
    tell(house)
    said = plain(reader(node).get("/scorecard").text)
    first = [said.index(name) for name in ("Was it right?", "Overturned on appeal", "Cases opened")]
    assert first == sorted(first)
    assert "Rests on fewer than 20" in said
    assert "contradict" not in said


def test_nothing_to_judge_is_explained(node: FakeNode) -> None:
    said = plain(reader(node).get("/scorecard?days=7").text)
    assert "No appeal was answered in this period." in said
    assert "Nothing to judge yet in this period" in said


def test_a_contradiction_is_shown(house: ProcessHouse, node: FakeNode) -> None:
    tell(house)
    client = reader(node)
    client.get("/scorecard")
    with house.engine.begin() as connection:
        connection.execute(text("UPDATE measure SET status = 'gone' WHERE status = 'lapsed'"))
    node.clock += 60_000  # a minute later nothing is taken from memory
    said = plain(client.get("/scorecard").text)
    assert "Figures contradict each other" in said
    assert "ordered + shadowed + suppressed: 6 ≠ 4" in said


def test_periods_that_may_be_chosen(house: ProcessHouse, node: FakeNode) -> None:
    tell(house)
    client = reader(node)
    assert "2026-11-01 00:00 – 2026-12-01 00:00" in plain(
        client.get("/scorecard?month=2026-11").text
    )
    for wrong in ("2026-13", "9999-12", "2030-01", "x"):
        assert client.get(f"/scorecard?month={wrong}").status_code == 422
    assert client.get("/scorecard?days=12").status_code == 200
    assert "month=2026-11" in client.get("/scorecard?month=2026-11").text


LISTS = {
    "warnings": views.findings,
    "cases": views.cases,
    "decisions": views_process.decisions,
    "measures": views_process.measures,
    "reports": views_process.reports,
    "appeals": views_process.appeals,
    "protections": views.protections,
}


@pytest.mark.parametrize("history", [tell, tangle])
def test_behind_every_figure_is_the_list_that_it_counts(
    house: ProcessHouse, history: Callable[[ProcessHouse], None]
) -> None:
    history(house)
    found = card(read(house.engine, PERIOD.since, PERIOD.until, END, house.policy))
    assert found.contradictions == ()
    specs = {spec.key: spec for spec in SPECS}
    for figure in found.figures:
        address = urlsplit(drill.behind(specs[figure.key], PERIOD, END, figure.part))
        noun, asked = address.path.strip("/"), dict(parse_qsl(address.query))
        if noun == "chains":
            continue  # told apart below: a chain is no row of a table
        if noun in ("cases", "protections"):
            del asked["status"]  # all of them; the pages have a filter of that name themselves
        where = narrow.conditions(noun, asked)
        rows = LISTS[noun](house.engine, where=where, limit=200).rows
        acts = narrow.acts(house.engine, noun, asked)
        counted = len(rows) if acts is None else acts
        expected = figure.n if figure.hits is None else figure.hits
        assert counted == expected, (figure.key, figure.part, address.geturl())
        assert bool(rows) == bool(expected)


@pytest.mark.parametrize("history", [tell, tangle])
def test_behind_figures_of_chains_is_the_list_of_chains(
    house: ProcessHouse, node: FakeNode, history: Callable[[ProcessHouse], None]
) -> None:
    history(house)
    found = card(read(house.engine, PERIOD.since, PERIOD.until, END, house.policy))
    client = reader(node)
    specs = {spec.key: spec for spec in SPECS if spec.cube == "chains"}
    told = [figure for figure in found.figures if figure.key in specs]
    assert found.of("chains.begun").n > 0
    for figure in told:
        page = client.get(drill.behind(specs[figure.key], PERIOD, END, figure.part)).text
        expected = figure.n if figure.hits is None else figure.hits
        assert page.count('<tr class="row">') == expected, (figure.key, figure.part)


def test_a_list_of_what_had_several_acts_says_how_many(house: ProcessHouse, node: FakeNode) -> None:
    tangle(house)
    client = reader(node)
    for key, said in (("looks.held", "Looked at again"), ("revisits.held", "Revisited")):
        spec = next(one for one in SPECS if one.key == key)
        page = client.get(drill.behind(spec, PERIOD, END)).text
        assert page.count('<tr class="row">') == 1
        assert said in plain(page)
        assert "2 times in all" in plain(page)


def test_a_filter_that_the_figure_has_not_is_refused(house: ProcessHouse, node: FakeNode) -> None:
    """Rather than a list of more than it says."""
    client = reader(node)
    assert client.get("/cases?on=revisited&rebound=yes").status_code == 200
    assert client.get("/cases?on=revisited&linked=yes").status_code == 422


@pytest.mark.slow
def test_the_page_behind_every_figure_opens_and_so_do_its_filters(
    house: ProcessHouse, node: FakeNode
) -> None:
    tell(house)
    client = reader(node)
    found = card(read(house.engine, PERIOD.since, PERIOD.until, END, house.policy))
    specs = {spec.key: spec for spec in SPECS}
    links = {drill.behind(specs[one.key], PERIOD, END, one.part) for one in found.figures}
    assert len(links) > 50
    filters = set()
    for link in links:
        page = client.get(link)
        assert page.status_code == 200, link
        chosen = page.text.partition('<div class="filters">')[2].partition("</div>")[0]
        filters |= {html.unescape(one) for one in re.findall(r'href="(/[^"]+)"', chosen)}
    some = list(covering(filters))
    assert len(some) > 100
    refused = [one for one in some if client.get(one).status_code != 200]
    assert refused == []


def covering(links: Iterable[str]) -> Iterator[str]:
    """So many that each page is asked for each value of each parameter, and for all that stand
    together."""
    seen: set[tuple[str, ...]] = set()
    for link in sorted(links):
        path, _, query = link.partition("?")
        pairs = [pair for pair in parse_qsl(query) if pair[0] not in ("since", "until")]
        fresh = {(path, *pair) for pair in pairs} | {(path, *sorted(name for name, _ in pairs))}
        if not fresh <= seen:
            seen |= fresh
            yield link


def test_the_next_rows_are_narrowed_as_the_first(house: ProcessHouse, node: FakeNode) -> None:
    crowd = {f"x{n}": "follower" for n in range(120)}
    case = house.find({**crowd, "loud": "repeater"})
    orders = tuple(
        Order(key="mute", hours=hours, subjects=house.tokens(*who), to=role)
        for hours, who, role in ((24, crowd, "follower"), (72, ["loud"], "repeater"))
    )
    asking = DecisionRequest(orders=orders, facts="They wrote it.", ground="harassment")
    house.decisions.decide(case, asking, LI, START + HOUR)
    client = reader(node)
    link, shown = f"/measures?role=follower&since={START}&until={END}", 0
    while link:
        page = client.get(link).text
        shown += page.count('<tr class="row">')
        following = re.search(r'href="(/measures\?[^"]*cursor[^"]*)"', page)
        link = html.unescape(following[1]) if following else ""
    assert shown == len(crowd)


@pytest.mark.parametrize("path", ["/cases", "/warnings", "/protections"])
def test_lists_say_by_what_they_are_narrowed(
    house: ProcessHouse, node: FakeNode, path: str
) -> None:
    tell(house)
    client = reader(node)
    page = client.get(f"{path}?status=all&since={START - HOUR}&until={END}")
    assert page.status_code == 200
    assert "2026-11-18 18:06" in plain(page.text)
    for wrong in ("since=x", "until=-1", "since=99999999999999999999", "on=nonsense", "on=%00"):
        assert client.get(f"{path}?{wrong}").status_code == 422, wrong


def test_the_list_of_false_positives(house: ProcessHouse, node: FakeNode) -> None:
    tell(house)
    client = reader(node)
    spec = next(one for one in SPECS if one.key == "cases.false_positive_share")
    page = client.get(drill.behind(spec, PERIOD, END)).text
    assert (page.count('<tr class="row">'), "bob" in page, "ann" in page) == (1, True, False)
    assert "False alarm" in plain(page)


def test_the_api_tells_the_same(house: ProcessHouse, node: FakeNode) -> None:
    tell(house)
    _, token = accounts.add_key(node.ledger, "test", ("read",), node.clock, "test")
    client = TestClient(app_of(node), headers={"Authorization": f"Bearer {token}"})
    asked = {"since": START - HOUR, "until": END}
    answer = client.get("/v1/scorecard", params=asked).json()
    found = card(read(node.engine, START - HOUR, END, node.clock, house.policy))
    assert len(answer["figures"]) == len(found.figures)
    for told, figure in zip(answer["figures"], found.figures, strict=True):
        assert (told["key"], told["value"], told["lo"], told["hi"], told["n"]) == (
            *(figure.key, figure.value, figure.lo, figure.hi, figure.n),
        )
        assert told["definition"]["zh"] != told["definition"]["en"]
    assert client.get("/v1/scorecard").status_code == 200
    for since, until in ((END, START), (START, START), (START - 400 * DAY, END)):
        refused = client.get("/v1/scorecard", params={"since": since, "until": until})
        assert refused.status_code == 422


def test_the_command_line_tells_the_same(
    house: ProcessHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(house)
    migrate.upgrade(house.engine, MODEL)
    url = house.engine.url.render_as_string(hide_password=False)
    (tmp_path / "config.toml").write_text(f'database = "{url}"\n')
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    period = ["--since", "2026-11-18", "--until", "2026-12-20", "--home", str(tmp_path)]
    run = CliRunner().invoke(main, ["scorecard", *period])
    assert run.exit_code == 0, run.output
    assert "Cases closed: 2 (0–8)" in run.output
    assert "Overturned on appeal: 50 % (9–91 %)  n=2" in run.output
    rows = list(
        csv.DictReader(
            io.StringIO(CliRunner().invoke(main, ["scorecard", "--csv", *period]).output)
        )
    )
    assert {row["figure"] for row in rows} == {spec.key for spec in SPECS}
    assert (
        '"contradictions":[]' in CliRunner().invoke(main, ["scorecard", "--json", *period]).output
    )
    assert CliRunner().invoke(main, ["scorecard", "--json", "--csv", *period]).exit_code == 2
    backwards = ["--since", "2026-12-20", "--until", "2026-11-18", "--home", str(tmp_path)]
    assert CliRunner().invoke(main, ["scorecard", *backwards]).exit_code == 3
    with house.engine.begin() as connection:
        connection.execute(text("UPDATE report SET status = 'lost'"))
    assert CliRunner().invoke(main, ["scorecard", *period]).exit_code == 1


def test_nothing_is_public_unless_the_operator_says_so(node: FakeNode) -> None:
    client = TestClient(app_of(node))
    assert client.get("/transparency").status_code == 404
    assert client.get("/transparency.csv").status_code == 404
    signed_in = reader(node)
    assert signed_in.get("/scorecard.csv").status_code == 200
    assert client.get("/scorecard.csv", follow_redirects=False).status_code == 303


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_public_report_tells_a_finished_month(
    house: ProcessHouse, node: FakeNode, language: str
) -> None:
    tell(house)
    for n in range(8):
        at = START + n * HOUR
        case = house.pile_on(about=f"w{n}", at=at, first=1000 + 100 * n)
        house.casework.close_case(case, "settled", "So.", LI, at + DAY)
    node.clock = START + 20 * DAY  # 8 December: November is over
    client = TestClient(app_of(node, public_reports=True), headers={"accept-language": language})
    page = client.get("/transparency")
    assert page.status_code == 200
    said, rows = plain(page.text), sheet(client.get("/transparency.csv").text)
    values = {(row["figure"], row["part"]): row["value"] for row in rows}
    assert values["cases.closed", ""] == "10"
    assert values["cases.closed", "outcome"] == "withheld"
    assert ("cases.closed", "outcome=settled") not in values
    assert values["cases.opened", ""] == "11"
    assert values["reports.received", ""] == "<5"
    assert ("cases.false_positive_share", "") not in values
    assert all(row["definition"] in said for row in rows)
    assert not {"1", "2", "3", "4"} & {row["value"] for row in rows if row["unit"] == "number"}
    for name in ("ann", "bob", "f1", "r1", "li"):
        assert not re.search(rf"\b{name}\b", said)
    assert client.get("/transparency?period=2026-12").status_code == 404  # not over
    assert client.get("/transparency?period=2026-Q3").status_code == 404  # months, not quarters
    assert "2026-11-01 00:00 – 2026-12-01 00:00" in said


def test_quarters_in_place_of_months(house: ProcessHouse, node: FakeNode) -> None:
    tell(house)
    settings = {"public_reports": True, "public_period": "quarter"}
    client = TestClient(app_of(node, **settings))
    assert client.get("/transparency").status_code == 200  # none is over yet
    assert client.get("/transparency.csv").status_code == 404
    node.clock = START + 60 * DAY
    assert "2026-Q4" in client.get("/transparency").text
    assert client.get("/transparency?period=2026-11").status_code == 404
