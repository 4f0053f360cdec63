"""An inspector scans in with a phone, photographs without a network, and the photo is evidence."""

import hashlib
import re
import struct
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import zxingcpp
from hearing import heard
from PIL import Image
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

sys.path.insert(0, str(Path(__file__).parents[1] / "enforcement"))

import visit_web as house
from enforcement_house import START

from lianzhi.jobs.node import Node

EXPECTED = re.compile(r"ERR_INTERNET_DISCONNECTED|status of 409")
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with house.opened(tmp_path_factory.mktemp("scans")) as node:
        yield node


@pytest.fixture
def phone(browser: Browser, address: str, complaints: list[str]) -> Iterator[Callable[[], Page]]:
    """A browser on a phone on which nobody has signed in. What is lost offline is no complaint."""
    contexts = []

    def listen(said: ConsoleMessage) -> None:
        if not EXPECTED.search(said.text):
            heard(complaints, said)

    def take(width: int = 390) -> Page:
        size = {**PHONE, "width": width}
        context = browser.new_context(base_url=address, locale="zh-CN", viewport=size)
        contexts.append(context)
        page = context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield take
    for context in contexts:
        context.close()


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    """What a camera takes: larger than is sent, and with a place in it."""
    picture = Image.new("RGB", (2400, 1800), "#556677")
    for x in range(0, 2400, 40):
        picture.paste((200, 160, x % 255), (x, 300, x + 20, 1500))
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    path = tmp_path / "scene.jpg"
    picture.save(path, quality=92, exif=exif)
    return path


def sign_in(page: Page, name: str) -> None:
    page.fill("#name", name)
    page.fill("#password", house.PASSWORD)
    page.click("button.main")


def scanned(page: Page, tmp_path: Path) -> str:
    """What a phone's camera reads off the sheet that the leader has on the screen."""
    path = tmp_path / "sheet.png"
    page.locator(".sheet figure").screenshot(path=path)
    (found,) = zxingcpp.read_barcodes(Image.open(path))
    return found.text


def kept(page: Page) -> list[str]:
    """SHA-256 of the photos that lie in the phone."""
    return page.evaluate(
        """() => new Promise((done) => {
          const request = indexedDB.open("lianzhi-visit");
          request.onsuccess = () => {
            if (!request.result.objectStoreNames.contains("photos")) return done([]);
            const asked = request.result.transaction("photos").objectStore("photos").getAll();
            asked.onsuccess = async () => {
              const hashes = [];
              for (const one of asked.result) {
                const digest = await crypto.subtle.digest("SHA-256", one.bytes);
                const hex = (byte) => byte.toString(16).padStart(2, "0");
                hashes.push(Array.from(new Uint8Array(digest), hex).join(""));
              }
              request.result.close();
              done(hashes);
            };
          };
        })"""
    )


def size_of(jpeg: bytes) -> tuple[int, int]:
    """Width and height of a JPEG, from its frame header."""
    at = 2
    while jpeg[at + 1] not in (0xC0, 0xC2):
        at += 2 + struct.unpack(">H", jpeg[at + 2 : at + 4])[0]
    height, width = struct.unpack(">HH", jpeg[at + 5 : at + 9])
    return width, height


def begun(page: Page, address: str, town: Node) -> None:
    """The officer is signed in and has the list before them."""
    code = town.desks["enforcement"].visits.code("E0001", START)
    page.goto(f"/enforcement/visit#code={code}")
    if "/login" in page.url:
        sign_in(page, "li")
    expect(page.locator("[data-scan] .notice")).to_contain_text("江月餐馆")
    page.select_option("#reason", "request")
    page.locator("[name=officers][value=wang]").check()
    page.click("form .button.main")
    page.wait_for_url("**/walk?type=restaurant#*")
    expect(page.locator("[data-shelved=yes]")).to_be_attached()


def mark(page: Page, line: str, result: str) -> None:
    page.locator(f'.mark:has([name="mark.{line}"][value="{result}"])').click()


def shoot(page: Page, line: str, scene: Path) -> None:
    shots = page.locator(f'[data-line="{line}"] [data-shots] canvas')
    before = shots.count()
    page.locator(f'[data-line="{line}"] [data-shoot]').set_input_files(scene)
    expect(shots).to_have_count(before + 1)


def test_from_the_sheet_on_the_wall_to_the_photo_in_the_case(
    town: Node, phone: Callable[..., Page], scene: Path, tmp_path: Path
) -> None:
    chief = phone(1280)
    chief.goto("/login?next=/enforcement/visit/sheets?enterprise=E0001")
    sign_in(chief, "chief")
    where = scanned(chief, tmp_path)

    li = phone()
    li.goto(where)  # the camera opens it; nobody is signed in
    li.wait_for_url("**/login?next=*")
    sign_in(li, "li")
    expect(li.locator("[data-scan] .notice")).to_contain_text("已扫码：江月餐馆 E0001")
    assert "LZ1" not in li.url
    li.select_option("#reason", "request")
    li.locator("[name=officers][value=wang]").check()
    li.click("form .button.main")
    li.wait_for_url("**/walk?type=restaurant#*")
    expect(li.locator("[data-shelved=yes]")).to_be_attached()
    assert li.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    li.context.set_offline(True)
    mark(li, "fire.exit_clear", "violation")
    shoot(li, "fire.exit_clear", scene)
    shoot(li, "fire.exit_clear", scene)
    li.locator('[data-line="fire.exit_clear"] [data-shots] button').last.click()
    expect(li.locator("[data-count-photos]")).to_have_text("照片 1 张")
    (digest,) = kept(li)
    li.click("[data-send]")
    expect(li.locator("[data-state]")).to_contain_text("没有网络")
    li.reload()  # the photo is still there, without a network
    expect(li.locator('[data-line="fire.exit_clear"] [data-shots] canvas')).to_have_count(1)
    assert kept(li) == [digest]

    li.context.set_offline(False)
    li.wait_for_url("**/enforcement/inspections/*")
    expect(li.locator(".photos")).to_contain_text(digest)
    picture = li.locator(".photos img")
    picture.scroll_into_view_if_needed()
    # No function to wait for: a page that forbids evaluation cannot be asked twice.
    expect(picture).to_have_js_property("naturalWidth", 1600)
    body = li.request.get(picture.get_attribute("src")).body()
    assert hashlib.sha256(body).hexdigest() == digest
    assert size_of(body) == (1600, 1200)
    assert b"Exif" not in body
    assert kept(li) == []

    li.get_by_role("link", name="立案").click()
    li.wait_for_url("**/penalties/new?*")
    li.locator("[name=officers][value=wang]").check()
    for name in li.locator("fieldset:has([name^='fact.'])").all():
        name.locator("[type=radio]").first.check()
    for field in li.locator("select[name^='fact.']").all():
        field.select_option(index=1)
    for field in li.locator("input[name^='fact.'][type=number]").all():
        field.fill("9")
    li.fill("#words", "后门被货箱堵住")
    li.locator("form .button.main").last.click()
    li.wait_for_url(re.compile(r"/enforcement/penalties/(?!new)"))
    expect(li.locator("[data-done]")).to_be_visible()
    piece = li.locator("section:has(#evidence) tbody tr")
    expect(piece).to_contain_text("来自检查")
    with li.expect_download() as download:
        piece.get_by_role("link").first.click()
    assert hashlib.sha256(download.value.path().read_bytes()).hexdigest() == digest


def test_photos_that_wait_are_sent_when_the_page_is_opened_again(
    town: Node, phone: Callable[..., Page], address: str, scene: Path
) -> None:
    li = phone()
    begun(li, address, town)
    mark(li, "fire.hoods", "good")
    shoot(li, "fire.hoods", scene)
    shoot(li, "fire.hoods", scene)
    came = []

    def lose(route):
        """The first photo comes through, and then the network is gone."""
        if came:
            return route.abort("internetdisconnected")
        came.append(route.fetch().status)
        return route.fulfill(status=200, json={"photo": "x"})

    li.context.route("**/enforcement/visit/photo", lose)
    li.click("[data-send]")
    expect(li.locator("[data-state]")).to_contain_text("还有 1 张照片")
    expect(li.locator("[data-walk]")).to_be_hidden()
    assert came == [200]
    assert len(kept(li)) == 1
    # The page tries by itself as it opens: the network comes back only after that try is lost.
    with li.expect_event("requestfailed", lambda one: one.url.endswith("/visit/photo")):
        li.goto("/enforcement/visit")
    expect(li.locator("#kept")).to_contain_text("照片待发送")
    li.context.unroute("**/enforcement/visit/photo")
    li.reload()
    expect(li.locator("#kept")).to_contain_text("已发送")
    assert kept(li) == []


def test_scanning_again_goes_on_and_a_draft_given_up_takes_its_photos_along(
    town: Node, phone: Callable[..., Page], address: str, scene: Path
) -> None:
    li = phone()
    begun(li, address, town)
    mark(li, "fire.hoods", "good")
    shoot(li, "fire.hoods", scene)
    walk = li.url
    code = town.desks["enforcement"].visits.code("E0001", START)
    li.goto(f"/enforcement/visit#code={code}")
    li.wait_for_url(walk)
    expect(li.locator('[data-line="fire.hoods"] canvas')).to_have_count(1)
    li.goto("/enforcement/visit")
    expect(li.locator("#kept")).to_contain_text("照片 1 张")
    li.locator("#kept").get_by_role("button", name="删除").click()
    li.locator("#kept").get_by_role("button", name="确认删除").click()
    expect(li.locator("#kept")).to_be_hidden()
    for _ in range(50):  # the photos go after the draft, on their own
        if not kept(li):
            break
        li.wait_for_timeout(100)
    assert kept(li) == []


def test_a_forged_code_is_refused_at_once_and_one_can_be_typed(
    town: Node, phone: Callable[..., Page], address: str
) -> None:
    code = town.desks["enforcement"].visits.code("E0001", START)
    li = phone()
    li.goto(f"/enforcement/visit#code={code[:-4]}AAAA")
    sign_in(li, "li")
    told = li.locator("[data-scan] .notice")
    expect(told).to_contain_text("不是为该企业签发")
    expect(told).to_contain_text("54号")
    li.fill("#code", code)
    li.locator("#reason").focus()
    expect(li.locator("[data-code-says]")).to_contain_text("已扫码：江月餐馆")
    expect(li.locator("#enterprise")).to_have_value("E0001")
