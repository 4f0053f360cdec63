"""The two ways to begin a penalty file: filing a case, and deciding on the spot."""

import datetime as dt
from collections.abc import Mapping
from typing import get_args

from lianzhi.domains.enforcement.acts.case_fields import FACTS, KIND, OFFICERS, facts_of
from lianzhi.domains.enforcement.desk.desk import Desk
from lianzhi.domains.enforcement.desk.office import RefusedError
from lianzhi.domains.enforcement.desk.spot import Collected, SpotRecord
from lianzhi.office.acts import Field, Opening, Upload, words

_WHY: tuple[Collected, ...] = get_args(Collected)


def _file(
    desk: Desk,
    by: str,
    *,
    item: str,
    enterprise: str,
    inspection: str,
    act_day: dt.date | None,
    party: str,
    officers: tuple[str, ...],
    fact: Mapping[str, str],
    same_act_as: str,
    words: str,
) -> str:
    facts = facts_of(fact, desk.office.rules.discretion, item)
    return desk.penalties.file(
        *(item, enterprise, facts, act_day or desk.office.today(), officers, by, words),
        inspection=inspection,
        unit=party != "person",
        same_act_as=same_act_as,
    )


def _spot(
    desk: Desk,
    by: str,
    *,
    item: str,
    enterprise: str,
    inspection: str,
    party: str,
    officers: tuple[str, ...],
    fact: Mapping[str, str],
    same_act_as: str,
    fine: int,
    words: str,
    place: str,
    kind: str,
    file: Upload | None,
    defence: str,
    receipt: str,
    collected: str,
) -> str:
    if file is None:
        raise RefusedError("spot_evidence", "file is missing")
    facts = facts_of(fact, desk.office.rules.discretion, item)
    why = next(each for each in _WHY if each == collected)
    with desk.files.keeping(file.name, file.body) as kept:
        return desk.spot.decide(
            *(item, enterprise, facts, officers, kept, kind, by, words),
            SpotRecord(place, defence, receipt, why),
            fine=fine,
            inspection=inspection,
            unit=party != "person",
            same_act_as=same_act_as,
        )


_SUBJECT = (
    Field("item", "text", "penalty.item"),
    Field("enterprise", "text", "penalty.party"),
    Field("inspection", "text", "penalty.from", required=False),
)
_CASE = (
    Field(
        *("party", "choice", "penalty.subject", False, ("unit", "person")),
        family="penalty",
    ),
    OFFICERS,
    FACTS,
    Field("same_act_as", "choice", "penalty.same_act_as", required=False),
)
FILE = Opening(
    *("file", ("enforce",), "filed", _file),
    (
        *_SUBJECT,
        Field("act_day", "day", "penalty.act_day", required=False),
        *(*_CASE, words("penalty.reason")),
    ),
)
SPOT = Opening(
    *("spot", ("enforce",), "spot_filed", _spot),
    (
        *(*_SUBJECT, *_CASE),
        Field("fine", "number", "penalty.fine", required=False),
        words("spot.words"),
        Field("place", "text", "spot.place"),
        *(KIND, Field("file", "file", "evidence.file")),
        Field("defence", "text", "spot.defence"),
        Field("receipt", "text", "spot.receipt"),
        Field(
            *("collected", "choice", "spot.collected", False, tuple(filter(None, _WHY))),
            family="spot_collect",
        ),
    ),
)
