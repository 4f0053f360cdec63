"""Acts on algorithms, audits and rectifications. See `office.acts`."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from lianzhi.domains.algorithms.desk.assessments import Assessments
from lianzhi.domains.algorithms.desk.audits import Audits
from lianzhi.domains.algorithms.desk.products import Products
from lianzhi.domains.algorithms.desk.rectification_redress import RectificationRedress
from lianzhi.domains.algorithms.desk.rectifications import Rectifications
from lianzhi.domains.algorithms.desk.registry import Registry
from lianzhi.domains.algorithms.desk.self_assessments import SelfAssessments
from lianzhi.domains.algorithms.nouns import algorithm, assessment, audit, product, rectification
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

Applies = Callable[[Any, dt.date], bool]
"""Whether an act makes sense for a noun on a day."""

_AUDIT, _LEAD = ("audit_algorithms",), ("lead_algorithms",)
_REASON = words("act.reason")
_SOURCE = words("product.source")


def _line(name: str, required: bool = True) -> Field:
    return Field(name, "text", f"algorithm.{name}", required)


def _changed(known: algorithm.Algorithm, today: dt.date) -> bool:
    return known.changed is not None and known.change_filed is None


def _of_audit(file: rectification.Rectification, today: dt.date) -> bool:
    return file.kind != "assessment"


def _contested(file: rectification.Rectification, today: dt.date) -> bool:
    return bool(file.appeal)


def _uncontested(file: rectification.Rectification, today: dt.date) -> bool:
    return not file.appeal


def _registry(key: str, step: str, method: Take, *fields: Field, lead: bool = False) -> Act:
    needs = _LEAD if lead else _AUDIT
    return Act(key, needs, (step,), method_of("registry", method), fields)


_RELEASE = Field("release", "text", "algorithm.version")
_TIME = Field("time", "text", "audit.time", required=False)
_FILES = (
    Field("file", "file", "audit.file"),
    Field("columns", "file", "audit.columns"),
)
_REGISTER = Opening(
    *("register", _AUDIT, "registered", opening_of("registry", Registry.register)),
    (
        *map(_line, ("provider", "product", "name", "service", "field")),
        Field(
            "category", "choice", "algorithm.type", True, algorithm.TYPES, family="algorithm_type"
        ),
        Field("opinion", "flag", "algorithm.opinion", required=False),
        Field("launched", "day", "algorithm.launched", required=False),
        _RELEASE._replace(required=False),
    ),
)
_ALGORITHM = (
    _registry("submit", "submitted", Registry.submit, DAY),
    _registry("number", "numbered", Registry.number, _line("number"), DAY, lead=True),
    _registry("refuse", "refused", Registry.refuse, _REASON, DAY, lead=True),
    _registry(
        "check", "checked", Registry.check,
        Field("shown", "flag", "algorithm.shown", required=False),
        words("algorithm.seen", required=False),
    ),
    Act(
        "self_assess", _AUDIT, ("self_assessed",),
        method_of("self_assessments", SelfAssessments.issue),
        (words("algorithm_pack.disclosure", required=False),),
    ),
    _registry("change", "changed", Registry.change, _RELEASE, _REASON, DAY),
    _registry("file_change", "change_filed", Registry.file_change, DAY)._replace(
        applies=_changed
    ),
    _registry("end", "ended", Registry.end, DAY),
    _registry("cancel", "cancelled", Registry.cancel, DAY),
    _registry("revoke", "revoked", Registry.revoke, _REASON, lead=True),
    _registry("strike_off", "struck_off", Registry.strike_off, _REASON, lead=True),
)  # fmt: skip
_FILE = Opening(
    *("file", _AUDIT, "filed", opening_of("audits", Audits.upload)),
    (
        Field("algorithm", "choice", "audit.algorithm"),
        Field("kind", "choice", "audit.kind", True, audit.KINDS, family="audit_kind"),
        *_FILES,
        _TIME,
    ),
)


def _rectify(key: str, step: str, method: Take, *fields: Field, lead: bool = True) -> Act:
    needs = _LEAD if lead else _AUDIT
    return Act(key, needs, (step,), method_of("rectifications", method), fields)


def _redress(key: str, step: str, method: Take, applies: Applies, *, lead: bool) -> Act:
    take = method_of("rectification_redress", method)
    return Act(key, _LEAD if lead else _AUDIT, (step,), take, (_REASON,), applies=applies)


_RECTIFICATION = (
    _rectify(
        "order", "ordered", Rectifications.order,
        Field("until", "until", "rectification.until"),
        Field("margin", "text", "rectification.margin", required=False),
        _REASON,
    ),
    _rectify("dismiss", "dismissed", Rectifications.dismiss, _REASON),
    _rectify(
        "reply", "replied", Rectifications.reply,
        words("rectification.answer"),
        Field("file", "file", "rectification.file", required=False),
        DAY, lead=False,
    ),
    _rectify(
        "reaudit", "reaudited", Rectifications.reaudit,
        *_FILES, Field("time", "text", "audit.time"), lead=False,
    )._replace(applies=_of_audit),
    _redress("contest", "contested", RectificationRedress.contest, _uncontested, lead=False),
    _redress("uphold", "upheld", RectificationRedress.uphold, _contested, lead=True),
    _redress("overturn", "overturned", RectificationRedress.overturn, _contested, lead=True),
    _rectify("close", "closed", Rectifications.close, _REASON),
)  # fmt: skip
_PRODUCT = (
    Act(
        *("measure", _AUDIT, ("measured",), method_of("products", Products.measure)),
        (Field("users", "number", "product.users"), DAY, _SOURCE),
    ),
    Act(
        *("file_traffic", _AUDIT, ("traffic_filed",), method_of("products", Products.file_traffic)),
        (*_FILES, Field("accounts", "file", "product.accounts"), words("product.adjusted")),
    ),
    Act(*("end", _LEAD, ("ended",), method_of("products", Products.end)), (_REASON,)),
)
_REGISTER_PRODUCT = Opening(
    *("register", _AUDIT, "registered", opening_of("products", Products.register)),
    (
        _line("provider"),
        Field("name", "text", "product.name"),
        Field("launched", "day", "algorithm.launched", required=False),
        Field("users", "number", "product.users"),
        *(DAY, _SOURCE),
    ),
)
_BEGIN = Opening(
    *("begin", _AUDIT, "begun", opening_of("assessments", Assessments.begin)),
    (
        Field("product", "choice", "product.name"),
        Field(
            *("occasion", "choice", "assessment.occasion", True),
            *(assessment.OCCASIONS, "assessment_occasion"),
        ),
        Field("features", "text", "assessment.features", required=False),
        words("assessment.about"),
    ),
)
ANSWER = Act(
    *("answer", _AUDIT, ("answered",), method_of("assessments", Assessments.answer)),
    (
        Field("question", "text", "assessment.question"),
        Field("met", "choice", "assessment.met", True, assessment.MET, "assessment_met"),
        Field("audits", "text", "assessment.audits", required=False),
        words("assessment.rests"),
    ),
)
_ASSESSMENT = (
    ANSWER,
    Act(
        *("conclude", _AUDIT, ("concluded",), method_of("assessments", Assessments.conclude)),
        (_REASON,),
        lambda known, today: not known.unanswered,
    ),
)
TABLES = (
    ActTable("algorithm", "/registry", algorithm.STEPS, _ALGORITHM, frozenset(), _REGISTER),
    ActTable("audit", "/audits", audit.STEPS, (), frozenset({"linked"}), _FILE),
    ActTable(
        *("rectification", "/rectifications", rectification.STEPS, _RECTIFICATION),
        frozenset({"opened", "joined", "overdue"}),
    ),
    ActTable("product", "/products", product.STEPS, _PRODUCT, frozenset(), _REGISTER_PRODUCT),
    ActTable("assessment", "/assessments", assessment.STEPS, _ASSESSMENT, frozenset(), _BEGIN),
)
