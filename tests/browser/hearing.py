"""What the browser says of a page."""

from playwright.sync_api import ConsoleMessage


def heard(complaints: list[str], said: ConsoleMessage) -> None:
    """Keep what is a complaint; that a field was not focused anew is none."""
    if said.type != "info":
        complaints.append(f"{said.type}: {said.text}")
