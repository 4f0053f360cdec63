"""Pictures of the console: `python tools/screenshots.py [FOLDER]`, by default docs/img.

Starts the application on the made-up days of the console's tests and drives Chromium
(`apt-get install -y chromium fonts-noto-cjk`). With `--all` every page is taken at three widths, in
both languages and themes, for a person to look at.
"""

import argparse
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "web"))

import console_house as house  # noqa: E402

from lianzhi.web.app import create_app  # noqa: E402
from lianzhi.web.settings import Settings  # noqa: E402

CHROMIUM = "/usr/bin/chromium"
PORT = 8765
WIDTHS = (1440, 1024, 390)
#: What the docs show; `--all` takes every page.
DOCS = "overview,case,cases,record"
PLAIN = ("overview", "warnings", "cases", "protections", "quarantine", "record", "settings")


@contextmanager
def served(home: Path) -> Iterator[tuple[str, str]]:
    """A running application; yields its address and the id of the case that is worth a picture."""
    node = house.build(home)
    house.work(node)
    app = create_app(node, Settings(client_rate=1e6, client_burst=1e6))
    server = uvicorn.Server(uvicorn.Config(app, port=PORT, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{PORT}", house.case_of(node, house.HARMED)
    server.should_exit = True
    thread.join()
    node.close()


def visit(browser: Browser, url: str, width: int, language: str, theme: str) -> Page:
    """A signed-in page of this width, language and theme."""
    context = browser.new_context(viewport={"width": width, "height": 900})
    for name, value in (("lang", language), ("theme", theme)):
        context.add_cookies([{"name": name, "value": value, "url": url}])
    page = context.new_page()
    page.on("console", lambda said: print(f"{said.type}: {said.text}", file=sys.stderr))
    page.goto(f"{url}/login")
    page.fill("#name", "reviewer")
    page.fill("#password", house.PASSWORD)
    page.click("button.main")
    return page


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "docs" / "img")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    only = given.only or ("" if given.all else DOCS)
    kinds = [(1440, "en", "light"), (1440, "zh", "light")]
    if given.all:
        kinds = [(w, lang, t) for w in WIDTHS for lang in ("zh", "en") for t in ("light", "dark")]
    with tempfile.TemporaryDirectory() as home, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        with served(Path(home)) as (url, case):
            paths = {name: "/" if name == "overview" else f"/{name}" for name in PLAIN}
            paths |= {"case": f"/cases/{case}", "missing": "/cases/none"}
            paths["protections"] += "?status=all"
            for width, language, theme in kinds:
                page = visit(browser, url, width, language, theme)
                for name, path in paths.items():
                    if only and name not in only.split(","):
                        continue
                    page.goto(url + path)
                    page.wait_for_timeout(400)
                    file = given.folder / f"{name}-{width}-{language}-{theme}.png"
                    page.screenshot(path=file, full_page=given.all)
                if not only:
                    page.context.clear_cookies(name="lianzhi")
                    page.goto(f"{url}/login")
                    page.screenshot(path=given.folder / f"login-{width}-{language}-{theme}.png")
                page.context.close()
        browser.close()


if __name__ == "__main__":
    main()
