"""Open311 GeoReport v2: documents there and back, forms in, queries, another city's lists."""

import itertools
import json
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from lianzhi.dispatch.open311 import (
    datetimes,
    markup,
    polling,
    posting,
    problem,
    querying,
    responses,
    services,
)
from lianzhi.dispatch.open311.draft import Contact, Draft
from lianzhi.dispatch.requests.request import replay
from made_requests import POLICY, at, going, received

TEXT = st.text(st.characters(codec="utf-8"), max_size=40).map(markup.clean)
VALUE = st.one_of(st.none(), st.booleans(), st.integers(-10**9, 10**9), TEXT.filter(bool),
                  st.floats(allow_nan=False, allow_infinity=False))  # fmt: skip
NAMES = st.sampled_from(["service_request_id", "status", "description", "lat", "long", "address"])
ROW = st.dictionaries(NAMES, VALUE, min_size=1)
FORM = "application/x-www-form-urlencoded; charset=utf-8"


def plain(value):
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)


@given(st.lists(ROW, max_size=5), st.sampled_from(markup.FORMATS))
def test_what_is_written_is_read_back(rows, form):
    data = markup.write("service_requests", rows, form)
    assert markup.read(data, form) == [{n: plain(v) for n, v in row.items()} for row in rows]


@pytest.mark.parametrize("form", markup.FORMATS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_services_and_definitions_are_the_same_in_both_formats(form, language):
    rows = services.services(POLICY, language)
    read = polling.services(markup.write("services", rows, form), form)
    assert [one.code for one in read] == [one.code for one in POLICY.categories]
    assert [one.name for one in read] == [one.words.say(language) for one in POLICY.categories]
    assert [one.code for one in read if one.has_definition] == ["201", "202", "301"]
    row = services.definition(POLICY, "301", language)
    (back,) = markup.read(markup.write("service_definition", row, form), form)
    assert back["service_code"] == "301"
    (asked,) = back["attributes"]
    assert (asked["code"], asked["required"], asked["order"]) == ("state", "true", "1")
    assert [value["key"] for value in asked["values"]] == ["blocked", "locked", "other"]


def test_the_shape_of_the_xml_is_that_of_the_specification():
    root = etree.fromstring(markup.write("services", services.services(POLICY), "xml"))
    assert [child.tag for child in root] == ["service"] * len(POLICY.categories)
    assert [child.tag for child in root[0]] == [
        "service_code", "service_name", "description", "metadata", "type", "keywords", "group",
    ]  # fmt: skip
    made = markup.write("service_definition", services.definition(POLICY, "301"), "xml")
    assert made.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    tags = [element.tag for element in etree.fromstring(made).iter()]
    assert tags[:5] == ["service_definition", "service_code", "attributes", "attribute", "variable"]
    assert tags[-6:] == ["value", "key", "name", "value", "key", "name"]


def test_an_unknown_service_is_not_found():
    assert services.definition(POLICY, "999").code == 404


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("1994-11-05T08:15:30-05:00", 784041330000),
        ("1994-11-05T13:15:30Z", 784041330000),
        ("1994-11-05T13:15Z", 784041300000),
        ("1994-11-05T13:15:30.250Z", 784041330250),
        ("1994-11-05T13:15:30.123456789Z", 784041330123),
        ("1994-11-05T21:15:30 08:00", 784041330000),  # a plus sign that was not escaped
    ],
)
def test_times_are_read(text, ms):
    assert datetimes.read(text) == ms


@pytest.mark.parametrize(
    "text",
    ["", "1994-11-05", "1994-11-05T08:15:30", "1994-13-05T00:00:00Z", "19941105T081530Z", "now",
     "1994-11-05T08:15:30+99:00"],
)  # fmt: skip
def test_times_without_a_zone_are_refused(text):
    with pytest.raises(ValueError, match="write like"):
        datetimes.read(text)


def post(pairs, kind=FORM, jurisdictions=()):
    body = urlencode(pairs).encode() if kind == FORM else pairs
    fields = posting.fields(body, kind)
    assert isinstance(fields, list), fields
    return posting.draft(fields, POLICY, jurisdictions)


def test_the_form_of_the_specification_becomes_a_draft():
    draft = post([
        ("api_key", "xyz"), ("jurisdiction_id", "city.gov"), ("service_code", "301"),
        ("lat", "31.8"), ("long", "120.2"), ("address_string", "1234 5th street"),
        ("email", "smit333@sfgov.edu"), ("device_id", "tt222111"), ("account_id", "123456"),
        ("first_name", "john"), ("last_name", "smith"), ("phone", "111111111"),
        ("description", "A locked door\nand a bicycle"), ("media_url", "http://a.example/1.jpg"),
        ("attribute[state]", "locked"), ("unknown", ""),
    ], jurisdictions=["city.gov", "town.gov"])  # fmt: skip
    assert (draft.category, draft.lon, draft.lat) == ("exit_blocked", 120.2, 31.8)
    assert draft.attributes == {"state": ("locked",)}
    assert draft.description == "A locked door\nand a bicycle"
    assert draft.contact == Contact(
        "john", "smith", "smit333@sfgov.edu", "111111111", "tt222111", "123456"
    )


def test_no_name_and_no_word_goes_into_the_record():
    secret = "Smith-9f3"
    draft = post([("service_code", "401"), ("lat", "31.8"), ("long", "120.2"),
                  *((name, secret) for name in (*Contact.__struct_fields__, "description",
                                                "address_string"))])  # fmt: skip
    payload = draft.received("r1", reporter="tok_1")
    assert secret not in json.dumps(payload)
    request = replay([("request.received", at(), payload)])
    assert (request.category, request.at, request.reporter) == ("food", (120.2, 31.8), "tok_1")


@pytest.mark.parametrize("kind", ["application/json", "text/xml"])
def test_other_bodies_do_as_well(kind):
    as_json = (
        b'{"service_code": "301", "lat": 31.8, "long": 120.2, "attribute": {"state": ["locked"]}}'
    )
    as_xml = (b"<service_requests><request><service_code>301</service_code><lat>31.8</lat>"
              b"<long>120.2</long></request></service_requests>")  # fmt: skip
    if kind == "application/json":
        assert post(as_json, kind).attributes == {"state": ("locked",)}
    else:
        (wrong,) = post(as_xml, kind)
        assert "attribute[state] was not provided" in wrong.description


PLACE = [("lat", "31.8"), ("long", "120.2")]


@pytest.mark.parametrize(
    ("pairs", "code", "said"),
    [
        (PLACE, 400, "service_code was not provided"),
        ([("service_code", ""), *PLACE], 400, "service_code was not provided"),
        ([("service_code", "999"), *PLACE], 404, "service_code '999' was not found"),
        ([("service_code", "food"), *PLACE], 404, "service_code"),  # our key is no code
        ([("service_code", "401")], 400, "a location was not provided"),
        ([("service_code", "401"), ("lat", "31")], 400, "give both"),
        ([("service_code", "401"), ("lat", "91"), ("long", "0")], 400, "lat is '91'"),
        ([("service_code", "401"), ("lat", "nan"), ("long", "0")], 400, "lat is 'nan'"),
        ([("service_code", "401"), ("lat", "1"), ("long", "x")], 400, "long is 'x'"),
        ([("service_code", "401"), *PLACE, ("lat", "3")], 400, "lat was provided twice"),
        ([("service_code", "401"), *PLACE, ("description", "x" * 4001)], 400, "4,000 at most"),
        ([("service_code", "401"), *PLACE, ("media_url", "javascript:1")], 400, "media_url"),
        ([("service_code", "401"), *PLACE, ("attribute[x]", "1")], 400, "is not asked"),
        ([("service_code", "301"), *PLACE], 400, "attribute[state] was not provided"),
        ([("service_code", "301"), *PLACE, ("attribute[state]", "ajar")], 400, "choose of blocked"),
        ([("service_code", "301"), *PLACE, ("attribute[state][]", "other"),
          ("attribute[state][]", "locked")], 400, "takes one value"),
        ([("service_code", "201"), *PLACE, ("attribute[storeys]", "many")], 400, "give a number"),
        ([("service_code", "202"), *PLACE, ("attribute[heard]", "today")], 400, "write like"),
    ],
)  # fmt: skip
def test_a_bad_form_is_answered_in_the_form_of_the_specification(pairs, code, said):
    problems = post(pairs)
    assert problems[0].code == code
    assert said in problems[0].description
    for form in markup.FORMATS:
        (row, *_) = markup.read(markup.write("errors", problem.rows(problems), form), form)
        assert row["code"] == str(code)
        assert row["description"] == problems[0].description


@pytest.mark.parametrize(
    ("given_one", "known", "code"),
    [("", [], None), ("", ["a"], None), ("a", ["a"], None), ("b", ["a"], 404), ("b", [], None),
     ("", ["a", "b"], 400)],
)  # fmt: skip
def test_jurisdictions(given_one, known, code):
    found = problem.jurisdiction({"jurisdiction_id": given_one}, known)
    assert (found and found.code) == code


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        (b"service_code=%ff", FORM, "cannot be read"),
        (b"\xff=1", FORM, "cannot be read"),
        (b"&".join(b"a=1" for _ in range(999)), FORM, "cannot be read"),
        (b"x" * (300 << 10), FORM, "bytes"),
        (b"[]", "application/json", "0 requests"),
        (b"[" * 9999, "application/json", "no JSON"),
        (b'{"lat": {"a": 1}}', "application/json", "no plain value"),
        (b"a=1", "text/plain", "Content-Type"),
        (b"<a/>", "text/xml", "root is 'a'"),
    ],
)
def test_a_body_that_cannot_be_read_is_told(body, kind, said):
    found = posting.fields(body, kind)
    assert found.code == 400
    assert said in found.description


BOMB = (b'<!DOCTYPE services [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
        b"<services><service><service_code>&b;</service_code></service></services>")  # fmt: skip
FILE = (b'<!DOCTYPE services [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
        b"<services><service><service_code>&a;</service_code></service></services>")  # fmt: skip


@pytest.mark.parametrize("data", [BOMB, FILE, b"<services>", b"", b"<services>" + b"<a>" * 99])
def test_hostile_xml_is_refused(data):
    with pytest.raises(markup.MarkupError):
        markup.read(data, "xml")


CODES = st.sampled_from(
    [one for one in POLICY.categories if not any(a.required for a in one.attributes)]
)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=60).map(str.strip)
DRAFTS = st.builds(
    lambda one, lon, lat, words, address: Draft(
        category=one.key, service_code=one.code, lon=lon, lat=lat, description=words,
        address=address, contact=Contact(first_name=words[:9].strip()),
    ),
    CODES, st.floats(-180, 180), st.floats(-90, 90), WORDS, WORDS,
)  # fmt: skip


@given(DRAFTS)
def test_a_draft_survives_a_form(draft):
    assert post(posting.form(draft)) == draft


def test_several_values_keep_their_order():
    pairs = posting.form(Draft(category="", service_code="1", attributes={"a": ("2", "1")}))
    assert pairs == [("service_code", "1"), ("attribute[a][]", "2"), ("attribute[a][]", "1")]


@given(st.sampled_from([one.key for one in POLICY.categories]), st.floats(-180, 180),
       st.floats(-90, 90), WORDS, st.sampled_from(markup.FORMATS))  # fmt: skip
def test_what_we_show_another_city_can_read(category, lon, lat, words, form):
    _, when, payload = received(category, lon=lon, lat=lat)
    request = replay([("request.received", when, payload)])
    row = responses.service_request(request, POLICY, description=words, address="一号路", due=at(3))
    data = markup.write("service_requests", [row], form)
    codes = {one.code: one.key for one in POLICY.categories}
    (draft,), refused = polling.requests(data, form, codes)
    assert refused == ()
    assert (draft.category, draft.their_id, draft.open) == (category, "r1", True)
    assert draft.requested_at == when
    assert (draft.lon, draft.lat) == ((None, None) if (lon, lat) == (0, 0) else (lon, lat))
    assert draft.description == words


def test_open_and_closed():
    done = going(("request.disposed", at(3), {"by": "o", "outcome": "resolved"}),
                 ("request.asked", at(31), {}))  # fmt: skip
    row = responses.service_request(done, POLICY, language="en")
    assert (row["status"], row["agency_responsible"]) == ("closed", "Market regulation")
    assert row["status_notes"] == "dealt with; asked whether it has stayed mended; resolved"
    assert row["updated_datetime"] == "2026-03-05T09:00:00+08:00"  # when it was closed
    assert row["requested_datetime"] == "2026-03-02T09:00:00+08:00"
    declined = replay(
        [received(), ("request.declined", at(1), {"by": "o", "reason": "x", "turn_to": "12345"})]
    )
    assert "12345" not in responses.service_request(declined, POLICY)["status_notes"]
    assert responses.service_request(going(), POLICY)["status"] == "open"
    odd = replay([received("dragons")])
    assert responses.service_request(odd, POLICY)["agency_responsible"] == "指挥中心"


def test_tokens():
    assert responses.promised("t1")[0] == {
        "token": "t1",
        "service_notice": None,
        "account_id": None,
    }
    assert responses.redeemed("t1", "r1") == [{"service_request_id": "r1", "token": "t1"}]
    assert "token" not in responses.created("r1", "soon")[0]


DAY = 86_400_000
NOW = at(100)


@pytest.mark.parametrize(
    ("args", "since", "until"),
    [
        ({}, NOW - 90 * DAY, NOW),
        ({"start_date": "2026-03-02T00:00:00+08:00"}, at(0, 0), at(90, 0)),
        ({"start_date": "2026-06-01T00:00:00+08:00"}, at(91, 0), NOW),
        ({"end_date": "2026-03-02T00:00:00Z"}, at(-90, 8), at(0, 8)),
        (
            {"start_date": "2026-03-02T00:00:00Z", "end_date": "2026-05-31T00:00:00Z"},
            at(0, 8),
            at(90, 8),
        ),
    ],
)
def test_ninety_days_are_asked_for(args, since, until):
    found = querying.query(args, NOW)
    assert (found.since, found.until) == (since, until)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-04-02T00:00:00Z"}, "90 days"),
        ({"start_date": "2026-02-01T00:00:00Z", "end_date": "2026-01-01T00:00:00Z"}, "before"),
        ({"start_date": "2026-02-01"}, "start_date: "),
        ({"status": "open,ajar"}, "status is"),
        ({"service_request_id": ",".join(map(str, range(1001)))}, "1,000 at most"),
    ],
)
def test_a_query_that_cannot_be_answered_is_refused(args, said):
    (wrong,) = querying.query(args, NOW)
    assert wrong.code == 400
    assert said in wrong.description


def test_queries_select():
    def made(key, day, category="food", *more):
        _, _, payload = received(category)
        return replay([("request.received", at(day), {**payload, "request": key}), *more])

    gone = ("request.declined", at(60), {"by": "o", "reason": "x", "turn_to": "y"})
    every = [made("a", 1), made("b", 50), made("c", 51, "stalls"), made("d", 52, "food", gone)]

    def ids(args):
        return [one.id for one in querying.select(every, querying.query(args, NOW), POLICY)]

    assert ids({}) == ["d", "c", "b"]
    assert ids({"service_code": "401"}) == ["d", "b"]
    assert ids({"service_code": "401,101", "status": "open"}) == ["c", "b"]
    assert ids({"status": "closed"}) == ["d"]
    assert ids({"service_request_id": "a,zz,c,a", "status": "closed"}) == ["a", "c"]
    assert ids({"service_code": "999"}) == []
    many = [made(f"{n:04}", 50) for n in range(1001)]
    assert len(querying.select(many, querying.query({}, NOW), POLICY)) == 1000


SAMPLE = b"""<?xml version="1.0" encoding="utf-8"?>
<service_requests xmlns="http://wiki.open311.org/GeoReport_v2">
  <!-- as cities send them -->
  <request><service_request_id>638344</service_request_id><status>closed</status>
    <service_code>006</service_code><description></description>
    <requested_datetime>2010-04-14T06:37:38-08:00</requested_datetime>
    <address>8TH AVE and JUDAH ST</address><lat>37.762221815</lat><long>-122.4651145</long>
    <media_url>http://city.example/638344.jpg </media_url></request>
  <request><service_request_id>2</service_request_id><status>open</status>
    <service_code>7</service_code><requested_datetime>2010-04-14T06:37:38Z</requested_datetime>
    <lat>0</lat><long>0</long><address>somewhere</address></request>
  <request><service_request_id>3</service_request_id><status>open</status>
    <requested_datetime>2010-04-14 06:37</requested_datetime><address>x</address></request>
  <request><token>9</token></request>
  <request><service_request_id>2</service_request_id><status>open</status>
    <requested_datetime>2010-04-14T06:37:38Z</requested_datetime><address>y</address></request>
  <request><service_request_id>5</service_request_id><status>open</status>
    <requested_datetime>2010-04-14T06:37:38Z</requested_datetime></request>
</service_requests>"""


def test_another_citys_list_is_read_row_by_row():
    drafts, refused = polling.requests(SAMPLE, "xml", {"006": "litter"})
    first, second = drafts
    assert (first.category, first.open, first.lon) == ("litter", False, -122.4651145)
    assert first.media_url == "http://city.example/638344.jpg"
    assert (second.category, second.service_code, second.lat) == ("", "7", None)
    assert [one.place for one in refused] == [3, 4, 5, 6]
    said = " | ".join(one.message for one in refused)
    for words in ("write like", "token", "stands twice", "no place"):
        assert words in said


def test_numbers_in_json_are_read_as_text():
    data = b'[{"service_request_id": 638344, "status": "open", "service_code": 6, "lat": 37.7,' \
           b' "long": -122.4, "requested_datetime": "2010-04-14T06:37:38-08:00"}]'  # fmt: skip
    (draft,), refused = polling.requests(data, "json", {"6": "litter"})
    assert refused == ()
    assert (draft.their_id, draft.category, draft.lat) == ("638344", "litter", 37.7)


@given(st.integers(0, 10**12), st.integers(0, 10**11))
def test_windows_cover_everything_once(since, length):
    windows = list(polling.windows(since, since + length))
    assert windows[0][0] == since
    assert windows[-1][1] == since + length
    for (a, b), (c, _) in itertools.pairwise(windows):
        assert 0 <= b - a <= 90 * DAY
        assert c == b + 1000
