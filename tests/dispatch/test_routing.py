"""Where a request goes, and why."""

import pytest

from lianzhi.chain.policy import PolicyError
from lianzhi.dispatch import policy
from lianzhi.dispatch.grids.geojson import read
from lianzhi.dispatch.phrases import catalogue
from lianzhi.dispatch.requests import table
from lianzhi.dispatch.requests.routing import route
from lianzhi.domains.enforcement.policy import DISPATCH
from lianzhi.law.words import LANGUAGES
from made_grids import SOUTH, UNIT, WEST, collection, feature, square
from made_requests import POLICY, VERSION

GRIDS = read(
    collection(
        feature("n1", square(WEST, SOUTH), squad="east"),
        feature("n2", square(WEST + 100_000, SOUTH), squad="west"),
    )
).grids
IN_N1 = ((WEST + 50_000) / UNIT, (SOUTH + 50_000) / UNIT)
NOWHERE = (1.0, 2.0)


@pytest.mark.parametrize(
    ("asked", "first", "squad", "department", "rules"),
    [
        ({"category": "food", "at": IN_N1}, "squad", "east", "market", "category grid priority"),
        ({"category": "401", "at": IN_N1}, "squad", "east", "market", "category grid priority"),
        ({"category": "food", "grid": "n2"}, "squad", "west", "market",
         "category grid_given priority"),
        ({"category": "food", "at": IN_N1, "grid": "n2"}, "squad", "east", "market",
         "category grid grid_differs priority"),
        ({"category": "food", "at": NOWHERE, "grid": "n2"}, "desk", None, "market",
         "category no_grid to_desk priority"),
        ({"category": "food"}, "desk", None, "market", "category no_grid to_desk priority"),
        ({"category": "food", "grid": "n9"}, "desk", None, "market",
         "category unknown_grid to_desk priority"),
        ({"category": "sewage", "at": IN_N1}, "department", "east", "environment",
         "category grid to_department priority"),
        ({"category": "sewage", "at": NOWHERE}, "department", None, "environment",
         "category no_grid to_department priority"),
        ({"category": "dragons", "at": IN_N1}, "desk", "east", None,
         "unknown_category grid to_desk"),
        ({"category": ""}, "desk", None, None, "unknown_category no_grid to_desk"),
    ],
)  # fmt: skip
def test_routes(asked, first, squad, department, rules):
    found = route(POLICY, VERSION, GRIDS, **asked)
    assert (found.first, found.squad, found.department) == (first, squad, department)
    assert [reason.rule for reason in found.reasons] == rules.split()
    assert all(reason.words.say(each) for reason in found.reasons for each in LANGUAGES)
    assert found.version == VERSION


def test_braces_of_citizens_are_words_and_nothing_else():
    found = route(POLICY, VERSION, GRIDS, category="{department.__class__}")
    assert "{department.__class__}" in found.reasons[0].words.en


def test_every_sentence_is_said_in_both_languages_with_the_same_names():
    import string

    for group in catalogue().values():
        for said in group.values():
            fields = [{name for _, name, _, _ in string.Formatter().parse(said.say(each)) if name}
                      for each in LANGUAGES]  # fmt: skip
            assert fields[0] == fields[1]


def test_keywords_help_a_person_to_sort():
    found = POLICY.suggest("楼下烧烤摊位占道，Smoke everywhere")
    assert [one.key for one in found][:2] == ["stalls", "smoke"]
    assert POLICY.suggest("你好") == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('department = "urban"', 'department = "urbane"', "department is 'urbane'"),
        ('priority = "soon"', 'priority = "later"', "priority is 'later'"),
        ('code = "102"', 'code = "101"', "code '101' stands twice"),
        ('key = "litter"', 'key = "stalls"', "key 'stalls' stands twice"),
        ('["08:30", "11:30"]', '["11:30", "08:30"]', "in order"),
        ('"13:30"', '"25:30"', "write like 08:30"),
        ("share = 0.8", "share = 0.4", "ladder"),
        ('unsorted = "ordinary"', 'unsorted = "x"', "unsorted is 'x'"),
        ('unit = "clock_hours"', 'unit = "moons"', "unit"),
        ('datatype = "singlevaluelist"', 'datatype = "text"', "values go with a list"),
    ],
)
def test_a_policy_that_does_not_fit_together_is_refused(tmp_path, old, new, said):
    text = (DISPATCH / f"{VERSION.partition('+')[0]}.toml").read_text("utf-8")
    assert old in text
    (tmp_path / "2026-05-01.toml").write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(PolicyError, match="2026-05-01") as told:
        policy.load(tmp_path)
    assert said in str(told.value)


def test_the_policy_of_the_day_counts(tmp_path):
    text = (DISPATCH / f"{VERSION.partition('+')[0]}.toml").read_text("utf-8")
    (tmp_path / "2026-01-01.toml").write_text(text, "utf-8")
    (tmp_path / "2026-07-01.toml").write_text(
        text.replace('key = "food"', 'key = "eating"'), "utf-8"
    )
    lines = ["id,category,grid,lon,lat,received_at\n"] + [
        f"{n},food,n1,,,{when}\n"
        # the same night, told from two zones: July begins at 16:00 UTC
        for n, when in enumerate(["2026-06-30T15:59:00+00:00", "2026-06-30T16:01:00Z", ""])
    ]
    found, bad = table.read(lines)
    assert bad == []
    routed = table.routes(found, GRIDS, policy.load(tmp_path))
    assert [one.category for _, one in routed] == ["food", None, None]
