"""Signing in for the story of a domain: on a desk in English, in the dark on a phone in Chinese."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from hearing import heard
from playwright.sync_api import Browser, Page

PASSWORD = "correct horse battery"
WIDTHS = {"zh-CN": 390, "en-GB": 1280}


@contextmanager
def signing_in(
    browser: Browser, address: str, complaints: list[str], language: str, first: str
) -> Iterator[Callable[[str], Page]]:
    """A function that signs somebody in and returns the page, which is at `first`."""
    opened = []

    def sign_in(name: str) -> Page:
        context = browser.new_context(
            base_url=address,
            locale=language,
            viewport={"width": WIDTHS[language], "height": 800},
            color_scheme="dark" if language == "zh-CN" else "light",
        )
        opened.append(context)
        page = context.new_page()
        page.on("console", partial(heard, complaints))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"/login?next={first}")
        page.fill("#name", name)
        page.fill("#password", PASSWORD)
        page.click("button.main")
        page.wait_for_url(f"**{first}")
        return page

    yield sign_in
    for context in opened:
        context.close()
