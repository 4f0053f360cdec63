"""Types of fields that a codec knows beside the plain ones; money is in yuan, moments are Unix ms.

A struct of such fields is a row of a table. A field that may be None may be left empty.
"""

from decimal import Decimal
from typing import Annotated, NamedTuple

import msgspec

MOMENT = "moment"
LOCAL_MOMENT = "local_moment"
ID = "id"

Moment = Annotated[int, MOMENT]
"""A time with its zone."""
LocalMoment = Annotated[int, LOCAL_MOMENT]
"""A time that people write as the clock on the wall shows it: in China, unless a zone is given."""
Id = Annotated[str, ID]
"""No blank and no `;` in it; 64 characters at most."""
Money = Annotated[Decimal, msgspec.Meta(ge=0)]
Count = Annotated[int, msgspec.Meta(ge=0)]
Longitude = Annotated[float, msgspec.Meta(ge=-180, le=180)]
Latitude = Annotated[float, msgspec.Meta(ge=-90, le=90)]


class Reference(NamedTuple):
    """Marks a field whose value is the id of a row of another kind."""

    kind: str
