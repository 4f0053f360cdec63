"""Erasure: nothing of a person is left in any byte of the home, and every proof still holds."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from databases import Databases, with_tables
from lianzhi.record.entry import Draft
from lianzhi.record.merkle import verify_consistency, verify_inclusion
from lianzhi.record.ports import Evidence
from lianzhi.store import db
from lianzhi.store.audit import audit
from lianzhi.store.ledger import Ledger, custody, open_ledger
from lianzhi.store.tables import metadata

X = "victim-张三丰-7431"
Y = "bully-8520"
Z = "reader-9632"


@pytest.fixture
def ledger(engine: Engine, tmp_path: Path) -> Ledger:
    return open_ledger(engine, tmp_path)


def event(seq: int, actor: str, target: str | None, text: str, *, escaped: bool = False) -> bytes:
    fields = {"id": f"e{seq}", "actor": actor, "target": target, "text": text}
    return json.dumps(fields, ensure_ascii=escaped).encode()


def tell_a_story(ledger: Ledger) -> dict[str, str]:
    """A case about X, with a reason that names X, and events by, at and about X."""
    with ledger.batch() as batch:
        token = batch.tokens([X, Y, Z])
        batch.append(
            [
                Draft("finding.made", "f1", 1, {"about": token[X], "subjects": [token[Y]]}),
                Draft(
                    "case.decided",
                    "c1",
                    2,
                    {"by": token[Z]},
                    {
                        "reason": ("she-cried-all-night", (token[X],)),
                        "note": (f"a word about {X} to a friend", (token[Y],)),
                        "plain": ("the rule was applied", ()),
                    },
                ),
            ]
        )
        stories = [
            (1, Y, X, "you-pig-1", False),
            (2, X, Y, "leave-me-alone-2", False),
            (3, X, None, "to-nobody-3", True),
            (4, Y, Z, f"look-at-4 @{X}!", False),
            (5, Y, None, f"look-at-5 @{X}!", True),
            (6, Y, Z, "about-somebody-else-6", False),
            (7, Y, Z, f"not-{X}0-but-another-7", False),
        ]
        batch.keep_evidence(
            Evidence(
                ref="f1",
                seq=seq,
                leaf=f"{seq:064x}",
                salt=bytes(32),
                raw=event(seq, actor, target, text, escaped=escaped),
                actor=token[actor],
                target=token[target] if target else None,
            )
            for seq, actor, target, text, escaped in stories
        )
    return token


def traces(home: Path, engine: Engine) -> set[str]:
    """Which phrases of the story can be read in any file below `home`, or any row of a server."""
    phrases = {
        "she-cried-all-night": b"she-cried-all-night",
        "a friend": b"to a friend",
        "1": b"you-pig-1",
        "2": b"leave-me-alone-2",
        "3": b"to-nobody-3",
        "4": b"look-at-4",
        "5": b"look-at-5",
        "6": b"about-somebody-else-6",
        "7": b"but-another-7",
        "rule": b"the rule was applied",
        "X": X.encode() + b'"',
        "X in text": X.encode() + b"!",
        "X escaped": json.dumps(X)[1:-1].encode() + b'"',
        "X as stored": X.encode(),
        "Y": Y.encode(),
        "Z": Z.encode(),
    }
    data = b"\0".join(p.read_bytes() for p in sorted(home.rglob("*")) if p.is_file())
    if engine.dialect.name != "sqlite":
        data += b"\0".join(rows(engine))
    return {name for name, phrase in phrases.items() if phrase in data}


def rows(engine: Engine) -> Iterator[bytes]:
    """Every value of every row; an account with what follows it in the file of a database."""
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(table.select()):
                yield from (v if isinstance(v, bytes) else str(v).encode() for v in row)


def test_tokens(ledger: Ledger) -> None:
    vault = ledger.vault
    made = vault.tokens([X, Y, X])
    assert set(made) == {X, Y}
    assert len(set(made.values())) == 2
    assert vault.tokens([Y, Z])[Y] == made[Y]
    assert vault.account(made[X]) == X
    assert vault.account("p_nobody") is None
    assert vault.accounts([*made.values(), "p_nobody"]) == {made[X]: X, made[Y]: Y}
    assert vault.known([X, "stranger"]) == {X: made[X]}
    many = [f"account-{n}" for n in range(2000)]
    assert len(set(vault.tokens(many).values())) == 2000


def test_evidence_and_texts_come_back(ledger: Ledger) -> None:
    token = tell_a_story(ledger)
    kept = ledger.vault.evidence("f1")
    assert [row.seq for row in kept] == [1, 2, 3, 4, 5, 6, 7]
    assert kept[0].raw == event(1, Y, X, "you-pig-1")
    assert (kept[0].actor, kept[0].target, kept[2].target) == (token[Y], token[X], None)
    assert ledger.vault.evidence("f2") == []
    ledger.vault.keep_evidence(kept)
    assert ledger.vault.evidence("f1") == kept
    assert ledger.vault.text(1, "reason") == "she-cried-all-night"
    assert ledger.vault.text(0, "reason") is None


def test_nothing_of_an_erased_person_is_left(
    ledger: Ledger, engine: Engine, tmp_path: Path
) -> None:
    token = tell_a_story(ledger)
    before = ledger.signer.verifier.checkpoint(ledger.checkpoint())
    entries = list(ledger.entries())
    proofs = [ledger.inclusion(entry.index) for entry in entries]
    assert len(traces(tmp_path, engine)) == 16

    erasure = ledger.erase(X, at=9)

    assert (erasure.token, erasure.texts) == (token[X], ("1/note", "1/reason"))
    assert (len(erasure.evidence), erasure.suspects) == (5, ())
    # The seventh event names another account, X0, whose name begins like X's.
    assert traces(tmp_path, engine) == {"6", "7", "rule", "X as stored", "Y", "Z"}
    assert [row.seq for row in ledger.vault.evidence("f1")] == [6, 7]
    assert ledger.vault.accounts(token.values()) == {token[Y]: Y, token[Z]: Z}
    assert ledger.vault.text(1, "reason") is None
    assert ledger.vault.text(1, "note") is None
    assert ledger.vault.text(1, "plain") == "the rule was applied"

    last = list(ledger.entries())[-1]
    assert (last.index, last.kind, last.ref, last.at) == (2, "subject.erased", token[X], 9)
    assert ledger.payload(2) == {
        "erased": ["1/note", "1/reason"],
        "copies": [f"f1/{seq}" for seq in range(1, 6)],
    }
    assert ledger.payload(0) == {"about": token[X], "subjects": [token[Y]]}

    report = audit(engine, *custody(tmp_path))
    assert (report.ok, report.erased) == (True, 2)
    after = ledger.signer.verifier.checkpoint(ledger.checkpoint())
    grown = ledger.consistency(before.size)
    assert verify_consistency(before.size, after.size, before.root, after.root, grown)
    for entry, proof in zip(entries, proofs, strict=True):
        args = (entry.index, before.size, entry.leaf_hash(), before.root)
        assert verify_inclusion(*args, proof)
        assert ledger.inclusion(entry.index, before.size) == proof


def test_erasing_again_finds_nothing_and_appends_nothing(ledger: Ledger) -> None:
    tell_a_story(ledger)
    ledger.erase(X, at=9)
    again = ledger.erase(X, at=10)
    assert (again.token, again.texts, again.evidence) == (None, (), ())
    assert len(list(ledger.entries())) == 3


def test_someone_who_comes_back_gets_another_token(ledger: Ledger) -> None:
    token = tell_a_story(ledger)[X]
    ledger.erase(X, at=9)
    assert ledger.vault.tokens([X])[X] != token


def test_someone_only_mentioned_is_erased_as_well(ledger: Ledger, engine: Engine) -> None:
    token = ledger.vault.tokens([Y])[Y]
    raw = event(1, Y, None, f"where does {X} live?")
    row = Evidence(ref="f", seq=1, leaf="00", salt=b"", raw=raw, actor=token)
    ledger.vault.keep_evidence([row])
    erasure = ledger.erase(X, at=1)
    assert (erasure.token, len(erasure.evidence)) == (None, 1)
    assert [entry.ref for entry in ledger.entries()] == ["unknown"]


def test_a_payload_that_names_the_person_is_reported(ledger: Ledger) -> None:
    """By contract none does; one that does can't be erased, and must not go unseen."""
    ledger.append([Draft("case.noted", "c", 0, {}), Draft("case.noted", "c", 0, {"who": X})])
    assert ledger.erase(X, at=1).suspects == (1,)


def test_a_reader_that_holds_the_old_log_is_not_passed_over(
    ledger: Ledger, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell_a_story(ledger)
    with db.snapshot(engine) as reader:
        reader.exec_driver_sql("SELECT count(*) FROM entry").scalar()
        monkeypatch.setattr(db, "_SCRUB_MS", 50)
        with pytest.raises(TimeoutError, match="erase again"):
            ledger.erase(X, at=9)
        if engine.dialect.name == "sqlite":
            assert "she-cried-all-night" in traces(tmp_path, engine)
    assert ledger.erase(X, at=10).token is None
    assert "she-cried-all-night" not in traces(tmp_path, engine)


names = st.sampled_from(["ann", "bob", "cat", "dan"])


@settings(max_examples=15)
@given(st.lists(st.tuples(names, st.none() | names, st.none() | names), max_size=12), names)
def test_exactly_the_evidence_that_concerns_the_person_goes(
    databases: Databases,
    tmp_path_factory: pytest.TempPathFactory,
    events: list[tuple[str, str | None, str | None]],
    subject: str,
) -> None:
    home = tmp_path_factory.mktemp("home")
    engine = with_tables(databases.url(home))
    ledger = open_ledger(engine, home)
    token = ledger.vault.tokens(["ann", "bob", "cat", "dan"])
    ledger.vault.keep_evidence(
        Evidence(
            ref="f",
            seq=seq,
            leaf="",
            salt=b"",
            raw=event(seq, actor, target, f"hey {named}" if named else "hey"),
            actor=token[actor],
            target=token[target] if target else None,
        )
        for seq, (actor, target, named) in enumerate(events)
    )
    ledger.erase(subject, at=0)
    left = [seq for seq, people in enumerate(events) if subject not in people]
    assert [row.seq for row in ledger.vault.evidence("f")] == left
    engine.dispose()
