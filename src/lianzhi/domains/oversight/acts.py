"""Acts on platforms, instructions and re-checks. See `office.acts`."""

import datetime as dt

from lianzhi.domains.oversight.desk.instruction_redress import InstructionRedress
from lianzhi.domains.oversight.desk.instructions import Instructions
from lianzhi.domains.oversight.desk.platforms import Platforms
from lianzhi.domains.oversight.desk.rechecks import Rechecks
from lianzhi.domains.oversight.nouns import instruction, platform, recheck
from lianzhi.office.acts import (
    DAY,
    Act,
    ActTable,
    Field,
    Opening,
    Take,
    method_of,
    opening_of,
    words,
)

_WORK, _LEAD = ("supervise_platforms",), ("lead_oversight",)
_REASON = words("act.reason")
_USERS = (Field("users", "number", "platform.users"), DAY, words("platform.source"))
_FILE = Field("file", "file", "instruction.file", required=False)


def _contested(known: instruction.Instruction, today: dt.date) -> bool:
    return bool(known.appeal)


def _contestable(known: instruction.Instruction, today: dt.date) -> bool:
    return bool(known.decision) and not known.appeal


def _act(part: str, key: str, step: str, method: Take, *fields: Field, lead: bool = False) -> Act:
    return Act(key, _LEAD if lead else _WORK, (step,), method_of(part, method), fields)


_REGISTER = Opening(
    *("register", _WORK, "registered", opening_of("platforms", Platforms.register)),
    (
        Field("operator", "text", "platform.operator"),
        Field("name", "text", "platform.name"),
        Field("service", "choice", "platform.service", True, platform.SERVICES, "platform_service"),
        *_USERS,
    ),
)
_PLATFORM = (
    _act("platforms", "amend", "amended", Platforms.amend, *_USERS),
    _act("platforms", "end", "ended", Platforms.end, _REASON, lead=True),
)
_DRAFT = Opening(
    *("draft", _WORK, "drafted", opening_of("instructions", Instructions.draft)),
    (
        Field("platform", "choice", "instruction.platform"),
        Field("kind", "choice", "instruction.kind", True, instruction.KINDS, "instruction_kind"),
        Field("duties", "choice", "instruction.duties", several=True),
        Field("until", "until", "instruction.until"),
        Field("tolerance", "text", "instruction.tolerance", required=False),
        words("instruction.words"),
    ),
)
_INSTRUCTION = (
    _act(
        "instructions", "issue", "issued", Instructions.issue, words("instruction.facts"),
        lead=True,
    ),
    _act("instructions", "withdraw", "withdrawn", Instructions.withdraw, _REASON),
    _act(
        "instructions", "reply", "replied", Instructions.reply,
        words("instruction.answer"), _FILE, DAY,
    ),
    _act(
        "instruction_redress", "contest", "contested", InstructionRedress.contest, _REASON
    )._replace(applies=_contestable),
    _act(
        "instruction_redress", "uphold", "upheld", InstructionRedress.uphold, _REASON, lead=True
    )._replace(applies=_contested),
    _act(
        "instruction_redress", "overturn", "overturned", InstructionRedress.overturn, _REASON,
        lead=True,
    )._replace(applies=_contested),
    _act("instructions", "close", "closed", Instructions.close, _REASON, lead=True),
)  # fmt: skip
_PLAN = Opening(
    *("plan", _WORK, "planned", opening_of("rechecks", Rechecks.plan)),
    (
        Field("instruction", "text", "recheck.instruction"),
        Field("roster", "words", "recheck.roster", max_length=500_000),
        Field("count", "number", "recheck.count"),
        Field("source", "text", "recheck.source"),
        Field("on", "until", "recheck.on"),
        Field("reveal_until", "until", "recheck.reveal_until"),
        words("recheck.breach"),
    ),
)
_PROBE = Opening(
    *("probe", _WORK, "probed", opening_of("rechecks", Rechecks.probe)),
    (
        Field("instruction", "text", "recheck.instruction"),
        Field("points", "words", "recheck.points"),
        _FILE._replace(label="recheck.file"),
        words("recheck.tried"),
    ),
)
_RECHECK = (
    _act(
        "rechecks", "reveal", "revealed", Rechecks.reveal,
        Field("public", "text", "recheck.public"),
    ),
    _act(
        "rechecks", "judge", "judged", Rechecks.judge,
        Field("item", "text", "recheck.item"),
        Field("result", "choice", "recheck.result", True, recheck.JUDGED, "recheck_result"),
        words("recheck.why", required=False),
    ),
)  # fmt: skip
TABLES = (
    ActTable("platform", "/platforms", platform.STEPS, _PLATFORM, frozenset(), _REGISTER),
    ActTable(
        *("instruction", "/instructions", instruction.STEPS, _INSTRUCTION),
        frozenset({"overdue", "rechecked"}),
        _DRAFT,
    ),
    ActTable(
        *("recheck", "/rechecks", recheck.STEPS, _RECHECK, frozenset({"finished"}), _PLAN),
        other_openings=(_PROBE,),
    ),
)
