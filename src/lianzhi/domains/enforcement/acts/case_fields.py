"""Fields that several acts on penalty files have, and how the facts of a case are read."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from lianzhi.domains.enforcement.desk.office import RefusedError
from lianzhi.domains.enforcement.law.discretion import Discretion
from lianzhi.law.discretion.table import TableInput
from lianzhi.office.acts import Field

#: Kinds of evidence, 行政处罚法 46.
_KINDS = (
    *("document", "object", "recording", "electronic", "witness", "statement", "appraisal"),
    "inspection_record",
)
KIND = Field("kind", "choice", "evidence.kind", choices=_KINDS, family="evidence_kind")
FACTS = Field("fact", "named", "penalty.facts", required=False)
OFFICERS = Field("officers", "text", "penalty.officers", required=False, several=True)


def facts_of(given: Mapping[str, str], discretion: Discretion, item: str) -> dict[str, Any]:
    """The facts that the table of an item asks for; `subject` comes from the file itself.

    Raises RefusedError for a value that the table does not know.
    """
    facts: dict[str, Any] = {}
    for fact in discretion.inputs(item):
        value = given.get(fact.name, "")
        if value == "" or fact.name == "subject":
            continue
        try:
            facts[fact.name] = _value(value, fact.type)
        except ValueError:
            raise RefusedError("fact", f"{fact.name} is {value!r:.80}", fact=fact.name) from None
    for name in discretion.recordable.faults(item, facts):
        message = f"{name} is {facts[name]!r:.80}; give a value that the table of {item} knows"
        raise RefusedError("fact_value", message, fact=name)
    return facts


def choices(fact: TableInput) -> tuple[str, ...]:
    """The values that a fact may have, where its table names them."""
    named = fact.type == "string" and not fact.domain.negated
    return tuple(str(name) for name in fact.domain.names) if named else ()


def _value(given: str, kind: str) -> Any:
    match kind:
        case "boolean" if given not in ("true", "false"):
            raise ValueError(given)
        case "boolean":
            return given == "true"
        case "integer":
            return int(given)
        case "number":
            return float(given)
        case "date":
            return dt.date.fromisoformat(given)
    return given
