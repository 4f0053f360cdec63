"""Checkpoints: the notes of C2SP, strictly read."""

from base64 import b64encode
from hashlib import sha256
from hmac import digest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.record.checkpoint import Checkpoint, CheckpointError, Signer, Verifier

SIGNER = Signer("example.org/lianzhi", bytes(range(32)))
ROOT = bytes(range(100, 132))
NOTE = SIGNER.sign(12, ROOT)


def test_the_note_of_the_standard_opens() -> None:
    """Known answer: the example note and key of C2SP signed-note."""
    note = (
        "This is an example message.\n\n"
        "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3"
        "mFXmRKuwHjG1Yu72IneyaQM=\n"
    )
    text = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    verifier = Verifier.parse(text)
    assert str(verifier) == text
    assert verifier.open(note) == "This is an example message.\n"
    with pytest.raises(CheckpointError, match="not valid"):
        verifier.open(note.replace("example message", "exemple message"))


def test_round_trip() -> None:
    text, rest = NOTE.split("\n\n")
    assert text.split("\n") == [
        "example.org/lianzhi",
        "12",
        "ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7fH1+f4CBgoM=",
    ]
    assert rest.startswith("— example.org/lianzhi ")
    verifier = Verifier.parse(str(SIGNER.verifier))
    assert verifier.checkpoint(NOTE) == Checkpoint("example.org/lianzhi", 12, ROOT)


def test_a_witness_may_cosign() -> None:
    line = Signer("witness.example", b"w" * 32).note(NOTE.split("\n\n")[0] + "\n")
    cosigned = NOTE + line.split("\n\n")[1]
    assert SIGNER.verifier.checkpoint(cosigned).size == 12


def test_another_key_of_the_same_name_neither_helps_nor_harms() -> None:
    """A log that has changed its key signs with both for a while; an old verifier opens that."""
    other = Signer(SIGNER.name, b"o" * 32)
    line = other.note(NOTE.split("\n\n")[0] + "\n").split("\n\n")[1]
    assert SIGNER.verifier.checkpoint(NOTE + line).size == 12
    assert other.verifier.checkpoint(NOTE + line).size == 12
    with pytest.raises(CheckpointError, match="no signature"):
        other.verifier.checkpoint(NOTE)


@given(st.data())
def test_no_changed_character_is_accepted(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(NOTE) - 1))
    character = data.draw(st.characters(exclude_categories=("Cs",)))
    changed = NOTE[:place] + character + NOTE[place + 1 :]
    if changed != NOTE:
        with pytest.raises(CheckpointError):
            SIGNER.verifier.checkpoint(changed)


def test_no_cut_note_is_accepted() -> None:
    for end in range(len(NOTE)):
        with pytest.raises(CheckpointError):
            SIGNER.verifier.checkpoint(NOTE[:end])


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("example.org/lianzhi\n012\n" + "A" * 43 + "=\n", "size"),
        ("example.org/lianzhi\n-1\n" + "A" * 43 + "=\n", "size"),
        ("example.org/lianzhi\n1\nAAAA\n", "root"),
        ("example.org/lianzhi\n1\n" + "A" * 42 + "B=\n", "canonical"),
        ("example.org/lianzhi\n1\n" + "A" * 43 + "=\nmore\n", "3 lines"),
        ("elsewhere.org/log\n1\n" + "A" * 43 + "=\n", "origin"),
    ],
)
def test_a_signed_note_that_is_no_checkpoint_is_refused(text: str, fault: str) -> None:
    with pytest.raises(CheckpointError, match=fault):
        SIGNER.verifier.checkpoint(SIGNER.note(text))


@pytest.mark.parametrize("text", ["", "a", "a+b", "a+00000000+AAAA", "a+00000000+" + "A" * 44])
def test_a_verifier_key_that_does_not_fit_is_refused(text: str) -> None:
    with pytest.raises(CheckpointError):
        Verifier.parse(text)


def key_text(name: str, key: bytes) -> str:
    """A verifier key whose id fits an Ed25519 key of this name."""
    fits = sha256(name.encode() + b"\n\x01" + key[1:]).digest()[:4]
    return f"{name}+{fits.hex()}+{b64encode(key).decode()}"


def test_a_verifier_key_is_refused_for_its_name_its_kind_or_its_length_alone() -> None:
    key = b"\x01" + SIGNER.verifier.public
    assert Verifier.parse(key_text("a", key)).public == key[1:]
    for text in (key_text("a b", key), key_text("a", b"\x02" + key[1:]), key_text("a", key[:-1])):
        with pytest.raises(CheckpointError, match="expected name"):
            Verifier.parse(text)
    with pytest.raises(CheckpointError, match="is not base64"):
        Verifier.parse("a+00000000+!!!!")


@pytest.mark.parametrize("end", ["", "x", "\r", "\n\n"])
def test_a_note_ends_with_one_line_feed(end: str) -> None:
    with pytest.raises(CheckpointError):
        SIGNER.verifier.checkpoint(NOTE[:-1] + end)


def test_the_key_of_seals_is_derived_as_rfc_5869_says() -> None:
    extracted = digest(bytes(32), bytes(range(32)), "sha256")
    assert SIGNER.seal_key == digest(extracted, b"lianzhi record seal 1\x01", "sha256")


def test_a_verifier_key_with_another_id_is_refused() -> None:
    name, id_hex, key = str(SIGNER.verifier).split("+", 2)
    with pytest.raises(CheckpointError, match="id"):
        Verifier.parse(f"{name}+{int(id_hex, 16) ^ 1:08x}+{key}")


def test_each_key_seals_differently() -> None:
    assert Signer("a", b"1" * 32).seal_key != Signer("a", b"2" * 32).seal_key
    assert SIGNER.seal_key != bytes(range(32))


def test_a_log_name_with_a_blank_is_refused() -> None:
    with pytest.raises(ValueError, match="log name"):
        Signer("my log", bytes(32))
