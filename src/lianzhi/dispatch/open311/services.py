"""The service list, and the definition of a service."""

from typing import Any

from lianzhi.dispatch.open311.problem import Problem
from lianzhi.dispatch.policy import Attribute, DispatchPolicy


def services(policy: DispatchPolicy, language: str = "zh") -> list[dict[str, Any]]:
    """Rows of the service list. Ids are assigned at once, so every type is `realtime`."""
    return [
        {
            "service_code": one.code,
            "service_name": one.words.say(language),
            "description": one.about.say(language),
            "metadata": bool(one.attributes),
            "type": "realtime",
            "keywords": ",".join(one.keywords),
            "group": one.group.say(language),
        }
        for one in policy.categories
    ]


def definition(
    policy: DispatchPolicy, service_code: str, language: str = "zh"
) -> dict[str, Any] | Problem:
    """The questions to whoever reports under a service code, or a problem."""
    found = next((one for one in policy.categories if one.code == service_code), None)
    if found is None:
        return Problem(404, f"service_code {service_code[:100]!r} was not found")
    asked = enumerate(found.attributes, 1)
    return {
        "service_code": found.code,
        "attributes": [_attribute(one, order, language) for order, one in asked],
    }


def _attribute(one: Attribute, order: int, language: str) -> dict[str, Any]:
    values = [{"key": key, "name": words.say(language)} for key, words in one.values.items()]
    return {
        "variable": True,
        "code": one.code,
        "datatype": one.datatype,
        "required": one.required,
        "datatype_description": None,
        "order": order,
        "description": one.words.say(language),
        **({"values": values} if values else {}),
    }
