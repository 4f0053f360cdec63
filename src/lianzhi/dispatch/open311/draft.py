"""A report as it arrives: the part that becomes a request, and the part for the vault."""

from typing import Any

import msgspec


class Contact(msgspec.Struct, frozen=True, omit_defaults=True):
    """The reporter. All of it is personal data: it goes into the vault, never into the record."""

    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""
    device_id: str = ""
    account_id: str = ""


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A report that can become a request."""

    category: str
    """Key in our policy; empty: a person sorts it."""
    service_code: str
    """As the client gave it."""
    lon: float | None = None
    lat: float | None = None
    address: str = ""
    address_id: str = ""
    description: str = ""
    """What the citizen wrote; kept beside the record."""
    media_url: str = ""
    attributes: dict[str, tuple[str, ...]] = {}
    contact: Contact = Contact()
    their_id: str = ""
    """`service_request_id` at the city where it was read."""
    requested_at: int | None = None
    """When it was made there (ms)."""
    open: bool = True
    """Whether it is still open there."""

    def received(self, request: str, channel: str = "app", reporter: str = "") -> dict[str, Any]:
        """The payload of `request.received`, without names and texts. `reporter`: a vault token."""
        given = {"lon": self.lon, "lat": self.lat, "reporter": reporter or None}
        return {
            "request": request,
            "channel": channel,
            "category": self.category,
            **{name: value for name, value in given.items() if value is not None},
        }
