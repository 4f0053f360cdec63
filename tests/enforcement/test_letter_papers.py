"""A supervision letter about a file is printed with what it says, under a number of its own."""

import io
import re
import zipfile

import pytest
from paper_house import PaperBureau

from lianzhi.domains.enforcement.desk.office import RefusedError

FACTS = "送达回证没有收到时间\n裁量理由没有写明行次"


@pytest.fixture
def bureau(tmp_path):
    return PaperBureau(tmp_path)


def wrote(bureau, case, kind="supervision_opinion", **more):
    said = {"facts": FACTS, "basis": "监督条例第二十条", **more}
    words = "补正送达回证\n自行纠正说理"
    return bureau.desk.letters.send(kind, "supervision", "fire", case, words, "sup", **said)


def printed(bureau, case, number):
    body = bureau.desk.papers.read(case, number, "docx")
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        return re.sub(r"<[^>]+>", "", packed.read("word/document.xml").decode())


@pytest.mark.parametrize(
    ("letter", "paper"),
    [
        ("supervision_opinion", "supervision_opinion"),
        ("supervision_suggestion", "supervision_advice"),
    ],
)
def test_the_paper_says_what_the_letter_says(bureau, letter, paper):
    case = bureau.filed()
    assert paper not in {one.kind for one in bureau.desk.papers.offers(case)}
    wrote(bureau, case, letter)
    (offer,) = [one for one in bureau.desk.papers.offers(case) if one.kind == paper]
    assert {lack.name for lack in offer.lacks} == {"reviewed_case"}
    given = {"reviewed_case": "本案", "problems": "别的"}
    number = bureau.desk.papers.issue(case, paper, "sup", given, "both")
    text = printed(bureau, case, number)
    for said in (*FACTS.split("\n"), "监督条例第二十条", "补正送达回证", "自行纠正说理"):
        assert said in text
    assert "别的" not in text
    name = bureau.desk.office.rules.power(bureau.desk.office.today()).departments["fire"].name
    assert name.zh in text
    assert name.en in text


def test_the_last_letter_is_printed(bureau):
    case = bureau.filed()
    wrote(bureau, case)
    wrote(bureau, case, facts="后来查明")
    given = {"reviewed_case": "本案"}
    number = bureau.desk.papers.issue(case, "supervision_opinion", "sup", given)
    assert "后来查明" in printed(bureau, case, number)


@pytest.mark.parametrize("lacking", ["facts", "basis"])
def test_a_supervision_letter_without_facts_or_basis_is_refused(bureau, lacking):
    with pytest.raises(RefusedError) as caught:
        wrote(bureau, bureau.filed(), **{lacking: " \n"})
    assert caught.value.rule == f"letter_{lacking}"
