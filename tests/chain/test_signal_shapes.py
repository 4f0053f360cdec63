"""Signals in the shapes of STIX 2.1 and python-threatexchange: what is written is read again, what
is written is STIX, and what is broken is refused with the reason.

`stix_faults` is written by hand from the standard: properties that each type must have, ids, times,
vocabularies and where references may lead.
"""

import json
import re
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.chain import signal_delta, signal_stix
from lianzhi.chain.signal import (
    KINDS,
    Hash,
    Opined,
    Sighted,
    SignalError,
    Statement,
    categories,
)

DAY = 86_400_000
NOW = 1_795_000_000_000

names = st.from_regex(r"[a-z0-9][a-z0-9-]{0,10}", fullmatch=True)
uuids = st.uuids().map(str)
times = st.integers(NOW - 400 * DAY, NOW)


@st.composite
def sighteds(draw: st.DrawFn) -> Sighted:
    said, category = draw(times), draw(st.sampled_from(sorted(categories())))
    since = said - draw(st.integers(0, 30 * DAY))
    values = draw(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=3))
    keys = draw(st.lists(names, min_size=len(values), max_size=len(values), unique=True))
    return Sighted(
        signal=draw(uuids),
        by=draw(names),
        kind=draw(st.sampled_from(KINDS)),
        category=category,
        confidence=draw(st.integers(0, 100)),
        since=since,
        until=draw(st.integers(since, said)),
        said_at=said,
        expires_at=said + draw(st.integers(1, categories()[category].most_days * DAY)),
        hashes=tuple(Hash(k, v.hex()) for k, v in zip(keys, values, strict=True)),
    )


@st.composite
def opineds(draw: st.DrawFn) -> Opined:
    made = draw(times)
    own = draw(st.booleans())
    return Opined(
        signal=draw(uuids),
        by=draw(names),
        view="withdraw" if own else draw(st.sampled_from(["confirm", "dispute", "withdraw"])),
        made_at=made,
        said_at=made + draw(st.integers(0, DAY)),
        own=own,
    )


statements = st.one_of(sighteds(), opineds())


def by_signal(said: list[Statement]) -> list[Statement]:
    return sorted(said, key=lambda one: one.signal)


@given(st.lists(statements, max_size=5, unique_by=lambda one: one.signal))
def test_a_bundle_is_stix_and_says_what_was_said(said: list[Statement]) -> None:
    made = json.loads(json.dumps(signal_stix.bundle(said)))
    assert stix_faults(made) == []
    assert by_signal(signal_stix.read(made)) == by_signal(said)
    assert signal_stix.bundle(said) == signal_stix.bundle(said)


@given(st.lists(statements, max_size=5, unique_by=lambda one: one.signal), names)
def test_a_delta_says_what_was_said(said: list[Statement], by: str) -> None:
    mine = [msgspec.structs.replace(one, by=by) for one in said]
    made = json.loads(json.dumps(signal_delta.delta(by, mine, NOW + DAY, cursor=9)))
    gone = {one.signal for one in mine if isinstance(one, Opined) and one.own}
    assert {signal for signal, record in made["updates"].items() if record is None} == gone
    assert made["checkpoint"] == {"by": by, "at": NOW + DAY, "cursor": 9}
    for before, after in zip(mine, signal_delta.read(made), strict=True):
        if before.signal in gone:  # a record that is null has no time of its own
            assert after == msgspec.structs.replace(before, made_at=NOW + DAY, said_at=NOW + DAY)
        else:
            assert after == before


def example() -> Sighted:
    return Sighted(
        signal=str(UUID(int=5)),
        by="alpha",
        kind="account",
        category="fake_ratings",
        confidence=70,
        since=NOW - DAY,
        until=NOW - 1,
        said_at=NOW,
        expires_at=NOW + DAY,
        hashes=(Hash("2026a", "ab" * 32),),
    )


def test_the_signal_of_an_account_as_others_read_it() -> None:
    made = {one["type"]: one for one in signal_stix.bundle([example()])["objects"]}
    assert made["user-account"]["user_id"] == f"hmac-sha256:2026a:{'ab' * 32}"
    assert made["indicator"]["pattern"] == (
        f"[user-account:user_id = 'hmac-sha256:2026a:{'ab' * 32}']"
    )
    assert made["indicator"]["labels"] == ["fake_ratings"]
    assert made["sighting"]["sighting_of_ref"] == made["indicator"]["id"]
    assert made["identity"]["name"] == "alpha"
    assert made["sighting"]["where_sighted_refs"] == [made["identity"]["id"]]
    assert made["sighting"]["created"] == "2026-11-18T11:06:40.000Z"


def test_the_records_as_python_threatexchange_has_them() -> None:
    opinion = Opined(signal=str(UUID(int=6)), by="alpha", view="dispute", made_at=NOW, said_at=NOW)
    said = signal_delta.delta("alpha", [example(), opinion], NOW)
    made = json.loads(json.dumps(said))["updates"]
    assert made[str(UUID(int=5))]["opinions"] == [
        {"owner": "alpha", "category": "INVESTIGATION_SEED", "tags": ["fake_ratings"]}
    ]
    assert made[str(UUID(int=5))]["signals"] == [f"2026a:{'ab' * 32}"]
    assert made[str(UUID(int=6))]["opinions"][0]["category"] == "NEGATIVE_CLASS"


def broken(change: Any) -> Any:
    made = json.loads(json.dumps(signal_stix.bundle([example()])))
    change({one["type"]: one for one in made["objects"]}, made)
    return made


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda of, made: made.update(type="report"), "type bundle"),
        (lambda of, made: made.update(objects="x"), "a list"),
        (lambda of, made: made["objects"].append(7), "an object with an id"),
        (lambda of, made: of["sighting"].pop("created_by_ref"), "created_by_ref"),
        (lambda of, made: of["sighting"].update(observed_data_refs=["gone"]), "gone"),
        (lambda of, made: of["indicator"].update(labels=[]), "missing or wrong"),
        (lambda of, made: of["indicator"].update(confidence="high"), "confidence"),
        (lambda of, made: of["indicator"].update(valid_until="soon"), "RFC 3339"),
        (lambda of, made: of["indicator"].update(valid_until="2026-11-20T10:00:00"), "RFC 3339"),
        (lambda of, made: of["user-account"].update(user_id="u7"), "64 hex|key of a hash"),
        (lambda of, made: of["observed-data"].update(object_refs=[]), "one account"),
        (lambda of, made: of["identity"].update(name=["x"]), "by: use"),
    ],
)
def test_a_broken_bundle_is_refused_with_the_reason(change: Any, told: str) -> None:
    with pytest.raises(SignalError, match=told):
        signal_stix.read(broken(change))


def test_objects_of_other_kinds_are_passed_over() -> None:
    made = broken(lambda of, made: made["objects"].append({"type": "note", "id": "note--1"}))
    assert signal_stix.read(made) == [example()]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


@given(json_values, st.sampled_from(["sighting", "opinion", "indicator", "identity"]))
def test_whatever_is_sent_is_read_or_refused(value: Any, kind: str) -> None:
    """Never an error of another kind, which would be ours."""
    for one in (
        value,
        {"type": "bundle", "objects": [{"type": kind, "id": "x", "created": value}]},
    ):
        for read in (signal_stix.read, signal_delta.read):
            with suppress(SignalError):
                read(one)


@given(st.data())
def test_a_bundle_with_one_property_spoilt_is_read_or_refused(data: st.DataObject) -> None:
    made = json.loads(json.dumps(signal_stix.bundle([data.draw(statements)])))
    one = data.draw(st.sampled_from(made["objects"]))
    one[data.draw(st.sampled_from(sorted(one)))] = data.draw(json_values)
    with suppress(SignalError):
        signal_stix.read(made)


# -- STIX 2.1, by hand ------------------------------------------------------------------------

COMMON = {"type", "spec_version", "id", "created", "modified"}
MUST = {
    "identity": {*COMMON, "name"},
    "indicator": {*COMMON, "pattern", "pattern_type", "valid_from"},
    "observed-data": {*COMMON, "first_observed", "last_observed", "number_observed", "object_refs"},
    "sighting": {*COMMON, "sighting_of_ref"},
    "opinion": {*COMMON, "opinion", "object_refs"},
    "user-account": {"type", "spec_version", "id"},
    "file": {"type", "spec_version", "id", "hashes"},
}
MAY = {"created_by_ref", "revoked", "labels", "confidence"}
OWN = {
    "identity": {"identity_class"},
    "indicator": {"valid_until"},
    "sighting": {"first_seen", "last_seen", "observed_data_refs", "where_sighted_refs"},
    "user-account": {"user_id"},
}
LEADS = {
    "created_by_ref": ("identity",),
    "where_sighted_refs": ("identity",),
    "sighting_of_ref": ("indicator",),
    "observed_data_refs": ("observed-data",),
    "object_refs": ("user-account", "file", "indicator"),
}
SCALE = {"strongly-disagree", "disagree", "neutral", "agree", "strongly-agree"}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def stix_faults(made: dict[str, Any]) -> list[str]:
    """What is not as STIX 2.1 asks."""
    faults = [] if set(made) == {"type", "id", "objects"} else [f"bundle: {set(made)}"]
    there = {one["id"] for one in made["objects"]}
    for one in made["objects"]:
        kind, where = one["type"], one["id"]
        if not MUST[kind] <= set(one) <= MUST[kind] | MAY | OWN.get(kind, set()):
            faults.append(f"{where}: properties {sorted(one)}")
        named, _, uuid = where.partition("--")
        if named != kind or str(UUID(uuid)) != uuid:
            faults.append(f"{where}: id")
        if one["spec_version"] != "2.1":
            faults.append(f"{where}: version")
        for name, value in one.items():
            if name.endswith(("_ref", "_refs")):
                for ref in [value] if name.endswith("_ref") else value:
                    if not ref.startswith(tuple(f"{kind}--" for kind in LEADS[name])):
                        faults.append(f"{where}: {name} leads to {ref}")
                    outside = name in ("object_refs", "sighting_of_ref")  # said in another bundle
                    if ref not in there and not (outside and ref.startswith("indicator--")):
                        faults.append(f"{where}: {name} leads nowhere")
            if name in ("created", "modified") or name.endswith(("_seen", "_observed", "_until")):
                if name == "number_observed":
                    continue
                if not TIME.fullmatch(value) or not datetime.fromisoformat(value):
                    faults.append(f"{where}: {name}")
        for first, last in (
            *(("created", "modified"), ("first_seen", "last_seen")),
            *(("first_observed", "last_observed"), ("valid_from", "valid_until")),
        ):
            if first in one and one[first] > one[last]:
                faults.append(f"{where}: {last} before {first}")
        if kind == "opinion" and one["opinion"] not in SCALE:
            faults.append(f"{where}: opinion")
        if not 0 <= one.get("confidence", 0) <= 100:
            faults.append(f"{where}: confidence")
        for name in one.get("hashes", {}):
            if not re.fullmatch(r"[A-Za-z0-9_-]{3,250}", name):
                faults.append(f"{where}: hash {name}")
    return faults
