"""Evidence packs for self-assessments: what they say, what they name as missing, their digests."""

import hashlib
import io

import pytest
from algorithm_house import TODAY, Algorithms, unchanged
from docx import Document

from lianzhi.chain.life import IllegalStepError
from lianzhi.domains.algorithms.acts import TABLES
from lianzhi.domains.algorithms.papers.filling import MOST_GAPS, PackFacts, fill, missing
from lianzhi.domains.algorithms.rules.refusal import RefusedError
from lianzhi.domains.algorithms.words import words


@pytest.fixture
def house(tmp_path) -> Algorithms:
    return Algorithms(tmp_path)


def text_of(body: bytes) -> str:
    """All words of a Word file, tables with them."""
    document = Document(io.BytesIO(body))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(each.text for each in document.paragraphs), *cells])


def issue(house: Algorithms, disclosure: str = "") -> str:
    act = TABLES[0].get("self_assess")
    assert act is not None
    act.take(house.desk, house.algorithm, "li", words=disclosure)
    return house.of_algorithm().packs[-1].number


def test_a_pack_says_what_the_record_holds_in_both_languages(house) -> None:
    audit = house.audit(4000, 0.2)
    number = issue(house, "按热度排序。")
    text = text_of(house.desk.self_assessments.read(house.algorithm, number, "docx"))
    plain = text.replace(" ", "")
    (figure,) = audit.figures
    assert audit.file in plain
    assert audit.map in plain
    assert f"{100 * figure.lo:.1f} – {100 * figure.hi:.1f}" in text
    for said in (
        "证实",
        "Confirmed",
        "按热度排序。",
        "没有备案编号",
        "no filing number",
        "应用程序",
    ):
        assert said in text
    assert house.desk.self_assessments.read(house.algorithm, number, "pdf").startswith(b"%PDF-")


def test_the_digests_are_on_the_record_and_a_changed_file_is_not_given_out(house) -> None:
    number = issue(house)
    (entry,) = house.entries("algorithms.algorithm.self_assessed")
    for form in ("docx", "pdf"):
        body = house.desk.self_assessments.read(house.algorithm, number, form)
        assert hashlib.sha256(body).hexdigest() == entry["digests"][form]
    kept = house.home / "evidence" / entry["files"]["pdf"]
    kept.write_bytes(kept.read_bytes() + b" ")
    with pytest.raises(RefusedError) as refused:
        house.desk.self_assessments.read(house.algorithm, number, "pdf")
    assert refused.value.rule == "pack_file"
    with pytest.raises(KeyError):
        house.desk.self_assessments.read(house.algorithm, number, "exe")
    assert house.rebuilt()


def test_what_is_missing_is_named_and_falls_away_as_it_comes(house) -> None:
    issue(house)
    assert set(house.of_algorithm().packs[-1].missing) >= {
        "number", "disclosure", "audit_fairness", "audit_pricing", "mechanism",
    }  # fmt: skip
    house.audit(300, 0.0)  # shows nothing
    house.desk.registry.submit(house.algorithm, "li", day=None)
    house.desk.registry.number(house.algorithm, "chief", number="网信算备1号", day=None)
    issue(house, "按热度排序。")
    lacks = set(house.of_algorithm().packs[-1].missing)
    assert "unsettled_fairness" in lacks
    assert "unchecked" in lacks
    assert not lacks & {"number", "disclosure", "audit_fairness"}
    house.audit(4000, 0.2)
    issue(house)
    assert "rectification" in house.of_algorithm().packs[-1].missing


def test_a_gap_is_never_cut_off_by_the_length_of_the_table(house) -> None:
    audit = house.audit(4000, 0.2)
    (gap,) = audit.figures
    even = gap.__class__("x: y · tpr", 0.0, -0.01, 0.01, type(gap.verdict)("none_found"))
    long = audit.__class__(**{
        **{name: getattr(audit, name) for name in audit.__struct_fields__},
        "figures": (*[even] * MOST_GAPS, gap),
    })  # fmt: skip
    facts = PackFacts(house.of_algorithm(), [long], [], "")
    rows = fill(facts, words("en").gettext)["gaps"]
    assert len(rows) == MOST_GAPS
    assert rows[0]["verdict"] == "Confirmed"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_lack_has_words(house, language) -> None:
    gettext = words(language).gettext
    house.audit(300, 0.0)
    for key in missing(PackFacts(house.of_algorithm(), [], [], "")):
        assert gettext(f"algorithm_pack_lacks.{key}") != f"algorithm_pack_lacks.{key}"


def test_an_ended_algorithm_gets_none(house) -> None:
    house.desk.registry.end(house.algorithm, "li", day=TODAY)
    with pytest.raises(IllegalStepError), unchanged(house):
        issue(house)
