"""Statement of reasons 理由说明: what was decided and why, field for field as the DSA asks.

The field names, values and rules are those of the DSA Transparency Database in its schema of
2025-07-01 (Regulation (EU) 2022/2065, Articles 17 and 24(5)), whoever the reader is: a Chinese
account reads the same statement in its own words (`statement_words`). It holds no personal data.
"""

import datetime as dt
import re
import unicodedata
from typing import Any

import msgspec

from lianzhi.chain.statement_schema import schema

#: The countries of the European Economic Area: what is decided for a whole service holds in each.
EVERYWHERE: tuple[str, ...] = schema().allowed("territorial_scope") or ()

_PUID = re.compile(r"[A-Za-z0-9_-]+")
_EAN_13 = re.compile(r"[0-9]{13}")
_TOKEN = re.compile(r"p_[0-9a-f]{32}")
#: Characters that a text may not hold; a line may break.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
#: Letters and symbols that nevertheless show nothing.
_BLANK = "\u115f\u1160\u2800\u3164\uffa0\U0001d159"
_PLAIN = r"[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2}"
#: An address of the web in ASCII, as RFC 3986 writes it; stricter than the database's own test.
_URL = re.compile(
    r"https?://(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
    rf"(?::[0-9]{{1,5}})?(?:/(?:{_PLAIN})*)*(?:\?(?:{_PLAIN}|[/?])*)?(?:#(?:{_PLAIN}|[/?])*)?"
)

DECISIONS = ("decision_visibility", "decision_monetary", "decision_provision", "decision_account")
REQUIRED = (
    "decision_ground",
    "category",
    "content_type",
    "content_date",
    "territorial_scope",
    "application_date",
    "decision_facts",
    "source_type",
    "automated_detection",
    "automated_decision",
    "puid",
)


class Statement(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """One decision with its reasons. Empty means that the field does not apply or is not said.

    Allowed values are in `statement.toml`; `check` says what is wrong with a statement. Dates are
    days where the deployment is.
    """

    decision_visibility: tuple[str, ...] = ()
    """How the content's visibility is restricted. One of the four decisions must be given."""
    decision_visibility_other: str = ""
    decision_monetary: str = ""
    decision_monetary_other: str = ""
    decision_provision: str = ""
    """How the service is restricted: some of what the account may do."""
    decision_account: str = ""
    account_type: str = ""
    decision_ground: str = ""
    """Whether the content is illegal or breaks the platform's rules."""
    decision_ground_reference_url: str = ""
    illegal_content_legal_ground: str = ""
    illegal_content_explanation: str = ""
    incompatible_content_ground: str = ""
    """The rule of the platform, with its version."""
    incompatible_content_explanation: str = ""
    incompatible_content_illegal: str = ""
    """`Yes` or `No`: whether it is considered illegal as well."""
    category: str = ""
    category_addition: tuple[str, ...] = ()
    category_specification: tuple[str, ...] = ()
    category_specification_other: str = ""
    content_type: tuple[str, ...] = ()
    content_type_other: str = ""
    content_id: dict[str, str] = {}
    """Identifiers of a product; the schema knows `EAN-13` alone."""
    content_date: dt.date | None = None
    """When the content was posted, or the account opened if it is the account that is judged."""
    content_language: str = ""
    """Upper-case ISO 639-1: `ZH`."""
    territorial_scope: tuple[str, ...] = ()
    """Countries; `EVERYWHERE` for a decision that holds for the whole service."""
    application_date: dt.date | None = None
    """The day from which the decision applies."""
    end_date_visibility_restriction: dt.date | None = None
    """None beside a decision: it does not end by itself."""
    end_date_monetary_restriction: dt.date | None = None
    end_date_service_restriction: dt.date | None = None
    end_date_account_restriction: dt.date | None = None
    decision_facts: str = ""
    """What happened, without naming anybody."""
    source_type: str = ""
    source_identity: str = ""
    automated_detection: str = ""
    """`Yes` or `No`."""
    automated_decision: str = ""
    puid: str = ""
    """Names the statement once and for all within the platform: letters, digits, `-` and `_`."""


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with one field."""

    field: str
    value: str
    """What it holds, cut to 80 characters; empty where something is missing."""
    rule: str
    """Catalogue key of the rule broken: `missing`, `unknown`, `repeated`, `long`, `unreadable`,
    `person`, `address`, `range`, `order`, `idle` or `form`."""
    mend: str


def check(statement: Statement) -> list[Fault]:
    """What the schema would refuse, in the order of the fields; nothing when it may be filed.

    Stricter than the database where that would drop or blur what is said: a field that does not
    apply, a value given twice, an end before the beginning, a vault token in a text.
    """
    faults: list[Fault] = []
    for field in Statement.__struct_fields__:
        value = getattr(statement, field)
        if not _is_filled(value):
            if field in REQUIRED or _required(statement, field):
                faults.append(Fault(field, "", "missing", "fill it in"))
            continue
        faults += [
            Fault(field, _shown(value), rule, mend)
            for rule, mend in (*_idle(statement, field), *_form(statement, field, value))
        ]
    if not any(getattr(statement, field) for field in DECISIONS):
        mend = f"say what is restricted in one of {', '.join(DECISIONS)}"
        faults.insert(0, Fault(DECISIONS[0], "", "missing", mend))
    return faults


def to_json(statement: Statement) -> dict[str, Any]:
    """The statement as the database takes it: what is said and applies, in JSON's own types."""
    out: dict[str, Any] = {}
    for field in Statement.__struct_fields__:
        value = getattr(statement, field)
        if _is_filled(value) and applies(statement, field):
            out[field] = list(value) if isinstance(value, tuple) else msgspec.to_builtins(value)
    return out


def applies(statement: Statement, field: str) -> bool:
    """Whether a field applies to a statement, by what the field that it depends on says."""
    rule = schema().applies.get(field)
    if rule is None:
        return True
    given = getattr(statement, rule.to)
    values = given if isinstance(given, tuple) else (given,) if given else ()
    return bool(set(values) & set(rule.values)) if rule.values else bool(values)


def is_address(url: str) -> bool:
    """Whether this is a complete address of the web that the schema takes."""
    return (
        bool(_URL.fullmatch(url)) and len(url) <= schema().limits["decision_ground_reference_url"]
    )


def says_something(text: str) -> bool:
    """Whether a text shows anything; blanks and invisible characters say nothing."""
    return any(unicodedata.category(c)[0] not in "CMZ" and c not in _BLANK for c in text)


def readable(text: str) -> bool:
    """Whether everybody may read a text: no control characters, and no person's vault token."""
    return not _CONTROL.search(text) and not _TOKEN.search(text)


def _is_filled(value: object) -> bool:
    """Whether a field holds anything."""
    return says_something(value) if isinstance(value, str) else bool(value)


def _required(statement: Statement, field: str) -> bool:
    rule = schema().applies.get(field)
    return rule is not None and rule.required and applies(statement, field)


def _idle(statement: Statement, field: str) -> list[tuple[str, str]]:
    if applies(statement, field):
        return []
    rule = schema().applies[field]
    wanted = " or ".join(rule.values) or "something"
    return [("idle", f"it applies only where {rule.to} says {wanted}: leave it empty")]


def _form(statement: Statement, field: str, value: Any) -> list[tuple[str, str]]:
    """Rules of a field's own form that it breaks, with the mend."""
    if isinstance(value, dt.date):
        return _day(statement, field, value)
    if field == "content_id":
        good = value.keys() == {"EAN-13"} and _EAN_13.fullmatch(value["EAN-13"])
        return [] if good else [("form", "give one EAN-13 of thirteen digits, or leave it empty")]
    allowed = schema().allowed(field)
    if allowed is None:
        return _text(field, value)
    given = value if isinstance(value, tuple) else (value,)
    broken = []
    if unknown := [each for each in given if each not in allowed]:
        broken.append(("unknown", f"{unknown[0]!r} is none of the values of chain/statement.toml"))
    if len(set(given)) < len(given):
        broken.append(("repeated", "name each value once"))
    if field == "category_addition" and statement.category in given:
        broken.append(("repeated", "leave out the category itself"))
    return broken


def _text(field: str, text: str) -> list[tuple[str, str]]:
    broken, most = [], schema().limits[field]
    if len(text) > most:
        broken.append(("long", f"it has {len(text)} characters; cut it to {most}"))
    if _CONTROL.search(text):
        broken.append(("unreadable", "take out its control characters"))
    if _TOKEN.search(text):
        broken.append(("person", "it names a person by vault token; say it without naming anybody"))
    if field == "puid" and not _PUID.fullmatch(text):
        broken.append(("form", "use letters a-z and A-Z, digits, hyphens and underscores alone"))
    if field == "decision_ground_reference_url" and not _URL.fullmatch(text):
        broken.append(("address", "give a complete http(s) address, with %-escapes beyond ASCII"))
    return broken


def _day(statement: Statement, field: str, day: dt.date) -> list[tuple[str, str]]:
    first, last = schema().days[field]
    if not first <= day <= last:
        return [("range", f"give a day from {first} to {last}")]
    start = statement.application_date
    if field.startswith("end_date_") and start is not None and day < start:
        return [("order", f"it ends before it applies, on {start}; give a later day")]
    return []


def _shown(value: object) -> str:
    text = ", ".join(value) if isinstance(value, tuple) else str(value)
    return text if len(text) <= 80 else text[:79] + "…"
