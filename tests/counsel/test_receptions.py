"""Reception days and commitments: kept, late, broken, told; what the pages show of them."""

import datetime as dt

import pytest
from counsel_house import TODAY, go_to, opened, rebuild

from consoles import Console
from lianzhi.chain.life import IllegalStepError
from lianzhi.domains.counsel.refusals import RefusedError, explain

DAY = dt.timedelta(1)


@pytest.fixture
def node(tmp_path, databases):
    with opened(tmp_path / "home") as node:
        yield node


@pytest.fixture
def desk(node):
    return node.desks["counsel"]


def reception(desk, day=TODAY):
    return desk.receptions.open("rec", "reception_day", day, "一号接待室", "wang")


def promise(desk, held, due, owner="li", visitor="张三"):
    return desk.commitments.make("rec", held, visitor, owner, due, "修好路灯")


def test_a_visitors_name_and_matter_are_in_the_vault_alone(node, desk):
    held = reception(desk)
    desk.receptions.hear(held, "rec", "张三", "楼下路灯坏了三个月")
    identity = promise(desk, held, TODAY + 5 * DAY)
    assert desk.receptions.get(held).matters == 1
    for index in range(node.ledger.size):
        payload = str(node.ledger.payload(index))
        assert "张三" not in payload
        assert "路灯" not in payload
    token = desk.commitments.get(identity).person
    assert node.ledger.vault.account(token) == "张三"
    page = Console(node, "rec").get(f"/counsel/receptions/{held}").text
    assert "楼下路灯坏了三个月" in page


@pytest.mark.parametrize(("after", "outcome"), [(5, "kept"), (6, "late")])
def test_the_last_day_is_in_time_and_the_next_is_late(node, desk, after, outcome):
    identity = promise(desk, reception(desk), TODAY + 5 * DAY)
    go_to(node, TODAY + after * DAY)
    assert desk.commitments.get(identity).late(TODAY + after * DAY) == (outcome == "late")
    desk.commitments.take(identity, "kept", "rec", words="照片和验收单")
    known = desk.commitments.get(identity)
    assert (known.status, known.outcome) == ("ended", outcome)
    desk.commitments.take(identity, "told", "rec", words="电话告知")
    assert desk.commitments.get(identity).status == "told"
    with pytest.raises(IllegalStepError):
        desk.commitments.take(identity, "kept", "rec", words="again")


def test_a_commitment_is_kept_with_proof_alone(desk):
    identity = promise(desk, reception(desk), TODAY)
    with pytest.raises(RefusedError) as caught:
        desk.commitments.take(identity, "kept", "rec", words=" ")
    assert "empty" in explain(caught.value, "en")["detail"]
    desk.commitments.take(identity, "urged", "rec", words="")
    assert desk.commitments.get(identity).status == "open"


def test_a_reminder_says_nothing_about_the_day_on_which_it_was_kept(node, desk):
    identity = promise(desk, reception(desk), TODAY + DAY)
    go_to(node, TODAY + 3 * DAY)
    desk.commitments.take(identity, "urged", "rec", words="")
    desk.commitments.take(identity, "kept", "rec", words="回执", day=TODAY + DAY)
    assert desk.commitments.get(identity).outcome == "kept"
    with pytest.raises(RefusedError):
        desk.commitments.take(identity, "told", "rec", words="x", day=TODAY)


def test_the_share_counts_what_ended_or_is_overdue(node, desk):
    held = reception(desk)
    ids = [promise(desk, held, TODAY + days * DAY) for days in (1, 2, 3, 30)]
    assert desk.commitments.kept_share().share is None
    desk.commitments.take(ids[0], "kept", "rec", words="x")
    go_to(node, TODAY + 4 * DAY)
    desk.commitments.take(ids[1], "broken", "rec", words="x")
    share = desk.commitments.kept_share()
    assert (share.due, share.in_time) == (3, 1)  # kept, broken, overdue; not the one to come
    assert share.interval.lo == pytest.approx(0.0615, abs=1e-4)  # Wilson, by hand
    assert share.interval.hi == pytest.approx(0.7923, abs=1e-4)
    assert desk.commitments.kept_share("nobody").due == 0


def test_overdue_commitments_come_first(node, desk):
    held = reception(desk)
    late, later, told = (promise(desk, held, TODAY + days * DAY) for days in (1, 9, 0))
    desk.commitments.take(told, "kept", "rec", words="x")
    desk.commitments.take(told, "told", "rec", words="x")
    assert [each.id for each in desk.commitments.page("").rows] == [late, later, told]
    go_to(node, TODAY + 3 * DAY)
    page = Console(node, "lead", "en").get("/counsel/commitments").text
    assert "2 days late" in page
    assert page.index(late) < page.index(later)
    assert "1 commitments that ended" not in page


def test_a_reception_to_come_is_announced_and_hears_nobody_yet(node, desk):
    held = reception(desk, TODAY + 7 * DAY)
    with pytest.raises(RefusedError):
        desk.receptions.hear(held, "rec", "张三", "x")
    with pytest.raises(RefusedError):
        promise(desk, held, TODAY + 9 * DAY)
    go_to(node, TODAY + 7 * DAY)
    desk.receptions.hear(held, "rec", "张三", "x")
    desk.receptions.take(held, "closed", "rec")
    with pytest.raises(IllegalStepError):
        desk.receptions.hear(held, "rec", "李四", "x")


@pytest.mark.parametrize("due", [TODAY - DAY, TODAY + dt.timedelta(4 * 366)])
def test_a_last_day_before_the_reception_or_far_off_is_refused(desk, due):
    with pytest.raises(RefusedError):
        promise(desk, reception(desk), due)


def test_pages_lead_from_a_reception_to_its_commitment(node, desk):
    console = Console(node, "rec")
    fields = {"kind": "listening", "day": "2026-03-02", "place": "社区", "receiver": "wang"}
    held = console.post("/counsel/receptions", **fields).headers["location"].split("?")[0]
    assert console.post(f"{held}/hear", visitor="张三", words="噪声").status_code == 303
    made = console.post(
        "/counsel/commitments",
        reception=held.rpartition("/")[2],
        visitor="张三",
        owner="li",
        due="2026-03-09",
        words="夜间巡查",
    )
    assert made.status_code == 303
    page = console.get(made.headers["location"]).text
    assert "张三" in page
    assert "夜间巡查" in page
    refused = console.post(f"{made.headers['location'].split('?')[0]}/keep", words=" ")
    assert refused.status_code == 422
    english = Console(node, "lead", "en")
    for path in ("/counsel/receptions", "/counsel/commitments", held):
        shown = english.get(path).text
        assert "Listening session" in shown or "Commitments" in shown
        assert "office." not in shown.split("<main")[1]


@pytest.mark.parametrize("name", ["reader", "sen"])
def test_only_the_office_sees_them(node, desk, name):
    held = reception(desk)
    console = Console(node, name)
    for path in ("/counsel/receptions", f"/counsel/receptions/{held}"):
        assert console.get(path).status_code == 403
    assert console.post(f"/counsel/receptions/{held}/close").status_code == 403
    assert console.post("/counsel/receptions", kind="listening").status_code == 403


def test_a_rebuild_from_the_record_finds_the_same(node, desk):
    identity = promise(desk, reception(desk), TODAY)
    desk.commitments.take(identity, "kept", "rec", words="x")
    before = desk.commitments.get(identity)
    rebuild(node)
    assert desk.commitments.get(identity) == before
