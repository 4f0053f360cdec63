"""The gate engine, on facts of a domain that does not exist: a library that lends books."""

import datetime as dt
import re

import msgspec
import pytest

from lianzhi.law.gates import Gates, GatesError, NoGatesError, RefusedStepError, Terms, load

DAY = dt.date(2026, 3, 20)


class Loan(msgspec.Struct, frozen=True, kw_only=True):
    step: str = "lend"
    day: dt.date = DAY
    books: int = 1
    age: int | None = 30


class LoanTerms(Terms, frozen=True, kw_only=True, forbid_unknown_fields=True):
    most_books: int


def few_books(loan: Loan, terms: LoanTerms) -> bool:
    return loan.books <= terms.most_books


def of_age(loan: Loan, terms: LoanTerms) -> bool:
    return loan.age >= 18  # type: ignore[operator]  # fails to evaluate where the age is unknown


PREDICATES = {"few_books": few_books, "of_age": of_age}
TERMS = "[[terms]]\neffective_from = 2020-01-01\nmost_books = 3\n"


def gate(key: str, since: str = "2020-01-01", **more: str) -> str:
    fields = {
        "key": f'"{key}"',
        "steps": '["lend"]',
        "basis": '"library.rules"',
        "article": '"第一条"',
        "effective_from": since,
        "says": '{ zh = "说明", en = "what it asks" }',
    } | more
    return "[[gate]]\n" + "".join(f"{name} = {value}\n" for name, value in fields.items())


def write(folder, text: str, name: str = "rules.toml"):
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, "utf-8")
    return folder


def library(*folders) -> Gates[Loan, LoanTerms]:
    return load(folders, PREDICATES, LoanTerms)


@pytest.fixture
def shipped(tmp_path):
    return write(tmp_path / "shipped", TERMS + gate("of_age") + gate("few_books"))


def test_a_step_that_passes_every_gate_may_be_taken(shipped):
    assert library(shipped).check(Loan()) == []
    library(shipped).require(Loan())


def test_a_refusal_names_gate_article_and_words_in_the_order_of_the_files(shipped):
    refusals = library(shipped).check(Loan(books=4, age=17))
    assert [each.gate for each in refusals] == ["of_age", "few_books"]
    assert refusals[0].article == "第一条"
    assert refusals[0].says.say("zh") == "说明"
    assert refusals[0].error == ""
    with pytest.raises(
        RefusedStepError, match=r"lend is refused: of_age \(第一条\): what"
    ) as error:
        library(shipped).require(Loan(books=4, age=17))
    assert error.value.refusals == tuple(refusals)


def test_a_gate_guards_its_own_steps_only(shipped):
    assert library(shipped).check(Loan(step="return", books=99)) == []


def test_a_predicate_that_fails_to_evaluate_refuses_and_says_why(shipped):
    (refusal,) = library(shipped).check(Loan(age=None))
    assert refusal.gate == "of_age"
    assert refusal.error.startswith("TypeError: ")


def test_one_predicate_may_judge_several_gates(tmp_path):
    both = gate("few_books") + gate("few_at_night", predicate='"few_books"')
    found = library(write(tmp_path / "rules", TERMS + both))
    assert [each.gate for each in found.check(Loan(books=4))] == ["few_books", "few_at_night"]


def test_gates_and_terms_have_days_of_effect(tmp_path):
    later = TERMS.replace("2020-01-01", "2026-01-01").replace("3", "5")
    ended = TERMS.replace("most", "effective_until = 2025-12-31\nmost")
    text = ended + later + gate("few_books") + gate("of_age", "2026-03-21")
    found = library(write(tmp_path / "rules", text))
    assert found.terms(dt.date(2025, 12, 31)).most_books == 3
    assert found.check(Loan(books=5)) == []
    assert found.check(Loan(books=5, day=dt.date(2025, 12, 31)))
    assert [each.key for each in found.at(DAY)] == ["few_books"]
    assert [each.key for each in found.at(dt.date(2026, 3, 21))] == ["few_books", "of_age"]


def test_a_day_without_terms_is_refused_and_not_judged_by_others(shipped):
    with pytest.raises(NoGatesError, match="2019-12-31: the gates kept here begin on 2020-01-01"):
        library(shipped).check(Loan(day=dt.date(2019, 12, 31)))


def test_a_later_folder_replaces_all_versions_of_the_keys_that_it_has(shipped, tmp_path):
    own = write(tmp_path / "own", gate("few_books", "2030-01-01"))
    found = library(shipped, own)
    assert [each.key for each in found.at(DAY)] == ["of_age"]
    assert [each.key for each in found.at(dt.date(2030, 1, 1))] == ["of_age", "few_books"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (gate("magic"), "gate 'magic': predicate is 'magic'; use one of few_books, of_age"),
        (gate("of_age", article='""'), "gate 'of_age': article is empty; fill it in"),
        (gate("of_age", steps="[]"), "gate 'of_age': steps is empty; fill it in"),
        (gate("of_age", steps='"lend"'), r"gate 'of_age': steps: Expected `array`"),
        (gate("of_age", colour='"red"'), "gate 'of_age': .*unknown field `colour`"),
        (gate("of_age", says='{ zh = "说明", en = "" }'), "gate 'of_age': says: en is empty"),
        (gate("of_age", effective_until="2019-01-01"), "effective_until of of_age is 2019-01-01"),
        (gate("of_age") + gate("of_age", "2021-01-01"), "of_age: effective_until .* end it before"),
        (TERMS.replace("most_books", "books"), "terms: .*field `books`"),
        ("[[gates]]\n", r"field is 'gates'; write \[\[gate\]\] or \[\[terms\]\]"),
        ("[[gate]", "line 1"),
    ],
)
def test_data_that_cannot_be_used_are_named_with_file_gate_field_and_mend(
    shipped, tmp_path, text, said
):
    own = write(tmp_path / "own", text, "ours.toml")
    file = re.escape(str(tmp_path / "own" / "ours.toml"))
    with pytest.raises(GatesError, match=rf"(?s)^{file}: .*{said}.*; mend it and start again$"):
        library(shipped, own)


def test_gates_without_terms_cannot_be_used(tmp_path):
    with pytest.raises(GatesError, match="terms is missing"):
        library(write(tmp_path / "rules", gate("of_age")))
