"""Signals in the shape of STIX 2.1 (OASIS Standard, 10 June 2021), so that other tools read them.

A signal is a `sighting` of an `indicator`, whose `valid_until` is the signal's end and whose label
is its category, on `observed-data` of a `user-account` or `file` known by keyed hash only. An
opinion is an `opinion` on the indicator. Whoever takes something back sends it again, `revoked`.
All three objects of a signal bear its UUID.
"""

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from lianzhi.chain.signal import (
    Hash,
    Kind,
    Opined,
    Sighted,
    SignalError,
    Statement,
    View,
    parse,
)

#: Namespace of ids that STIX 2.1 (2.9) has for cyber-observables, from what identifies them.
_OBSERVABLES = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
#: Ours, for what STIX leaves to producers: platforms, opinions, files without a plain hash.
_OURS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:lianzhi:signal:1")
_PREFIX = "hmac-sha256:"
_FILE = "HMAC-SHA256-"
_AGREES: dict[View, str] = {"confirm": "agree", "dispute": "disagree", "withdraw": "neutral"}
_VIEWS: dict[str, View] = {
    "strongly-agree": "confirm",
    "agree": "confirm",
    "disagree": "dispute",
    "strongly-disagree": "dispute",
}
#: A longer bundle is none of ours: a page of statements has at most seven objects each.
MOST_OBJECTS = 2000

Object = dict[str, Any]


def bundle(statements: Iterable[Statement]) -> Object:
    """Statements as one bundle; what they have in common stands in it once."""
    objects: dict[str, Object] = {}
    for item in statements:
        built = _sighted(item) if isinstance(item, Sighted) else _opined(item)
        objects |= {made_one["id"]: made_one for made_one in (_identity(item.by), *built)}
    named = str(uuid.uuid5(_OURS, json.dumps(list(objects.values()), sort_keys=True)))
    return {"type": "bundle", "id": f"bundle--{named}", "objects": list(objects.values())}


def read(data: Any) -> list[Statement]:
    """The statements of a bundle; objects of other kinds are passed over. Raises SignalError."""
    if not isinstance(data, dict) or data.get("type") != "bundle":
        raise SignalError("bundle: give an object with the type bundle")
    listed = data.get("objects", [])
    if not isinstance(listed, list) or len(listed) > MOST_OBJECTS:
        raise SignalError(f"objects: give a list of at most {MOST_OBJECTS}")
    objects: dict[str, Object] = {}
    for item in listed:
        if not isinstance(item, dict) or not isinstance(item.get("id"), str):
            raise SignalError("objects: each is an object with an id")
        objects[item["id"]] = item
    statements: list[Statement] = []
    for item in objects.values():
        if item.get("type") not in ("sighting", "opinion"):
            continue
        try:
            statements.append(_READ[item["type"]](item, objects))
        except (KeyError, TypeError, AttributeError, IndexError, ValueError) as error:
            if isinstance(error, SignalError):
                raise
            raise SignalError(f"{item['id'][:60]}: {error!s:.120} is missing or wrong") from None
    return statements


def _identity(name: str) -> Object:
    return {
        **_common("identity", uuid.uuid5(_OURS, name), 0, 0),
        "name": name,
        "identity_class": "organization",
    }


def _by(name: str) -> str:
    return f"identity--{uuid.uuid5(_OURS, name)}"


def _common(kind: str, identity: object, created: int, modified: int) -> Object:
    times = {"created": _time(created), "modified": _time(modified)}
    return {"type": kind, "spec_version": "2.1", "id": f"{kind}--{identity}", **times}


def _sighted(sighted: Sighted) -> list[Object]:
    seen = [_observable(sighted.kind, hash_) for hash_ in sighted.hashes]
    when = (sighted.signal, sighted.said_at, sighted.said_at)
    by = {"created_by_ref": _by(sighted.by)}
    observed = {
        **_common("observed-data", *when),
        **by,
        "first_observed": _time(sighted.since),
        "last_observed": _time(sighted.until),
        "number_observed": 1,
        "object_refs": [observable["id"] for observable in seen],
    }
    indicator = {
        **_common("indicator", *when),
        **by,
        "pattern": f"[{' OR '.join(_pattern(sighted.kind, hash_) for hash_ in sighted.hashes)}]",
        "pattern_type": "stix",
        "valid_from": _time(sighted.said_at),
        "valid_until": _time(sighted.expires_at),
        "confidence": sighted.confidence,
        "labels": [sighted.category],
    }
    item = {
        **_sighting(sighted.signal, sighted.by, sighted.said_at, sighted.said_at),
        "first_seen": _time(sighted.since),
        "last_seen": _time(sighted.until),
        "observed_data_refs": [observed["id"]],
        "where_sighted_refs": [_by(sighted.by)],
    }
    return [*seen, observed, indicator, item]


def _sighting(signal: str, by: str, created: int, modified: int) -> Object:
    common = _common("sighting", signal, created, modified)
    return {**common, "created_by_ref": _by(by), "sighting_of_ref": f"indicator--{signal}"}


def _opined(item: Opined) -> list[Object]:
    if item.own:
        return [{**_sighting(item.signal, item.by, item.made_at, item.said_at), "revoked": True}]
    named = uuid.uuid5(_OURS, f"{item.by}/{item.signal}")
    built = {
        **_common("opinion", named, item.made_at, item.said_at),
        "created_by_ref": _by(item.by),
        "opinion": _AGREES[item.view],
        "object_refs": [f"indicator--{item.signal}"],
    }
    return [built | {"revoked": True} if item.view == "withdraw" else built]


def _observable(kind: Kind, hash_: Hash) -> Object:
    if kind == "account":
        contributing = {"user_id": f"{_PREFIX}{hash_.key}:{hash_.value}"}
        identity = uuid.uuid5(_OBSERVABLES, json.dumps(contributing, separators=(",", ":")))
        common = {"type": "user-account", "spec_version": "2.1"}
        return {**common, "id": f"user-account--{identity}", **contributing}
    identity = uuid.uuid5(_OURS, f"{hash_.key}:{hash_.value}")
    hashes = {f"{_FILE}{hash_.key}": hash_.value}
    return {"type": "file", "spec_version": "2.1", "id": f"file--{identity}", "hashes": hashes}


def _pattern(kind: Kind, hash_: Hash) -> str:
    if kind == "account":
        return f"user-account:user_id = '{_PREFIX}{hash_.key}:{hash_.value}'"
    return f"file:hashes.'{_FILE}{hash_.key}' = '{hash_.value}'"


def _time(ms: int) -> str:
    at = dt.datetime.fromtimestamp(ms / 1000, dt.UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _ms(text: Any) -> int:
    try:
        at = dt.datetime.fromisoformat(text)
    except (TypeError, ValueError):
        at = None
    if at is None or at.tzinfo is None:
        raise SignalError(f"time {str(text)[:40]!r}: give RFC 3339 with a zone")
    return round(at.timestamp() * 1000)


def _name_of(item: Object, objects: Mapping[str, Object]) -> str:
    return str(objects[item["created_by_ref"]]["name"])


def _read_sighting(item: Object, objects: Mapping[str, Object]) -> Statement:
    signal = str(item["sighting_of_ref"]).removeprefix("indicator--")
    by, created, modified = _name_of(item, objects), _ms(item["created"]), _ms(item["modified"])
    if item.get("revoked"):
        return Opined(
            signal=signal, by=by, view="withdraw", made_at=created, said_at=modified, own=True
        )
    indicator = objects[item["sighting_of_ref"]]
    seen = [
        objects[ref]
        for observed in item["observed_data_refs"]
        for ref in objects[observed]["object_refs"]
    ]
    kinds = {_hashed(observable)[0] for observable in seen}
    if len(kinds) != 1:
        raise SignalError("object_refs: a signal is of one account, or of one content")
    labels = indicator["labels"]
    return parse(
        Sighted,
        {
            "signal": signal,
            "by": by,
            "kind": kinds.pop(),
            "category": labels[0],
            "confidence": indicator["confidence"],
            "since": _ms(item["first_seen"]),
            "until": _ms(item["last_seen"]),
            "said_at": modified,
            "expires_at": _ms(indicator["valid_until"]),
            "hashes": [hash_ for observable in seen for hash_ in _hashed(observable)[1]],
        },
    )


def _hashed(observable: Object) -> tuple[str, list[Hash]]:
    """Whether it is an account or content, and its keyed hashes."""
    if observable["type"] == "user-account":
        key, _, value = observable["user_id"].removeprefix(_PREFIX).partition(":")
        return "account", [Hash(key, value)]
    hashes = observable["hashes"].items()
    return "content", [Hash(k.removeprefix(_FILE), v) for k, v in hashes if k.startswith(_FILE)]


def _read_opinion(item: Object, objects: Mapping[str, Object]) -> Statement:
    (ref,) = item["object_refs"]
    view = "withdraw" if item.get("revoked") else _VIEWS.get(item["opinion"])
    if view is None:
        raise SignalError(f"opinion {item['opinion']!r}: choose one of {', '.join(_VIEWS)}")
    times = {"made_at": _ms(item["created"]), "said_at": _ms(item["modified"])}
    signal = str(ref).removeprefix("indicator--")
    fields = {"signal": signal, "by": _name_of(item, objects), "view": view, **times}
    return parse(Opined, fields)


_READ = {"sighting": _read_sighting, "opinion": _read_opinion}
