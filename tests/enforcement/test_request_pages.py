"""Pages of requests and the map, without a browser's scripts."""

import re

import pytest
from enforcement_house import HOUR
from requests_web import HERE, THERE, Console, Town

from lianzhi.domains.enforcement.desk.office import draft
from lianzhi.store.looks import LOOKED
from made_grids import four_squares


@pytest.fixture
def town(tmp_path):
    with Town(tmp_path) as town:
        yield town


@pytest.fixture
def desk(town):
    return Console(town, "desk")


def rows(page):
    """Ids of the requests on a page, in their order."""
    return re.findall(r'href="/enforcement/requests/([0-9a-f]{20})"', page.text)


def act(page):
    """Acts that may be taken now, and those that are greyed."""
    text = page.text.split('class="actions"')[1].split("</aside>")[0]
    return set(re.findall(r'id="act-(\w+)"', text)), set(re.findall(r'id="why-(\w+)"', text))


def test_open_requests_come_by_the_nearest_clock(town, desk):
    slow = town.reported("building")
    town.now += HOUR
    urgent = town.reported("exit_blocked")
    soon = town.reported("stalls")
    assert rows(desk.get("/enforcement/requests")) == [urgent, soon, slow]
    # Once accepted it has days, not hours.
    town.desk.requests.accept(urgent, "desk")
    town.desk.requests.accept(slow, "desk")
    assert rows(desk.get("/enforcement/requests"))[-1] == slow


def test_pages_of_the_list_follow_without_gap_or_repeat(town, desk):
    made = {town.reported("litter") for _ in range(53)}
    first = desk.get("/enforcement/requests")
    cursor = re.search(r'hx-get="([^"]+)"', first.text)[1].replace("&amp;", "&")
    found = rows(first) + rows(desk.get(cursor))
    assert len(found) == len(made)
    assert set(found) == made


def test_the_list_narrows_by_category_holder_and_status(town, desk):
    litter, noise = town.reported("litter"), town.reported("noise")
    town.desk.requests.accept(noise, "desk")
    town.desk.requests.dispatch(noise, "S1", "desk")
    assert rows(desk.get("/enforcement/requests?category=litter")) == [litter]
    assert rows(desk.get("/enforcement/requests?squad=S1")) == [noise]
    assert rows(desk.get("/enforcement/requests?status=received")) == [litter]
    town.desk.requests.dispose(noise, "resolved", "已处理", "li")
    assert rows(desk.get("/enforcement/requests?status=disposed")) == [noise]
    assert rows(desk.get("/enforcement/requests")) == [litter]


def test_the_route_is_shown_before_anything_is_kept(town, desk):
    lon, lat = THERE
    said = {"channel": "grid", "category": "litter", "words": "有人倒渣土", "lon": lon, "lat": lat,
            "enterprise": "E0001", "reporter": "13800000000"}  # fmt: skip
    page = desk.post("/enforcement/requests/new", **said)
    assert page.status_code == 200
    assert "<strong>S2</strong>" in page.text
    assert "网格4" in page.text
    assert "江月餐馆" in page.text
    assert rows(desk.get("/enforcement/requests")) == []
    answer = desk.post("/enforcement/requests", **said)
    made = answer.headers["location"].split("?")[0].rsplit("/", 1)[1]
    one = town.request(made)
    assert (one.grid, one.channel, one.at) == ("G4", "grid", (round(lon, 3), round(lat, 3)))
    assert town.node.ledger.vault.account(one.reporter) == "13800000000"


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"lon": "120,2", "lat": "31.8"}, "place"),
        ({"lon": "120.2", "lat": ""}, "place"),
        ({"enterprise": "E9999"}, "enterprise"),
        ({"channel": "pigeon"}, "choice"),
        ({"words": "  "}, "words"),
    ],
)
def test_what_can_not_be_read_is_refused_and_nothing_kept(town, desk, wrong, rule):
    said = {"channel": "app", "category": "litter", "words": "x"} | wrong
    headers = {**desk.headers, "accept": "application/json"}
    said["csrf"] = desk.token
    answer = desk.client.post("/enforcement/requests", data=said, headers=headers)
    assert (answer.status_code, answer.json()["rule"]) == (422, rule)
    assert rows(desk.get("/enforcement/requests")) == []


def test_a_request_goes_its_way_from_desk_to_squad_and_back(town, desk):
    li, made = Console(town, "li"), town.reported()
    path = f"/enforcement/requests/{made}"
    open_, shut = act(desk.get(path))
    assert {"accept", "decline", "merge"} <= open_
    assert {"dispatch", "reopen", "confirm", "resume"} <= shut
    assert "dispose" not in open_ | shut, "that is not the desk's"

    assert desk.post(f"{path}/accept").status_code == 303
    page = desk.get(path)
    assert re.search(r'<option value="S1" selected>', page.text), "to the routed squad by default"
    desk.post(f"{path}/dispatch", to="S1")
    assert li.post(f"{path}/accept").status_code == 403
    li.post(f"{path}/hand_over", to="S2", words="需要叉车")
    one = town.request(made)
    assert (one.status, one.holder, one.handed_to) == ("handing_over", "S1", "S2")
    assert "需要叉车" in li.get(path).text
    li.post(f"{path}/take_over")
    assert town.request(made).holder == "S2"
    li.post(f"{path}/dispose", outcome="transferred", words="已转", turn_to="")
    assert town.request(made).status == "dispatched", "a transfer has to say to whom"
    li.post(f"{path}/dispose", outcome="transferred", words="已转", turn_to="交警")
    one = town.request(made)
    assert (one.status, one.outcome) == ("disposed", "transferred")
    assert "交警" in li.get(path).text
    desk.post(f"{path}/reopen", reason="back", words="又有了")
    assert town.request(made).rounds == 2


def test_notes_are_words_that_can_be_erased_not_payload(town):
    made = town.reported(reporter="13800000000")
    town.desk.requests.accept(made, "desk")
    town.desk.requests.dispatch(made, "S1", "desk")
    town.desk.requests.hand_over(made, "S2", "住三楼的李某", "li")
    for entry in town.node.ledger.entries(0, town.node.ledger.size):
        assert "李某" not in str(town.node.ledger.payload(entry.index))


def test_whom_to_turn_to_is_for_the_citizen_alone(town, desk):
    """It lies beside the record, where it can be erased, and is not told to anybody."""
    made, size = town.reported(reporter="13800000000"), town.node.ledger.size
    path, to = f"/enforcement/requests/{made}", "找李四 13900000000"
    assert desk.post(f"{path}/decline", reason="outside", turn_to=to).status_code == 303
    assert to in desk.get(path).text
    assert town.node.ledger.vault.text(size, "turn_to") == to
    for entry in town.node.ledger.entries(0, town.node.ledger.size):
        assert "李四" not in str(town.node.ledger.payload(entry.index))
    anybody = town.anybody().get(f"/v1/open311/requests/{made}.json")
    assert anybody.status_code == 200
    assert "李四" not in anybody.text


def test_an_old_entry_that_says_whom_to_turn_to_is_still_read(town, desk):
    made = town.reported()
    said = {"request": made, "by": "desk", "reason": "outside", "turn_to": "法院"}
    town.node.ledger.append([draft("request.declined", made, town.now, said)])
    assert town.request(made).turn_to == "法院"
    assert "法院" in desk.get(f"/enforcement/requests/{made}").text
    assert "法院" not in town.anybody().get(f"/v1/open311/requests/{made}.json").text


@pytest.mark.parametrize("to", ["李四 13800000000", "S1\x00", "s1"])
def test_work_goes_to_squads_departments_and_officers_alone(town, desk, to):
    made = town.reported()
    path = f"/enforcement/requests/{made}"
    town.desk.requests.accept(made, "desk")
    refused = desk.post(f"{path}/dispatch", to=to)
    assert refused.status_code == 422
    assert "请从列表中选择" in refused.text
    assert desk.post(f"{path}/dispatch", to="fire").status_code == 303
    assert Console(town, "li").post(f"{path}/hand_over", to=to, words="看").status_code == 422
    assert Console(town, "li").post(f"{path}/hand_over", to="wang", words="看").status_code == 303
    assert town.request(made).handed_to == "wang"


def test_a_reason_is_one_of_those_listed(town, desk):
    path = f"/enforcement/requests/{town.reported()}"
    assert desk.post(f"{path}/decline", reason="bored", turn_to="x").status_code == 422
    assert desk.post(f"{path}/decline", reason="outside", turn_to="法院").status_code == 303
    assert desk.post(f"{path}/nothing").status_code == 404


def test_likely_duplicates_are_shown_and_merged_by_a_person(town, desk):
    first = town.reported()
    near = town.reported(at=(HERE[0] + 0.001, HERE[1]))
    town.reported(at=THERE)
    town.reported("noise")
    page = desk.get(f"/enforcement/requests/{near}").text
    assert re.findall(r'<option value="([0-9a-f]{20})"', page) == [first]
    desk.post(f"/enforcement/requests/{near}/merge", into=first)
    assert (town.request(near).status, town.request(near).merged_into) == ("merged", first)
    assert desk.post(f"/enforcement/requests/{first}/merge", into="f" * 20).status_code == 404


def test_an_escalation_tells_who_was_told(town, desk):
    made = town.reported("exit_blocked")
    town.now += 2 * HOUR
    assert town.desk.requests.tick()
    assert 'id="raised"' in desk.get(f"/enforcement/requests/{made}").text


def test_who_looks_is_on_the_record(town, desk):
    made = town.reported()
    before = town.node.ledger.size
    desk.get(f"/enforcement/requests/{made}")
    kinds = [entry.kind for entry in town.node.ledger.entries(before, town.node.ledger.size)]
    assert len(kinds) == 1
    assert "look" in kinds[0]


def test_a_name_is_shown_by_its_number_only_on_the_record(town, desk):
    size = town.node.ledger.size
    page = desk.post(
        "/enforcement/requests/new",
        channel="hotline",
        category="litter",
        words="堵",
        enterprise="E0002",
    )
    assert "欧阳建国" in page.text
    (entry,) = town.node.ledger.entries(size)
    assert entry.kind == LOOKED
    assert town.node.ledger.payload(size)["refs"] == [town.desk.office.token("E0002")]


@pytest.mark.parametrize(
    "path",
    [
        f"requests?status=closed&cursor={'9' * 30}~x",
        f"requests?cursor={'9' * 30}~x",
        f"letters?status=all&cursor={'9' * 30}~x",
        "letters?status=all&cursor=x~x",
        "requests?status=closed&cursor=²~x",
    ],
)
def test_an_address_written_by_hand_breaks_nothing(desk, path):
    assert desk.get(f"/enforcement/{path}").status_code == 200


def test_the_map_counts_by_grid_and_opens_one(town, desk):
    town.reported()
    late = town.reported("exit_blocked", at=THERE)
    town.now += 5 * HOUR
    page = desk.get("/enforcement/map").text
    counts = re.findall(r'class="count"[^>]*>(\d+)<', page)
    assert counts == ["1", "0", "0", "1"]
    page = desk.get("/enforcement/map?by=overdue&grid=G4").text
    assert re.findall(r'class="count"[^>]*>(\d+)<', page) == ["0", "0", "0", "1"]
    assert page.count('class="hatch"') >= 1
    assert late in page
    assert "S2" in page
    town.now += 40 * 24 * HOUR
    page = desk.get("/enforcement/map?days=30").text
    assert re.findall(r'class="count"[^>]*>(\d+)<', page) == ["0"] * 4


def test_the_map_says_who_is_on_duty(town, desk):
    kept, _ = town.desk.requests.rotas.wait(
        b'officers = [{ id = "li", squad = "S1" }]\n[[patterns]]\nofficer = "li"\n'
        b'weekdays = [1, 2, 3, 4, 5]\nsince = 2026-01-01\nbegins = "08:00"\nends = "18:00"\n'
    )
    town.desk.requests.rotas.keep(kept, town.desk.office.today(), "chief")
    town.reported()
    assert "2026-03-02 18:00" in desk.get("/enforcement/map?grid=G1").text
    town.now += 12 * HOUR
    assert "2026-03-02 18:00" not in desk.get("/enforcement/map?grid=G1").text


def upload(who, text):
    return who.post("/enforcement/map/import", files={"file": ("grids.geojson", text)})


def test_a_new_map_is_looked_at_before_it_is_drawn(town):
    chief = Console(town, "chief")
    town.reported(at=THERE)
    page = upload(chief, four_squares("S9", last=False))
    assert page.status_code == 200
    assert "<strong>S9</strong>" in page.text
    assert "网格4" in page.text
    assert len(town.desk.requests.grids().grids) == 4, "nothing is drawn yet"
    digest = re.search(r'name="digest" value="(\w{64})"', page.text)[1]
    assert chief.post("/enforcement/map/draw", digest=digest).status_code == 303
    assert [one.squad for one in town.desk.requests.grids().grids] == ["S1", "S1", "S9"]
    assert chief.post("/enforcement/map/draw", digest=digest).status_code == 422
    assert chief.post("/enforcement/map/draw", digest="../" + "a" * 61).status_code == 422


def test_a_map_with_faults_is_told_feature_by_feature_and_not_kept(town):
    chief = Console(town, "chief")
    page = upload(chief, four_squares().replace('"G2"', '"G1"'))
    assert page.status_code == 200
    assert "feature 2" in page.text
    assert "digest" not in page.text
    assert upload(chief, "no map").status_code == 422
    assert upload(Console(town, "desk"), four_squares()).status_code == 403


def test_the_lists_show_every_item_and_what_the_checker_says(town, desk):
    page = desk.get("/enforcement/lists?department=fire")
    assert page.status_code == 200
    keys = set(re.findall(r'href="/enforcement/lists/([a-z._]+)"', page.text))
    assert keys == {one.key for one in town.desk.office.rules.power(town.desk.office.today())
                    if one.department == "fire"}  # fmt: skip
    item = desk.get("/enforcement/lists/fire.exit_blocked").text
    table = [row for one in town.desk.office.rules.discretion.tables for row in one.rows
             if row.item == "fire.exit_blocked"]  # fmt: skip
    assert all(row.id in item for row in table)
    assert desk.get("/enforcement/lists/fire.nothing").status_code == 404


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_have_words_for_everything(town, language):
    who = Console(town, "chief", language)
    made = town.reported("exit_blocked", enterprise="E0001", reporter="a@b.cn")
    town.now += 3 * HOUR
    town.desk.requests.tick()
    for path in ("", f"/{made}", "/new"):
        page = who.get(f"/enforcement/requests{path}")
        assert page.status_code == 200
        left = re.findall(
            r">\s*((?:request|map|lists|rule|public)[a-z_]*\.[a-z_.]+)\s*<", page.text
        )
        assert not left


@pytest.mark.parametrize("bad", ["no map", '{"type": "FeatureCollection", "features": []}'])
def test_a_map_on_the_record_that_can_not_be_read_leaves_the_one_before(town, desk, bad):
    """Nothing that was drawn once may keep requests from being taken in."""
    town.desk.registers.grids(four_squares(last=False), "test")
    town.desk.registers.grids(bad, "test")
    assert len(town.desk.requests.grids().grids) == 3
    assert desk.get("/enforcement/map").status_code == 200
    town.desk.registers.grids(four_squares(), "test")
    assert len(town.desk.requests.grids().grids) == 4


def test_the_name_of_the_domain_leads_to_its_first_page(town, desk):
    answer = desk.get("/enforcement")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/enforcement/requests"


def test_every_page_of_the_domain_has_a_key_of_its_own_and_help_tells_it(desk):
    page = desk.get("/enforcement/requests").text
    keys = re.findall(r'data-go="(.)"', page)
    assert len(keys) == len(set(keys))
    told = re.findall(r"<kbd>g</kbd> <kbd>(.)</kbd>", page)
    assert set(told) == set(keys)
