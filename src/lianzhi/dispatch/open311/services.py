"""The service list, and the definition of a service."""

from typing import Any

from lianzhi.dispatch.open311.problem import Problem
from lianzhi.dispatch.policy import Attribute, DispatchPolicy


def services(policy: DispatchPolicy, language: str = "zh") -> list[dict[str, Any]]:
    """Rows of the service list. Ids are assigned at once, so every type is `realtime`."""
    return [
        {
            "service_code": category.code,
            "service_name": category.words.say(language),
            "description": category.about.say(language),
            "metadata": bool(category.attributes),
            "type": "realtime",
            "keywords": ",".join(category.keywords),
            "group": category.group.say(language),
        }
        for category in policy.categories
    ]


def definition(
    policy: DispatchPolicy, service_code: str, language: str = "zh"
) -> dict[str, Any] | Problem:
    """The questions to whoever reports under a service code, or a problem."""
    category = next(
        (category for category in policy.categories if category.code == service_code), None
    )
    if category is None:
        return Problem(404, f"service_code {service_code[:100]!r} was not found")
    attributes = enumerate(category.attributes, 1)
    return {
        "service_code": category.code,
        "attributes": [_attribute(attribute, order, language) for order, attribute in attributes],
    }


def _attribute(attribute: Attribute, order: int, language: str) -> dict[str, Any]:
    values = [{"key": key, "name": words.say(language)} for key, words in attribute.values.items()]
    return {
        "variable": True,
        "code": attribute.code,
        "datatype": attribute.datatype,
        "required": attribute.required,
        "datatype_description": None,
        "order": order,
        "description": attribute.words.say(language),
        **({"values": values} if values else {}),
    }
