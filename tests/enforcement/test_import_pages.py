"""Pages of import and export: two steps, nothing half done, and every export on the record."""

import asyncio
import csv
import io
import re

import pytest
from figures_web import House

from lianzhi.domains.enforcement.desk import Desk
from lianzhi.domains.enforcement.desk.history import History
from lianzhi.office.uploads import HOUR_MS
from lianzhi.store.looks import LOOKED
from made_means import bare_means

HEAD = "id,enterprise,item,department,officer,applied"
PERMITS = (
    f"{HEAD}\nL1,E0001,food.business_licence,fire,li,2026-02-01\n"
    "L2,E0009,food.business_licence,fire,li,2026-02-01\n"
    "L3,E0001,food.business_licence,fire,=cmd(),2026-02-01\n"
)


@pytest.fixture
def house(tmp_path, monkeypatch):
    house = House(tmp_path)
    monkeypatch.setattr(
        type(house.desk.office.rules), "keys", frozenset({"food.business_licence"}), raising=True
    )
    house.token = house.sign_in("chief")
    yield house
    house.node.close()


def uploads(house):
    folder = house.home / "enforcement" / "uploads"
    return sorted(folder.iterdir()) if folder.exists() else []


def sent(house, *files, **more):
    data = {"csrf": house.token, "whole": "1"} | more
    return house.post("/enforcement/import", data, [("files", one) for one in files])


def test_files_come_in_when_confirmed_and_not_before(house):
    size = house.ledger.size
    answer = sent(house, ("许可 2026.csv", PERMITS.encode("gb18030")))
    assert answer.status_code == 303
    path = answer.headers["location"]
    page = house.get(path).text
    assert "E0009" in page
    kinds = [entry.kind for entry in house.ledger.entries(size)]
    assert set(kinds) <= {LOOKED}

    told = house.get(f"{path}/problems.csv").text.lstrip("\ufeff")
    lines = [(r["line"], r["column"], r["value"]) for r in csv.DictReader(io.StringIO(told))]
    assert lines == [("3", "enterprise", "E0009"), ("4", "officer", "'=cmd()")]

    answer = house.post(f"{path}/confirm", {"csrf": house.token})
    assert answer.headers["location"].endswith("done=taken&rows=1")
    new = [entry for entry in house.ledger.entries(size) if entry.kind != LOOKED]
    assert [(entry.kind, entry.ref) for entry in new] == [("enforcement.permit.imported", "L1")]
    assert uploads(house) == []
    assert house.post(f"{path}/confirm", {"csrf": house.token}).status_code == 404

    page = house.get(sent(house, ("permits.csv", PERMITS)).headers["location"]).text
    assert "on the record already" in page
    assert "/confirm" not in page


@pytest.mark.parametrize(
    ("language", "said", "column"),
    [
        ("zh", "“企业”里没有这个编号；请改正", "企业"),
        ("en", "enterprises has none of this id", "enterprise"),
    ],
)
def test_what_is_wrong_is_told_in_the_readers_language(house, language, said, column):
    files = (
        ("permits.csv", PERMITS.replace("2026-02-01\nL2", "2026-02-31\nL2")),
        ("grids.geojson", '{"type": "FeatureCollection", "features": [{"type": "Feature"}]}'),
        ("officers.csv", "id,surname\n"),
    )
    path = sent(house, *files).headers["location"]
    headers = {"accept": "text/html", "accept-language": language}
    page = house.client.get(path, headers=headers).text
    table = page[page.index('id="problems"') : page.index('id="first"')]
    told = house.client.get(f"{path}/problems.csv", headers=headers).text
    for text in (table, told):
        assert said in text
    assert f"<code>{column}</code>" in table
    if language == "zh":
        words = re.sub(r"<[^>]*>|\([^)]*\)|（[^）]*）", " ", table)
        assert not re.search(r"\b(give|mend|has|lacks|no|it)\b", words)


def test_an_upload_that_was_cut_off_keeps_nothing(house):
    answer = house.post("/enforcement/import", {"csrf": house.token},
                        [("files", ("permits.csv", PERMITS))])  # fmt: skip
    assert (answer.status_code, uploads(house)) == (422, [])
    body = (
        f'--b\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{house.token}\r\n'
        '--b\r\nContent-Disposition: form-data; name="files"; filename="permits.csv"\r\n\r\n'
        f"{PERMITS}"
    ).encode()
    headers = {"content-type": "multipart/form-data; boundary=b", "accept": "text/html"}
    answer = house.client.post("/enforcement/import", content=body, headers=headers)
    assert (400 <= answer.status_code < 500, uploads(house)) == (True, [])


def test_a_sender_who_goes_away_in_the_middle_leaves_nothing(house):
    cookie = "; ".join(f"{one.name}={one.value}" for one in house.client.cookies.jar)
    headers = {"host": "localhost", "cookie": cookie, "content-length": "100000",
               "content-type": "multipart/form-data; boundary=b"}  # fmt: skip
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST",
        "path": "/enforcement/import", "raw_path": b"/enforcement/import", "root_path": "",
        "query_string": b"", "scheme": "http", "server": ("localhost", 80),
        "client": ("127.0.0.1", 1),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip
    part = f'--b\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{house.token}\r\n--b\r\n'
    part += 'Content-Disposition: form-data; name="files"; filename="permits.csv"\r\n\r\nid,ent'
    came = iter(
        [{"type": "http.request", "body": part.encode(), "more_body": True},
         {"type": "http.disconnect"}]
    )  # fmt: skip

    async def receive():
        return next(came, {"type": "http.disconnect"})

    async def send(message):
        assert message.get("status", 500) >= 400

    size = house.ledger.size
    try:
        asyncio.run(house.app(scope, receive, send))
    except Exception as error:
        assert "isconnect" in type(error).__name__  # noqa: PT017
    assert (uploads(house), house.ledger.size) == ([], size)


def test_what_fails_in_the_middle_waits_again(house, monkeypatch):
    path = sent(house, ("permits.csv", PERMITS)).headers["location"]
    (before,) = uploads(house)
    size = house.ledger.size

    def breaks(self, found, by):
        with house.ledger.batch():
            raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(History, "take", breaks)
        assert house.post(f"{path}/confirm", {"csrf": house.token}).status_code == 500
    assert (uploads(house), house.ledger.size) == ([before], size)
    assert house.post(f"{path}/confirm", {"csrf": house.token}).status_code == 303


def test_an_upload_outlives_a_restart_and_is_gone_after_an_hour(house):
    path = sent(house, ("permits.csv", PERMITS)).headers["location"]
    again = Desk(bare_means(house.ledger, house.home, lambda: house.now))
    upload = path.rpartition("/")[2]
    assert again.history.read(again.uploads.folder(upload, house.now)).reads["permits"].rows
    house.now += HOUR_MS
    house.token = house.sign_in("chief")
    assert house.get(path).status_code == 404
    assert house.post(f"{path}/confirm", {"csrf": house.token}).status_code == 404
    sent(house, ("permits.csv", PERMITS))
    assert len(uploads(house)) == 1


@pytest.mark.parametrize("name", ["x.csv", "permits.pdf", "../permits.exe", "grids.csv"])
def test_a_name_that_tells_no_kind_is_refused(house, name):
    answer = sent(house, (name, PERMITS))
    assert (answer.status_code, uploads(house)) == (422, [])


def test_nothing_to_take_in_is_refused(house):
    path = sent(house, ("permits.csv", f"{HEAD}\n")).headers["location"]
    assert house.post(f"{path}/confirm", {"csrf": house.token}).status_code == 422
    assert house.post(f"{path}/drop", {"csrf": house.token}).status_code == 303
    assert uploads(house) == []


def test_only_those_who_lead_import_and_only_they_and_auditors_export(house):
    token = house.sign_in("li")
    for path in ("import", "export"):
        assert house.get(f"/enforcement/{path}").status_code == 403
        assert house.post(f"/enforcement/{path}", {"csrf": token}).status_code == 403
    house.sign_in("audit")
    assert house.get("/enforcement/import").status_code == 403
    assert house.get("/enforcement/export").status_code == 200


def test_every_export_is_on_the_record(house):
    made = house.filed()
    size = house.ledger.size
    first, second = (house.files("/enforcement/export") for _ in range(2))
    assert first["penalties.csv"] == second["penalties.csv"]
    assert made in first["penalties.csv"].decode()
    assert made in first["steps.csv"].decode()
    assert "江月餐馆" in first["enterprises.csv"].decode()
    looks = [entry for entry in house.ledger.entries(size) if entry.kind == LOOKED]
    assert [entry.ref for entry in looks] == ["export", "export"]
    assert [path.name for path in house.home.iterdir() if path.name.startswith("tmp")] == []
