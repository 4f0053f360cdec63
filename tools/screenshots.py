"""Pictures of the console: `python tools/screenshots.py [FOLDER]`, by default docs/img.

Starts the application on the made-up days of the console's tests and drives Chromium
(`apt-get install -y chromium fonts-noto-cjk`). With `--all` every page is taken at three widths, in
both languages and themes, for a person to look at. `--bureau` takes a penalty file of the
made-up town of `lianzhi demo` instead, whose next step is refused (about two minutes).
"""

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests" / room) for room in ("web", "post", "")]

import console_house as house  # noqa: E402
from post_house import Receiver  # noqa: E402

from lianzhi.config import Webhook  # noqa: E402
from lianzhi.domains.astroturf import demo as astroturf  # noqa: E402
from lianzhi.store import accounts, views  # noqa: E402
from lianzhi.web.app import create_app  # noqa: E402
from lianzhi.web.core.settings import Settings  # noqa: E402

IMAGES = ROOT / "docs" / "img"
CHROMIUM = "/usr/bin/chromium"
PORT = 8765
WIDTHS = (1440, 1024, 390)
#: What the docs show; `--all` takes every page.
DOCS = "overview,case,cases,record,army"
PLAIN = (
    "overview",
    "warnings",
    "cases",
    "scorecard",
    "protections",
    "quarantine",
    "record",
    "settings",
    "decisions",
    "measures",
    "appeals",
    "revisits",
    "desk",
    "reports",
    "signals",
    "rules",
    "lexicons",
    "people",
    "looks",
    "delivery",
)
#: Pages that a reviewer doesn't see, or not whole: they are taken as somebody with these roles.
RESERVED = {"appeal", "awaiting", "people", "looks", "delivery", "rules", "look", "lexicon_term"}
Kind = tuple[int, str, str]
"""Width in pixels, language, theme."""
CHIEF = ("senior", "appeals", "admin", "auditor")


@contextmanager
def served(home: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """A running application; yields its address and the pages that are worth a picture.

    Its platform takes what it is sent, but wants nothing more to do with one message in nine.
    """
    seen: list[str] = []

    def behave(handler: Any, message: str) -> bool | None:
        seen.append(message)
        if len(seen) % 9:
            return None
        handler.answer(410)
        return True

    platform = Receiver(behave)
    army = astroturf.load().before(house.NOW)
    node = house.build(home, army, webhook=Webhook(platform.url), coordination=True)
    house.work(node)
    accounts.add_user(node.ledger, "chief", house.PASSWORD, CHIEF, house.NOW, "setup")
    made = house.proceed(node) | house.write(node)
    kinds = {row.kind: row.id for row in views.cases(node.engine).rows}
    made |= {"army": kinds["astroturf.coordination"], "rated": kinds["astroturf.ratings"]}
    app = create_app(node, Settings(client_rate=1e6, client_burst=1e6))
    server = uvicorn.Server(uvicorn.Config(app, port=PORT, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{PORT}", pages(made)
    server.should_exit = True
    thread.join()
    node.close()
    platform.close()


@contextmanager
def demo(home: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """A running `lianzhi demo`; yields its address and the password of each role."""
    words = [Path(sys.executable).with_name("lianzhi"), "demo", "--json", "--port", str(PORT)]
    with subprocess.Popen([*words, "--home", home], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        started = json.loads(process.stdout.readline())
        try:
            yield started["url"], started["logins"]
        finally:
            process.terminate()


def pages(made: Mapping[str, str]) -> dict[str, str]:
    """Path of each picture."""
    paths = {name: "/" if name == "overview" else f"/{name}" for name in PLAIN}
    return {
        **paths,
        "protections": "/protections?status=all",
        "case": f"/cases/{made['case']}",
        "closed": f"/cases/{made['closed']}",
        "army": f"/cases/{made['army']}",
        "rated": f"/cases/{made['rated']}",
        "decide_thing": f"/cases/{made['rated']}/decide",
        "decide": f"/cases/{made['case']}/decide",
        "decision": f"/decisions/{made['decision']}",
        "awaiting": f"/decisions/{made['awaiting']}",
        "appeal": f"/appeals/{made['appeal']}",
        "look": f"/desk/looks/{made['decision']}",
        "report": f"/reports/{made['report']}",
        "report_new": "/reports/new",
        "lexicon_new": "/lexicons/new",
        "lexicon_try": "/lexicons/try",
        "why": f"/cases/{made['case']}/why/{made['cloaked']}",
        "lexicon_term": f"/lexicons/{made['shadow']}",
        "missing": "/cases/none",
    }


def visit(
    browser: Browser,
    url: str,
    who: str,
    kind: Kind,
    login: Path | None = None,
    password: str = house.PASSWORD,
) -> Page:
    """A page of this width, language and theme, signed in; `login` is a picture of the sign-in."""
    width, language, theme = kind
    context = browser.new_context(viewport={"width": width, "height": 900})
    for name, value in (("lang", language), ("theme", theme)):
        context.add_cookies([{"name": name, "value": value, "url": url}])
    page = context.new_page()
    page.on("console", lambda said: print(f"{said.type}: {said.text}", file=sys.stderr))
    page.goto(f"{url}/login")
    if login is not None:
        page.screenshot(path=login)
    page.fill("#name", who)
    page.fill("#password", password)
    page.click("button.main")
    return page


def take(browser: Browser, url: str, paths: Mapping[str, str], kind: Kind, folder: Path) -> None:
    """A picture of each page: what fits the screen for the docs, else the whole of it."""
    tail, whole = "-".join(map(str, kind)) + ".png", folder != IMAGES
    for who in ("reviewer", "chief"):
        page = visit(browser, url, who, kind, folder / f"login-{tail}" if whole else None)
        for name, path in paths.items():
            if (who == "chief") == (name in RESERVED):
                page.goto(url + path)
                page.wait_for_timeout(400)
                page.screenshot(path=folder / f"{name}-{tail}", full_page=whole)
        page.context.close()


def take_penalty(browser: Browser, folder: Path, kinds: list[Kind]) -> None:
    """A picture of the demo's first penalty file, as the leader sees it who may not decide yet."""
    with tempfile.TemporaryDirectory() as home, demo(Path(home) / "demo") as (url, logins):
        for kind in kinds:
            page = visit(browser, url, "leader", kind, password=logins["leader"])
            page.goto(f"{url}/enforcement/penalties")
            page.click('tr:has-text("E0001") a')
            page.wait_for_timeout(400)
            page.screenshot(path=folder / f"penalty-{'-'.join(map(str, kind))}.png")
            page.context.close()


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=IMAGES)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--bureau", action="store_true")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    only = given.only or ("" if given.all else DOCS)
    kinds = [(1440, "en", "light"), (1440, "zh", "light")]
    if given.all:
        kinds = [(w, lang, t) for w in WIDTHS for lang in ("zh", "en") for t in ("light", "dark")]
    with tempfile.TemporaryDirectory() as home, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        if given.bureau:
            take_penalty(browser, given.folder, kinds)
            return
        with served(Path(home)) as (url, paths):
            wanted = {k: path for k, path in paths.items() if not only or k in only.split(",")}
            for kind in kinds:
                take(browser, url, wanted, kind, given.folder)
        browser.close()


if __name__ == "__main__":
    main()
