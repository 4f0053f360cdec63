"""Service discovery: where the API is, and whom to ask: wiki.open311.org/Service_Discovery.

What nobody has said is left out; no contact and no way to a key is made up.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from lianzhi.dispatch.moments import moment, said

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
FORMATS = ("text/xml", "application/json")


def discovery(
    url: str, since: dt.date, *, contact: str = "", key_service: str = "", stage: str = ""
) -> dict[str, Any]:
    """The document. `url`: the base address of GeoReport; `since`: the day from which the services
    are as they are; `stage`: production, development or test."""
    changed = said(moment(since))
    return _said(
        {
            "changeset": changed,
            "contact": contact,
            "key_service": key_service,
            "endpoints": [
                _said(
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


def _said(row: Mapping[str, str | Sequence[Any]]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value}
