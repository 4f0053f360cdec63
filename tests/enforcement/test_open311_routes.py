"""Open311 GeoReport v2 over HTTP: what anybody may read, and who may report."""

import re
from urllib.parse import urlencode

import pytest
from enforcement_house import HOUR
from lxml import etree
from requests_web import HERE, Town
from starlette.testclient import TestClient

from lianzhi.dispatch.open311 import markup, posting
from lianzhi.web.app import create_app
from lianzhi.web.core.settings import Settings

BASE = "/v1/open311"


@pytest.fixture
def town(tmp_path):
    with Town(tmp_path) as town:
        yield town


@pytest.fixture
def city(town):
    return town.anybody()


def post(city, form="json", key="", **said):
    data = urlencode({"service_code": "102", "lat": HERE[1], "long": HERE[0], **said})
    headers = {"content-type": "application/x-www-form-urlencoded"}
    if key:
        headers["authorization"] = f"Bearer {key}"
    return city.post(f"{BASE}/requests.{form}", content=data, headers=headers)


def test_services_are_the_categories_in_both_formats(town, city):
    found = city.get(f"{BASE}/services.json", headers={"accept-language": "en"}).json()
    policy = town.desk.requests.policy
    assert [row["service_code"] for row in found] == [one.code for one in policy.categories]
    assert found[0]["service_name"] == policy.categories[0].words.en
    answer = city.get(f"{BASE}/services.xml")
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert len(etree.fromstring(answer.content)) == len(found)


def test_discovery_tells_the_address_and_of_keys_only_what_was_configured(town, city):
    plain = city.get(f"{BASE}/discovery.json").json()
    assert plain.keys() == {"changeset", "endpoints"}
    (endpoint,) = plain["endpoints"]
    assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert endpoint["formats"] == ["text/xml", "application/json"]
    assert "type" not in endpoint
    path = endpoint["url"].removeprefix("http://localhost")
    assert city.get(f"{path}/services.json").status_code == 200
    own = town.node.home / "enforcement" / "agency.toml"
    own.parent.mkdir(exist_ok=True)
    own.write_text('[open311]\ncontact = "ask & tell"\nkey_service = "k"\ntype = "test"\n', "utf-8")
    answer = city.get(f"{BASE}/discovery.xml")
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    root = etree.fromstring(answer.content)
    assert root.tag == "discovery"
    assert [root.findtext(name) for name in ("contact", "key_service")] == ["ask & tell", "k"]
    assert root.findtext("endpoints/endpoint/type") == "test"
    assert [each.text for each in root.iterfind("endpoints/endpoint/formats/format")] == (
        endpoint["formats"]
    )
    (back,) = markup.read(answer.content, "xml")
    assert (back,) == tuple(markup.read(city.get(f"{BASE}/discovery.json").content, "json"))


def test_a_definition_tells_what_else_is_asked(city):
    found = city.get(f"{BASE}/services/301.json").json()
    assert [one["code"] for one in found["attributes"]] == ["state"]
    answer = city.get(f"{BASE}/services/999.xml")
    assert answer.status_code == 404
    assert etree.fromstring(answer.content).findtext("error/code") == "404"


def test_nobody_reports_without_a_key_that_is_good_for_it(town, city):
    for answer in (post(city), post(city, key=town.other), post(city, api_key="lz_no_such")):
        assert answer.status_code == 403
        assert answer.json()[0]["code"] == 403
    assert city.get(f"{BASE}/requests.json").json() == []


@pytest.mark.parametrize("way", ["header", "field"])
def test_a_report_becomes_a_request_with_its_contact_in_the_vault(town, city, way):
    key = {"key": town.key} if way == "header" else {"api_key": town.key}
    answer = post(city, description="桥头有渣土，我是李四", phone="13800000000", first_name="四",
                  address_string="江月路 12 号", **key)  # fmt: skip
    assert answer.status_code == 200
    made = answer.json()[0]["service_request_id"]
    one = town.request(made)
    assert (one.channel, one.category, one.grid) == ("app", "litter", "G1")
    assert town.node.ledger.vault.account(one.reporter) == "13800000000"
    entries = town.node.ledger.entries(0, town.node.ledger.size)
    kept = "".join(str(town.node.ledger.payload(entry.index)) for entry in entries)
    assert not re.search("李四|13800000000|江月路|渣土", kept)
    assert town.key not in kept


def test_what_the_public_reads_says_nothing_of_persons_words_or_doors(town, city):
    made = town.reported(
        words="李四在家门口倒垃圾", at=(120.20521, 31.80514), place="江月路 12 号 301",
        enterprise="E0001", reporter="13800000000",
    )  # fmt: skip
    for form in ("json", "xml"):
        for path in (f"requests/{made}", "requests"):
            text = city.get(f"{BASE}/{path}.{form}").text
            assert made in text
            assert "城市管理" in text
            assert not re.search("李四|江月|E0001|餐馆|13800000000|301|5214|80514", text)
    row = city.get(f"{BASE}/requests/{made}.json").json()[0]
    assert (row["lat"], row["long"], row["description"]) == (31.805, 120.205, None)
    assert row["status"] == "open"


def test_words_are_public_only_while_a_dispatcher_published_some(town, city):
    made = town.reported(words="李四倒垃圾")

    def described():
        return city.get(f"{BASE}/requests/{made}.json").json()[0]["description"]

    town.desk.requests.publish(made, "桥头堆放垃圾", "desk")
    assert described() == "桥头堆放垃圾"
    town.desk.requests.publish(made, "桥头有垃圾", "desk")
    assert described() == "桥头有垃圾"
    town.desk.requests.unpublish(made, "desk")
    assert described() is None


def test_requests_are_chosen_by_status_service_time_and_id(town, city):
    litter = town.reported("litter")
    town.now += 24 * HOUR
    noise = town.reported("noise")
    town.desk.requests.decline(litter, "outside", "城管热线", "desk")

    def ids(query):
        found = city.get(f"{BASE}/requests.json?{query}")
        return [row["service_request_id"] for row in found.json()]

    assert ids("") == [noise, litter]
    assert ids("status=closed") == [litter]
    assert ids("status=open,closed") == [noise, litter]
    assert ids("service_code=202") == [noise]
    assert ids("service_code=999") == []
    assert ids("end_date=2026-03-02T23:59:59%2B08:00") == [litter]
    assert ids(f"service_request_id={litter},nobody") == [litter]
    told = city.get(f"{BASE}/requests/{litter}.json").json()[0]["status_notes"]
    assert told == "不予受理；不属受理范围"
    answer = city.get(f"{BASE}/requests.json?start_date=yesterday")
    assert answer.status_code == 400
    assert answer.json()[0]["code"] == 400


def test_due_times_are_told_once_there_is_a_promise(town, city):
    made = town.reported("exit_blocked")
    path = f"{BASE}/requests/{made}.json"
    assert city.get(path).json()[0]["expected_datetime"] is None
    town.desk.requests.accept(made, "desk")
    assert city.get(path).json()[0]["expected_datetime"] == "2026-03-03T10:00:00+08:00"


def test_tokens_are_the_ids_that_were_given_at_once(town, city):
    made = post(city, key=town.key).json()[0]["service_request_id"]
    assert city.get(f"{BASE}/tokens/{made}.json").json() == [
        {"service_request_id": made, "token": made}
    ]
    assert city.get(f"{BASE}/tokens/nothing.json").status_code == 404


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"service_code": "999"}, 404),
        ({"service_code": ""}, 400),
        ({"lat": "north"}, 400),
        ({"lat": "", "long": ""}, 400),
        ({"service_code": "301"}, 400),
        ({"media_url": "javascript:alert(1)"}, 400),
    ],
)
def test_what_does_not_fit_is_told_in_form_and_not_kept(town, city, said, status):
    answer = post(city, key=town.key, **said)
    assert answer.status_code == status
    assert {"code", "description"} == set(answer.json()[0])
    answer = post(city, form="xml", key=town.key, **said)
    assert etree.fromstring(answer.content).tag == "errors"
    assert city.get(f"{BASE}/requests.json").json() == []


def test_reading_leaves_no_cookie(town, city):
    town.reported()
    for path in ("services.json", "requests.json", "requests.xml"):
        assert "set-cookie" not in city.get(f"{BASE}/{path}").headers


def test_every_address_is_described(city):
    paths = city.get("/openapi.json").json()["paths"]
    ours = {path: way for path, way in paths.items() if path.startswith(BASE)}
    assert len(ours) == 6
    for path, operations in ours.items():
        for method, operation in operations.items():
            assert operation["summary"], path
            assert {"200", "400", "404"} <= set(operation["responses"])
            assert ("security" in operation) == (method == "post")


def test_an_unknown_format_is_refused(city):
    assert city.get(f"{BASE}/services.yaml").status_code == 422


@pytest.mark.parametrize(
    "made_up", ["x", "Basic x", "Bearer x", "Bearer lz_aaaaaaaaaaaa_" + "A" * 43]
)
def test_what_is_no_key_is_limited_by_address(town, made_up):
    app = create_app(town.node, Settings(client_rate=0.001, client_burst=4.0))
    with TestClient(app, base_url="http://localhost") as client:
        headers = {"authorization": made_up}
        read = [client.get(f"{BASE}/requests.json", headers=headers).status_code for _ in range(2)]
        body = {"content": b"a=b", "headers": headers}
        sent = [client.post(f"{BASE}/requests.json", **body).status_code for _ in range(4)]
    assert (read, sent) == ([200, 200], [403, 403, 429, 429])


def test_a_key_that_is_good_is_limited_by_key_wherever_it_is_shown(town):
    rates = {"client_rate": 0.001, "client_burst": 1.0, "key_rate": 0.001, "key_burst": 4.0}
    app = create_app(town.node, Settings(**rates))
    with TestClient(app, base_url="http://localhost") as client:
        headers = {"authorization": f"Bearer {town.key}"}
        sent = [post(client, key=town.key).status_code for _ in range(2)]
        path = f"{BASE}/requests.json"
        read = [client.get(path, headers=headers).status_code for _ in range(3)]
        assert client.get(path).status_code == 429
    assert (sent, read) == ([200, 200], [200, 200, 429])


def test_a_body_is_not_read_for_a_key_that_is_not_good(town, city, monkeypatch):
    def never(*_):
        raise AssertionError("the body was read")

    monkeypatch.setattr(posting, "fields", never)
    for key in (town.other, "lz_no_such"):
        assert post(city, key=key).status_code == 403
