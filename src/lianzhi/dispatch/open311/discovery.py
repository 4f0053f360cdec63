"""Service discovery: where the API is, and whom to ask: wiki.open311.org/Service_Discovery.

What is not configured is left out.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from lianzhi.dispatch.moments import isoformat, moment

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
FORMATS = ("text/xml", "application/json")


def discovery(
    url: str, since: dt.date, *, contact: str = "", key_service: str = "", stage: str = ""
) -> dict[str, Any]:
    """The discovery document.

    `url`: base address of GeoReport. `since`: day from which the present services apply. `stage`:
    production, development or test.
    """
    changed = isoformat(moment(since))
    return _given(
        {
            "changeset": changed,
            "contact": contact,
            "key_service": key_service,
            "endpoints": [
                _given(
                    {
                        "specification": SPECIFICATION,
                        "url": url,
                        "changeset": changed,
                        "type": stage,
                        "formats": [*FORMATS],
                    }
                )
            ],
        }
    )


def _given(row: Mapping[str, str | Sequence[Any]]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value}
