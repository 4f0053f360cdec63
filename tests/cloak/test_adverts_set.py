"""The challenge set of adverts for water armies: frozen, even, and with nobody's number in it."""

import csv
import hashlib
import re
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "bench" / "challenge_adverts"
KINDS = ("recruiting", "selling", "paid_negative", "pay_to_delete")
COLUMNS = ["id", "kind", "harmful", "pair", "text", "note"]
HALF = 80


def rows() -> list[dict[str, str]]:
    with (FOLDER / "adverts.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def threes(text: str) -> set[str]:
    """Runs of three letters, digits or signs of a text, without what stands between words."""
    bare = re.sub(r"\W", "", text)
    return {bare[at : at + 3] for at in range(len(bare) - 2)}


def test_the_file_is_as_it_was_frozen() -> None:
    data = (FOLDER / "adverts.csv").read_bytes().replace(b"\r\n", b"\n")
    told = re.findall(r"\b[0-9a-f]{64}\b", (FOLDER / "README.md").read_text(encoding="utf-8"))
    assert told == [hashlib.sha256(data).hexdigest()], "mend it in a commit that says so"


def test_every_kind_is_half_harmful_and_half_innocent() -> None:
    items = rows()
    assert list(items[0]) == COLUMNS
    assert Counter((one["kind"], one["harmful"]) for one in items) == {
        (kind, harmful): HALF for kind in KINDS for harmful in "10"
    }
    assert [one["id"] for one in items] == [
        f"{kind}-{n + 1:03}" for kind in KINDS for n in range(2 * HALF)
    ]


def test_texts_are_short_and_noted_and_no_two_are_nearly_the_same() -> None:
    items = rows()
    for one in items:
        assert 10 <= len(one["text"]) <= 120, one["id"]
        assert one["text"] == one["text"].strip(), one["id"]
        assert one["note"], one["id"]
    assert len({one["text"] for one in items}) == len(items)
    # Pairs share words on purpose; any other two share little.
    pieces = [threes(one["text"]) for one in items]
    for a, b in combinations(range(len(items)), 2):
        paired = items[a]["pair"] and items[a]["pair"] == items[b]["pair"]
        common, both = len(pieces[a] & pieces[b]), len(pieces[a] | pieces[b])
        assert common <= (0.5 if paired else 0.2) * both, (items[a]["id"], items[b]["id"])


def test_a_pair_is_one_harmful_text_and_one_innocent_of_the_same_kind() -> None:
    pairs = defaultdict(list)
    for one in rows():
        if one["pair"]:
            pairs[one["pair"]].append((one["kind"], one["harmful"]))
    for pair, sides in pairs.items():
        kind = pair.rsplit("-", 1)[0]
        assert sides == [(kind, "1"), (kind, "0")], pair
    held = Counter(sides[0][0] for sides in pairs.values())
    assert all(held[kind] >= HALF / 3 for kind in KINDS), held


def test_a_quarter_of_the_harmful_texts_hide_their_words() -> None:
    hidden = Counter(
        one["kind"] for one in rows() if one["harmful"] == "1" and one["note"].startswith("evasion")
    )
    assert hidden == dict.fromkeys(KINDS, HALF // 4)


def test_no_text_holds_what_could_be_a_number_to_call_or_an_address_to_open() -> None:
    number = re.compile(r"\d(?:[\s.\-]?\d){5,}|[零〇一二三四五六七八九幺]{7,}")
    address = re.compile(r"https?:|www\.|@(?!example\.com\b)", re.IGNORECASE)
    for one in rows():
        assert not number.search(one["text"]), one["id"]
        assert not address.search(one["text"]), one["id"]
