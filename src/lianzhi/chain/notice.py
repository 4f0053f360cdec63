"""Notice 告知: a message to a person about a step that concerns them.

A notice is an entry of the record, which proves who was notified of what and when. It holds no
prose: its text is rendered from its kind, its parameters and its erasable texts when it is read or
sent, in the reader's language. A document that the law wants served 送达 is a notice, too: its
service is an entry of its own, with the way, the day and the proof.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any, Literal, get_args

import msgspec

from lianzhi.record.entry import Draft, Text

Kind = Literal[
    "protection_offered",
    "decision",
    "measure_ended",
    "report_receipt",
    "report_outcome",
    "appeal_receipt",
    "appeal_answer",
    "transfer",
    "authority_decision",
]
KINDS: tuple[Kind, ...] = get_args(Kind)

NOTICE_MADE, DELIVERED, READ = "notice.made", "notice.delivered", "notice.read"
SERVED = "notice.served"

Way = Literal["direct", "left", "electronic", "post", "entrusted", "public"]
"""How a document is served: handed over, left 留置, electronically, by post, by another body 委托,
or by publication 公告 (民事诉讼法 87-95; 行政处罚法 61)."""
WAYS: tuple[Way, ...] = get_args(Way)


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A name in both languages, such as a law with its article."""

    zh: str
    en: str


class _Params(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Parameters of a kind of notice. Times are Unix milliseconds UTC."""


class Restriction(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One measure, as the person reads it."""

    measure: str
    """Key such as `mute`."""
    until: int | None = None
    """When it ends by itself; None: it does not."""
    thing: str = ""
    """Vault token of the thing that it is on; empty: it is on the account or what it wrote."""


class ProtectionOffered(_Params, frozen=True):
    """To the harmed person: an offer of protection, which takes effect only if they accept it."""

    hours: int
    """How long it would last."""
    minor: bool = False


class Decision(_Params, frozen=True):
    """To the affected account: a statement of reasons. Texts: `facts`."""

    measures: tuple[Restriction, ...]
    """What is done."""
    ground: Words
    """Law or rule, with its article."""
    automated: bool
    """Decided without a person."""
    contest_by: int | None = None
    """Last moment to appeal; None: at any time."""


class Imposed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One measure of an authority, as its addressee reads it."""

    measure: str
    """Key such as `fine`."""
    amount: int = 0
    """Whole yuan; 0: it is no sum of money."""
    due: int | None = None
    """By when it has to be obeyed; None: no time is set."""
    until: int | None = None
    """When it ends by itself; None: it does not."""


class AuthorityDecision(_Params, frozen=True):
    """To the party of an authority's case: what was decided, why, and how to contest it. Texts:
    `facts`."""

    measures: tuple[Imposed, ...]
    """What is imposed; empty: nothing is."""
    ground: Words
    """Law, with its article."""
    redress: Words
    """Before whom it can be contested, and for how long."""


class MeasureEnded(_Params, frozen=True):
    """To the affected account: a measure is over."""

    measure: str
    how: Literal["lapsed", "lifted", "overturned"]
    thing: str = ""
    """As in `Restriction`."""


class ReportReceipt(_Params, frozen=True):
    """To the reporter: acknowledgement of the report."""

    answer_by: int | None = None


class ReportOutcome(_Params, frozen=True):
    """To the reporter: the outcome of the report. Texts: `reason`, where there is one."""

    outcome: Literal["acted", "handled", "no_action", "transferred"]
    """Handled: dealt with in another way than a measure."""
    route: Words | None = None
    """Who is competent, where it was passed on."""
    ground: Words | None = None
    contest_by: int | None = None


class AppealReceipt(_Params, frozen=True):
    """To the appellant: acknowledgement of the appeal, which another person will answer."""

    answer_by: int | None = None


class AppealAnswer(_Params, frozen=True):
    """To the appellant: the answer. Texts: `reason`."""

    outcome: Literal["stands", "changed", "withdrawn"]
    """What becomes of the decision."""
    ground: Words | None = None
    further: Words | None = None
    """Where the answer can be contested, such as an out-of-court body."""
    contest_by: int | None = None


class Transfer(_Params, frozen=True):
    """To the person concerned: the matter was transferred to another body. Texts: `reason`."""

    to: Words
    """The body."""
    ground: Words


PARAMS: dict[Kind, type[_Params]] = {
    "protection_offered": ProtectionOffered,
    "decision": Decision,
    "measure_ended": MeasureEnded,
    "report_receipt": ReportReceipt,
    "report_outcome": ReportOutcome,
    "appeal_receipt": AppealReceipt,
    "appeal_answer": AppealAnswer,
    "transfer": Transfer,
    "authority_decision": AuthorityDecision,
}

TEXTS: dict[Kind, str] = {
    "decision": "facts",
    "report_outcome": "reason",
    "appeal_answer": "reason",
    "transfer": "reason",
    "authority_decision": "facts",
}
"""The free text that a kind of notice has; the others have none."""

MAY_LACK: frozenset[Kind] = frozenset({"report_outcome"})
"""Kinds that do without their text where nobody wrote one."""


def notice_id(kind: Kind, person: str, ref: str) -> str:
    """Id of a notice, 80 bits of BLAKE2b, hex: the same person, kind and ref give the same id."""
    identity = "\x1f".join(("notice", kind, person, ref))
    return hashlib.blake2b(identity.encode(), digest_size=10).hexdigest()


def draft(
    kind: Kind,
    person: str,
    ref: str,
    params: Mapping[str, Any],
    texts: Mapping[str, Text],
    at: int,
) -> Draft:
    """The entry of a notice to a person (a vault token) about `ref`.

    Raises ValueError where the kind needs other parameters or texts.
    """
    if kind not in PARAMS:
        raise ValueError(f"kind {kind!r}: choose one of {', '.join(KINDS)}")
    checked = read_params(kind, params)
    wanted = {TEXTS[kind]} if kind in TEXTS else set()
    if set(texts) != wanted and (texts or kind not in MAY_LACK):
        needs = ", ".join(wanted) or "none"
        raise ValueError(f"texts {sorted(texts)} of {kind}: give {needs}")
    notice = notice_id(kind, person, ref)
    payload = {
        "notice": notice,
        "kind": kind,
        "person": person,
        "ref": ref,
        "params": msgspec.to_builtins(checked),
    }
    return Draft(kind=NOTICE_MADE, ref=notice, at=at, payload=payload, texts=texts)


def read_params(kind: Kind, params: Mapping[str, Any]) -> _Params:
    """Parameters in their form. Raises ValueError that names the field."""
    try:
        return msgspec.convert(dict(params), PARAMS[kind])
    except msgspec.ValidationError as error:
        raise ValueError(f"params of {kind}: {error}") from None


def delivered(notice: str, channel: str, at: int) -> Draft:
    """The entry that a channel has taken a notice: a mail server, or the platform."""
    return Draft(kind=DELIVERED, ref=notice, at=at, payload={"notice": notice, "channel": channel})


def served(
    notice: str,
    case: str,
    way: Way,
    day: dt.date,
    receipt: Text,
    by: str,
    at: int,
    fields: Mapping[str, Any],
) -> Draft:
    """The entry that a notice was served on a `day`; `receipt` is the proof in words.

    `fields` is what the domain of the case adds, such as the last day for paying.
    """
    payload = {"notice": notice, "case": case, "way": way, "day": day.isoformat(), "by": by}
    return Draft(SERVED, notice, at, {**payload, "fields": dict(fields)}, {"receipt": receipt})


def read(notice: str, at: int) -> Draft:
    """The entry that the person has opened a notice."""
    return Draft(kind=READ, ref=notice, at=at, payload={"notice": notice})
