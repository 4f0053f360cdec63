"""What holds for every publication: sound ones pass, each planted contradiction is found."""

import json
import random
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st
from made_figures import HEADER, audit, check, keys, percent, read, sound

from lianzhi.chain.published.reading import ReadingError
from lianzhi.chain.published.render import describe

WRONG = ("contradiction", "needs")


def row(rows, figure, period="2023"):
    return next(r for r in rows if (r["figure"], r["period"]) == (figure, period))


@given(sound())
def test_a_sound_publication_yields_no_contradiction(rows):
    found = audit(*rows)
    assert found.of("contradiction") == found.of("needs") == ()
    assert found.holds
    assert {"flow.sound", "mean.sound", "periods.sound"} <= keys(found, "sound")


@given(sound(), st.randoms(use_true_random=False))
def test_the_order_of_rows_is_irrelevant(rows, order):
    mixed = [*rows, dict(rows[0], value=rows[0]["value"] + 1)]
    shuffled = order.sample(mixed, len(mixed))

    def told(result):
        said = describe(result, "en")
        return result.key, result.severity, said, result.arithmetic, result.bar

    assert [told(r) for r in audit(*mixed).results] == [told(r) for r in audit(*shuffled).results]


def int_of(text):
    return int(str(text).replace(",", ""))


def plant_more(rows, draw):
    row(rows, "on_time")["value"] = int_of(row(rows, "disposed")["value"]) + draw(1, 10**6)
    return "within.more"


def plant_rate(rows, draw):
    part, whole = (int_of(row(rows, name)["value"]) for name in ("penalised", "files"))
    shown = percent(part, whole, 2).split()[0]
    off = draw(2, 5000) / 100
    row(rows, "penalised")["rate"] = f"{(float(shown) + off) % 100:.2f} %"
    return "rate.differs"


def plant_flow(rows, draw):
    row(rows, "closing")["value"] += draw(1, 10**6)
    return "flow.differs"


def plant_part(rows, draw):
    rows.append(
        {
            "figure": "other",
            "value": draw(1, 999),
            "unit": "件",
            "period": "2023",
            "part_of": "受理",
        }
    )
    return "sum.more"


def plant_big_part(rows, draw):
    value = int_of(row(rows, "accepted")["value"]) + draw(1, 999)
    rows.append({"figure": "x", "value": value, "period": "2023", "part_of": "accepted"})
    return "within.more"


def plant_unit(rows, draw):
    row(rows, "penalised")["unit"] = ("人次", "户", "元")[draw(0, 2)]
    return "unit.differs"


def plant_share(rows, draw):
    rows.append({"figure": "满意率", "value": f"{draw(101, 999)}%", "period": "2023"})
    return "plain.above"


def plant_negative(rows, draw):
    row(rows, "exempted")["value"] = -draw(1, 999)
    return "plain.negative"


def plant_fraction(rows, draw):
    row(rows, "exempted")["value"] = f"{draw(0, 999)}.5"
    return "plain.fraction"


def plant_twice(rows, draw):
    rows.append(dict(row(rows, "files"), value=row(rows, "files")["value"] + draw(1, 999)))
    return "same.values"


def plant_period(rows, draw):
    row(rows, "penalised")["period"] = f"2023-Q{draw(1, 4)}"
    return "period.differs"


def plant_quarter(rows, draw):
    row(rows, "accepted", "2023-Q4")["value"] += draw(1, 999)
    return "periods.more"


def plant_change(rows, draw):
    change = float(row(rows, "accepted")["change"].split()[0])
    row(rows, "accepted")["change"] = f"{change + draw(2, 999) / 100:+.2f} %"
    return "change.differs"


def plant_mean(rows, draw):
    mean = row(rows, "mean_fine")
    mean["value"] = f"{float(mean['value']) * (1 + draw(1, 90) / 100) + 1:.2f}"
    return "mean.differs"


def plant_nothing(rows, draw):
    row(rows, "files")["value"] = 0
    for name in ("penalised", "exempted"):
        row(rows, name)["value"] = 0
    return "rate.nothing"


PLANTS = [plant for name, plant in sorted(globals().items()) if name.startswith("plant_")]


@given(sound(), st.sampled_from(PLANTS), st.data())
@settings(max_examples=300)
def test_whatever_is_planted_is_found(rows, plant, data):
    key = plant(rows, lambda lo, hi: data.draw(st.integers(lo, hi)))
    found = audit(*rows)
    if plant is plant_period:  # a whole of another period only is told, and not compared
        assert key in keys(found, "unclear")
        return
    assert key in keys(found, *WRONG)
    assert not found.holds


@given(sound(), st.sampled_from(PLANTS), st.data())
def test_every_result_can_be_said_in_both_languages(rows, plant, data):
    plant(rows, lambda lo, hi: data.draw(st.integers(lo, hi)))
    for one in audit(*rows).results:
        for language in ("zh", "en"):
            said = describe(one, language)
            assert said.text
            assert "{" not in said.text
            assert "fraud" not in " ".join((said.text, *said.explains)).lower()
        assert len(one.explanations) == len(one.explains), "each explanation has its words"


@given(st.binary(max_size=400))
def test_no_bytes_make_reading_crash(data):
    with suppress(ReadingError):
        found = check(read(data))
        assert all(error.reason for error in found.errors)


CELL = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        (
            *("accepted", "disposed", "办结率", "100%", "0", "-3", "1.5", "2021", "2021-Q1", "in"),
            *("a/b", "opening", "closing", "x", "约2万", "增长5%", "人次", "1568万元", "0 %"),
        )
    ),
)


@given(st.lists(st.lists(CELL, min_size=9, max_size=9), max_size=12))
def test_no_table_makes_checking_crash(cells):
    rows = [dict(zip(HEADER, row, strict=True)) for row in cells]
    publication = read(json.dumps(rows).encode())
    found = check(publication)
    for one in found.results:
        for language in ("zh", "en"):
            describe(one, language)
    read_rows = len(publication.figures) + len(publication.errors)
    assert read_rows <= len(rows)
    assert all(error.reason for error in publication.errors)


def test_a_big_publication_is_checked_in_a_moment():
    dice = random.Random(1)
    rows = [
        {"figure": f"f{n}", "value": dice.randrange(1, 10**6), "of": f"f{n // 2}", "rate": "50 %"}
        for n in range(1, 500)
    ]
    assert audit(*rows).of("contradiction")
