"""Scan-in: sheets with QR codes, and what a scanned code is worth."""

import datetime as dt
import io
import logging
import re
from urllib.parse import parse_qs, urlsplit

import pytest
import segno
import zxingcpp
from enforcement_house import START
from PIL import Image
from visit_web import Console, opened

from lianzhi.domains.enforcement.web import scan_codes

SHEETS = "/enforcement/visit/sheets"


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("codes")) as node:
        more = [{"id": f"E1{n:03}", "name": f"{n} 号厂", "industry": "factory", "grid": "G07"}
                for n in range(3)]  # fmt: skip
        more.append({"id": "旅舍/1 号", "name": "山月", "industry": "hotel", "grid": "G07"})
        node.desks["enforcement"].registers.enterprises(more, "test")
        yield node


@pytest.fixture(scope="module")
def chief(node):
    return Console(node, "chief")


@pytest.fixture(scope="module")
def li(node):
    return Console(node, "li")


def code(node, enterprise="E0001", day=START):
    return node.desks["enforcement"].visits.code(enterprise, day)


def pictures(page):
    return re.findall(r"<svg.*?</svg>", page, re.DOTALL)


def seen(svg):
    """What a phone reads: the modules of the picture, drawn as it says, and decoded."""
    side = int(re.search(r'viewBox="0 0 (\d+) \d+"', svg)[1])
    picture = Image.new("L", (side, side), 255)
    x = y = 0
    for kind, first, second in re.findall(
        r"([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?", svg[svg.rindex(' d="') :]
    ):
        if kind == "h":
            for step in range(int(first)):
                picture.putpixel((x + step, y), 0)
            x += int(first)
        elif kind == "M":
            x, y = int(first), int(float(second))
        else:
            x, y = x + int(first), y + int(second)
    scaled = picture.resize((side * 6, side * 6), Image.Resampling.NEAREST)
    (found,) = zxingcpp.read_barcodes(scaled)
    return found.text


@pytest.mark.parametrize("enterprise", ["E0001", "旅舍/1 号"])
def test_a_phone_reads_the_address_with_the_code_behind_the_hash(node, chief, enterprise):
    page = chief.get(f"{SHEETS}?enterprise={enterprise}").text
    (picture,) = pictures(page)
    where = urlsplit(seen(picture))
    assert (where.scheme, where.netloc) == ("http", "localhost")
    assert (where.path, where.query) == ("/enforcement/visit", "")
    assert parse_qs(where.fragment) == {"code": [code(node, enterprise)]}
    assert code(node, enterprise) in page  # to be typed by hand


def test_the_picture_is_dark_on_white_with_its_quiet_zone(chief):
    (picture,) = pictures(chief.get(f"{SHEETS}?enterprise=E0001").text)
    assert 'fill="#fff"' in picture
    assert 'stroke="#000"' in picture
    assert "style=" not in picture  # the content security policy would drop it
    made = segno.make_qr(seen(picture), error="q")
    assert f'viewBox="0 0 {made.symbol_size(border=4)[0]} ' in picture


def test_a_sheet_says_in_both_languages_what_the_code_is_for(node):
    for language in ("zh", "en"):
        page = Console(node, "chief", language).get(f"{SHEETS}?enterprise=E0001").text
        for told in ("扫码入企", "Scan-in", "江月餐馆", "Riverside", START.isoformat()):
            assert told in page


def test_sheets_of_a_grid_and_an_industry(node, chief):
    assert len(pictures(chief.get(f"{SHEETS}?grid=G07").text)) == 4
    assert len(pictures(chief.get(f"{SHEETS}?grid=G07&industry=factory").text)) == 3
    assert len(pictures(chief.get(SHEETS).text)) == 5
    assert chief.get(f"{SHEETS}?grid=G99").status_code == 422
    assert chief.get(f"{SHEETS}?enterprise=E9999").status_code == 422


def test_too_many_sheets_are_refused_with_the_mend(chief, monkeypatch):
    monkeypatch.setattr(scan_codes, "MOST_SHEETS", 3)
    answer = chief.get(f"{SHEETS}?grid=G07")
    assert answer.status_code == 422
    assert "3" in re.sub("<[^>]+>", "", answer.text)


def test_codes_are_printed_for_days_to_come_not_for_past_ones(node, chief):
    ahead = START + dt.timedelta(7)
    page = chief.get(f"{SHEETS}?enterprise=E0001&day={ahead}").text
    assert code(node, day=ahead) in page
    for day in (START - dt.timedelta(1), START + dt.timedelta(scan_codes.MOST_AHEAD + 1)):
        assert chief.get(f"{SHEETS}?enterprise=E0001&day={day}").status_code == 422
    assert chief.get(f"{SHEETS}?enterprise=E0001&day=soon").status_code == 422


def test_who_prints_is_on_the_record_and_inspectors_do_not(node, li):
    chief = Console(node, "chief")  # who has not looked yet
    size = node.ledger.size
    chief.get(f"{SHEETS}?grid=G07&industry=hotel")
    (look,) = node.ledger.entries(size)
    assert look.ref == "visit_code"
    assert li.get(SHEETS).status_code == 403


def test_a_good_code_tells_whose_it_is(node, li):
    answer = li.post("/enforcement/visit/scan", code=code(node))
    assert answer.json() == {"enterprise": "E0001", "name": "江月餐馆", "name_en": "Riverside"}
    ann = Console(node, "ann")  # may read no names
    assert ann.post("/enforcement/visit/scan", code=code(node)).json() == {"enterprise": "E0001"}


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        (lambda node: code(node)[:-1] + "?", "forged"),
        (lambda node: code(node).replace("E0001", "E1000"), "forged"),
        (lambda node: "https://example.org/menu", "forged"),
        (lambda node: code(node, day=START - dt.timedelta(1)), "other_day"),
        (lambda node: code(node, day=START + dt.timedelta(1)), "other_day"),
    ],
)
def test_a_forged_or_outdated_code_is_refused_with_the_reason(node, li, given, rule):
    answer = li.post("/enforcement/visit/scan", code=given(node))
    assert (answer.status_code, answer.json()["rule"]) == (409, rule)
    assert "54号" in " ".join(answer.json()["said"])


def test_no_code_stands_in_a_log(node, chief, li):
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    loggers = [logging.getLogger(name) for name in ("lianzhi.access", "lianzhi.web")]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
    try:
        chief.get(f"{SHEETS}?enterprise=E0001")
        li.post("/enforcement/visit/scan", code=code(node))
        begun = li.post("/enforcement/visit/begin", code=code(node), officers=["li", "wang"])
    finally:
        for logger in loggers:
            logger.removeHandler(handler)
            logger.setLevel(logging.NOTSET)
    told = log.getvalue()
    assert "POST /enforcement/visit/scan 200" in told
    assert "GET /enforcement/visit/sheets 200" in told
    assert "LZ1" not in told
    assert "E0001" not in told
    assert "code=" in urlsplit(begun.headers["location"]).fragment
