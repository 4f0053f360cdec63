"""Matching: no conflict is proposed, the order is of scores alone, and load never helps."""

import datetime as dt

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.chain.policy import PolicyError
from lianzhi.domains.mediation.matching import Mediator, Needs, rank
from lianzhi.domains.mediation.nouns.dispute import LANGUAGES, LEVELS
from lianzhi.domains.mediation.rules import POLICY as FOLDER
from lianzhi.domains.mediation.rules import Rules

TODAY = dt.date(2026, 3, 2)
_, POLICY = Rules().matching(TODAY)
FIELDS = ("customs_tax", "civil", "consumer")
DAYS = st.sampled_from([TODAY - dt.timedelta(1), TODAY, TODAY + dt.timedelta(90)])
MEDIATORS = st.lists(
    st.builds(
        Mediator,
        id=st.sampled_from("abcdefgh"),
        fields=st.lists(st.sampled_from(FIELDS), unique=True).map(tuple),
        rooms=st.lists(st.sampled_from(LEVELS), unique=True).map(tuple),
        languages=st.lists(st.sampled_from(LANGUAGES), unique=True).map(tuple),
        certificates=st.dictionaries(st.sampled_from(["legal", "psychology"]), DAYS),
        employers=st.lists(st.sampled_from(["t1", "t2"]), unique=True).map(tuple),
        offices=st.lists(st.sampled_from(["HZ", "NB"]), unique=True).map(tuple),
        most_open=st.integers(1, 6),
        status=st.sampled_from(["active", "active", "retired"]),
    ),
    unique_by=lambda each: each.id,
)
NEEDS = st.builds(
    Needs,
    field=st.sampled_from(FIELDS),
    office=st.sampled_from(["HZ", "NB"]),
    officer=st.sampled_from(["", "a", "b"]),
    parties=st.frozensets(st.sampled_from(["t1", "t2"])),
    room=st.sampled_from(["", *LEVELS]),
    languages=st.lists(st.sampled_from(["zh", "en"]), unique=True).map(tuple),
    certificates=st.lists(st.sampled_from(["legal", "psychology"]), unique=True).map(tuple),
)
LOADS = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 7))


@given(NEEDS, MEDIATORS, LOADS)
def test_nobody_with_a_conflict_or_without_what_is_needed_is_proposed(needs, mediators, load):
    by_id = {each.id: each for each in mediators}
    ranking = rank(needs, mediators, load, POLICY, TODAY)
    for candidate in ranking.candidates:
        mediator = by_id[candidate.mediator]
        assert mediator.status == "active"
        assert candidate.mediator != needs.officer
        assert needs.office not in mediator.offices
        assert not needs.parties & {*mediator.employers}
        assert {*needs.languages} <= {*mediator.languages}
        assert load.get(mediator.id, 0) < mediator.most_open
        for certificate in {*needs.certificates, *POLICY.certificates.get(needs.field, ())}:
            assert mediator.certificates[certificate] >= TODAY
        assert candidate.score == pytest.approx(sum(part.points for part in candidate.parts))
    assert all(excluded.reasons for excluded in ranking.excluded)
    named = [each.mediator for each in (*ranking.candidates, *ranking.excluded)]
    assert sorted(named) == sorted(by_id)


@given(NEEDS, MEDIATORS, LOADS, st.randoms())
def test_the_order_does_not_depend_on_the_order_of_the_register(needs, mediators, load, dice):
    shuffled = [*mediators]
    dice.shuffle(shuffled)
    wanted = rank(needs, mediators, load, POLICY, TODAY)
    assert rank(needs, shuffled, load, POLICY, TODAY) == wanted


def place(ranking, name):
    names = [each.mediator for each in ranking.candidates]
    return names.index(name) if name in names else len(names)


@given(NEEDS, MEDIATORS.filter(bool), LOADS, st.integers(1, 5), st.data())
def test_more_load_never_ranks_higher(needs, mediators, load, more, data):
    name = data.draw(st.sampled_from([each.id for each in mediators]))
    fuller = {**load, name: load.get(name, 0) + more}
    before = rank(needs, mediators, load, POLICY, TODAY)
    after = rank(needs, mediators, fuller, POLICY, TODAY)
    assert place(after, name) >= place(before, name) or name not in [
        each.mediator for each in after.candidates
    ]
    others = [each for each in before.candidates if each.mediator != name]
    assert [each for each in after.candidates if each.mediator != name] == others


@given(NEEDS, MEDIATORS, LOADS)
def test_the_field_of_the_dispute_never_counts_against_a_mediator(needs, mediators, load):
    for mediator in mediators:
        ready = msgspec.structs.replace(mediator, fields=(needs.field,))
        bare = msgspec.structs.replace(mediator, fields=())
        scores = [
            [each.score for each in rank(needs, [one], load, POLICY, TODAY).candidates]
            for one in (bare, ready)
        ]
        assert scores[0] <= scores[1]


def test_every_reason_of_an_exclusion_is_given():
    mediator = Mediator(
        id="a", languages=("zh",), employers=("t1",), offices=("HZ",), most_open=1,
        certificates={"legal": TODAY - dt.timedelta(1)},
    )  # fmt: skip
    needs = Needs(
        field="customs_tax", office="HZ", officer="a", parties=frozenset({"t1"}), languages=("en",)
    )
    (excluded,) = rank(needs, [mediator], {"a": 1}, POLICY, TODAY).excluded
    reasons = {reason.key: reason.value for reason in excluded.reasons}
    assert reasons == {
        "officer": "", "employer": "t1", "office": "HZ", "language": "en",
        "certificate": "legal", "full": "1",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("load = 3.0", "load = 0.0", "load"),
        ("field = 4.0", "field = -1.0", "field"),
        ("room = 2.0", "room = 2.0\nspeed = 1.0", "speed"),
        ('customs_tax = ["legal"]', 'customs_tax = ["driving"]', "driving"),
    ],
)
def test_weights_out_of_bounds_end_the_start_with_their_field(tmp_path, old, new, named):
    own = tmp_path / "matching"
    own.mkdir()
    text = (FOLDER / "matching" / "2026-01-01.toml").read_text("utf-8")
    assert old in text
    (own / "2026-01-01.toml").write_text(text.replace(old, new), "utf-8")
    with pytest.raises(PolicyError, match=named):
        Rules(tmp_path)
